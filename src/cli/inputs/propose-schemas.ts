import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { jsonText } from '../../compile/compile.ts';
import type { Definition } from '../../definition/definition.ts';
import { isYamlFile } from '../../definition/reading/collection-place.ts';
import { UsageError } from '../../errors.ts';
import { formatOf, type KnownFormat, schemaOfField } from '../../run/history/schema-of-shape.ts';
import { parseJson } from '../../run/result/parse-json.ts';
import { type Field, mergeShapes, pathsOfTexts, readField, type Shape } from '../../run/result/response-shape.ts';
import type { RunEvent } from '../../run/result/result.ts';
import { bundledCollectionFolder, defaultCollection, findCollection } from '../collection-folder.ts';
import type { Reporting } from '../outputs/reporting.ts';
import { say } from '../outputs/say.ts';
import { writeFiles } from '../outputs/write-files.ts';
import type { World } from '../world.ts';

/** Schemas for the steps that have none, from the responses of a run. */
export interface Proposals {
  /** The same reporting, with the responses looked at. */
  watch(reporting: Reporting): Reporting;
  /** Writes those that are not there yet, and prints what belongs into the YAML. Throws `UsageError` when one cannot be written. */
  write(definition: Definition): Promise<void>;
}

/** What is known of the responses of a step. */
interface Seen {
  shape: Shape;
  /** By path. Undefined: texts there have no format, or not all the same. */
  readonly formats: Map<string, KnownFormat | undefined>;
  /** A response was cut, so that not all its texts are known. */
  isCut: boolean;
}

/** Throws `UsageError` when a folder must be named: for a collection in one file, and for one that comes with the package. */
export function openProposals(names: readonly string[], folder: string | true, world: World): Proposals {
  if (folder === true) refuseWithoutFolder(names, world);
  const seen = new Map<string, Seen>();
  return {
    watch: (reporting) => ({
      ...reporting,
      wantsExchanges: true,
      wantsIterationEvents: true,
      onEvent: (event) => {
        look(event, seen);
        reporting.onEvent(event);
      },
    }),
    write: (definition) => write(seen, definition, folder, world),
  };
}

function refuseWithoutFolder(names: readonly string[], { cwd }: World): void {
  for (const name of names.length > 0 ? names : [defaultCollection]) {
    const { source, path } = findCollection(name, cwd);
    const why = isYamlFile(source)
      ? 'is one file'
      : resolve(cwd, path) === bundledCollectionFolder(basename(path))
        ? 'comes with the package'
        : undefined;
    if (why !== undefined) throw new UsageError(`${name} ${why}: name a folder, --propose-schemas FOLDER`);
  }
}

function look(event: RunEvent, all: Map<string, Seen>): void {
  if (event.kind === 'exchange' && event.step && event.response?.body) {
    const { text, truncated } = event.response.body;
    const seen = seenOf(event.step.id, all);
    seen.isCut ||= truncated;
    for (const [path, value] of truncated ? [] : pathsOfTexts(parseJson(text))) {
      const format = formatOf(value);
      seen.formats.set(path, !seen.formats.has(path) || seen.formats.get(path) === format ? format : undefined);
    }
  }
  if (event.kind !== 'step-finished' || event.result.status !== 'passed' || !event.result.shape) return;
  const seen = seenOf(event.result.id, all);
  const shape = event.result.shape.map(readField).filter((field): field is Field => field !== undefined);
  seen.shape = seen.shape.length === 0 ? shape : mergeShapes(seen.shape, shape);
}

function seenOf(step: string, all: Map<string, Seen>): Seen {
  const seen = all.get(step) ?? { shape: [], formats: new Map(), isCut: false };
  all.set(step, seen);
  return seen;
}

async function write(
  all: ReadonlyMap<string, Seen>,
  definition: Definition,
  given: string | true,
  world: World,
): Promise<void> {
  const proposed = definition.steps.flatMap(({ id, file, expect, origin }) => {
    const { shape, formats, isCut } = all.get(id) ?? { shape: [] };
    if (expect.schema || shape.length === 0) return [];
    const name = `${id}.schema.json`;
    const folder = origin?.folder ?? definition.folder ?? '';
    const path = join(given === true ? join(folder, 'schemas') : given, name);
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...schemaOfField('', shape, isCut ? new Map() : formats),
    };
    return [{ id, name, file: join(folder, file), path, text: jsonText(schema) }];
  });
  const isThere = ({ path }: { readonly path: string }) => existsSync(resolve(world.cwd, path));
  const [present, missing] = [proposed.filter(isThere), proposed.filter((each) => !isThere(each))];
  await writeFiles(missing, world.cwd);
  for (const { path } of present) say(world, `${path} is there already, and was not changed`);
  for (const { id, name, file, path } of missing)
    say(world, `proposed ${path}; in ${file}, step ${id}: expect: { schema: ${name} }`);
  if (proposed.length === 0) say(world, 'no schema to propose: no passed step without one had a JSON response');
}
