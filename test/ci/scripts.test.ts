import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { type RunningSimulator, root, spawnProgram, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';

/** The scripts as a cron, a pod or a person runs them. */

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
});
beforeEach(async () => {
  target.simulator.reset();
  target.simulator.setFaults([]);
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'state'));
  await credentials(defaultCredentials.adminAppSecret);
});
afterAll(() => target.close());

async function credentials(secret: string): Promise<void> {
  const lines = [
    `PINGONE_AUTH_PATH=${target.url}`,
    `PINGONE_API_PATH=${target.url}`,
    `PINGONE_ADMIN_ENV_ID=${defaultCredentials.adminEnvID}`,
    `PINGONE_ADMIN_APP_ID=${defaultCredentials.adminAppID}`,
    `PINGONE_ADMIN_APP_SECRET=${secret}`,
  ];
  await writeFile(join(folder.path, 'credentials'), `${lines.join('\n')}\n`);
}

const cron = (script = join(root, 'scripts/ci/examples/cron.sh')) =>
  spawnProgram('bash', [script], {
    cwd: '/',
    osVariables: { SMOKE_STATE: join(folder.path, 'state'), SMOKE_CREDENTIALS: join(folder.path, 'credentials') },
  });
const left = () => target.simulator.snapshot().environments.filter(({ name }) => name.startsWith('pingone-tutorial-'));

it('cron hears nothing of a good night, and all of a bad one', { ...slow, timeout: 120_000 }, async () => {
  expect(await cron().result).toEqual({ code: 0, stdout: '', stderr: '' });
  await credentials('not-the-secret-any-more');
  const bad = await cron().result;
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('adminAppID or adminAppSecret is not that of your Worker application');
  expect(bad.stdout).toContain('History: 2 runs, 1 passed');
  expect(bad.stdout).not.toContain('not-the-secret');
  expect(left()).toEqual([]);
});

it('cron begins no second one while one runs', { ...slow, timeout: 120_000 }, async () => {
  target.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'hang' } }]);
  const first = cron();
  await waitFor(() => left().length === 1);
  expect(await cron().result).toEqual({ code: 4, stdout: '', stderr: 'the smoke test before this one still runs\n' });
  target.simulator.setFaults([]);
  first.kill('SIGTERM');
});

it('a script that is asked to end hands that on, and what was created is removed', {
  ...slow,
  timeout: 120_000,
}, async () => {
  target.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'hang' } }]);
  const osVariables = Object.fromEntries(
    (await readFile(join(folder.path, 'credentials'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  const state = join(folder.path, 'state');
  const running = spawnProgram('bash', ['scripts/ci/smoke.sh'], {
    osVariables: {
      ...osVariables,
      SMOKE_OUTPUT: state,
      SMOKE_HISTORY: join(state, 'h.json'),
      SMOKE_LEDGER: join(state, 'l'),
    },
  });
  while (left().length === 0) await sleep(50);
  running.kill('SIGTERM');
  const { code, stdout } = await running.result;
  expect(code).toBe(4);
  expect(stdout).toContain('Clean-up: 1 removed, nothing left');
  expect(left()).toEqual([]);
});

it('a report of an earlier run does not speak for one that wrote none', async () => {
  const state = join(folder.path, 'state');
  await writeFile(join(state, 'report.json'), '{"totals": {"steps": {"passed": 6}}}');
  await writeFile(join(folder.path, 'node'), '#!/usr/bin/env bash\n[[ $1 == *bin.js ]] || exec "$NODE" "$@"\n');
  await chmod(join(folder.path, 'node'), 0o755);
  const result = await spawnProgram('bash', ['scripts/ci/smoke.sh'], {
    osVariables: { PATH: `${folder.path}:${process.env.PATH}`, NODE: process.execPath, SMOKE_OUTPUT: state },
  }).result;
  expect(result).toMatchObject({
    code: 4,
    stderr: 'error: the smoke test ended well, but no step is known to have passed\n',
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
