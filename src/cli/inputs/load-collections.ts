import { resolve } from 'node:path';
import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition } from '../../definition/definition.ts';
import { UsageError } from '../../errors.ts';
import { type CollectionFolder, defaultCollection, findCollection } from '../collection-folder.ts';
import type { World } from '../world.ts';
import { readCollection } from './collection-cache.ts';

/** A collection that was named on the command line. */
export interface LoadedCollection {
  readonly folder: CollectionFolder;
  readonly definition: Definition;
  /** What it compiles to, and the text of that file. */
  readonly collection: PostmanCollection;
  readonly text: string;
}

/**
 * The collections of these names or paths, in order; the default one when there are none. Throws `DefinitionError` when one
 * is wrong, `UsageError` when one is not there or is named twice.
 */
export async function loadCollections(
  names: readonly string[],
  { cwd, cache }: Pick<World, 'cwd' | 'cache'>,
): Promise<LoadedCollection[]> {
  const loaded: LoadedCollection[] = [];
  for (const name of names.length > 0 ? names : [defaultCollection]) {
    const folder = findCollection(name, cwd);
    if (loaded.some((other) => other.folder.source === folder.source)) throw new UsageError(`${name} is named twice`);
    loaded.push({ folder, ...(await readCollection(resolve(cwd, folder.source), folder.source, cache)) });
  }
  return loaded;
}

/** The collection to run: what the one compiles to, or what several do as one. `joined` is what `joinDefinitions` made of them. */
export async function compileLoaded(
  loaded: readonly LoadedCollection[],
  joined: Definition,
): Promise<PostmanCollection> {
  const [only, ...others] = loaded;
  if (only && others.length === 0) return only.collection;
  const { compileJoined } = await import('../../compile/join-collections.ts');
  const { withoutOwnWork } = await import('../../compile/run-collection.ts');
  return compileJoined(
    loaded.map(({ definition }) => withoutOwnWork(definition)),
    joined,
  );
}

/** Whether these names stand for what a command does when no collection is named. */
export function isDefault(names: readonly string[]): boolean {
  return names.length === 0 || (names.length === 1 && names[0] === defaultCollection);
}
