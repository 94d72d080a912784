import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunResult } from '../../src/run/result/result.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { cli, type RunningSimulator, startSimulator, temporaryFolder } from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await target.close();
  await folder.remove();
});

const run = async (...argv: string[]) => {
  const file = join(folder.path, 'result.json');
  const common = ['--environment', target.environment, '--engine', 'direct', '--cleanup', 'always'];
  const { stdout } = await cli(['run', ...argv, ...common, '--ledger', folder.path, '--reporter', `json=${file}`]);
  return { stdout, result: JSON.parse(await readFile(file, 'utf8')) as RunResult };
};

it('a variable of a step that failed is there again when a later step has set it', slow, async () => {
  target.simulator.reset();
  target.simulator.setFaults([{ match: { path: '/*/as/authorize', attempt: 1 }, do: { kind: 'status', status: 400 } }]);
  const { result, stdout } = await run('create-a-test-environment', 'create-an-sso-workflow', 'provision-users');
  const notPassed = result.steps.filter(({ status }) => status !== 'passed');
  expect(
    notPassed.map(({ id, status }) => `${id} ${status}`),
    stdout,
  ).toEqual([
    'send-authorize-request failed',
    'submit-credentials not-reached',
    'resume-flow not-reached',
    'get-tokens not-reached',
  ]);
});

/** So often in `npm run test:long`, a sample otherwise. */
const rounds = Number(process.env.SEQUENCE_RUNS ?? 1);

it(`all collections in sequence have the right verdict with faults in 1 % of the requests, ${rounds} times, and leave nothing`, {
  ...slow,
  timeout: 60_000 + rounds * 30_000,
}, async () => {
  const share = 0.01 / 3;
  const counts = { passed: 0, failed: 0, faults: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    target.simulator.reset();
    target.simulator.setFaults(
      [
        { match: { probability: share }, do: { kind: 'status', status: 429, retryAfter: 1 } },
        { match: { probability: share }, do: { kind: 'status', status: 503 } },
        { match: { probability: share }, do: { kind: 'reset-after-processing' } },
      ],
      round,
    );
    const before = thingsOf(target.simulator);
    const { stdout, result } = await run('--all');
    for (const { fired } of target.simulator.faults()) counts.faults += fired;
    const failed = result.steps.filter(({ status }) => status === 'failed' || status === 'error');
    if (result.outcome === 'passed') counts.passed += 1;
    else counts.failed += 1;
    // What is good once cannot be sent again when its answer was lost: the report says both.
    for (const { id, attempts } of failed) {
      expect(onlyOnce, stdout).toContain(id);
      expect(attempts.map(({ because }) => because).join(), stdout).toContain('the connection broke');
    }
    expect(result.outcome).toBe(failed.length === 0 ? 'passed' : 'failed');
    expect(result.cleanUp, stdout).toMatchObject({ complete: true });
    expect(thingsOf(target.simulator)).toEqual(before);
  }
  process.stdout.write(`sequence: ${JSON.stringify(counts)}\n`);
});

/** Steps whose request the service takes once: an authorization code, a state of a flow, a passcode. */
const onlyOnce = ['get-tokens', 'change-at-sign-on'];

const thingsOf = (simulator: Simulator) => simulator.dump().environments.map(({ id }) => id);
