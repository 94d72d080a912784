import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition } from '../../definition/definition.ts';
import { collectionPlace } from '../../definition/reading/collection-place.ts';
import { provideSchemaCode, type SchemaCode } from '../../definition/schemas/schema-code.ts';
import type { Cache } from '../../start/cache.ts';
import { isOn } from '../../start/optimizations.ts';

/** A definition that was read and checked, and what it compiles to. */
export interface ReadCollection {
  readonly definition: Definition;
  /** What the runner executes: the compiled collection without the checks that it makes itself. */
  readonly collection: PostmanCollection;
  /** The compiled file. */
  readonly text: string;
}

/** What is kept of it: everything it was made from, so that it holds only as long as all of that is the same. */
interface Kept extends ReadCollection {
  /** Names in the folder. */
  readonly names: readonly string[];
  /** Each file that was read, and its text; undefined when it was not there. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Programs that check response schemas of the definition. */
  readonly schemaCodes: readonly SchemaCode[];
}

/**
 * Reads, checks and compiles the definition at `path`, a folder or a file, called `shownAs` in messages; from the cache when nothing that it is
 * made from has changed. Throws `DefinitionError` with all problems: what has any is not kept.
 */
export async function readCollection(path: string, shownAs: string, cache: Cache | undefined): Promise<ReadCollection> {
  const { folder } = collectionPlace(path);
  const entry = `definition-${createHash('sha256').update(`${path}\0${shownAs}`).digest('hex').slice(0, 32)}`;
  const kept = cache && readKept(folder, entry, cache);
  if (kept) {
    if (isOn('validators')) provideSchemaCode(kept.schemaCodes);
    return kept;
  }
  const files = new Map<string, string | undefined>();
  const { DefinitionError } = await import('../../definition/reading/problem.ts');
  const { readKnown } = await import('./parsed-yaml-cache.ts');
  const { compileCollection } = await import('../../compile/collection.ts');
  const { collectionText } = await import('../../compile/compile.ts');
  const names = cache ? namesIn(folder) : [];
  const { definition, problems } = await readKnown(path, shownAs, cache, (file, text) => files.set(file, text));
  if (!definition) throw new DefinitionError(problems);
  const { compileForRun } = await import('../../compile/run-collection.ts');
  const read = {
    definition,
    collection: compileForRun(definition),
    text: collectionText(compileCollection(definition)),
  };
  if (cache) {
    const { schemaCodes } = await import('../../definition/schemas/schema-compiler.ts');
    cache.write(entry, serialize({ ...read, names, files, schemaCodes: schemaCodes(definition) } satisfies Kept));
  }
  return read;
}

function readKept(folder: string, entry: string, cache: Cache): Kept | undefined {
  try {
    const data = cache.read(entry);
    const kept = data && (deserialize(data) as Kept);
    if (!kept || namesIn(folder).join('\0') !== kept.names.join('\0')) return undefined;
    for (const [file, text] of kept.files) if (textOf(join(folder, file)) !== text) return undefined;
    return kept;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
