import { join, resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { type CompiledFile, compile, compileEditorSchemas } from '../../compile/compile.ts';
import type { Definition } from '../../definition/definition.ts';
import { DefinitionError } from '../../definition/reading/problem.ts';
import { draftOf, isCheckedInPostman } from '../../definition/schemas/draft.ts';
import { type ExitCode, exitCode, UsageError } from '../../errors.ts';
import { commandLine } from '../../run/tool.ts';
import { bundledCollections, type CollectionFolder, findCollection } from '../collection-folder.ts';
import { readKnown } from '../inputs/parsed-yaml-cache.ts';
import type { compileOptions } from '../options/file-options.ts';
import type { OptionsOf } from '../options/option-table.ts';
import { foreignV3Files, v3Files } from '../outputs/postman-v3-files.ts';
import { say, tell } from '../outputs/say.ts';
import { type PlacedFile, readPresent, writeFiles } from '../outputs/write-files.ts';
import type { World } from '../world.ts';

export type CompileOptions = OptionsOf<typeof compileOptions>;

/** `compile`: writes the Postman collection, the environments and the editor schemas, or says which are stale. */
export async function compileCommand(
  collections: readonly string[],
  options: CompileOptions,
  world: World,
): Promise<ExitCode> {
  const files: PlacedFile[] = [];
  for (const name of collections) {
    const folder = findCollection(name, world.cwd);
    const { definition, problems } = await readKnown(resolve(world.cwd, folder.source), folder.source, world.cache);
    if (!definition) throw new DefinitionError(problems);
    files.push(...compile(definition).map((file) => place(file, folder)), ...editorSchemaFiles(folder));
    for (const note of uncheckedNotes(definition)) say(world, `note: ${note}`);
    if (options.postmanV3 !== undefined) files.push(...(await v3Files(definition, options.postmanV3, world)));
  }
  const distinct = distinctFiles(files);
  if (options.postmanV3 !== undefined) await refuseForeign(distinct, options.postmanV3, world);
  if (!options.check) return writeAll(distinct, world);
  const own = collections.filter((name) => !bundledCollections().includes(name));
  return checkFiles(
    distinct,
    world,
    commandLine('compile', [...own, ...(options.postmanV3 === undefined ? [] : ['--postman-v3', options.postmanV3])]),
  );
}

/** What compiled scripts leave out. */
function uncheckedNotes({ steps, cleanUp }: Definition): string[] {
  return [...steps, ...cleanUp.steps].flatMap(({ name, expect: { schema } }) =>
    schema && !isCheckedInPostman(schema.content)
      ? [
          `in Postman, "${name}" does not check the body against ${schema.file}: JSON Schema ${draftOf(schema.content)} is not known there; run checks it`,
        ]
      : [],
  );
}

/** Requests that somebody added in Postman are not lost, and what the definition no longer has does not run. */
async function refuseForeign(files: readonly PlacedFile[], folder: string, world: World): Promise<void> {
  const foreign = await foreignV3Files(files, folder, world);
  if (foreign.length === 0) return;
  throw new UsageError(
    `${foreign.join(', ')} ${foreign.length === 1 ? 'is' : 'are'} not of the definition; ` +
      `import the folder of the collection (${commandLine('import')}), or delete ${foreign.length === 1 ? 'it' : 'them'}`,
  );
}

/** Each file once: collections share the editor schemas. Throws `UsageError` when two make a file of the same name differently. */
function distinctFiles(files: readonly PlacedFile[]): PlacedFile[] {
  const texts = new Map<string, string>();
  for (const { path, text } of files) {
    if ((texts.get(path) ?? text) !== text) {
      throw new UsageError(`two collections compile to ${path}; give their environments names of their own`);
    }
    texts.set(path, text);
  }
  return [...texts].map(([path, text]) => ({ path, text }));
}

function place(file: CompiledFile, folder: CollectionFolder): PlacedFile {
  return { path: join(file.folder === 'environments' ? folder.environments : folder.path, file.name), text: file.text };
}

function editorSchemaFiles(folder: CollectionFolder): PlacedFile[] {
  return Object.entries(compileEditorSchemas()).map(([name, text]) => ({
    path: join(folder.editorSchemas, name),
    text,
  }));
}

/** Writes made files, and says which. */
export async function writeAll(files: readonly PlacedFile[], world: World): Promise<ExitCode> {
  await writeFiles(files, world.cwd);
  for (const { path } of files) tell(world, `wrote ${path}\n`);
  return exitCode.passed;
}

/** Compares made files with those that are there, shows how they differ, and names the command that writes them. */
export async function checkFiles(
  files: readonly PlacedFile[],
  world: World,
  command = commandLine('compile'),
): Promise<ExitCode> {
  const stale: string[] = [];
  for (const { path, text } of files) {
    const present = await readPresent(resolve(world.cwd, path));
    if (present === text) continue;
    stale.push(path);
    const patch = createTwoFilesPatch(
      path,
      path,
      present ?? '',
      text,
      present === undefined ? '(missing)' : '(as it is)',
      '(as compiled)',
    );
    tell(world, patch);
  }
  if (stale.length === 0) {
    tell(world, `${files.length} compiled files are up to date\n`);
    return exitCode.passed;
  }
  say(
    world,
    `error: ${stale.join(', ')} ${stale.length === 1 ? 'is' : 'are'} not what the definition compiles to; run ${command}`,
  );
  return exitCode.checkFailed;
}
