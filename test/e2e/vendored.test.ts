import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendoredPath } from '../../src/cli/pack-tool.ts';
import { slow } from '../slow.ts';
import { root, spawnProgram, temporaryFolder } from './support.ts';

/** What `init` writes, committed and cloned, installs and runs from the repository alone. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let registry: Server;
const asked: string[] = [];
beforeAll(async () => {
  folder = await temporaryFolder();
  registry = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const mine = join(folder.path, 'mine');
  await mkdir(mine);
  execFileSync(process.execPath, [join(root, 'dist/cli/bin.js'), 'init'], { cwd: mine });
  const git = (cwd: string, ...argv: string[]) => execFileSync('git', argv, { cwd, stdio: 'ignore' });
  git(mine, 'init');
  git(mine, 'add', '--all');
  git(mine, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-m', 'start');
  git(folder.path, 'clone', 'mine', 'clone');
});
afterAll(async () => {
  registry.close();
  await folder.remove();
});

const clone = () => join(folder.path, 'clone');
const installed = () => join(clone(), 'node_modules/pingone-tutorial');
const program = (...argv: string[]) =>
  spawnProgram(join(clone(), 'node_modules/.bin/pingone-tutorial'), argv, { cwd: clone() }).result;

describe('a fresh clone of what init wrote', slow, () => {
  it('installs with npm ci, an empty cache and no request to a registry', async () => {
    const { port } = registry.address() as AddressInfo;
    const { code, stderr } = await spawnProgram('npm', ['ci', '--no-audit', '--no-fund', '--no-update-notifier'], {
      cwd: clone(),
      osVariables: {
        npm_config_registry: `http://127.0.0.1:${port}/`,
        npm_config_cache: join(folder.path, 'cache'),
      },
    }).result;
    expect({ code, stderr, asked }).toEqual({ code: 0, stderr: '', asked: [] });
    const packages = (await readdir(join(clone(), 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(packages).toEqual(['pingone-tutorial']);
  });

  it('runs the smoke test, with every report', async () => {
    const smoke = await program('smoke', 'collections/smoke-test', '--simulator');
    expect(smoke).toMatchObject({ code: 0, stdout: expect.stringContaining('2 steps: 2 passed') });
    const reports = ['html', 'junit', 'ctrf', 'markdown', 'json', 'ndjson'].flatMap((name) => [
      '-r',
      `${name}=r.${name}`,
    ]);
    expect(await program('run', 'create-a-test-environment', 'create-an-sso-workflow', '-q', ...reports)).toMatchObject(
      {
        code: 0,
        stdout: '',
      },
    );
    expect((await program('validate', 'collections/smoke-test')).stdout).toContain('no problems');
    expect((await program('compile', '--check', 'collections/smoke-test')).stdout).toContain('are up to date');
  });

  it('runs from the bundle even when it is told to do without: it has no modules', async () => {
    const { result } = spawnProgram(join(clone(), 'node_modules/.bin/pingone-tutorial'), ['--version'], {
      cwd: clone(),
      osVariables: { PINGONE_TUTORIAL_WITHOUT: 'all' },
    });
    expect(await result).toMatchObject({ code: 0, stderr: '' });
  });

  it('fills in the random words of Postman', async () => {
    await cp(join(root, 'test/docs/minimal'), join(clone(), 'words'), { recursive: true });
    const step = join(clone(), 'words/read-licenses.yaml');
    await writeFile(step, readFileSync(step, 'utf8').replace('/licenses', '/licenses?city={{$randomCity}}'));
    const file = join(clone(), 'words/collection.yaml');
    await writeFile(
      file,
      readFileSync(file, 'utf8').replace('authorization:', 'dynamicVariables: [$randomCity]\nauthorization:'),
    );
    const { code, stdout } = await program('run', 'words', '--simulator', '--verbose');
    expect(stdout).toMatch(/licenses\?city=\w/);
    expect(code).toBe(0);
  });

  it('reads what is written in a rare character set, with both engines', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from('93fa967b', 'hex'), Buffer.from('"}')]);
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json; charset=shift_jis' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await writeFile(
      join(clone(), 'characters.yaml'),
      `id: characters
name: Characters
variables:
  url: { value: "http://127.0.0.1:${port}", format: base-url }
steps:
  - id: read
    name: Read
    request: { method: GET, url: "{{url}}/" }
    expect: { status: 200, values: { /name: 日本 } }
`,
    );
    for (const engine of ['newman', 'direct'])
      expect((await program('run', 'characters.yaml', '--engine', engine)).stdout).toContain('1 step: 1 passed');
    server.close();
  });

  it('serves the simulator with a certificate', async () => {
    const { sees, kill, result } = spawnProgram(
      join(clone(), 'node_modules/.bin/pingone-tutorial'),
      ['simulate', '--port', '0', '--tls'],
      { cwd: clone() },
    );
    await sees('https://127.0.0.1:');
    kill('SIGTERM');
    await result;
  });

  it('packs itself to the same bytes, and keeps what was built', async () => {
    await mkdir(join(folder.path, 'again'));
    expect((await program('init', join(folder.path, 'again'))).code).toBe(0);
    const bytes = (name: string) => readFileSync(join(folder.path, name, vendoredPath));
    expect(bytes('again').equals(bytes('mine'))).toBe(true);
    expect(spawnSync('npm', ['pack', '--silent'], { cwd: installed() }).status).toBe(0);
    expect(existsSync(join(installed(), 'dist/bundle/program.cjs'))).toBe(true);
  });
});

it('packing an installed copy of the package never deletes what was built', slow, async () => {
  const copy = join(folder.path, 'copy');
  await mkdir(copy);
  for (const name of ['dist', 'package.json', 'collections'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  expect(spawnSync('npm', ['pack', '--silent'], { cwd: copy }).status).toBe(0);
  expect(existsSync(join(copy, 'dist/cli/bin.js'))).toBe(true);
});
