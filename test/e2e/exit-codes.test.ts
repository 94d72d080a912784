import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import { cli, copyCollection, type RunningSimulator, spawnCli, startSimulator, temporaryFolder } from './support.ts';

/** Every exit code of the table in the README, one by one. */

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
  folder = await temporaryFolder();
});
beforeEach(() => {
  target.simulator.reset();
  target.simulator.setFaults([]);
});
afterAll(async () => {
  await target.close();
  await folder.remove();
});

const run = (...more: string[]) => ['run', '--environment', target.environment, '--ledger', folder.path, ...more];
const fails = (step: number, status = 400): Fault => ({ match: { step }, do: { kind: 'status', status } });
const deletionFails: Fault = { match: { method: 'DELETE' }, do: { kind: 'status', status: 400 } };

interface Case {
  readonly what: string;
  readonly code: number;
  readonly argv: () => string[] | Promise<string[]>;
  readonly faults?: readonly Fault[];
}

const cases: readonly Case[] = [
  { code: 0, what: 'everything passed', argv: () => run() },
  { code: 0, what: 'everything passed and was removed', argv: () => run('--cleanup', 'always') },
  { code: 0, what: 'help', argv: () => ['run', '--help'] },
  { code: 0, what: 'the version', argv: () => ['--version'] },
  { code: 0, what: 'a right definition', argv: () => ['validate'] },
  { code: 1, what: 'a check failed', argv: () => run(), faults: [fails(4)] },
  {
    code: 1,
    what: 'a check failed, and clean-up removed everything',
    argv: () => run('--cleanup', 'always'),
    faults: [fails(4)],
  },
  { code: 2, what: 'an unknown option', argv: () => run('--frobnicate') },
  { code: 2, what: 'an unknown command', argv: () => ['frobnicate'] },
  { code: 2, what: 'an unknown collection', argv: () => ['run', './nowhere'] },
  { code: 2, what: 'no environment file there', argv: () => ['run', '--environment', 'nowhere.json'] },
  { code: 2, what: 'a value that is not usable', argv: () => run('--var', 'adminEnvID=x') },
  { code: 2, what: 'a report that cannot be written', argv: () => run('--reporter', `json=${folder.path}`) },
  {
    code: 2,
    what: 'a missing value',
    argv: async () => ['run', '--environment', await target.environmentWith({ adminAppSecret: '' })],
  },
  {
    code: 3,
    what: 'a wrong definition, when it is validated',
    argv: async () => ['validate', await wrongDefinition('validated')],
  },
  { code: 3, what: 'a wrong definition, when it is run', argv: async () => ['run', await wrongDefinition('run')] },
  {
    code: 4,
    what: 'a request could not complete',
    argv: () => run('--retries', '0'),
    faults: [{ match: { step: 2 }, do: { kind: 'reset-before-reading' } }],
  },
  {
    code: 4,
    what: 'the run took too long',
    argv: () => run('--timeout', '0.3'),
    faults: [{ match: { step: 2 }, do: { kind: 'hang' } }],
  },
  {
    code: 4,
    what: 'clean-up left something',
    argv: () => run('--cleanup', 'always', '--retries', '0'),
    faults: [deletionFails],
  },
  {
    code: 4,
    what: 'a check failed, and clean-up left something: the worst wins',
    argv: () => run('--cleanup', 'always', '--retries', '0'),
    faults: [fails(4), deletionFails],
  },
];

async function wrongDefinition(name: string): Promise<string> {
  return copyCollection(join(folder.path, name), { 'collection.yaml': ['authorization:', 'authorisation:'] });
}

/** One of each code, clean-up after a failure, and a run that ended before its end. */
const sample = [
  'everything passed',
  'a check failed, and clean-up removed everything',
  'an unknown option',
  'a wrong definition, when it is run',
  'a request could not complete',
  'the run took too long',
];

describe('the exit code', () => {
  for (const { code, what, argv, faults } of cases)
    it(`is ${code}: ${what}`, slowUnless(sample.includes(what)), async () => {
      target.simulator.setFaults(faults ?? []);
      const result = await cli(await argv());
      expect(result.code, result.stdout + result.stderr).toBe(code);
      expect(result.stderr).not.toMatch(/\n\s+at .+:\d+/);
    });

  it('is 4: the run was interrupted', slow, async () => {
    target.simulator.setFaults([{ match: { step: 2 }, do: { kind: 'hang' } }]);
    const running = spawnCli(run());
    await running.sees('Step 1');
    running.kill('SIGTERM');
    expect((await running.result).code).toBe(4);
  });

  it('is 4: a report cannot be written at the end, whatever came of the run', slow, async () => {
    await writeFile(join(folder.path, 'summary'), '');
    const result = await cli(run('--retries', '0', '-r', 'github'), {
      osVariables: { GITHUB_STEP_SUMMARY: join(folder.path, 'summary', 'x') },
    });
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('error: cannot write ');
    target.simulator.setFaults([{ match: { step: 2 }, do: { kind: 'reset-before-reading' } }]);
    const worse = await cli(run('--retries', '0', '-r', 'github'), {
      osVariables: { GITHUB_STEP_SUMMARY: join(folder.path, 'summary', 'x') },
    });
    expect(worse.code).toBe(4);
  });
});
