import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, UsageError } from '../errors.ts';
import { type Checked, type CollectionSources, meaningProblems, stepNeeds } from './check.ts';
import { type Definition, type Schemas, toDefinition, toStep } from './definition.ts';
import { DefinitionError, type Problem, sortProblems } from './problem.ts';
import { compileSchema } from './response-schema.ts';
import type { CollectionFile, StepFile } from './schema.ts';
import { collectionShapeProblems, stepShapeProblems } from './shape.ts';
import { parseSource, problemAtPath, type SourceFile } from './source.ts';

const collectionFile = 'collection.yaml';

/** A definition, or all the problems that keep it from being one. */
export type Loaded =
  | { readonly definition: Definition; readonly problems: readonly [] }
  | { readonly definition: undefined; readonly problems: readonly Problem[] };

/** Reads the definition in `folder`, called `shownAs` in messages. Throws `DefinitionError` with all problems, `UsageError` when there is no such folder. */
export async function loadDefinition(folder: string, shownAs = folder): Promise<Definition> {
  const { definition, problems } = await readDefinition(folder, shownAs);
  if (!definition) throw new DefinitionError(problems);
  return definition;
}

/** Reads and checks the definition in `folder`: `collection.yaml`, the step files it lists, and their schemas. */
export async function readDefinition(folder: string, shownAs = folder): Promise<Loaded> {
  const place: Place = { folder, shownAs };
  const problems: Problem[] = [];
  const collection = await readChecked<CollectionFile>(place, collectionFile, collectionShapeProblems, problems);
  if (collection === 'missing') {
    throw new UsageError(`${shown(place, collectionFile)} does not exist; name a folder that holds a collection.yaml`);
  }
  if (!collection) return { definition: undefined, problems: sortProblems(problems) };

  const readSteps = async (list: readonly string[], path: readonly string[]) => {
    const steps: { file: string; step: Checked<StepFile> }[] = [];
    for (const [index, file] of list.entries()) {
      const step = await readChecked<StepFile>(place, file, stepShapeProblems, problems);
      if (step === 'missing')
        problems.push(problemAtPath(collection.source, [...path, index], `the file ${file} does not exist`));
      else if (step) steps.push({ file, step });
    }
    return steps;
  };
  const cleanUpFiles = collection.data.cleanUp?.steps ?? [];
  const steps = await readSteps(collection.data.steps, ['steps']);
  const cleanUp = await readSteps(cleanUpFiles, ['cleanUp', 'steps']);
  const listed = [...collection.data.steps, ...cleanUpFiles];
  problems.push(...(await strayFileProblems(place, listed)), ...repeatedFileProblems(collection, listed));

  const schemas = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  for (const { step } of [...steps, ...cleanUp]) {
    const file = step.data.expect.schema;
    if (file !== undefined && !schemas.has(file)) schemas.set(file, await readSchema(place, file, step, problems));
  }
  const sources: CollectionSources = {
    collection,
    steps: steps.map(({ step }) => step),
    cleanUp: cleanUp.map(({ step }) => step),
    schemas,
    complete: steps.length + cleanUp.length === listed.length,
  };
  problems.push(...meaningProblems(sources));
  if (problems.length > 0) return { definition: undefined, problems: sortProblems(problems) };

  const contents = Object.fromEntries(schemas) as Schemas;
  const finish = ({ file, step }: { file: string; step: Checked<StepFile> }) =>
    toStep(file, step.data, contents, stepNeeds(step.data, collection.data.authorization));
  return { definition: toDefinition(collection.data, steps.map(finish), cleanUp.map(finish)), problems: [] };
}

/** A folder, and how messages call it. */
interface Place {
  readonly folder: string;
  readonly shownAs: string;
}

async function readChecked<T>(
  place: Place,
  file: string,
  shapeProblems: (source: SourceFile) => Problem[],
  problems: Problem[],
): Promise<Checked<T> | 'missing' | undefined> {
  const text = await readText(join(place.folder, file));
  if (text === undefined) return 'missing';
  const parsed = parseSource(shown(place, file), text);
  problems.push(...parsed.problems);
  if (parsed.problems.length > 0) return undefined;
  const wrong = shapeProblems(parsed.source);
  problems.push(...wrong);
  return wrong.length > 0 ? undefined : { source: parsed.source, data: parsed.source.data as T };
}

async function readSchema(
  place: Place,
  file: string,
  user: Checked<StepFile>,
  problems: Problem[],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readText(join(place.folder, 'schemas', file));
  if (text === undefined) {
    problems.push(problemAtPath(user.source, ['expect', 'schema'], `the schema file schemas/${file} does not exist`));
    return undefined;
  }
  const { source, problems: wrong } = parseSource(shown(place, `schemas/${file}`), text);
  problems.push(...wrong);
  if (wrong.length > 0) return undefined;
  try {
    JSON.parse(text);
    const schema = source.data as Record<string, unknown>;
    if (!String(schema.$schema).startsWith('http://json-schema.org/draft-07/schema')) {
      problems.push(
        problemAtPath(source, ['$schema'], 'expected "$schema": "http://json-schema.org/draft-07/schema#"'),
      );
      return undefined;
    }
    compileSchema(schema);
    return schema;
  } catch (error) {
    problems.push(problemAtPath(source, [], `this is not a valid draft-07 schema: ${messageOf(error)}`));
    return undefined;
  }
}

/** Step files that lie in the folder but that no list names: forgotten, or misspelt in the list. */
async function strayFileProblems(place: Place, listed: readonly string[]): Promise<Problem[]> {
  const files = (await readdir(place.folder)).filter((file) => /\.ya?ml$/.test(file) && file !== collectionFile).sort();
  return files
    .filter((file) => !listed.includes(file))
    .map((file) => ({
      file: shown(place, file),
      line: 1,
      column: 1,
      message: 'collection.yaml does not list this file; add it to steps or cleanUp.steps, or delete it',
    }));
}

function repeatedFileProblems(collection: Checked<CollectionFile>, listed: readonly string[]): Problem[] {
  const steps = collection.data.steps.length;
  return listed.flatMap((file, index) => {
    if (listed.indexOf(file) === index) return [];
    const path = index < steps ? ['steps', index] : ['cleanUp', 'steps', index - steps];
    return [problemAtPath(collection.source, path, `${file} is listed twice`)];
  });
}

/** Text of a UTF-8 file, undefined when there is none. Throws `UsageError` when it cannot be read. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function shown(place: Place, file: string): string {
  return join(place.shownAs, file).replaceAll('\\', '/');
}
