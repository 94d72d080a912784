import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, type ExitCode, exitCode, messageOf, UsageError } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import { commandLine } from '../../run/tool.ts';

import type { initOptions } from '../options/file-options.ts';
import type { OptionsOf } from '../options/option-table.ts';
import { tell } from '../outputs/say.ts';
import { writeFiles } from '../outputs/write-files.ts';
import { packTool, vendoredPath } from '../pack-tool.ts';
import { starterFiles } from '../starter.ts';
import { type PlannedFile, planStarter } from '../starter-plan.ts';
import type { World } from '../world.ts';

export type InitOptions = OptionsOf<typeof initOptions>;

/**
 * `init`: writes a starter into `folder`; what is there and differs is left alone. This program comes with it as a tarball, so that
 * the workflow never asks a registry for its name.
 */
export async function initCommand(
  folder: string,
  { name, force = false }: InitOptions,
  world: World,
): Promise<ExitCode> {
  const files = await starterFiles(name);
  const present = new Map<string, string>();
  for (const { path } of files) {
    const text = await readPresent(join(folder, path), world.cwd);
    if (text !== undefined) present.set(path, text);
  }
  const plan = [
    ...planStarter(files, present, `collections/${name}/collection.yaml`, force),
    await planTool(folder, force, world.cwd),
  ];
  writeFiles(
    plan.flatMap(({ path, text }) => (text === undefined ? [] : [{ path: join(folder, path), text }])),
    world.cwd,
  );
  for (const file of plan) tell(world, `${actionWords[file.action]} ${join(folder, file.path)}\n`);
  const leftAlone = plan.filter(({ action }) => action === 'left-alone').length;
  if (leftAlone > 0)
    world.stdout.write(
      `\n${counted(leftAlone, 'file')} left alone: what is there is not what init writes. --force replaces it.\n`,
    );
  if (plan.every(({ action }) => action === 'unchanged')) world.stdout.write('\nunchanged: everything is there\n');
  world.stdout.write(nextSteps(join(folder, 'collections', name)));
  return exitCode.passed;
}

/** A planned file of bytes. */
type PlannedTool = Omit<PlannedFile, 'text'> & { readonly text?: Uint8Array };

const actionWords: Readonly<Record<PlannedFile['action'], string>> = {
  write: 'wrote     ',
  replace: 'replaced  ',
  append: 'added to  ',
  unchanged: 'unchanged ',
  'left-alone': 'left alone',
};

function nextSteps(collection: string): string {
  return `
What to do next
  - Run it, on the simulator while there are no credentials: ${commandLine('run', [collection])}
  - Change the steps, and say what is wrong in them: ${commandLine('validate', [collection])}
  - Write the Postman files anew: ${commandLine('compile', [collection])}
  - Run it against your tenant: copy .env.example to .env and fill it in
  - Run it every day on GitHub: npm install ./${vendoredPath}, commit package-lock.json and vendor/ too,
    and set the secrets that .github/workflows/pingone-smoke.yml names
`;
}

/** What to do with the tarball of this program: one of this version is replaced only when forced. A lock file knows its bytes. */
async function planTool(folder: string, force: boolean, cwd: string): Promise<PlannedTool> {
  const there = await readFile(resolve(cwd, folder, vendoredPath)).catch(() => undefined);
  if (there !== undefined && !force) return { path: vendoredPath, action: 'unchanged' };
  const text = await packTool();
  if (there?.equals(text)) return { path: vendoredPath, action: 'unchanged' };
  return { path: vendoredPath, action: there ? 'replace' : 'write', text };
}

async function readPresent(path: string, cwd: string): Promise<string | undefined> {
  try {
    return await readFile(resolve(cwd, path), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ENOTDIR')
      throw new UsageError(`cannot write ${path}: a part of the path is a file, not a folder`);
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
