import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { vendoredPath } from '../../src/cli/pack-tool.ts';
import { cli, temporaryFolder } from './support.ts';

/** The first failure that a person meets: the secret was copied wrong. */
it('the starter reports a wrong secret as it was read', async () => {
  const folder = await temporaryFolder();
  const tarball = join(folder.path, vendoredPath);
  await mkdir(dirname(tarball), { recursive: true });
  await writeFile(tarball, 'a tarball');
  await cli(['init'], { cwd: folder.path });
  const run = await cli(['run', '--simulator', '--var', 'adminAppID=00000000-0000-4000-8000-000000000000'], {
    cwd: folder.path,
  });
  expect(run.code).toBe(1);
  const text = run.stdout
    .replaceAll(/\d+(\.\d+)? m?s\b/g, 'TIME')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
  await expect(text).toMatchFileSnapshot('../golden/text/starter-failure.txt');
  await folder.remove();
});
