import { spawn, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tool } from '../../src/run/tool.ts';
import { root, temporaryFolder } from '../e2e/support.ts';
import { slow } from '../slow.ts';

/** A release, rehearsed against a registry on this machine. Long: the registry has to be installed first. */

/** The last that runs on the oldest Node that is supported. */
const verdaccio = '6.8.0';
const isWanted = process.env.RELEASE_REHEARSAL === 'true';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('a tag that is not the version is refused', () => {
  const { status, stderr } = spawnSync('bash', ['scripts/release.sh'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REPOSITORY: 'https://example.com/us/it', TAG: 'v99.0.0' },
  });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `error: the tag is v99.0.0, and package.json has version ${tool.version}; correct one of them\n`,
  });
});

it.skipIf(!isWanted)('a release can be published, installed and used', { ...slow, timeout: 600_000 }, async () => {
  const folder = await temporaryFolder();
  const port = await freePort();
  const registry = `http://127.0.0.1:${port}`;
  const call = (program: string, argv: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) => {
    const result = spawnSync(program, argv, { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
    expect(result.status, `${program} ${argv.join(' ')}\n${result.stdout}${result.stderr}`).toBe(0);
    return result.stdout;
  };
  const server = join(folder.path, 'server');
  await mkdir(server);
  // One of its dependencies is named by a tag that not every mirror has.
  const manifest = { private: true, dependencies: { verdaccio }, overrides: { 'node-fetch': '2.7.0' } };
  await writeFile(join(server, 'package.json'), JSON.stringify(manifest));
  call('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], server);
  await writeFile(
    join(server, 'config.yaml'),
    `storage: ./storage
uplinks: { npmjs: { url: ${call('npm', ['config', 'get', 'registry'], root).trim()} } }
packages:
  ${tool.name}: { access: $all, publish: $all }
  '**': { access: $all, proxy: npmjs }
log: { type: stdout, format: pretty, level: warn }
`,
  );
  const running = spawn(join(server, 'node_modules/.bin/verdaccio'), ['-c', 'config.yaml', '-l', `127.0.0.1:${port}`], {
    cwd: server,
    stdio: 'ignore',
  });
  try {
    for (let tries = 0; tries < 100; tries += 1) {
      if (
        await fetch(`${registry}/-/ping`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      await sleep(300);
    }
    // npm asks for a token; this registry takes any.
    const npmrc = join(folder.path, 'npmrc');
    await writeFile(npmrc, `registry=${registry}/\n//127.0.0.1:${port}/:_authToken=any\n`);
    const local = { npm_config_userconfig: npmrc, npm_config_registry: `${registry}/` };
    const repository = 'https://example.com/us/it';
    call('bash', ['scripts/release.sh'], root, { ...local, REPOSITORY: repository, TAG: `v${tool.version}` });
    const published = JSON.parse(call('npm', ['view', tool.name, '--json'], root, local)) as {
      repository: object;
      scripts?: object;
      devDependencies?: object;
    };
    expect(published.repository).toEqual({ type: 'git', url: `git+${repository}.git` });
    expect([published.scripts ?? {}, published.devDependencies ?? {}]).toEqual([{}, {}]);
    const user = join(folder.path, 'user');
    await mkdir(user);
    await writeFile(join(user, 'package.json'), '{ "private": true }');
    call(
      'npm',
      ['install', '--no-audit', '--no-fund', '--prefer-offline', `${tool.name}@${tool.version}`],
      user,
      local,
    );
    expect(call(join(user, 'node_modules/.bin', tool.name), ['run'], user)).toContain('6 steps: 6 passed');
  } finally {
    running.kill();
    await folder.remove();
  }
});
