import { hash } from 'node:crypto';
import { type Loaded, readDefinition } from '../../definition/load.ts';
import type { FileKind, ReadYaml, YamlMemory } from '../../definition/reading/yaml-memory.ts';
import type { Cache } from '../../start/cache.ts';

/**
 * Reads and checks the definition at `path`, as `readDefinition` does; files whose text the cache knows, which nearly all are when one was
 * changed, are not parsed again. `onRead` is told of each file.
 */
export async function readKnown(
  path: string,
  shownAs: string,
  cache: Cache | undefined,
  onRead?: (file: string, text: string | undefined) => void,
): Promise<Loaded> {
  const memory = cache && openKeptYaml(path, cache);
  const loaded = await readDefinition(path, shownAs, { onRead, memory });
  memory?.save();
  return loaded;
}

/** A memory for the YAML of one definition that outlasts the process. */
interface KeptYaml extends YamlMemory {
  /** Keeps what this process has read, when there is something new, and forgets what it has not asked for. */
  save(): void;
}

/** The memory for the definition at `path`. Texts are known by their content alone, so it holds whatever happens to the files. */
function openKeptYaml(path: string, cache: Cache): KeptYaml {
  const entry = `yaml-${hashOf(path)}`;
  const before = readBefore(entry, cache);
  const used = new Map<string, ReadYaml>();
  let isNew = false;
  return {
    find: (kind, text) => {
      const key = keyOf(kind, text);
      const known = before.get(key);
      if (known) used.set(key, known);
      return known;
    },
    keep: (kind, text, read) => {
      isNew = true;
      used.set(keyOf(kind, text), read);
    },
    save: () => {
      if (isNew) cache.write(entry, JSON.stringify([...used].filter(([, read]) => isSameInJson(read.data))));
    },
  };
}

function readBefore(entry: string, cache: Cache): ReadonlyMap<string, ReadYaml> {
  try {
    const data = cache.read(entry);
    return new Map(data && (JSON.parse(data.toString()) as [string, ReadYaml][]));
  } catch {
    return new Map();
  }
}

/** JSON is read several times as fast as V8's own format; it has no `.nan`, `.inf` and `-0`. */
function isSameInJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value !== 'object' || value === null || Object.values(value).every(isSameInJson);
}

function keyOf(kind: FileKind, text: string): string {
  return `${kind}-${hashOf(text)}`;
}

function hashOf(text: string): string {
  return hash('sha256', text).slice(0, 32);
}
