import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonReport } from '../../src/report/files/json-schema.ts';
import type { IterationResult } from '../../src/run/result/result.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { type CliOptions, cli, type RunningSimulator, spawnCli, startSimulator, temporaryFolder } from './support.ts';

/** `--shard` over the rows of a data file, and what is put together afterwards. */

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

const inFolder = (name: string) => join(folder.path, name);
const read = (name: string) => readFile(inFolder(name), 'utf8');
const readJson = async (name: string) => JSON.parse(await read(name)) as JsonReport;
const argv = (...more: string[]) => [
  'run',
  '--environment',
  target.environment,
  '--ledger',
  inFolder('ledger'),
  ...more,
];
const run = (more: readonly string[], options: CliOptions = {}) => cli(argv(...more), { cwd: folder.path, ...options });
const merge = (...more: string[]) => cli(['merge-reports', ...more], { cwd: folder.path });
const linesOf = (text: string) => text.split('\n').slice(0, -1);
const resultsIn = async (name: string) => linesOf(await read(name)).map((line) => JSON.parse(line) as IterationResult);
const numbersIn = async (name: string) => (await resultsIn(name)).map(({ iteration }) => iteration);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const emails = () =>
  target.simulator
    .dump()
    .environments.flatMap((environment) => [...environment.users])
    .map(({ attributes }) => (attributes as { readonly email?: string }).email ?? '')
    .filter((email) => /^u\d+@/.test(email));

async function writeRows(count: number): Promise<void> {
  const rows = numbered(count).map((number) => `u${number}@example.com\n`);
  await writeFile(inFolder('users.csv'), `email\n${rows.join('')}`);
}

/** Options of a shard, with files of its own. */
const shard = (index: number, count: number, ...more: string[]) => [
  ...['--data', 'users.csv', '--shard', `${index}/${count}`, '--quiet', '--results', `shards/${index}.ndjson`],
  ...['--reporter', `json=shards/${index}.json`],
  ...more,
];

describe('a shard of rows', { timeout: 180_000 }, () => {
  it('runs every n-th row under its number in the file; all shards together are the whole', slow, async () => {
    await writeRows(7);
    for (const index of [1, 3]) expect(await run(shard(index, 3))).toMatchObject({ code: 0, stdout: '', stderr: '' });
    target.simulator.setFaults([{ match: { step: 6, attempt: 2 }, do: { kind: 'status', status: 400 } }]);
    const second = await cli(argv(...shard(2, 3).filter((option) => option !== '--quiet')), { cwd: folder.path });
    expect(second.code).toBe(1);
    expect(second.stdout).toContain('✗ Iteration 5 (line 6)  Step 6');
    expect(second.stdout).toContain('Shard 2 of 3');
    expect(await numbersIn('shards/1.ndjson')).toEqual([1, 4, 7]);
    expect(await numbersIn('shards/2.ndjson')).toEqual([2, 5]);
    expect((await resultsIn('shards/3.ndjson')).map(({ iteration, line }) => [iteration, line])).toEqual([
      [3, 4],
      [6, 7],
    ]);
    expect(emails().toSorted()).toEqual(numbered(7).map((number) => `u${number}@example.com`));
    const report = await readJson('shards/2.json');
    expect(report).toMatchObject({
      shard: { index: 2, count: 3 },
      iterations: 2,
      rows: { all: 2, earlier: 0, passed: 1, failed: 1, error: 0 },
    });
    // Steps that run once are of the first row of the shard.
    expect(report.steps.map(({ iteration }) => iteration)).toEqual([2, 2, 2, 2, 2, 2, 5, 5]);

    const merged = await merge('shards', '--results', 'all.ndjson', '-r', 'json=all.json', '-r', 'junit=all.xml');
    expect(merged.code).toBe(1);
    expect(merged.stderr).toBe('all.ndjson: 7 iterations: 6 passed, 1 failed, 0 could not complete\n');
    expect(merged.stdout).toContain('7 iterations: 6 passed, 1 failed');
    expect((await numbersIn('all.ndjson')).toSorted()).toEqual(numbered(7));
    const all = await readJson('all.json');
    expect(all).toMatchObject({ outcome: 'failed', iterations: 7, rows: { all: 7, passed: 6, failed: 1 } });
    expect(all.totals.steps).toMatchObject({ all: 3 * 4 + 7 * 2, failed: 1 });
    for (const name of ['shard', 'targets', 'missingShards']) expect(all).not.toHaveProperty(name);
    expect(await read('all.xml')).toContain('<testsuite name="Create a test environment, iteration 5"');
  });

  it('sees the number of its row and the count of the whole file as Newman gives them to scripts', async () => {
    const received: string[] = [];
    const server = createServer((request, response) => {
      received.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const exec = ["pm.variables.set('out', pm.info.iteration + '-' + pm.info.iterationCount);"];
    const item = {
      name: 'a',
      event: [{ listen: 'prerequest', script: { type: 'text/javascript', exec } }],
      request: { method: 'GET', url: `${base}/{{out}}/{{user}}` },
    };
    const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
    await writeFile(inFolder('c.json'), JSON.stringify({ info: { name: 'C', schema }, item: [item] }));
    await writeFile(inFolder('users.csv'), 'user\na\nb\nc\nd\ne\n');
    expect((await cli(['import', 'c.json', 'c'], { cwd: folder.path })).code).toBe(0);
    // Values that carry over have to be in one place.
    const refused = await cli(['run', './c', ...shard(2, 2)], { cwd: folder.path });
    expect(refused.stderr).toContain('--shard: in this collection values carry over');
    expect(refused.code).toBe(2);
    const definition = (await read('c/collection.yaml')).replace('iterations: shared', 'iterations: separate');
    await writeFile(inFolder('c/collection.yaml'), definition);
    const { code, stderr } = await cli(['run', './c', ...shard(2, 2)], { cwd: folder.path });
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect(received).toEqual(['/1-5/b', '/3-5/d']);
    server.close();
  });

  it('may be of --iterations, and be divided among processes', slow, async () => {
    const { code, stderr } = await spawnCli(
      argv('--iterations', '9', '--shard', '2/2', '--concurrency', '2', '--processes', '2', '--results', 'own.ndjson'),
      { cwd: folder.path },
    ).result;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect((await numbersIn('own.ndjson')).toSorted()).toEqual([2, 4, 6, 8]);
  });

  it('without a row is no fault, and says so; a report of none is one', slow, async () => {
    await writeRows(1);
    const empty = await run(shard(2, 2).filter((option) => option !== '--quiet'));
    expect(empty.code).toBe(0);
    expect(empty.stderr).toBe('warning: shard 2/2 has no row, since there is 1 row: nothing is run\n');
    expect(empty.stdout).toContain('Shard 2 of 2 has no row: nothing was run');
    expect(target.simulator.history()).toEqual([]);
    expect((await merge('shards', '-q', '-r', 'json=none.json')).code).toBe(4);
    await run(shard(1, 2));
    expect(await merge('shards', '-q', '--results', 'all.ndjson')).toMatchObject({ code: 0, stderr: '' });
    expect(await numbersIn('all.ndjson')).toEqual([1]);
  });

  it('that is missing is named, with how many rows are in no results file', slow, async () => {
    await writeRows(6);
    for (const index of [1, 3]) await run(shard(index, 3));
    const half = await merge(
      'shards',
      '-q',
      '--results',
      'half.ndjson',
      '-r',
      'json=half.json',
      '-r',
      'junit=half.xml',
    );
    expect(half.code).toBe(4);
    expect(half.stderr).toBe('error: Shard 2 is missing: its rows are not in this report\n');
    expect(await readJson('half.json')).toMatchObject({ outcome: 'error', missingShards: [2], rows: { all: 4 } });
    expect(await read('half.xml')).toMatch(/<testcase name="Shard 2 is missing"[^>]*>\s*<error/);
    // With the one that was missing, it is whole.
    await run(shard(2, 3));
    expect(await merge('half.json', 'shards/2.json', '-q', '-r', 'json=all.json')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await readJson('all.json')).toMatchObject({ outcome: 'passed', iterations: 6, rows: { all: 6, passed: 6 } });
    const less = await merge('half.json', 'shards/2.json', 'half.ndjson', '--results', 'less.ndjson', '-q');
    expect(less.code).toBe(4);
    expect(less.stderr).toBe('error: 2 rows of 6 are in none of the results files\n');
  });

  it('that was killed goes on where it stopped, by its own ledger, and is counted whole', slow, async () => {
    await writeRows(12);
    target.simulator.setFaults([{ match: { step: 6 }, do: { kind: 'delay', milliseconds: 150 } }]);
    const killed = spawnCli(argv(...shard(2, 2)), { cwd: folder.path });
    while (emails().length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    killed.kill('SIGKILL');
    await killed.result;
    target.simulator.setFaults([]);
    // Not the last ledger, but the last one of this shard.
    expect((await run(shard(1, 2))).code).toBe(0);
    const first = (await readdir(inFolder('ledger'))).find((name) => name.endsWith('.ledger.jsonl'));
    for (const [options, message] of [
      [shard(1, 2, '--resume', inFolder(`ledger/${first}`)), 'was begun with --shard 2/2'],
      [shard(3, 4, '--resume'), 'no ledger of create-a-test-environment, shard 3/4'],
      [[...shard(2, 2, '--resume'), '--results', 'shards/1.ndjson'], 'holds iteration 1, which is of another shard'],
    ] as const) {
      const refused = await run(options);
      expect(refused.stderr).toContain(message);
      expect(refused.code).toBe(2);
    }
    const passed = (await resultsIn('shards/2.ndjson')).length;
    expect(passed).toBeGreaterThan(0);
    const resumed = await cli(argv(...shard(2, 2, '--resume').filter((option) => option !== '--quiet')), {
      cwd: folder.path,
    });
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain(
      `6 rows: ${passed} had passed in the run that was resumed, ${6 - passed} passed in this one`,
    );
    expect((await numbersIn('shards/2.ndjson')).toSorted((a, b) => a - b)).toEqual([2, 4, 6, 8, 10, 12]);
    // When all is done, resuming does nothing, and is no failure.
    const again = await run(shard(2, 2, '--resume'));
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(await readJson('shards/2.json')).toMatchObject({
      outcome: 'passed',
      rows: { all: 6, earlier: 6, passed: 0, failed: 0, error: 0 },
    });
    const merged = await merge('shards', '-q', '--results', 'all.ndjson', '-r', 'json=all.json');
    expect(merged).toMatchObject({ code: 0, stderr: '' });
    expect((await readJson('all.json')).rows).toEqual({ all: 12, earlier: 6, passed: 6, failed: 0, error: 0 });
    expect(emails()).toHaveLength(12);
  });
});

describe('merge-reports --results', () => {
  const line = (iteration: number, status = 'passed') =>
    `${JSON.stringify({ iteration, status, durationMs: 1, created: [] })}\n`;
  beforeEach(() => mkdir(inFolder('in')));

  it('puts results files together without reports, and ends with the worst of their rows', async () => {
    await writeFile(inFolder('in/a.ndjson'), line(1) + line(3));
    await writeFile(inFolder('in/b.ndjson'), line(4, 'failed') + line(2));
    await writeFile(inFolder('in/events.ndjson'), '{"kind":"run-started"}\n');
    const result = await merge('in', '--results', 'all.ndjson');
    expect(result).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'in/events.ndjson is no results file and is left out\nall.ndjson: 4 iterations: 3 passed, 1 failed, 0 could not complete\n',
    });
    expect(await numbersIn('all.ndjson')).toEqual([1, 3, 4, 2]);
    // Again, into a file among them.
    expect((await merge('in', '--results', 'in/all.ndjson', '-q')).code).toBe(1);
    expect((await merge('in', '--results', 'in/all.ndjson', '-q')).code).toBe(1);
    expect(await numbersIn('in/all.ndjson')).toEqual([1, 3, 4, 2]);
  });

  it('leaves a line out that was cut off, and says so', async () => {
    await writeFile(inFolder('in/a.ndjson'), line(1) + line(3).slice(0, 20));
    await writeFile(inFolder('in/b.ndjson'), line(2));
    const result = await merge('in', '--results', 'all.ndjson', '-q');
    expect(result.stderr).toMatch(/^warning: the last line of in\/a.ndjson is cut off .* resume it\n$/);
    expect(await numbersIn('all.ndjson')).toEqual([1, 2]);
  });

  it.each([
    ['an iteration twice', line(1), 'iteration 1 is in in/a.ndjson and in in/b.ndjson'],
    ['another line', `${line(2)}{}\n`, 'in/b.ndjson:2: this is no line of a results file'],
    ['another status', `${line(2)}${line(3, 'good')}`, 'in/b.ndjson:2: this is no line of a results file'],
  ])('refuses %s, and writes nothing', async (_what, text, message) => {
    await writeFile(inFolder('in/a.ndjson'), line(1));
    await writeFile(inFolder('in/b.ndjson'), text);
    const result = await merge('in', '--results', 'all.ndjson');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(await readdir(folder.path)).toEqual(['in']);
  });

  it('refuses a folder without any', async () => {
    await writeFile(inFolder('in/report.json'), '{}');
    expect((await merge('in', '--results', 'all.ndjson')).stderr).toContain('there is no results file in in');
  });
});

describe('ten shards as ten processes, two at a time', () => {
  const count = Number(process.env.SHARD_ROWS ?? 40);
  const more = (process.env.SHARD_OPTIONS ?? '--concurrency 4').split(' ');
  const killed = [3, 8];

  /** Runs a shard; one that is to be killed is killed when a third of its rows is done, and resumed. */
  async function runShard(index: number): Promise<void> {
    const options = argv(...shard(index, 10, ...more));
    const begun = spawnCli(options, { cwd: folder.path });
    if (!killed.includes(index)) return expect(await begun.result).toMatchObject({ code: 0, stderr: '' });
    const done = async () => linesOf(await read(`shards/${index}.ndjson`).catch(() => '')).length;
    while ((await done()) < count / 30) await new Promise((resolve) => setTimeout(resolve, 10));
    begun.kill('SIGKILL');
    await begun.result;
    expect(await done(), 'it was killed too late').toBeLessThan(count / 10);
    expect(await spawnCli([...options, '--resume'], { cwd: folder.path }).result).toMatchObject({
      code: 0,
      stderr: '',
    });
  }

  it(`run each of ${count} rows once, though two are killed and resumed: in the results, the report and the service`, {
    ...slow,
    timeout: 120_000 + count * 300,
  }, async () => {
    await writeRows(count);
    const waiting = numbered(10).values();
    const work = async () => {
      for (const index of waiting) await runShard(index);
    };
    const startedAt = Date.now();
    await Promise.all([work(), work()]);
    const elapsed = Date.now() - startedAt;
    const merged = await merge('shards', '--results', 'all.ndjson', '-q', '-r', 'json=all.json', '-r', 'html=all.html');
    expect(merged).toMatchObject({ code: 0, stderr: '' });

    const results = await resultsIn('all.ndjson');
    expect(results.map(({ iteration }) => iteration).sort((a, b) => a - b)).toEqual(numbered(count));
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results.filter(({ iteration, line }) => line !== iteration + 1)).toEqual([]);
    const { rows, outcome, iterations } = await readJson('all.json');
    expect(outcome).toBe('passed');
    expect(rows).toMatchObject({ all: count, failed: 0, error: 0 });
    expect((rows?.earlier ?? 0) + (rows?.passed ?? 0)).toBe(count);
    expect(rows?.earlier).toBeGreaterThanOrEqual((2 * count) / 30);
    expect(iterations).toBe(rows?.passed);
    const made = emails();
    expect(made).toHaveLength(count);
    expect(new Set(made).size).toBe(count);
    process.stdout.write(
      `${count} rows in ten shards, two killed and resumed (${rows?.earlier} rows before): each once, in ${elapsed} ms\n`,
    );
  });
});
