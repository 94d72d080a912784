/**
 * Writes the tutorial pages of the collections that come with the package, or of those that are named: `README.md` and `pages/`
 * in the collection's folder. With `--check` it only compares, and ends with 1 when a page is stale.
 *
 *   npm run docs [-- --check] [collection…]
 */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledCollections, findCollection } from '../src/cli/collection-folder.ts';
import { checkFiles, writeAll } from '../src/cli/commands/compile-command.ts';
import { reportError } from '../src/cli/outputs/report-error.ts';
import { type PlacedFile, readPresent } from '../src/cli/outputs/write-files.ts';
import type { World } from '../src/cli/world.ts';
import { loadDefinition } from '../src/definition/load.ts';
import { codeOf, type ExitCode, exitCode, UsageError } from '../src/errors.ts';
import { createSecrets } from '../src/run/secrets/redact.ts';
import { pagesOf } from './pages/pages.ts';
import { isMade, pagesFolder } from './pages/place.ts';

/** The page of concepts, which a person writes, beside the folders of the collections. */
const concepts = '../concepts.md';

/** The command: `argv` without node and the program. */
export async function docs(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    const unknown = argv.find((argument) => argument.startsWith('-') && argument !== '--check');
    if (unknown !== undefined) throw new UsageError(`unknown option ${unknown}; expected --check or collections`);
    const named = argv.filter((argument) => !argument.startsWith('-'));
    const pages: PlacedFile[] = [];
    const folders: string[] = [];
    for (const name of named.length > 0 ? named : bundledCollections()) {
      const { path, environments } = findCollection(name, world.cwd);
      const definition = await loadDefinition(resolve(world.cwd, path), path);
      const toEnvironments = relative(resolve(world.cwd, path), resolve(world.cwd, environments)) || '.';
      const places = {
        environments: toEnvironments,
        ...(existsSync(resolve(world.cwd, path, concepts)) && { concepts }),
      };
      pages.push(...pagesOf(definition, places).map(({ name, text }) => ({ path: join(path, name), text })));
      folders.push(join(path, pagesFolder));
    }
    const left = await leftOver(folders, pages, world.cwd);
    return argv.includes('--check') ? await check(pages, left, world) : await write(pages, left, world);
  } catch (error) {
    return reportError(error, world);
  }
}

async function check(pages: readonly PlacedFile[], left: readonly string[], world: World): Promise<ExitCode> {
  const code = await checkFiles(pages, world, 'npm run docs');
  for (const path of left) world.stderr.write(`error: ${path} is the page of no step; run npm run docs\n`);
  return left.length > 0 ? exitCode.checkFailed : code;
}

async function write(pages: readonly PlacedFile[], left: readonly string[], world: World): Promise<ExitCode> {
  for (const { path } of pages) {
    const present = await readPresent(resolve(world.cwd, path));
    if (present !== undefined && !isMade(present))
      throw new UsageError(`${path} was not made by npm run docs and is left alone; move it away to have a page there`);
  }
  for (const path of left) {
    await rm(resolve(world.cwd, path));
    world.stdout.write(`removed ${path}\n`);
  }
  return writeAll(pages, world);
}

/** Pages that were made of steps which are no more. */
async function leftOver(folders: readonly string[], pages: readonly PlacedFile[], cwd: string): Promise<string[]> {
  const wanted = new Set(pages.map(({ path }) => path));
  const left: string[] = [];
  for (const folder of folders) {
    for (const name of await namesIn(resolve(cwd, folder))) {
      const path = join(folder, name);
      if (!wanted.has(path) && isMade((await readPresent(resolve(cwd, path))) ?? '')) left.push(path);
    }
  }
  return left;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await docs(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    osVariables: process.env,
    cwd: process.cwd(),
    signal: new AbortController().signal,
    secrets: createSecrets(),
  });
}
