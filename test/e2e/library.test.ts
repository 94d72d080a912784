import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Definition,
  defaultCredentials,
  exitCodeOf,
  loadDefinition,
  type RunEvent,
  run,
  UsageError,
} from '../../src/index.ts';
import { collectionFolder, type RunningSimulator, startSimulator, temporaryFolder } from './support.ts';

let tenant: RunningSimulator;
let definition: Definition;
beforeAll(async () => {
  tenant = await startSimulator();
  definition = await loadDefinition(collectionFolder);
});
beforeEach(() => tenant.simulator.reset());
afterAll(() => tenant.close());

const values = () => ({ ...defaultCredentials, authPath: tenant.url, apiPath: tenant.url });
const environmentNames = () => JSON.stringify(tenant.simulator.snapshot()).match(/"pingone-tutorial-[\w-]+"/g) ?? [];

async function kindsOf(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of events) kinds.push(kind);
  return kinds;
}

describe('run', () => {
  it('gives every event to each who iterates, also after the end, and the result', async () => {
    const running = run({ definition, values: values() });
    const [one, other] = await Promise.all([kindsOf(running), kindsOf(running)]);
    expect(one[0]).toBe('run-started');
    expect(one.filter((kind) => kind === 'step-finished')).toHaveLength(6);
    expect(one.at(-1)).toBe('run-finished');
    expect(other).toEqual(one);
    expect(await kindsOf(running)).toEqual(one);
    const result = await running.result;
    expect(result.outcome).toBe('passed');
    expect(exitCodeOf(result)).toBe(0);
  });

  it('gives the result to somebody who never iterates', async () => {
    expect((await run({ definition, values: values() }).result).outcome).toBe('passed');
  });

  it('ends the run when the loop is left early, and has removed what it created by then', async () => {
    const running = run({ definition, values: values(), cleanUp: 'always' });
    let seen = 0;
    for await (const event of running) {
      if (event.kind === 'step-finished') seen += 1;
      if (seen === 3) break;
    }
    expect(environmentNames()).toEqual([]);
    const result = await running.result;
    expect(result.outcome).toBe('interrupted');
    expect(result.cleanUp?.items).toMatchObject([{ kind: 'environment', status: 'removed' }]);
    expect(tenant.simulator.history()).toContainEqual(
      expect.objectContaining({ action: 'deleted', type: 'environment' }),
    );
    expect(exitCodeOf(result)).toBe(4);
  });

  it('leaves what was created when the loop is left early and clean-up was not asked for', async () => {
    const running = run({ definition, values: values() });
    for await (const event of running)
      if (event.kind === 'step-finished' && event.step.id === 'create-environment') break;
    expect(environmentNames()).toHaveLength(1);
    expect((await running.result).created).toMatchObject([{ kind: 'environment' }]);
  });

  it('lets an error of the loop through when the run has ended', async () => {
    const running = run({ definition, values: values(), cleanUp: 'always' });
    const looped = (async () => {
      for await (const { kind } of running) if (kind === 'step-finished') throw new Error('mine');
    })();
    await expect(looped).rejects.toThrow('mine');
    expect((await running.result).outcome).toBe('interrupted');
  });

  it('ends by a signal from outside', async () => {
    const ending = new AbortController();
    const running = run({ definition, values: values(), signal: ending.signal });
    for await (const { kind } of running) if (kind === 'step-finished') ending.abort();
    expect((await running.result).outcome).toBe('interrupted');
  });

  it('throws in the loop, and rejects, what is wrong with the values, before anything is sent', async () => {
    const running = run({ definition, values: { ...values(), adminEnvID: 'mine', adminAppSecret: '' } });
    await expect(kindsOf(running)).rejects.toThrow(UsageError);
    await expect(running.result).rejects.toThrow(/^adminEnvID .*\nadminAppSecret has no value\./);
  });

  it('writes nothing to the disk', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('HOME', folder.path);
    vi.stubEnv('XDG_STATE_HOME', folder.path);
    await run({ definition, values: values(), cleanUp: 'always' }).result;
    vi.unstubAllEnvs();
    expect(await readdir(folder.path)).toEqual([]);
    await folder.remove();
  });
});
