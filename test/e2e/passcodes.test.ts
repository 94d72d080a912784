import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSimulator, DEFAULT_PORT, signOnCredentials } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { startFrontServer } from './front-server.ts';
import { cli, root } from './support.ts';

/** MFA without a mailbox: alone with the user of the seed, and in sequence after the collections that make one. */

const names = ['enable-user-mfa', 'sign-on-with-passcode'] as const;
const engines = ['newman', 'direct'] as const;
const environmentOf = (name: string) => join(root, `environments/${name}-simulator.postman_environment.json`);

const simulator = createSimulator();
/** Every passcode that was in an answer. */
const passcodes = new Set<string>();
let server: Awaited<ReturnType<typeof startFrontServer>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passcodes-'));
  server = await startFrontServer(simulator, async (_request, proceed) => {
    const response = await proceed().catch(() => undefined);
    if (response === undefined) return undefined;
    const text = await response.clone().text();
    for (const [, otp] of text.matchAll(/"otp":"(\d{6})"/g)) passcodes.add(otp ?? '');
    return response;
  });
});
beforeEach(() => {
  simulator.reset();
  simulator.setFaults([]);
  passcodes.clear();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const at = () => ['--var', `authPath=${server.url}`, '--var', `apiPath=${server.url}`];

function run(collections: readonly string[], environment: string, ...more: string[]) {
  return cli(['run', ...collections, '--environment', environment, ...at(), '--cleanup', 'always', ...more]);
}

const devices = () => simulator.history().filter(({ type }) => type === 'device');

describe.each(engines)('with %s', (engine) => {
  for (const name of names)
    it(
      `${name} alone passes, and leaves no device`,
      slowUnless((name === 'enable-user-mfa') === (engine === 'newman')),
      async () => {
        const { steps } = await loadDefinition(bundledCollectionFolder(name));
        const { stdout, code } = await run([name], environmentOf(name), '--engine', engine);
        expect(stdout).toContain(`${steps.length} steps: ${steps.length} passed`);
        expect(code).toBe(0);
        expect(devices().map(({ action }) => action)).toEqual(['created', 'deleted']);
      },
    );

  it('all collections pass in sequence, and nothing is left', slow, async () => {
    const before = simulator.snapshot();
    const environment = join(root, 'environments/simulator.postman_environment.json');
    const { stdout, code } = await run(bundledCollections(), environment, '--engine', engine);
    expect(stdout).toMatch(/^✓ (\d+) steps: \1 passed/m);
    expect(code).toBe(0);
    expect(simulator.snapshot()).toEqual(before);
  });

  it('a lost answer to the creation of a device is looked up by its address', slow, async () => {
    simulator.setFaults([{ match: { step: 8, attempt: 1 }, do: { kind: 'reset-after-processing' } }]);
    const { stdout, code } = await run(['enable-user-mfa'], environmentOf('enable-user-mfa'), '--engine', engine);
    expect(stdout).toContain('3 steps: 3 passed');
    expect(code).toBe(0);
    expect(devices().map(({ action }) => action)).toEqual(['created', 'deleted']);
  });

  it('a passcode is in no output and no file', slow, async () => {
    const reports = ['json', 'html', 'ndjson', 'markdown', 'junit', 'ctrf'];
    const files = reports.flatMap((kind) => ['--reporter', `${kind}=${join(folder, `${engine}.${kind}`)}`]);
    const exported = ['--export-environment', join(folder, `${engine}.environment`)];
    const name = 'sign-on-with-passcode';
    const rest = ['--engine', engine, '--verbose', '--debug-http', ...files, ...exported];
    const { stdout, stderr } = await run([name], environmentOf(name), ...rest);
    expect(passcodes.size).toBe(3);
    const written = await Promise.all(
      (await readdir(folder)).map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const),
    );
    expect(written.length).toBeGreaterThan(reports.length);
    for (const [place, text] of [...written, ['stdout', stdout], ['stderr', stderr]] as const)
      for (const passcode of passcodes) expect(findIn(text, passcode), `${place} holds a passcode`).toEqual([]);
  });
});

/** Places where the digits stand alone, and not in an id or a time. */
function findIn(text: string, passcode: string): string[] {
  return text.match(new RegExp(`.{0,40}(?<![\\w.-])${passcode}(?![\\w.-]).{0,20}`, 'g')) ?? [];
}

describe('the stock Newman', () => {
  const newman = createRequire(import.meta.url)('newman-stock') as {
    run(options: object, callback: (error: Error | null, summary: Summary) => void): unknown;
  };
  interface Summary {
    readonly run: {
      readonly executions: readonly { readonly response?: { readonly code: number } }[];
      readonly failures: readonly { readonly error: { readonly message: string } }[];
    };
  }

  for (const name of names)
    it(
      `runs the committed file of ${name}, and cleans up when it is asked to`,
      slowUnless(name === 'enable-user-mfa'),
      async () => {
        const file = join(bundledCollectionFolder(name), `${name}.postman_collection.json`);
        const environment = (await readFile(environmentOf(name), 'utf8')).replaceAll(
          `http://127.0.0.1:${DEFAULT_PORT}`,
          server.url,
        );
        const options = {
          collection: JSON.parse(await readFile(file, 'utf8')) as object,
          environment: JSON.parse(environment) as object,
          globals: { values: [] },
          envVar: [{ key: 'cleanUp', value: 'true' }],
        };
        const { run } = await new Promise<Summary>((resolve, reject) => {
          newman.run(options, (error, summary) => (error ? reject(error) : resolve(summary)));
        });
        expect(run.failures.map(({ error }) => error.message)).toEqual([]);
        expect(run.executions.at(-1)?.response?.code).toBe(204);
        expect(devices().map(({ action }) => action)).toEqual(['created', 'deleted']);
      },
    );
});

it('a user without MFA is the one that the first step enables it for', async () => {
  const { envID, sharedUserID } = signOnCredentials;
  const name = 'enable-user-mfa';
  await run([name], environmentOf(name), '--engine', 'direct');
  const dump = simulator.dump();
  const user = dump.environments.find(({ id }) => id === envID)?.users.find(({ id }) => id === sharedUserID);
  expect(user?.mfaEnabled).toBe(true);
});
