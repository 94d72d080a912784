import { spawnSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root, temporaryFolder } from '../e2e/support.ts';

/** scripts/ci/newman-7.sh, with programs in the place of npm and npx that write down how they were called. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

async function run(view: string, variables: Readonly<Record<string, string>> = {}) {
  const calls = join(folder.path, 'calls');
  await writeFile(calls, '');
  for (const name of ['npm', 'npx']) {
    const program = join(folder.path, name);
    const answer = name === 'npm' ? `if [ "$1" = view ]; then ${view}; exit; fi\n` : '';
    await writeFile(program, `#!/bin/sh\n${answer}echo "${name} $*" >>'${calls}'\n`);
    await chmod(program, 0o755);
  }
  const { status, stdout } = spawnSync('bash', [join(root, 'scripts/ci/newman-7.sh')], {
    encoding: 'utf8',
    env: { PATH: [folder.path, process.env.PATH].join(delimiter), ...variables },
  });
  return { status, stdout, calls: (await readFile(calls, 'utf8')).split('\n').filter((line) => line !== '') };
}

it.each([
  ['it is not on the registry', `echo '["6.2.1", "6.2.2", "7.0.0-beta.1"]'`],
  ['the registry did not answer', 'exit 1'],
])('prints that Newman 7 was not run: %s', async (reason, view) => {
  expect(await run(view)).toEqual({
    status: 0,
    stdout: `\n== Newman 7 was NOT RUN: ${reason}\n\n`,
    calls: [],
  });
  const { stdout } = await run(view, { GITHUB_ACTIONS: 'true' });
  expect(stdout).toContain(`::warning title=Newman 7 was not run::${reason}\n`);
});

const published = `echo '["6.2.2", "7.0.0", "7.1.0", "8.0.0"]'`;

/** OS variables with which the script takes this Node for another. */
async function withNode(version: string): Promise<Record<string, string>> {
  const file = join(folder.path, 'node-version.cjs');
  const versions = JSON.stringify({ node: version });
  await writeFile(file, `Object.defineProperty(process, 'versions', { value: ${versions} });\n`);
  return { NODE_OPTIONS: `--require=${file}` };
}

it.each(['22.13.0', '24.1.0', '26.0.0'])(
  'runs the tests of the published Newman with the newest 7, on %s',
  async (node) => {
    expect(await run(published, await withNode(node))).toEqual({
      status: 0,
      stdout: '== Newman 7.1.0\n',
      calls: [
        'npm install --no-save --no-audit --no-fund newman-stock@npm:newman@7.1.0',
        'npx vitest run test/e2e/stock-newman.test.ts',
        'npm run interop -- --tool Newman, as published',
      ],
    });
  },
);

it.each(['20.19.0', '22.12.0'])('is not run on Node %s, which is too old for it', async (node) => {
  expect(await run(published, await withNode(node))).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('was NOT RUN: it needs Node 22.13 or later'),
    calls: [],
  });
});
