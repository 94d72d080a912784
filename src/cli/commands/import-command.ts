import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import { compileEditorSchemas } from '../../compile/compile.ts';
import type { Definition } from '../../definition/definition.ts';
import { readDefinition, readDefinitionFrom } from '../../definition/load.ts';
import { isYamlFile } from '../../definition/reading/collection-place.ts';
import { type Problem, renderProblems } from '../../definition/reading/problem.ts';
import type { YamlMemory } from '../../definition/reading/yaml-memory.ts';
import { codeOf, type ExitCode, exitCode, messageOf, UsageError } from '../../errors.ts';
import { type ImportedDefinition, importCollection } from '../../import/import-collection.ts';
import { slugOf } from '../../import/names.ts';
import { plainSecrets } from '../../import/plain-secrets.ts';
import { readV3, throughV3 } from '../../import/postman-v3/read-v3.ts';
import { collectionFile, type FileTexts, keptParts, newImportMemory, toFiles } from '../../import/writing/files.ts';
import { type ExistingDefinition, mergeCollection } from '../../import/writing/merge.ts';
import { counted } from '../../report/text/words.ts';
import { boundHeap } from '../../start/heap.ts';
import { type CollectionFolder, describeFolder } from '../collection-folder.ts';
import type { importOptions } from '../options/file-options.ts';
import type { OptionsOf } from '../options/option-table.ts';
import { say, tell } from '../outputs/say.ts';
import { writeFiles } from '../outputs/write-files.ts';
import { type World, wantsColor } from '../world.ts';

export type ImportCommandOptions = OptionsOf<typeof importOptions>;

/** What is to be done to a folder. */
interface Plan {
  readonly imported: ImportedDefinition;
  /** Every file of the definition, those that stay as they are among them. */
  readonly files: FileTexts;
  readonly removed: readonly string[];
  readonly memory: YamlMemory;
  /** Texts that are there now. */
  readonly present: FileTexts;
  /** What was there before, when a definition is there: parts of it are kept. */
  readonly before: ImportedDefinition | undefined;
}

/** `import`: turns a Postman collection into a definition, or carries what was edited in Postman into the one that is there. */
export async function importCommand(
  file: string,
  folderName: string | undefined,
  options: ImportCommandOptions,
  world: World,
): Promise<ExitCode> {
  boundHeap(world.keepCode, 120);
  const { text, toText } = await readSource(file, world);
  if (folderName !== undefined && isYamlFile(folderName))
    throw new UsageError(`${folderName} is a file; name the folder to write the collection into`);
  const folder = describeFolder(resolve(world.cwd, folderName ?? defaultFolder(text, file)), world.cwd);
  const plan = await planImport(text, file, folder, options, world, toText);
  const changed = [...plan.files].filter(([name, made]) => plan.present.get(name) !== made);
  const overwritten = [...changed.map(([name]) => name).filter((name) => plan.present.has(name)), ...plan.removed];
  for (const { value } of [...plainSecrets(plan.imported, plan.files), ...oldSecrets(plan)])
    world.secrets.remember(value);
  if (plan.before) for (const patch of patchesOf(plan, folder.path)) tell(world, patch);
  if (plan.before ? changed.length + plan.removed.length > 0 : overwritten.length > 0)
    refuseUnforced(overwritten, plan, folder, options);
  await refuseOutside([...plan.files.keys()], folder, world);
  const written = [
    ...changed.map(([name, made]) => ({ path: join(folder.path, name), text: made })),
    ...missingSchemas(folder, world),
  ];
  // What is written is checked while the disk takes it.
  const [{ problems }] = await Promise.all([
    readDefinitionFrom(plan.files, folder.path, { memory: plan.memory }),
    writeFiles(written, world.cwd),
  ]);
  for (const name of plan.removed) await rm(resolve(world.cwd, folder.path, name), { force: true });
  tellOutcome(plan, changed.length, folder, world);
  return problems.length === 0 ? exitCode.passed : tellProblems(problems, world);
}

/** A collection to import. */
interface Source {
  readonly text: string;
  /** A compiled collection as it would be read from there. Undefined: as its JSON. */
  readonly toText: typeof throughV3 | undefined;
}

async function readSource(file: string, world: World): Promise<Source> {
  try {
    const path = resolve(world.cwd, file);
    if ((await stat(path)).isDirectory()) return { text: await readV3Folder(path, file), toText: throughV3 };
    return { text: await readFile(path, 'utf8'), toText: undefined };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'you may not read it' }[
      codeOf(error) ?? ''
    ];
    throw new UsageError(`cannot read ${file}: ${reason ?? messageOf(error)}`, { cause: error });
  }
}

/** The files of a collection as Postman 12 keeps it, as one text. */
async function readV3Folder(path: string, name: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const texts = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(async (entry): Promise<[string, string]> => {
      const file = join(entry.parentPath, entry.name);
      return [relative(path, file).split(sep).join('/'), await readFile(file, 'utf8')];
    });
  const files = new Map(await Promise.all(texts));
  const isCollection = [...files.keys()].some((file) => /\.request\.ya?ml$/.test(file));
  if (!isCollection) {
    throw new UsageError(`cannot read ${name}: it is a folder without a request of Postman 12 (*.request.yaml)`);
  }
  return readV3(files, name.replace(/[/\\]+$/, ''));
}

/** A folder in the working folder with the name of the collection. */
function defaultFolder(text: string, file: string): string {
  return importCollection(text, { file }).collection.id;
}

async function planImport(
  text: string,
  file: string,
  folder: CollectionFolder,
  { force }: ImportCommandOptions,
  world: World,
  toText: Source['toText'],
): Promise<Plan> {
  const path = resolve(world.cwd, folder.path);
  const schemas = folder.editorSchemas === folder.path ? '' : '../';
  const memory = newImportMemory();
  const present = await textsIn(path);
  if (present.has(collectionFile)) {
    const existing = await existingDefinition(path, folder, present);
    if (existing && !force) refuseInlineSteps(existing.definition, folder);
    if (existing && !hasInlineSteps(existing.definition))
      return { ...(await mergeCollection(text, file, existing, schemas, toText)), present, memory };
    if (!existing && !force) {
      throw new UsageError(
        `the definition in ${folder.path} has problems, so nothing can be merged into it; put them right ` +
          `(pingone-tutorial validate ${folder.path}), choose another folder, or give --force to write over it`,
      );
    }
  }
  const imported = importCollection(text, { file, wantedId: slugOf(basename(path), 'collection') });
  return { imported, files: toFiles(imported, schemas, memory), removed: [], present, memory, before: undefined };
}

/** Only steps in files of their own can be merged with. */
function refuseInlineSteps(definition: Definition, { path }: CollectionFolder): void {
  if (!hasInlineSteps(definition)) return;
  throw new UsageError(
    `the steps in ${path} are written in ${collectionFile}, so nothing can be merged into them; choose another folder, or give --force to write over it`,
  );
}

function hasInlineSteps({ steps, cleanUp }: Definition): boolean {
  return [...steps, ...cleanUp.steps].some(({ file }) => file === collectionFile);
}

/** Of a value that was replaced, the diff shows the old one too. */
function oldSecrets({ before, present }: Plan): readonly { readonly value: string }[] {
  return before ? plainSecrets(before, present) : [];
}

async function existingDefinition(
  path: string,
  folder: CollectionFolder,
  files: FileTexts,
): Promise<ExistingDefinition | undefined> {
  const read = new Map(files);
  const { definition } = await readDefinition(path, folder.path, {
    onRead: (file, text) => text !== undefined && read.set(file, text),
  });
  return definition && { definition, files: read };
}

/** Texts of the files of a definition in a folder, by their paths in it. */
async function textsIn(folder: string): Promise<Map<string, string>> {
  const namesIn = async (inner: string) => {
    const entries = await readdir(join(folder, inner), { withFileTypes: true }).catch(() => []);
    return entries.flatMap((entry) => (entry.isFile() ? [inner === '' ? entry.name : `${inner}/${entry.name}`] : []));
  };
  const names = [...(await namesIn('')), ...(await namesIn('schemas'))].filter((name) =>
    /\.(ya?ml|schema\.json)$/.test(name),
  );
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

function patchesOf({ files, present, removed }: Plan, folder: string): string[] {
  const patch = (name: string, text: string) =>
    createTwoFilesPatch(
      join(folder, name),
      join(folder, name),
      present.get(name) ?? '',
      text,
      '(as it is)',
      '(as imported)',
    );
  const changed = [...files].filter(([name, text]) => present.get(name) !== text);
  return [...changed.map(([name, text]) => patch(name, text)), ...removed.map((name) => patch(name, ''))];
}

function refuseUnforced(
  overwritten: readonly string[],
  plan: Plan,
  folder: CollectionFolder,
  { force }: ImportCommandOptions,
): void {
  if (force) return;
  throw new UsageError(
    plan.before
      ? `${folder.path} holds a definition; the changes above were not made. Give --force to make them`
      : `${listed(overwritten.map((name) => join(folder.path, name)))} ${overwritten.length === 1 ? 'is' : 'are'} there already; choose another folder, or give --force to write over`,
  );
}

function listed(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

/** Links in a folder could lead elsewhere. */
async function refuseOutside(names: readonly string[], folder: CollectionFolder, world: World): Promise<void> {
  const root = resolve(world.cwd, folder.path);
  if (!existsSync(root)) return;
  const inside = `${await realpath(root)}${sep}`;
  for (const parent of new Set(names.map((name) => dirname(join(root, name))))) {
    if (!existsSync(parent)) continue;
    if (!`${await realpath(parent)}${sep}`.startsWith(inside)) {
      throw new UsageError(`${parent} leads out of ${folder.path}; nothing is written there`);
    }
  }
}

/** Schemas for editors, where the folder has its own. */
function missingSchemas(folder: CollectionFolder, world: World): { path: string; text: string }[] {
  if (folder.editorSchemas !== folder.path) return [];
  return Object.entries(compileEditorSchemas()).flatMap(([name, text]) => {
    const path = join(folder.editorSchemas, name);
    return existsSync(resolve(world.cwd, path)) ? [] : [{ path, text }];
  });
}

/** Hundreds of requests may have one name. */
const shownNotes = 30;

/** Says what came of it. */
function tellOutcome(plan: Plan, changed: number, folder: CollectionFolder, world: World): void {
  const { imported, files, removed, memory } = plan;
  const { collection } = imported;
  const cleanUp = collection.cleanUp?.steps.length ?? 0;
  const written = changed + removed.length === 0 ? 'nothing changed' : `${counted(changed, 'file')} written`;
  const gone = removed.length > 0 ? `, ${counted(removed.length, 'file')} removed` : '';
  say(
    world,
    `${folder.path}: ${counted(collection.steps.length, 'step')}, ${counted(cleanUp, 'clean-up step')}, ` +
      `${counted(Object.keys(collection.variables).length, 'variable')}; ${written}${gone}`,
  );
  for (const note of imported.notes.slice(0, shownNotes)) say(world, `note: ${note}`);
  if (imported.notes.length > shownNotes) say(world, `note: and ${imported.notes.length - shownNotes} more of these`);
  const required = Object.entries(collection.variables).filter(([, variable]) => variable.required);
  if (required.length > 0) say(world, `a person must give: ${required.map(([name]) => name).join(', ')}`);
  for (const { file, line } of plainSecrets(imported, files)) {
    say(
      world,
      `warning: ${join(folder.path, file)}:${line}: this looks like a secret in clear; put a variable in its place`,
    );
  }
  const kept = keptParts(imported, files, memory);
  if (kept.length === 0) return;
  const lines = kept.map(
    ({ file, line, key, pointer }) => `  ${join(folder.path, file)}:${line}: ${key}, from ${pointer}`,
  );
  const parts = counted(kept.length, 'part');
  say(world, [`stored as it is, since the format cannot express it (${parts}):`, ...lines].join('\n'));
}

function tellProblems(problems: readonly Problem[], world: World): ExitCode {
  const paint = pc.createColors(wantsColor(world.stderr, world.osVariables));
  say(world, 'The definition was written, but it has problems that only a person can put right:');
  const text = renderProblems(problems, { source: world.stderr.isTTY, paint });
  world.stderr.write(`${world.secrets.redactor().text(text)}\n`);
  return exitCode.definition;
}
