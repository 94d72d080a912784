import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import type { InteropTool } from './verdict.ts';

/**
 * Installs what the tools need in the scratch folder, with exact versions; does nothing when they are there already.
 * No script of theirs runs while they are installed. Rejects with what npm says when it cannot.
 */
export async function installTools(tools: readonly Pick<InteropTool, 'packages'>[], scratch: string): Promise<void> {
  const dependencies = Object.assign({}, ...tools.map(({ packages }) => packages)) as Record<string, string>;
  const wanted = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
  const stamp = join(scratch, 'installed.json');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  await mkdir(scratch, { recursive: true });
  await writeFile(join(scratch, 'package.json'), wanted);
  const argv = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  const { code, stderr } = await runProgram('npm', argv, { cwd: scratch, timeoutMilliseconds: 600_000 });
  if (code !== 0) throw new Error(`npm could not install the tools\n${stderr}`);
  // Written last: an installation that was ended half-way is done again.
  await writeFile(stamp, wanted);
}
