import { afterEach, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, type Fault, type Simulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { type Front, startFrontServer } from './front-server.ts';
import { beginTestLedger, valuesForSimulator } from './library-run.ts';
import { cli, collectionFolder, startSimulator, temporaryFolder } from './support.ts';

const definition = await loadDefinition(collectionFolder);
const collection = compileCollection(definition);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** How long the simulator's lists lag, and how long the runner believes that they may, in milliseconds. */
const lag = 1500;
const propagation = 6000;

const lostAnswer: Fault = { match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } };

/** A run against this simulator, whose lists may lag, and what it did there. */
async function run(simulator: Simulator, url: string, options: Partial<Parameters<typeof runCollection>[0]> = {}) {
  const folder = await temporaryFolder();
  closing.push(folder.remove);
  const ledger = beginTestLedger(folder.path, 'run', definition);
  const result = await runCollection({
    definition,
    collection,
    values: valuesForSimulator(definition, url),
    targetKind: 'given',
    retry: { attempts: 5, baseDelay: 200, maximumDelay: 2000, propagation },
    cleanUp: 'always',
    ledger,
    ...options,
  });
  ledger.close();
  const history = simulator.history().filter(({ type }) => type === 'environment');
  const created = history.filter(({ action }) => action === 'created');
  const left = simulator.snapshot().environments.filter(({ id }) => created.some((entry) => entry.id === id));
  return { result, created: created.length, left: left.length, folder: folder.path };
}

async function laggingSimulator(...faults: Fault[]) {
  const simulator = createSimulator({ delays: { visibilitySeconds: lag / 1000 } });
  simulator.setFaults(faults);
  const target = await startSimulator(simulator);
  closing.push(target.close);
  return { simulator, url: target.url, target };
}

describe('where lists lag', () => {
  it('what a lost answer created is looked for until the list shows it, and created once', slow, async () => {
    const { simulator, url } = await laggingSimulator(lostAnswer);
    const { result, created, left } = await run(simulator, url);
    expect(result.steps[2]).toMatchObject({ status: 'passed', adopted: true });
    expect({ created, left }).toEqual({ created: 1, left: 0 });
    expect(result.cleanUp).toMatchObject({ complete: true, items: [{ status: 'removed' }] });
  });

  it('a token that expires meanwhile is renewed for the look-ups', slow, async () => {
    const { simulator, url } = await laggingSimulator(lostAnswer, {
      match: { method: 'GET', path: '/v1/environments', attempt: 1 },
      do: { kind: 'status', status: 401 },
    });
    const { result, created, left } = await run(simulator, url);
    expect(result.steps[2]).toMatchObject({ status: 'passed', adopted: true });
    expect({ created, left }).toEqual({ created: 1, left: 0 });
  });

  it('a run that ends meanwhile says what may exist, and clean-up finds it', slow, async () => {
    const { simulator, url, target } = await laggingSimulator(lostAnswer);
    const ended = new AbortController();
    const { result, created, folder } = await run(simulator, url, {
      signal: ended.signal,
      cleanUp: 'never',
      onEvent: (event) => {
        if (event.kind === 'creation-awaited') ended.abort();
      },
    });
    expect(created).toBe(1);
    expect(result.created).toMatchObject([{ kind: 'environment', mayExist: true }]);
    const cleaned = await cli(['cleanup', '--environment', target.environment, '--ledger', folder]);
    expect(cleaned.stdout).toMatch(/↻ environment pingone-tutorial-\S+ {2}not in the list yet: waiting up to [\d.]+ s/);
    expect(cleaned.stdout).toContain('1 gone, nothing left');
    expect(cleaned.code).toBe(0);
    expect(simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'))).toEqual([]);
  });

  it('clean-up does not believe that an environment is gone that the service does not know yet', async () => {
    const refused: Fault = { match: { step: 4 }, do: { kind: 'status', status: 400 } };
    const { simulator, url } = await laggingSimulator(refused);
    const { result, created, left } = await run(simulator, url);
    expect(result.cleanUp).toMatchObject({ complete: true, items: [{ status: 'removed' }] });
    expect({ created, left }).toEqual({ created: 1, left: 0 });
  });
});

describe('a list that cannot be read whole', () => {
  /** Names another server as the place where the list of environments goes on. */
  const goesOnElsewhere: Front = async (request, proceed) => {
    const response = await proceed();
    if (request.method !== 'GET' || new URL(request.url).pathname !== '/v1/environments') return response;
    const body = (await response.json()) as object;
    const page = {
      ...body,
      _links: { next: { href: 'https://elsewhere.test/v1/environments' } },
      _embedded: { environments: [] },
    };
    return Response.json(page, { status: 200 });
  };

  it('does not say that nothing was created: nothing is created again, and what may exist is told', slow, async () => {
    const simulator = createSimulator();
    const front = await startFrontServer(simulator, async (request, proceed) => {
      if (request.method !== 'POST' || new URL(request.url).pathname !== '/v1/environments')
        return goesOnElsewhere(request, proceed);
      await proceed();
      return undefined;
    });
    closing.push(front.close);
    const { result, created, left } = await run(simulator, front.url, {
      retry: { attempts: 2, baseDelay: 10, propagation: 100 },
    });
    expect(result.steps[2]?.reason).toMatch(/could not be looked up/);
    expect({ created, left }).toEqual({ created: 1, left: 1 });
    expect(result.cleanUp?.complete).toBe(false);
    expect(result.cleanUp?.items[0]?.reason).toContain('goes on at https://elsewhere.test, which is another server');
  });
});
