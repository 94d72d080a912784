import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { vendoredPath } from '../../src/cli/pack-tool.ts';
import { tool } from '../../src/run/tool.ts';
import { slow } from '../slow.ts';
import { cli, temporaryFolder } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const here = (argv: readonly string[]) => cli(argv, { cwd: folder.path });
const read = (path: string) => readFile(join(folder.path, path), 'utf8');
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(folder.path, path)), { recursive: true });
  await writeFile(join(folder.path, path), text);
};
/** Packing takes seconds: most tests find the tarball there. */
const withTarball = () => write(vendoredPath, 'a tarball');

/** Every file below the folder, with its text. */
async function everything(): Promise<Record<string, string>> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')])));
}

it('writes a collection that is valid, compiled, and runs at once on the simulator', async () => {
  await withTarball();
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
  await withTarball();
  await here(['init']);
  for (const file of ['collection.yaml', '1-get-access-token.yaml', '2-read-environments.yaml']) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(await read(`collections/smoke-test/${file}`)) ?? [];
    expect(JSON.parse(await read(`collections/smoke-test/${schema}`))).toHaveProperty('$schema');
  }
});

it('changes nothing when it runs again', async () => {
  await withTarball();
  await writeFile(join(folder.path, '.gitignore'), 'dist/');
  await here(['init']);
  expect(await read('.gitignore')).toBe('dist/\nnode_modules/\n.env\n!vendor/pingone-tutorial-*.tgz\n');
  const before = await everything();
  const { code, stdout } = await here(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('unchanged: everything is there');
  expect(stdout).not.toMatch(/^(wrote|replaced|added)/m);
  expect(await everything()).toEqual(before);
});

it('names what it leaves alone, and replaces it when forced', slow, async () => {
  await withTarball();
  await writeFile(join(folder.path, '.env.example'), 'MINE=\n');
  const { code, stdout } = await here(['init']);
  expect(code).toBe(0);
  expect(stdout).toContain('left alone .env.example\n');
  expect(stdout).toContain('1 file left alone: what is there is not what init writes. --force replaces it.');
  expect(await read('.env.example')).toBe('MINE=\n');
  // A lock file may know its bytes.
  expect(stdout).toContain(`unchanged  ${vendoredPath}\n`);
  expect(await read(vendoredPath)).toBe('a tarball');
  const forced = (await here(['init', '--force'])).stdout;
  expect(forced).toContain('replaced   .env.example\n');
  expect(forced).toContain(`replaced   ${vendoredPath}\n`);
  expect(await read('.env.example')).toContain('PINGONE_ADMIN_APP_SECRET=\n');
});

it('has room for a second collection beside the first', async () => {
  await withTarball();
  await here(['init']);
  const { stdout } = await here(['init', '--name', 'sign-on']);
  expect(stdout.match(/^left alone .*/gm)).toEqual(['left alone .github/workflows/pingone-smoke.yml']);
  const both = ['collections/smoke-test', 'collections/sign-on'];
  expect((await here(['compile', '--check', ...both])).stdout).toContain('are up to date');
});

it('names in .env.example every OS variable of its collection', async () => {
  await withTarball();
  await here(['init']);
  const { variables } = parse(await read('collections/smoke-test/collection.yaml')) as {
    variables: Record<string, { os?: string }>;
  };
  const named = Object.values(variables).flatMap(({ os }) => (os === undefined || os.endsWith('_PATH') ? [] : [os]));
  expect(named.length).toBeGreaterThan(3);
  for (const os of named) expect(await read('.env.example')).toContain(`\n${os}=`);
});

it('writes a workflow with least permissions, pinned actions, the installed program, and secrets in its environment only', async () => {
  await withTarball();
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
  expect(commands).toEqual([
    expect.stringContaining('npm ci --ignore-scripts'),
    './node_modules/.bin/pingone-tutorial run collections/sign-on --no-simulator --cleanup always --reporter github',
  ]);
  expect(steps.flatMap(({ env, run }) => (env ? [run] : []))).toEqual([commands[1]]);
  // The command of the workflow, without credentials as in a fork: an error, not a run on the simulator.
  const forked = await here((commands[1] ?? '').split(' ').slice(1));
  expect(forked.code).toBe(2);
  expect(forked.stderr).toContain('adminAppSecret has no value');
});

it('makes the folder it is to write into, packs the program, and has package.json name the file', slow, async () => {
  await mkdir(join(folder.path, 'a'));
  const { stdout } = await here(['init', 'a/b']);
  expect(stdout).toContain(`wrote      a/b/${vendoredPath}\n`);
  expect(await read('a/b/.gitignore')).toBe('node_modules/\n.env\n!vendor/pingone-tutorial-*.tgz\n');
  expect(JSON.parse(await read('a/b/package.json'))).toEqual({
    private: true,
    [tool.name]: { collections: 'collections', cleanup: 'always' },
    dependencies: { [tool.name]: `file:${vendoredPath}` },
  });
  const tar = (...args: string[]) => execFileSync('tar', args, { cwd: join(folder.path, 'a/b'), encoding: 'utf8' });
  const files = tar('-tzf', vendoredPath).split('\n');
  for (const file of ['dist/cli/bin.js', 'dist/bundle/program.cjs', 'src/cli/starter/workflow.yml'])
    expect(files).toContain(`package/${file}`);
  expect(JSON.parse(tar('-xzOf', vendoredPath, 'package/package.json'))).toMatchObject(tool);
});

describe('the workflow installs', () => {
  const lock = (entry: object | undefined) => JSON.stringify({ packages: { [`node_modules/${tool.name}`]: entry } });
  /** Runs the step that installs, with an npm that only says what it is asked. */
  async function install(): Promise<{ status: number | null; stdout: string }> {
    const workflow = parse(await read('.github/workflows/pingone-smoke.yml')) as {
      jobs: Record<string, { steps: { run?: string }[] }>;
    };
    const [script = ''] = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    const npm = `npm() { echo "npm $*"; }\n`;
    return spawnSync('bash', ['-eo', 'pipefail', '-c', `${npm}${script}`], { cwd: folder.path, encoding: 'utf8' });
  }

  it('what the lock file names, when that is the file of the repository', async () => {
    await withTarball();
    await here(['init']);
    expect(await install()).toMatchObject({ status: 0, stdout: 'npm ci --ignore-scripts --no-audit --no-fund\n' });
  });

  it.each([
    ['there is no lock file', undefined],
    ['the lock file does not name it', lock(undefined)],
    ['it is from a registry', lock({ resolved: `https://registry.npmjs.org/${tool.name}/-/${tool.name}-0.1.0.tgz` })],
    ['it is from a file outside of vendor', lock({ resolved: 'file:../pingone-tutorial-0.1.0.tgz' })],
    ['its file is missing', lock({ resolved: 'file:vendor/pingone-tutorial-0.0.1.tgz' })],
  ])('nothing when %s, and says what to do', async (_, text) => {
    await withTarball();
    await here(['init']);
    if (text === undefined) await rm(join(folder.path, 'package-lock.json'));
    else await write('package-lock.json', text);
    const { status, stdout } = await install();
    expect(status).toBe(2);
    expect(stdout).toContain('::error::pingone-tutorial is not installed from vendor/.');
    expect(stdout).not.toContain('npm ci');
  });
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
