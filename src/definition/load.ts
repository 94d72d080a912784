import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, messageOf, UsageError } from '../errors.ts';
import { meaningProblems } from './checks/check-definition.ts';
import { stepNeeds } from './checks/variable-problems.ts';
import {
  type Definition,
  mayBeUnresolved,
  type PlacedTroubleshooting,
  type Schemas,
  type Step,
  toDefinition,
  toStep,
  writtenOutCollection,
  writtenOutStep,
} from './definition.ts';
import { formatPointer } from './pointer.ts';
import { withBase } from './reading/base.ts';
import { collectionFile, collectionPlace, isYamlFile } from './reading/collection-place.ts';
import type { Checked, CollectionSources } from './reading/collection-sources.ts';
import { parseChecked } from './reading/parse-checked.ts';
import { lineOf, type Places } from './reading/places.ts';
import { DefinitionError, type Problem, sortProblems } from './reading/problem.ts';
import { partOf, placesOf, problemAtPath } from './reading/source-file.ts';
import type { FileKind, YamlMemory } from './reading/yaml-memory.ts';
import type { CollectionFile, StepFile, WrittenCollection, WrittenStep } from './schema.ts';
import { withoutMade } from './variables.ts';

/** A definition, or all the problems that keep it from being one. */
export type Loaded =
  | { readonly definition: Definition; readonly problems: readonly [] }
  | { readonly definition: undefined; readonly problems: readonly Problem[] };

/**
 * Reads a definition: a folder with a `collection.yaml`, or one YAML file. It is called `shownAs` in messages. Throws `DefinitionError` with
 * all problems, `UsageError` when it is not there.
 */
export async function loadDefinition(path: string, shownAs = path): Promise<Definition> {
  const { definition, problems } = await readDefinition(path, shownAs);
  if (!definition) throw new DefinitionError(problems);
  return definition;
}

/** Reads and checks the definition at `path`: the file of the collection, the step files it lists, and their schemas. */
export async function readDefinition(
  path: string,
  shownAs = path,
  { onRead, memory }: ReadingOptions = {},
): Promise<Loaded> {
  const { folder, file } = collectionPlace(path);
  const read = async (file: string) => {
    const text = readText(join(folder, file));
    onRead?.(file, text);
    return text;
  };
  return readFrom({ shownAs: collectionPlace(shownAs).folder, file, list: () => readdir(folder), read, memory });
}

interface ReadingOptions {
  /** Told of each file that is read, by its path relative to the folder; the text is undefined when there is none. */
  readonly onRead?: ((file: string, text: string | undefined) => void) | undefined;
  /** Knows texts that were read before. */
  readonly memory?: YamlMemory | undefined;
}

/** The same from texts, by path relative to the folder (`schemas/thing.schema.json`); `shownAs` is the folder in messages. */
export async function readDefinitionFrom(
  files: ReadonlyMap<string, string>,
  shownAs: string,
  { memory }: Pick<ReadingOptions, 'memory'> = {},
): Promise<Loaded> {
  const list = async () => [...files.keys()];
  return readFrom({ shownAs, file: collectionFile, list, read: async (file) => files.get(file), memory });
}

async function readFrom(place: Place): Promise<Loaded> {
  const problems: Problem[] = [];
  const written = await readChecked<WrittenCollection>(place, place.file, 'collection', problems);
  if (written === 'missing') {
    throw new UsageError(
      `${shown(place, place.file)} does not exist; name a folder that holds a collection.yaml, or a YAML file`,
    );
  }
  // A collection in a file of its own may lie beside others.
  const stepFiles = place.file === collectionFile ? await stepFilesIn(place) : [];
  if (!written) {
    // Which files are steps is not known then; what is wrong in them is.
    for (const file of stepFiles) await readChecked<WrittenStep>(place, file, 'step', problems);
    return { definition: undefined, problems: sortProblems(problems) };
  }
  const own = { source: written.source, data: writtenOutCollection(written.data) };
  const steps = await readSteps(place, own, ['steps'], problems);
  const cleanUp = await readSteps(place, own, ['cleanUp', 'steps'], problems);
  const files = namedFiles(own.data);
  problems.push(...strayFileProblems(place, stepFiles, files), ...repeatedFileProblems(own, files));

  const all = [...steps, ...cleanUp].map(({ step }) => step);
  const collection = await readBase(place, own, all, problems);
  if (!collection) return { definition: undefined, problems: sortProblems(problems) };
  const schemas = await readSchemas(place, all, own.data.base, problems);
  const sources: CollectionSources = {
    collection,
    steps: steps.map(({ step }) => step),
    cleanUp: cleanUp.map(({ step }) => step),
    schemas,
    complete: all.length === files.length,
  };
  problems.push(...meaningProblems(sources));
  if (problems.length > 0) return { definition: undefined, problems: sortProblems(problems) };
  const finish = finisher(sources);
  return {
    definition: {
      ...toDefinition(collection.data, steps.map(finish), cleanUp.map(finish), shown(place, '')),
      troubleshooting: [own.source, ...(collection.source.base ? [collection.source.base] : [])].flatMap((source) =>
        placedTroubleshooting({ source, data: source.data as WrittenCollection }, placesOf(source)),
      ),
    },
    problems: [],
  };
}

/** A step, and the file that it is in, relative to the folder. */
interface FiledStep {
  readonly file: string;
  readonly step: Checked<StepFile>;
}

/** The steps that a list of the collection names or holds; what cannot be read is missing. */
async function readSteps(
  place: Place,
  { source, data }: Checked<CollectionFile>,
  path: readonly ['steps'] | readonly ['cleanUp', 'steps'],
  problems: Problem[],
): Promise<FiledStep[]> {
  const list = (path.length === 1 ? data.steps : data.cleanUp?.steps) ?? [];
  const steps: FiledStep[] = [];
  for (const [index, entry] of list.entries()) {
    const at = [...path, index];
    if (typeof entry !== 'string') {
      steps.push({ file: place.file, step: { source: partOf(source, at, entry), data: writtenOutStep(entry) } });
      continue;
    }
    const step = await readChecked<WrittenStep>(place, entry, 'step', problems);
    if (step === 'missing') problems.push(problemAtPath(source, at, `the file ${entry} does not exist`));
    else if (step) steps.push({ file: entry, step: { source: step.source, data: writtenOutStep(step.data) } });
  }
  return steps;
}

/** Makes the steps of a definition from sources without problems. */
function finisher({ collection: { data }, steps, cleanUp, schemas }: CollectionSources): (filed: FiledStep) => Step {
  const contents = Object.fromEntries(schemas) as Schemas;
  const declared = new Map(Object.entries(data.variables).map(([name, { value }]) => [name, value]));
  const set = new Set(
    [...steps, ...cleanUp].flatMap((step) => Object.keys({ ...step.data.generate, ...step.data.capture })),
  );
  return ({ file, step }) => {
    const places = placesOf(step.source);
    const needs = withoutMade(stepNeeds(step.data, data.authorization), declared, set).filter(
      (name) => declared.has(name) && !mayBeUnresolved(data.variables[name], data),
    );
    return {
      ...toStep(file, step.data, contents, needs, places),
      troubleshooting: placedTroubleshooting(step, places),
    };
  };
}

/** The troubleshooting entries of a file, each with its place. */
function placedTroubleshooting(
  { source, data }: Checked<Pick<StepFile, 'troubleshooting'>>,
  places: Places,
): readonly PlacedTroubleshooting[] {
  return (data.troubleshooting ?? []).map((entry, index) => ({
    ...entry,
    source: { file: source.file, line: lineOf(places, formatPointer(['troubleshooting', index])) ?? 1 },
  }));
}

/** Where the files are, and how messages call the folder. */
interface Place {
  readonly shownAs: string;
  /** The file of the collection. */
  readonly file: string;
  list(): Promise<readonly string[]>;
  /** Text of a file, undefined when there is none. */
  read(file: string): Promise<string | undefined>;
  readonly memory?: YamlMemory | undefined;
}

async function readChecked<T>(
  place: Place,
  file: string,
  kind: FileKind,
  problems: Problem[],
): Promise<Checked<T> | 'missing' | undefined> {
  const text = await place.read(file);
  if (text === undefined) return 'missing';
  const { source, problems: wrong } = parseChecked(shown(place, file), text, kind, place.memory);
  problems.push(...wrong);
  return wrong.length > 0 ? undefined : { source, data: source.data as T };
}

/** The collection with what it takes from its base; undefined when that cannot be read. */
async function readBase(
  place: Place,
  own: Checked<CollectionFile>,
  steps: readonly Checked<StepFile>[],
  problems: Problem[],
): Promise<Checked<CollectionFile> | undefined> {
  const file = own.data.base;
  if (file === undefined) return own;
  const base = await readChecked<WrittenCollection>(place, file, 'collection', problems);
  if (base === 'missing') {
    problems.push(problemAtPath(own.source, ['base'], `the file ${file} does not exist`));
    return undefined;
  }
  if (base?.data.base !== undefined)
    problems.push(problemAtPath(own.source, ['base'], `${file} has a base itself; name that one`));
  const data = steps.map((step) => step.data);
  return base && withBase(own, { source: base.source, data: writtenOutCollection(base.data) }, data);
}

/** The schemas that steps name, the base's where the collection has none; undefined content for what is missing or not a schema. */
async function readSchemas(
  place: Place,
  steps: readonly Checked<StepFile>[],
  base: string | undefined,
  problems: Problem[],
): Promise<CollectionSources['schemas']> {
  const named = new Set(steps.flatMap(({ data }) => data.expect.schema ?? []));
  const schemas = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  for (const file of named) {
    const read = (folder: string) => readChecked<Schemas[string]>(place, `${folder}${file}`, 'schema', problems);
    const own = await read('schemas/');
    const schema = own === 'missing' && base !== undefined ? await read(`${dirname(base)}/schemas/`) : own;
    if (schema === 'missing') {
      const users = steps.filter(({ data }) => data.expect.schema === file);
      const message = `the schema file schemas/${file} does not exist`;
      problems.push(...users.map(({ source }) => problemAtPath(source, ['expect', 'schema'], message)));
    }
    schemas.set(file, schema === 'missing' ? undefined : schema?.data);
  }
  return schemas;
}

/** YAML files that lie beside `collection.yaml`. */
async function stepFilesIn(place: Place): Promise<string[]> {
  const files = await place.list();
  return files.filter((file) => !file.includes('/') && isYamlFile(file) && file !== collectionFile).sort();
}

/** The lists of a collection: a name for each file, undefined for a step that is written there. */
function namedFiles({ steps, cleanUp }: CollectionFile): (string | undefined)[] {
  return [...steps, ...(cleanUp?.steps ?? [])].map((entry) => (typeof entry === 'string' ? entry : undefined));
}

/** Step files that lie in the folder but that no list names: forgotten, or misspelt in the list. */
function strayFileProblems(place: Place, files: readonly string[], listed: readonly (string | undefined)[]): Problem[] {
  const known = new Set(listed);
  return files
    .filter((file) => !known.has(file))
    .map((file) => ({
      file: shown(place, file),
      line: 1,
      column: 1,
      message: 'collection.yaml does not list this file; add it to steps or cleanUp.steps, or delete it',
    }));
}

function repeatedFileProblems(collection: Checked<CollectionFile>, listed: readonly (string | undefined)[]): Problem[] {
  const steps = collection.data.steps.length;
  const seen = new Set<string>();
  return listed.flatMap((file, index) => {
    if (file === undefined) return [];
    if (!seen.has(file)) {
      seen.add(file);
      return [];
    }
    const path = index < steps ? ['steps', index] : ['cleanUp', 'steps', index - steps];
    return [problemAtPath(collection.source, path, `${file} is listed twice`)];
  });
}

/** No such file, a folder, or a name that no file can have. */
const noFileCodes = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

/** Text of a UTF-8 file, undefined when there is none. Throws `UsageError` when it cannot be read. */
function readText(path: string): string | undefined {
  try {
    // A thousand small files, one after the other: each wait for a thread would take longer than the reading.
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (noFileCodes.includes(codeOf(error) ?? '')) return undefined;
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function shown(place: Place, file: string): string {
  return join(place.shownAs, file).replaceAll('\\', '/');
}
