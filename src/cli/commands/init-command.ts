import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, type ExitCode, exitCode, messageOf, UsageError } from '../../errors.ts';
import type { BegunCollection } from '../../import/begin/begun-collection.ts';
import { counted } from '../../report/text/words.ts';
import { commandLine } from '../../run/tool.ts';

import type { initOptions } from '../options/file-options.ts';
import type { OptionsOf } from '../options/option-table.ts';
import { tell } from '../outputs/say.ts';
import { writeFiles } from '../outputs/write-files.ts';
import { packTool, vendoredLock, vendoredPath } from '../pack-tool.ts';
import { begunStarterFiles, starterFiles } from '../starter.ts';
import { type PlannedFile, planStarter } from '../starter-plan.ts';
import type { World } from '../world.ts';

export type InitOptions = OptionsOf<typeof initOptions>;

/**
 * `init`: writes a starter into `folder`; what is there and differs is left alone. This program comes with it as a tarball, so that
 * the workflow never asks a registry for its name.
 */
export async function initCommand(folder: string, options: InitOptions, world: World): Promise<ExitCode> {
  const { force = false } = options;
  const begun = await beginCollection(options, world.cwd);
  const name = begun?.collection.id ?? options.name ?? 'smoke-test';
  const files = await (begun ? begunStarterFiles(begun) : starterFiles(name));
  const present = new Map<string, string>();
  for (const { path } of files) {
    const text = await readPresent(join(folder, path), world.cwd);
    if (text !== undefined) present.set(path, text);
  }
  const starter = planStarter(files, present, `collections/${name}/collection.yaml`, force);
  const program = await planTool(folder, force, world.cwd);
  const manifest = starter.find(({ path }) => path === 'package.json')?.text ?? present.get('package.json');
  const plan = [...starter, program.file, ...(await planLock(folder, manifest, program.tarball, world.cwd))];
  await writeFiles(
    plan.flatMap(({ path, text }) => (text === undefined ? [] : [{ path: join(folder, path), text }])),
    world.cwd,
  );
  for (const file of plan) tell(world, `${actionWords[file.action]} ${join(folder, file.path)}\n`);
  const leftAlone = plan.filter(({ action }) => action === 'left-alone').length;
  if (leftAlone > 0)
    tell(
      world,
      `\n${counted(leftAlone, 'file')} left alone: what is there is not what init writes. --force replaces it.\n`,
    );
  if (plan.every(({ action }) => action === 'unchanged')) tell(world, '\nunchanged: everything is there\n');
  const isLocked = plan.some(({ path, action }) => path === lockFile && action !== 'left-alone');
  tell(world, nextSteps(join(folder, 'collections', name), isLocked, begun !== undefined));
  return exitCode.passed;
}

/** The collection that is made of what an option names; undefined when none does. */
async function beginCollection(
  { name, fromCurl, fromOpenapi }: InitOptions,
  cwd: string,
): Promise<BegunCollection | undefined> {
  if (fromCurl !== undefined && fromOpenapi !== undefined)
    throw new UsageError('--from-curl and --from-openapi exclude each other');
  if (fromCurl !== undefined) {
    const { beginFromCurl } = await import('../../import/begin/from-curl.ts');
    return beginFromCurl(await readGiven(fromCurl, cwd), name ?? 'my-api');
  }
  if (fromOpenapi === undefined) return undefined;
  const { beginFromOpenApi } = await import('../../import/begin/from-openapi.ts');
  return beginFromOpenApi(await readGiven(fromOpenapi, cwd), fromOpenapi, name);
}

/** The text of a file, or of standard input for -. */
async function readGiven(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
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

function nextSteps(collection: string, isLocked: boolean, isOwn: boolean): string {
  const install = isLocked ? 'npm ci' : `npm install ./${vendoredPath}`;
  return `
What to do next
  - ${isOwn ? 'Put the steps in order and capture what later ones need' : 'Change the steps'}: ${join(collection, 'collection.yaml')}
  - See what is wrong in them: ${commandLine('validate', [collection])}
  - ${isOwn ? 'Give the values: copy .env.example to .env and fill it in' : 'Run it against your tenant: copy .env.example to .env and fill it in'}
  - Run it${isOwn ? '' : ', on the simulator while there are no credentials'}: ${commandLine('run', [collection])}
  - Write the Postman files anew: ${commandLine('compile', [collection])}
  - Install the program from vendor/: ${install}
${
  isOwn
    ? ''
    : `  - Run it every day on GitHub: commit everything, package-lock.json and vendor/ too, and set the secrets
    that .github/workflows/pingone-smoke.yml names
`
}`;
}

/** What to do with the tarball of this program: one of this version is replaced only when forced. A lock file knows its bytes. */
async function planTool(
  folder: string,
  force: boolean,
  cwd: string,
): Promise<{ readonly file: PlannedTool; readonly tarball: Uint8Array }> {
  const there = await readFile(resolve(cwd, folder, vendoredPath)).catch(() => undefined);
  const unchanged = (tarball: Uint8Array) => ({
    file: { path: vendoredPath, action: 'unchanged' as const },
    tarball,
  });
  if (there !== undefined && !force) return unchanged(there);
  const text = await packTool();
  if (there?.equals(text)) return unchanged(there);
  return { file: { path: vendoredPath, action: there ? 'replace' : 'write', text }, tarball: text };
}

const lockFile = 'package-lock.json';

/** A lock file is written where there is none, and where nothing else is to be locked; npm knows what to do with others. */
async function planLock(
  folder: string,
  manifest: string | undefined,
  tarball: Uint8Array,
  cwd: string,
): Promise<PlannedFile[]> {
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'workspaces'];
  const given = JSON.parse(manifest ?? '{}') as Readonly<Record<string, object>>;
  const names = groups.flatMap((group) => Object.keys(given[group] ?? {}).map((name) => ({ group, name })));
  const [only, ...others] = names;
  if (!only || others.length > 0) return [];
  const text = await vendoredLock(only.group, tarball);
  const there = await readPresent(join(folder, lockFile), cwd);
  if (there === undefined) return [{ path: lockFile, action: 'write', text }];
  return [{ path: lockFile, action: isSameLock(there, text) ? 'unchanged' : 'left-alone' }];
}

/** npm adds the name of the folder, and may write in another order. */
function isSameLock(there: string, wanted: string): boolean {
  const packagesOf = (text: string) => (JSON.parse(text) as { packages?: Readonly<Record<string, object>> }).packages;
  const vendored = ([path]: [string, unknown]) => path.startsWith('node_modules/');
  const own = (text: string) => Object.entries(packagesOf(text) ?? {}).filter(vendored);
  const integrity = (text: string) =>
    own(text).map(([path, entry]) => [path, (entry as { integrity?: string }).integrity]);
  return JSON.stringify(integrity(there)) === JSON.stringify(integrity(wanted));
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
