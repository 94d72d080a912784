import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cli, temporaryFolder } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const here = (argv: readonly string[]) => cli(argv, { cwd: folder.path });
const read = (path: string) => readFile(join(folder.path, path), 'utf8');

/** Every file below the folder, with its text. */
async function everything(): Promise<Record<string, string>> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')])));
}

it('writes a collection that is valid, compiled, and runs at once on the simulator', async () => {
  const { code, stdout } = await here(['init', '--name', 'sign-on']);
  expect(code).toBe(0);
  expect(stdout).toContain('wrote      collections/sign-on/collection.yaml\n');
  expect((await here(['validate', 'collections/sign-on'])).stdout).toBe(
    'collections/sign-on: 2 steps, 0 clean-up steps, 7 variables, no problems\n',
  );
  expect((await here(['compile', '--check', 'collections/sign-on'])).stdout).toMatch(
    /^\d+ compiled files are up to date\n$/,
  );
  const run = await here(['run', 'collections/sign-on', '--cleanup', 'always']);
  expect(run.stdout).toContain('2 steps: 2 passed');
  expect(run.code).toBe(0);
});

it('writes schema lines that lead to the editor schemas', async () => {
  await here(['init']);
  for (const file of ['collection.yaml', '1-get-access-token.yaml', '2-read-environments.yaml']) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(await read(`collections/smoke-test/${file}`)) ?? [];
    expect(JSON.parse(await read(`collections/smoke-test/${schema}`))).toHaveProperty('$schema');
  }
});

it('changes nothing when it runs again', async () => {
  await writeFile(join(folder.path, '.gitignore'), 'dist/');
  await here(['init']);
  expect(await read('.gitignore')).toBe('dist/\nnode_modules/\n.env\n');
  const before = await everything();
  const { code, stdout } = await here(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('unchanged: everything is there');
  expect(stdout).not.toMatch(/^(wrote|replaced|added)/m);
  expect(await everything()).toEqual(before);
});

it('names what it leaves alone, and replaces it when forced', async () => {
  await writeFile(join(folder.path, '.env.example'), 'MINE=\n');
  const { code, stdout } = await here(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('left alone .env.example\n');
  expect(stdout).toContain('1 file left alone: what is there is not what init writes. --force replaces it.');
  expect(await read('.env.example')).toBe('MINE=\n');
  expect((await here(['init', '--force'])).stdout).toContain('replaced   .env.example\n');
  expect(await read('.env.example')).toContain('PINGONE_ADMIN_APP_SECRET=\n');
});

it('has room for a second collection beside the first', async () => {
  await here(['init']);
  const { stdout } = await here(['init', '--name', 'sign-on']);
  expect(stdout.match(/^left alone .*/gm)).toEqual(['left alone .github/workflows/pingone-smoke.yml']);
  const both = ['collections/smoke-test', 'collections/sign-on'];
  expect((await here(['compile', '--check', ...both])).stdout).toContain('are up to date');
});

it('names in .env.example every OS variable of its collection', async () => {
  await here(['init']);
  const { variables } = parse(await read('collections/smoke-test/collection.yaml')) as {
    variables: Record<string, { os?: string }>;
  };
  const named = Object.values(variables).flatMap(({ os }) => (os === undefined || os.endsWith('_PATH') ? [] : [os]));
  expect(named.length).toBeGreaterThan(3);
  for (const os of named) expect(await read('.env.example')).toContain(`\n${os}=`);
});

it('writes a workflow with least permissions, pinned actions, this version, and secrets in the environment only', async () => {
  await here(['init', '--name', 'sign-on']);
  const text = await read('.github/workflows/pingone-smoke.yml');
  const workflow = parse(text) as {
    on: { schedule: { cron: string }[]; workflow_dispatch: unknown };
    permissions: unknown;
    jobs: Record<string, { steps: { uses?: string; run?: string; env?: Record<string, string> }[] }>;
  };
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.on).toHaveProperty('workflow_dispatch');
  for (const { cron } of workflow.on.schedule) expect(cron).toMatch(/^[1-9]\d? /);
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions).toHaveLength(2);
  for (const uses of actions) {
    expect(uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
    expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`));
  }
  const commands = steps.flatMap(({ run }) => run ?? []);
  const { stdout: version } = await here(['--version']);
  expect(commands).toEqual([
    `npx --yes pingone-tutorial@${version.trim()} run collections/sign-on --no-simulator --cleanup always --reporter github`,
  ]);
  // The command of the workflow, without credentials as in a fork: an error, not a run on the simulator.
  const forked = await here((commands[0] ?? '').split(' ').slice(3));
  expect(forked.code).toBe(2);
  expect(forked.stderr).toContain('adminAppSecret has no value');
});

it.each([
  [['init', '--name', 'Sign on'], 'Expected lower case words joined by hyphens.'],
  [['init', 'taken'], 'a part of the path is a file'],
])('refuses %j with a sentence', async (argv, message) => {
  await writeFile(join(folder.path, 'taken'), '');
  const { code, stderr } = await here(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(await readdir(folder.path)).toEqual(['taken']);
});

it('makes the folder it is to write into', async () => {
  await mkdir(join(folder.path, 'a'));
  const { stdout } = await here(['init', 'a/b']);
  expect(stdout).toContain('wrote      a/b/.gitignore\n');
  expect(await read('a/b/.gitignore')).toBe('node_modules/\n.env\n');
});
