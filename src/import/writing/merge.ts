import { dirname } from 'node:path';
import type { Json } from '../../compile/canonical.ts';
import { compileCollection, itemId, type PostmanCollection } from '../../compile/collection.ts';
import { collectionFileName, jsonText } from '../../compile/compile.ts';
import { scriptedSchema } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { readDefinitionFrom } from '../../definition/load.ts';
import { isMapping, isSame } from '../../definition/merge-patch.ts';
import { parseSource } from '../../definition/reading/parse.ts';
import type { CollectionFile, StepFile } from '../../definition/schema.ts';
import { requestKey } from '../identify.ts';
import { type ImportedDefinition, type ImportOptions, importCollection } from '../import-collection.ts';
import { editYaml } from './edit-yaml.ts';
import { collectionFile, type FileTexts, toFiles } from './files.ts';
import { toYaml } from './yaml.ts';

/** A definition that is there before an import, and the texts of its files. */
export interface ExistingDefinition {
  readonly definition: Definition;
  readonly files: FileTexts;
}

/** What an import makes of the files of a definition. */
export interface MergedDefinition {
  readonly imported: ImportedDefinition;
  /** The same of the collection that was there. */
  readonly before: ImportedDefinition;
  readonly files: FileTexts;
  /** Files of steps that the collection no longer holds. */
  readonly removed: readonly string[];
}

/** Of a step, what a collection cannot say. */
const keptOfStep = ['tags', 'once', 'creates', 'gone', 'retry', 'troubleshooting', 'answer', 'try'] as const;
const keptOfCollection = [
  'base',
  'environments',
  'iterations',
  'unresolved',
  'service',
  'roles',
  'retry',
  'next',
  'troubleshooting',
] as const;

/**
 * Imports a collection into a definition that is there: what changed in the collection since it was compiled is changed in
 * the files, all else stays (troubleshooting, what a step creates, retries, environments, comments).
 *
 * @param toText A compiled collection as it would be read from where `text` comes from.
 */
export async function mergeCollection(
  text: string,
  file: string,
  existing: ExistingDefinition,
  schemas: string,
  toText: (collection: PostmanCollection) => string = jsonText,
): Promise<MergedDefinition> {
  const { definition, files } = existing;
  const compiled = compileCollection(definition);
  const collection = dataOf<CollectionFile>(files, collectionFile);
  const { variables, unresolved } = collection;
  const known = {
    id: definition.id,
    steps: knownSteps(definition, compiled),
    variables,
    ...(unresolved && { unresolved }),
  };
  const options: ImportOptions = { file, known };
  const read = withUnscriptedSchemas(importCollection(text, options), definition);
  const before = withUnscriptedSchemas(
    importCollection(toText(compiled), { ...options, file: collectionFileName(definition.id) }),
    definition,
  );
  const after = withHintsOf(before, read);
  const kept = keepUsed(after, before, collection, files);
  const fresh = toFiles(kept, schemas);
  const removed = [...definition.steps, ...definition.cleanUp.steps]
    .map((step) => step.file)
    .filter((name) => !fresh.has(name));
  const isInherited = (name: string) =>
    !files.has(name) && files.has(inBase(collection, name)) && isSame(partOf(before, name), partOf(kept, name));
  const edited = new Map(
    [...fresh].flatMap(([name, made]) =>
      isInherited(name) ? [] : [[name, edit(name, made, files, before, kept)] as const],
    ),
  );
  const base =
    collection.base === undefined ? [] : [...files].filter(([name]) => name.startsWith(inBase(collection, '')));
  const whole = new Map([...edited, ...base]);
  const merged = (await saysTheSame(whole, fresh)) ? edited : rewritten(kept, files, schemas, fresh);
  return { imported: kept, before, files: merged, removed };
}

function knownSteps(definition: Definition, compiled: Json): NonNullable<ImportOptions['known']>['steps'] {
  const requests = new Map<unknown, string>();
  const collect = (items: unknown) => {
    for (const item of items as readonly Json[]) {
      if (Array.isArray(item.item)) collect(item.item);
      else requests.set(item.id, requestKey(item));
    }
  };
  collect(compiled.item);
  return [...definition.steps, ...definition.cleanUp.steps].map((step) => ({
    id: step.id,
    name: step.name,
    file: step.file,
    request: requests.get(itemId(definition, step)) ?? '',
    ownScript: step.scripts?.test !== undefined,
  }));
}

/** The imported collection with the schemas that scripts leave out, since Postman does not know their draft. */
function withUnscriptedSchemas(imported: ImportedDefinition, { steps, cleanUp }: Definition): ImportedDefinition {
  const schemaOf = new Map(
    [...steps, ...cleanUp.steps].flatMap((step) =>
      step.expect.schema && !scriptedSchema(step) ? [[step.file, step.expect.schema] as const] : [],
    ),
  );
  const found = new Map(imported.steps.flatMap(({ file }) => schemaOf.get(file) ?? []).map((one) => [one.file, one]));
  return {
    ...imported,
    steps: imported.steps.map((step) => {
      const schema = schemaOf.get(step.file)?.file;
      if (schema === undefined || step.data.expect.schema !== undefined) return step;
      return { ...step, data: { ...step.data, expect: { ...step.data.expect, schema } } };
    }),
    schemas: [...imported.schemas, ...found.values()],
  };
}

/** The imported collection with causes and remedies as they were: scripts hold only some of them, in another order. */
function withHintsOf(
  before: ImportedDefinition,
  { collection, steps, ...rest }: ImportedDefinition,
): ImportedDefinition {
  const hintsOf = new Map(before.steps.map(({ file, data }) => [file, data.troubleshooting]));
  const withHints = <Data extends object>(data: Data, hints: object): Data => {
    const others = Object.entries(data).filter(([key]) => key !== 'troubleshooting' && key !== 'service');
    const given = Object.entries(hints).filter(([, value]) => value !== undefined);
    return Object.fromEntries([...others, ...given]) as Data;
  };
  const { service, troubleshooting } = before.collection;
  return {
    ...rest,
    collection: withHints(collection, { service, troubleshooting }),
    steps: steps.map((step) =>
      hintsOf.has(step.file)
        ? { ...step, data: withHints(step.data, { troubleshooting: hintsOf.get(step.file) }) }
        : step,
    ),
  };
}

/** The imported collection with variables that only kept parts use. */
function keepUsed(
  after: ImportedDefinition,
  before: ImportedDefinition,
  collection: CollectionFile,
  files: FileTexts,
): ImportedDefinition {
  const kept = [
    Object.fromEntries(keptOfCollection.map((key) => [key, collection[key]])),
    ...after.steps
      .filter(({ file }) => files.has(file))
      .map(({ file }) => {
        const data = dataOf<StepFile>(files, file);
        return Object.fromEntries(keptOfStep.map((key) => [key, data[key]]));
      }),
  ];
  const text = JSON.stringify(kept);
  const lost = Object.entries(before.collection.variables).filter(
    ([name]) => !Object.hasOwn(after.collection.variables, name) && isNamedIn(text, name),
  );
  if (lost.length === 0) return after;
  const variables = Object.fromEntries([...Object.entries(after.collection.variables), ...lost]);
  return { ...after, collection: { ...after.collection, variables } };
}

/** Whether the name is in the text as a whole word. */
function isNamedIn(text: string, name: string): boolean {
  const literal = name.replace(/[.*+?^$()|[\]\\/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'u').test(text);
}

/** The name of a file as the base's folder has it. */
function inBase({ base }: CollectionFile, name: string): string {
  return base === undefined ? '' : `${dirname(base)}/${name}`;
}

function edit(
  name: string,
  made: string,
  files: FileTexts,
  before: ImportedDefinition,
  after: ImportedDefinition,
): string {
  const present = files.get(name);
  const old = partOf(before, name);
  if (present === undefined || old === undefined) return made;
  const now = partOf(after, name);
  if (name.startsWith('schemas/')) return JSON.stringify(old) === JSON.stringify(now) ? present : made;
  return editYaml(present, old, now) ?? made;
}

/** The data that a file of an imported definition holds. */
function partOf({ collection, steps, schemas }: ImportedDefinition, name: string): unknown {
  if (name === collectionFile) return collection;
  return (
    steps.find(({ file }) => file === name)?.data ?? schemas.find(({ file }) => `schemas/${file}` === name)?.content
  );
}

/** Whether edited files compile to what the collection is, whatever they say beyond that. */
async function saysTheSame(edited: FileTexts, fresh: FileTexts): Promise<boolean> {
  const [one, other] = await Promise.all([readDefinitionFrom(edited, ''), readDefinitionFrom(fresh, '')]);
  // What is wrong in the collection itself is told later.
  if (!other.definition) return true;
  return (
    one.definition !== undefined &&
    isSame(
      compileCollection(withoutErrorExamples(one.definition)),
      compileCollection(withoutErrorExamples(other.definition)),
    )
  );
}

/** Error examples for all requests are the definition's: a request that was added in Postman has none yet. */
function withoutErrorExamples({ errorExamples: _forAll, steps, cleanUp, ...definition }: Definition): Definition {
  const without = ({ errorExamples: _own, ...step }: Step): Step => step;
  return { ...definition, steps: steps.map(without), cleanUp: { ...cleanUp, steps: cleanUp.steps.map(without) } };
}

/** Files written anew, with the keys that a collection cannot say. */
function rewritten(imported: ImportedDefinition, files: FileTexts, schemas: string, fresh: FileTexts): FileTexts {
  const withKept = (
    name: string,
    data: object,
    keys: readonly string[],
    kind: 'collection' | 'step',
  ): [string, string] => {
    const old: Json = files.has(name) ? dataOf<Json>(files, name) : {};
    const kept = Object.fromEntries(keys.filter((key) => old[key] !== undefined).map((key) => [key, old[key]]));
    return [name, toYaml({ ...data, ...kept }, kind, schemas)];
  };
  return new Map([
    ...fresh,
    withKept(collectionFile, imported.collection, keptOfCollection, 'collection'),
    ...imported.steps.map(({ file, data }) => withKept(file, data, keptOfStep, 'step')),
  ]);
}

function dataOf<T>(files: FileTexts, name: string): T {
  const { data } = parseSource(name, files.get(name) ?? '').source;
  return (isMapping(data) ? data : {}) as T;
}
