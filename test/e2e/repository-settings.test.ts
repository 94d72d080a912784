import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { vendoredPath } from '../../src/cli/pack-tool.ts';
import { slow } from '../slow.ts';
import { cli, type RunningSimulator, startSimulator, temporaryFolder } from './support.ts';

/** What commands do without arguments in a repository that `init` has prepared. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'vendor'));
  await writeFile(join(folder.path, vendoredPath), 'a tarball');
  expect((await here('init', '--name', 'mine')).code).toBe(0);
});
afterEach(() => folder.remove());

const here = (...argv: string[]) => cli(argv, { cwd: folder.path });
const settings = (values: object) =>
  writeFile(join(folder.path, 'package.json'), JSON.stringify({ 'pingone-tutorial': values }));

it('takes the collections of the repository, and finds them by name', async () => {
  expect((await here('validate')).stdout).toMatch(/^collections\/mine: 2 steps.*\n$/);
  expect((await here('compile', '--check')).stdout).toContain('are up to date');
  expect((await here('run', '--simulator')).stdout).toContain('2 steps: 2 passed');
  expect((await here('run', 'mine', '--simulator', '-q')).code).toBe(0);
  expect((await here('run', 'create-a-test-environment', '--simulator', '--dry-run')).code).toBe(0);
  expect((await here('run', 'other')).stderr).toContain(
    'expected mine, create-a-test-environment, create-an-sso-workflow',
  );
});

it('asks which one, when there are several and none is listed', async () => {
  expect((await here('init', '--name', 'second')).code).toBe(0);
  const { code, stderr } = await here('run', '--simulator');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'error: this repository has several collections: mine, second. Name those to run, or list them in package.json: "pingone-tutorial": { "run": ["mine"] }\n',
  });
  await settings({ run: ['second'] });
  expect((await here('run', '--simulator', '--dry-run')).stdout).toContain('2 read-environments');
  expect((await here('validate')).stdout.split('\n')).toHaveLength(3);
});

it('heeds environment, cleanup and reporters, and options come first', slow, async () => {
  const target: RunningSimulator = await startSimulator();
  await settings({
    run: ['create-a-test-environment'],
    environment: target.environment,
    cleanup: 'always',
    reporters: ['json=r.json'],
  });
  const run = await here('run', '--engine', 'direct');
  expect(run.stdout).toContain('Clean-up: 1 removed, nothing left');
  const kept = await here('run', '--engine', 'direct', '--cleanup', 'never', '--reporter', 'json');
  expect(JSON.parse(kept.stdout)).toMatchObject({ outcome: 'passed', created: [{}, {}, {}] });
  await target.close();
});

it.each([
  [{ colections: 'x' }, 'unknown key "colections"; expected one of collections, run, environment, cleanup, reporters'],
  [{ cleanup: 'sometimes' }, 'cleanup: expected one of always, on-failure, never'],
  [{ run: 'mine' }, 'run: expected a list of texts'],
])('refuses %j', async (values, want) => {
  await settings(values);
  const { code, stderr } = await here('run');
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: package.json, "pingone-tutorial": ${want}\n` });
});

it(
  'prints at most 15 lines of a smoke test that passes, none with -q, and writes one more report with -r',
  slow,
  async () => {
    const smoke = await here('smoke', 'create-a-test-environment', 'create-an-sso-workflow', '--simulator');
    expect(smoke.code).toBe(0);
    expect(`${smoke.stderr}${smoke.stdout}`.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    const quiet = await here('smoke', '--simulator', '-q', '-r', 'ctrf=own.json');
    expect(quiet).toMatchObject({ code: 0, stdout: '' });
  },
);
