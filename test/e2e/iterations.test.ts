import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonReport } from '../../src/report/files/json-schema.ts';
import type { IterationResult } from '../../src/run/result/result.ts';
import { createSimulator, type Fault } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { cli, type RunningSimulator, spawnCli, startSimulator, temporaryFolder } from './support.ts';

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  target = await startSimulator(createSimulator());
  folder = await temporaryFolder();
});
afterEach(async () => {
  await target.close();
  await folder.remove();
});

const argv = (...more: string[]) => ['run', '--environment', target.environment, '--ledger', folder.path, ...more];
const inFolder = (name: string) => join(folder.path, name);
const withFaults = (...faults: Fault[]) => target.simulator.setFaults(faults);
const users = () =>
  [...target.simulator.dump().environments]
    .filter(({ name }) => name.startsWith('pingone-tutorial-'))
    .flatMap((environment) => [...environment.users])
    .map(({ attributes, password }) => ({
      username: attributes.username,
      email: (attributes as { readonly email?: string }).email,
      password,
    }));
const timesCreated = (type: string) =>
  target.simulator.history().filter((entry) => entry.type === type && entry.action === 'created').length;

async function csvOf(count: number): Promise<string> {
  const file = inFolder('users.csv');
  await writeFile(
    file,
    `email\n${Array.from({ length: count }, (_, index) => `u${index + 1}@example.com\n`).join('')}`,
  );
  return file;
}

async function resultsIn(file: string): Promise<IterationResult[]> {
  return (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as IterationResult);
}

async function runJson(...more: string[]): Promise<{ report: JsonReport; code: number | null }> {
  const { stdout, code } = await cli(argv('--quiet', '--reporter', 'json', ...more));
  return { report: JSON.parse(stdout) as JsonReport, code };
}

describe('--iterations', () => {
  it('runs the steps that are marked once before the others, which run for each', slow, async () => {
    const { report, code } = await runJson('--iterations', '3');
    expect(code).toBe(0);
    expect(report.iterations).toBe(3);
    expect(report.steps.map(({ id, iteration }) => `${iteration} ${id}`)).toEqual([
      '1 get-access-token',
      '1 read-licenses',
      '1 create-environment',
      '1 create-population',
      ...[1, 2, 3].flatMap((iteration) => [`${iteration} create-user`, `${iteration} set-user-password`]),
    ]);
    expect(new Set(users().map(({ username }) => username)).size).toBe(3);
    expect(report.totals.steps.passed).toBe(10);
  });

  it('runs all of them in each with --every-step, and cleans up after each', slow, async () => {
    const { report, code } = await runJson(
      '--iterations',
      '4',
      '--every-step',
      '--concurrency',
      '2',
      '--cleanup',
      'always',
    );
    expect(code).toBe(0);
    expect(report.totals.steps.passed).toBe(24);
    expect(report.cleanUp?.items.map(({ status }) => status)).toEqual(['removed', 'removed', 'removed', 'removed']);
    expect(timesCreated('environment')).toBe(4);
    expect(users()).toEqual([]);
  });

  it('keeps details of what did not pass, and figures of all, when there are many', slow, async () => {
    withFaults({ match: { step: 6, attempt: 7 }, do: { kind: 'status', status: 400 } });
    const { report, code } = await runJson('--iterations', '120', '--concurrency', '8');
    expect(code).toBe(1);
    expect(report.figures?.iterations).toEqual({ all: 120, passed: 119, failed: 1, error: 0 });
    expect(report.totals.steps).toEqual({ all: 244, passed: 243, failed: 1, error: 0, skipped: 0, 'not-reached': 0 });
    expect(report.figures?.kept).toBe(1);
    expect(report.steps).toHaveLength(6);
    expect(report.figures?.statistics.map(({ runs }) => runs)).toEqual([1, 1, 1, 1, 120, 120]);
    expect(report.figures?.created).toBe(122);
  });

  it('may take as long as they are many, unless there is a --timeout', slow, async () => {
    const limits = vi.spyOn(AbortSignal, 'timeout');
    const seen = async (...more: string[]) => {
      limits.mockClear();
      expect((await cli(argv(...more))).code).toBe(0);
      return limits.mock.calls.flat().filter((milliseconds) => milliseconds >= 100_000);
    };
    expect(await seen()).toEqual([600_000]);
    expect(await seen('--iterations', '2')).toEqual([]);
    expect(await seen('--iterations', '2', '--timeout', '700')).toEqual([700_000]);
    limits.mockRestore();
  });

  it('begins no iteration when a step before them did not pass', async () => {
    withFaults({ match: { step: 4 }, do: { kind: 'status', status: 400 } });
    const { report, code } = await runJson('--iterations', '3');
    expect(code).toBe(1);
    expect(report.steps.map(({ status }) => status)).toEqual([
      'passed',
      'passed',
      'passed',
      'failed',
      'not-reached',
      'not-reached',
    ]);
    expect(report.steps.at(-1)?.reason).toContain('no iteration was begun');
  });

  it('begins no more after --bail', slow, async () => {
    withFaults({ match: { step: 5 }, do: { kind: 'status', status: 400 } });
    const { report } = await runJson('--iterations', '50', '--bail', '3');
    expect(report.iterations).toBe(3);
    expect(report.outcome).toBe('failed');
  });

  it('lets requests leave at the pace of --rate', slow, async () => {
    const startedAt = Date.now();
    const { report } = await runJson('--iterations', '6', '--concurrency', '6', '--rate', '10');
    expect(report.totals.steps.passed).toBe(16);
    // Sixteen requests have fifteen tenths of a second between them.
    const elapsed = Date.now() - startedAt;
    expect(elapsed).toBeGreaterThanOrEqual(1500);
    // The wait is no part of how long an answer took: of the steps that went on at once, most waited.
    const answers = report.steps.map(({ response }) => response?.durationMs ?? 0);
    expect(answers.reduce((sum, duration) => sum + duration, 0)).toBeLessThan(elapsed);
  });

  it('renews the token once for all iterations that have it refused', slow, async () => {
    withFaults({ match: { step: 5, attempt: 1 }, do: { kind: 'status', status: 401 } });
    const { report, code } = await runJson('--iterations', '8', '--concurrency', '4');
    expect(code).toBe(0);
    expect(report.renewals).toHaveLength(1);
    expect(users()).toHaveLength(8);
  });

  it.each([
    [['--concurrency', '2'], '--concurrency needs --iterations or --data'],
    [['--results', 'x', '--bail'], '--bail, --results needs --iterations or --data'],
    [['--processes', '2'], '--processes needs --iterations or --data'],
    [['--iterations', '9', '--processes', '3', '--concurrency', '2'], '--processes 3 is more than --concurrency 2'],
    [['--iterations', '0'], 'Expected a whole number above 0'],
    [['--iterations', '2', '--rate', '0'], 'Expected a number above 0'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await cli(argv(...options));
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('--processes', () => {
  const inProcesses = (...more: string[]) =>
    spawnCli(argv('--concurrency', '4', '--processes', '2', '--quiet', '--reporter', 'json', ...more));
  /** Processes that a process has started, by number; those of them that have ended are none. */
  const childrenOf = async (pid: number | undefined) =>
    (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
  const isThere = (pid: number) =>
    existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const faultyUser = (attempt: number, status: number): Fault => ({
    match: { step: 5, attempt },
    do: { kind: 'status', status },
  });

  it('give what one process gives, and share the ledger and the token', slow, async () => {
    withFaults(faultyUser(1, 401), faultyUser(9, 400));
    const { stdout, stderr, code } = await inProcesses('--iterations', '12').result;
    expect(stderr).toContain('✗ Iteration');
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as JsonReport;
    expect(report.iterations).toBe(12);
    expect(report.totals.steps).toEqual({ all: 28, passed: 26, failed: 1, error: 0, skipped: 0, 'not-reached': 1 });
    expect(report.renewals).toHaveLength(1);
    expect(new Set(users().map(({ username }) => username)).size).toBe(11);
    const [ledger = ''] = (await readdir(folder.path)).filter((name) => name.endsWith('.ledger.jsonl'));
    const lines = (await readFile(inFolder(ledger), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const numbers = lines.filter(({ kind }) => kind === 'creating').map(({ creation }) => creation as number);
    // The one that the refused token cost was begun twice.
    expect(numbers).toHaveLength(15);
    expect(new Set(numbers).size).toBe(15);
  });

  it('run every step in each, and clean up', slow, async () => {
    const { code, stderr } = await inProcesses('--iterations', '5', '--every-step', '--cleanup', 'always').result;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(timesCreated('environment')).toBe(5);
    expect(users()).toEqual([]);
  });

  it('that end are said, and what they left is gone on with', slow, async () => {
    withFaults({ match: { step: 6 }, do: { kind: 'delay', milliseconds: 400 } });
    const [data, results] = [await csvOf(12), inFolder('results.ndjson')];
    const program = inProcesses('--data', data, '--results', results);
    while (users().length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    const [first = 0, ...others] = await childrenOf(program.pid);
    process.kill(first, 'SIGKILL');
    const { code, stderr } = await program.result;
    expect(stderr).toMatch(/^error: a process that ran iterations ended: signal SIGKILL. Go on with --resume$/m);
    expect(code).toBe(4);
    expect(others.filter(isThere)).toEqual([]);
    expect((await cli(argv('--data', data, '--results', results, '--resume'))).code).toBe(0);
    expect(new Set((await resultsIn(results)).map(({ iteration }) => iteration)).size).toBe(12);
    expect(timesCreated('user')).toBe(12);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('end with the one that started them: %s', slow, async (signal) => {
    withFaults({ match: { step: 5 }, do: { kind: 'delay', milliseconds: 300 } });
    const program = inProcesses('--iterations', '200', '--cleanup', 'always');
    while (users().length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    const started = await childrenOf(program.pid);
    expect(started).toHaveLength(2);
    program.kill(signal);
    const { code, stdout } = await program.result;
    if (signal === 'SIGINT') {
      expect(code).toBe(4);
      expect((JSON.parse(stdout) as JsonReport).outcome).toBe('interrupted');
      expect(users()).toEqual([]);
    }
    await expect.poll(() => started.filter(isThere)).toEqual([]);
  });
});

describe('--data', () => {
  it('names the row that has the same user name', async () => {
    const file = inFolder('users.csv');
    await writeFile(file, 'username,email\nann,a@example.com\nbob,b@example.com\nann,c@example.com\n');
    const { code, stdout } = await cli(argv('--data', file, '--results', inFolder('results.ndjson')));
    const cause = 'Row 1 (line 2) of the data file has the same username, and a name can be taken only once.';
    expect(stdout).toContain(cause);
    const [, , third] = await resultsIn(inFolder('results.ndjson'));
    expect(third).toMatchObject({ iteration: 3, status: 'failed', failure: { diagnosis: { cause } } });
    expect(code).toBe(1);
  });

  it('gives each iteration the values of its row, and no other', slow, async () => {
    const file = inFolder('users.json');
    await writeFile(file, JSON.stringify([{ email: 'one@example.com' }, {}, { email: 'three@example.com' }]));
    const { code, report } = await runJson('--data', file, '--concurrency', '3');
    expect(code).toBe(0);
    expect(report.iterations).toBe(3);
    const byName = users().toSorted((a, b) => a.username.localeCompare(b.username));
    expect(byName.map(({ email }) => email)).toEqual([
      'one@example.com',
      'sharedTestUser@example.com',
      'three@example.com',
    ]);
  });

  it('finds a user whose answer was lost, whatever is in its name', slow, async () => {
    const file = inFolder('users.csv');
    const name = "o'neil+test&co#1=x%20@example.com";
    await writeFile(file, `username\n${name}\n`);
    withFaults({ match: { step: 5, attempt: 1 }, do: { kind: 'reset-after-processing' } });
    const { code, report } = await runJson('--data', file);
    expect(code, JSON.stringify(report.steps.at(-2))).toBe(0);
    expect(report.steps.at(-2)?.adopted).toBe(true);
    expect(users().map(({ username }) => username)).toEqual([name]);
  });

  it('takes a variable that has a value in the rows only', slow, async () => {
    const file = inFolder('users.csv');
    await writeFile(file, 'adminEnvID,email\na4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502,a@example.com\n');
    const without = await target.environmentWith({ adminEnvID: '' });
    const { code, stderr } = await cli(['run', '-e', without, '--ledger', folder.path, '--data', file, '--every-step']);
    expect(stderr).not.toContain('has no value');
    expect(code).toBe(0);
  });

  it('refuses a file with something wrong before anything is sent', async () => {
    const file = inFolder('users.csv');
    await writeFile(file, 'email\ngood@example.com\nbad\n');
    const { code, stderr } = await cli(argv('--data', file));
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:3:1: email is "bad"`);
    expect(timesCreated('environment')).toBe(0);
  });

  it('does not write over the results of an earlier run', slow, async () => {
    const [data, results] = [await csvOf(2), inFolder('results.ndjson')];
    expect((await cli(argv('--data', data, '--results', results))).code).toBe(0);
    const before = await readFile(results, 'utf8');
    const { code, stderr } = await cli(argv('--data', data, '--results', results));
    expect(code).toBe(2);
    expect(stderr).toContain('has the results of an earlier run; continue that run (--resume)');
    expect(await readFile(results, 'utf8')).toBe(before);
  });

  it('tells for each row what was made, or why not', async () => {
    const [data, results] = [await csvOf(5), inFolder('results.ndjson')];
    withFaults({ match: { step: 6, attempt: 2 }, do: { kind: 'status', status: 403 } });
    const { code, stdout } = await cli(argv('--data', data, '--results', results, '--retries', '0'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ Iteration 2 \(line 3\) {2}Step 6: Set the user password: 403 Forbidden/);
    const lines = await resultsIn(results);
    expect(lines.map(({ iteration, line, status }) => [iteration, line, status])).toEqual([
      [1, 2, 'passed'],
      [2, 3, 'failed'],
      [3, 4, 'passed'],
      [4, 5, 'passed'],
      [5, 6, 'passed'],
    ]);
    expect(lines[1]).toMatchObject({
      created: [{ kind: 'user', id: expect.any(String) }],
      failure: { step: 'set-user-password', diagnosis: { cause: expect.any(String) } },
    });
    // Resuming runs what did not pass, with the user that is there.
    const resumed = await cli(argv('--data', data, '--results', results, '--resume'));
    expect(resumed.code).toBe(0);
    expect((await resultsIn(results)).map(({ status }) => status)).toEqual(Array(5).fill('passed'));
    expect(timesCreated('user')).toBe(5);
    await writeFile(data, 'email\nother@example.com\n');
    const changed = await cli(argv('--data', data, '--results', results, '--resume'));
    expect(changed.stderr).toContain('it has changed since');
    expect(changed.code).toBe(2);
  });
});

/** One in a hundred requests goes wrong, in each of the ways that a run gets over. */
const faults: Fault[] = [
  { match: { step: 5, probability: 0.01 }, do: { kind: 'reset-after-processing' } },
  { match: { step: 5, probability: 0.01 }, do: { kind: 'status', status: 503 } },
  { match: { step: 6, probability: 0.01 }, do: { kind: 'status', status: 429, retryAfter: 1 } },
  { match: { step: 6, probability: 0.01 }, do: { kind: 'reset-before-reading' } },
];

describe('provisioning', () => {
  const count = Number(process.env.PROVISION_USERS ?? 80);
  const kills = Number(process.env.PROVISION_KILLS ?? 2);
  it(`makes ${count} users with passwords, each once, whatever goes wrong and after ${kills} times kill -9`, {
    ...slow,
    timeout: 60_000 + count * 300,
  }, async () => {
    const [data, results] = [await csvOf(count), inFolder('results.ndjson')];
    const options = [
      '--data',
      data,
      '--results',
      results,
      '--concurrency',
      '16',
      '--max-wait',
      '2',
      '--retry-budget',
      '99',
    ];
    withFaults(...faults);
    for (let kill = 0; kill < kills; kill += 1) {
      const program = spawnCli(argv(...options, ...(kill > 0 ? ['--resume'] : ['--processes', '2'])));
      await program.sees(kill === 0 ? '✓ Step 4' : 'Step 1');
      await new Promise((resolve) => setTimeout(resolve, count * (2 + Math.random() * 3)));
      program.kill('SIGKILL');
      await program.result;
    }
    const { report, code } = await runJson(...options, ...(kills > 0 ? ['--resume'] : []));
    expect(code, JSON.stringify(report.steps.filter(({ status }) => status !== 'passed').slice(0, 3))).toBe(0);
    const lines = await resultsIn(results);
    expect(lines.map(({ iteration }) => iteration).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(lines.every(({ status }) => status === 'passed')).toBe(true);
    const made = users();
    expect(made).toHaveLength(count);
    expect(new Set(made.map(({ email }) => email)).size).toBe(count);
    expect(timesCreated('user')).toBe(count);
    expect(timesCreated('environment')).toBe(1);
    expect(made.filter((user) => user.password === undefined)).toEqual([]);
    process.stdout.write(
      `${count} users, ${kills} times kill -9: ${lines.length} rows told, ${made.length} users, none twice\n`,
    );
  });
});
