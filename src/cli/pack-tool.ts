import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf, UsageError } from '../errors.ts';
import { tool } from '../run/tool.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Where `init` puts this program in a repository: relative to its root, with forward slashes. */
export const vendoredPath = `vendor/${tool.name}-${tool.version}.tgz`;

/**
 * This program as an npm package, made by `npm pack` of the folder that it runs from. Needs no network. No script of the package
 * runs: its `prepack` would delete what was built. Throws `UsageError` when npm is missing or fails.
 */
export async function packTool(): Promise<Buffer> {
  const destination = await mkdtemp(join(tmpdir(), `${tool.name}-pack-`));
  try {
    await callNpm(['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', destination]);
    const [file] = await readdir(destination);
    if (file === undefined) throw new UsageError(`npm pack made no file of ${packageFolder}`);
    return await readFile(join(destination, file));
  } finally {
    await rm(destination, { recursive: true, force: true });
  }
}

async function callNpm(args: readonly string[]): Promise<void> {
  // On Windows npm is a batch file, which only a shell starts.
  const shell = process.platform === 'win32';
  try {
    await promisify(execFile)('npm', shell ? args.map((arg) => `"${arg}"`) : args, { cwd: packageFolder, shell });
  } catch (error) {
    throw new UsageError(
      `cannot pack ${tool.name} for the workflow: ${messageOf(error)}; npm must be installed, and ${packageFolder} readable`,
      { cause: error },
    );
  }
}
