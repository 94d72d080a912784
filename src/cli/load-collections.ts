import { resolve } from 'node:path';
import type { Definition } from '../definition/definition.ts';
import { loadDefinition } from '../definition/load.ts';
import { UsageError } from '../errors.ts';
import { type CollectionFolder, defaultCollection, findCollection } from './collection-folder.ts';
import type { World } from './world.ts';

/** A collection that was named on the command line. */
export interface LoadedCollection {
  readonly folder: CollectionFolder;
  readonly definition: Definition;
}

/**
 * The collections of these names or paths, in order; the default one when there are none. Throws `DefinitionError` when one
 * is wrong, `UsageError` when one is not there or is named twice.
 */
export async function loadCollections(
  names: readonly string[],
  { cwd }: Pick<World, 'cwd'>,
): Promise<LoadedCollection[]> {
  const loaded: LoadedCollection[] = [];
  for (const name of names.length > 0 ? names : [defaultCollection]) {
    const folder = findCollection(name, cwd);
    if (loaded.some((other) => other.folder.path === folder.path)) throw new UsageError(`${name} is named twice`);
    loaded.push({ folder, definition: await loadDefinition(resolve(cwd, folder.path), folder.path) });
  }
  return loaded;
}

/** Whether these names stand for what a command does when no collection is named. */
export function isDefault(names: readonly string[]): boolean {
  return names.length === 0 || (names.length === 1 && names[0] === defaultCollection);
}
