import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledCollectionFolder } from '../../src/cli/collection-folder.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, root, spawnProgram, temporaryFolder } from './support.ts';

/** The small collections, alone: with the environment of the seed. In sequence see `passcodes.test.ts`. */

const names = ['disable-and-enable-user', 'group-and-members'] as const;
const environmentOf = (name: string) => join(root, `environments/${name}-simulator.postman_environment.json`);

let simulator: Simulator;
let server: Awaited<ReturnType<Simulator['listen']>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  simulator = createSimulator();
  server = await simulator.listen();
  folder = await temporaryFolder();
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

const run = (name: string, ...options: string[]) =>
  cli([
    ...['run', name, '--environment', environmentOf(name), '--ledger', folder.path],
    ...['--var', `authPath=${server.url}`, '--var', `apiPath=${server.url}`, ...options],
  ]);
const disabledUsers = () =>
  simulator.dump().environments.flatMap(({ users }) => users.filter(({ enabled }) => enabled === false));

describe.each(names)('%s', (name) => {
  for (const engine of ['newman', 'direct'])
    it(`passes with the engine ${engine}, and leaves nothing`, slowUnless(engine === 'direct'), async () => {
      const before = simulator.snapshot();
      const { steps } = await loadDefinition(bundledCollectionFolder(name));
      const { code, stdout } = await run(name, '--cleanup', 'always', '--engine', engine);
      expect(stdout).toContain(`✓ ${steps.length} steps: ${steps.length} passed`);
      expect(code).toBe(0);
      expect(simulator.snapshot()).toEqual(before);
      expect(disabledUsers()).toEqual([]);
    });

  it('passes in stock Newman', slow, async () => {
    const newman = join(root, 'node_modules/newman/bin/newman.js');
    const collection = join(bundledCollectionFolder(name), `${name}.postman_collection.json`);
    const before = simulator.snapshot();
    const values = [`authPath=${server.url}`, `apiPath=${server.url}/v1`, 'cleanUp=true'];
    const argv = ['run', collection, '-e', environmentOf(name), ...values.flatMap((value) => ['--env-var', value])];
    const { code, stdout } = await spawnProgram(newman, argv).result;
    expect(stdout).toMatch(/assertions\s*│\s*\d+ │\s*0 /);
    expect(code).toBe(0);
    expect(simulator.snapshot()).toEqual(before);
  });
});

it('a sign-on that fails while the user is disabled leaves nobody disabled, and nothing behind', async () => {
  const before = simulator.snapshot();
  simulator.setFaults([{ match: { path: '/*/as/authorize' }, do: { kind: 'status', status: 400 } }]);
  const { code, stdout } = await run('disable-and-enable-user', '--engine', 'direct');
  expect(code).toBe(1);
  expect(stdout).toContain('✓ Disable step 8: Enable the user');
  expect(disabledUsers()).toEqual([]);
  await run('disable-and-enable-user', '--engine', 'direct', '--cleanup', 'always');
  const left = simulator.snapshot().environments.flatMap(({ users }) => users);
  expect(left).toHaveLength(before.environments.flatMap(({ users }) => users).length + 1);
});

it('a lost answer to a membership is looked up, and not sent again', slow, async () => {
  const path = '/v1/environments/*/users/*/memberOfGroups';
  simulator.setFaults([{ match: { method: 'POST', path, attempt: 1 }, do: { kind: 'reset-after-processing' } }]);
  const before = simulator.snapshot();
  const { code, stdout } = await run('group-and-members', '--engine', 'direct', '--cleanup', 'always');
  expect(stdout).toContain('6 steps: 6 passed');
  expect(code).toBe(0);
  expect(simulator.snapshot()).toEqual(before);
});
