import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectionFile, collectionPlace, isYamlFile } from '../definition/reading/collection-place.ts';
import { UsageError } from '../errors.ts';
import { ownCollections, readSettings } from './repository-settings.ts';

/** The package's own folder: the same two levels up from `src/cli` and from `dist/cli`. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

export const defaultCollection = 'create-a-test-environment';

/** A folder that holds a definition, and where what is compiled from it belongs. */
export interface CollectionFolder {
  /** What to read: the folder, or the file of a collection in one file. As `path`. */
  readonly source: string;
  /** Path of the folder, relative to the working folder when that is shorter. */
  readonly path: string;
  readonly environments: string;
  /** Where editors look for the schemas of the format. */
  readonly editorSchemas: string;
}

/** Finds a collection by the path of its folder or file, or by its name: one of the repository, else one that comes with the package. */
export function findCollection(nameOrPath: string, cwd: string): CollectionFolder {
  const lookUps = [() => [resolve(cwd, nameOrPath)], () => ownPaths(nameOrPath, cwd), () => bundledPaths(nameOrPath)];
  for (const places of lookUps) {
    const path = places().find(holdsCollection);
    if (path !== undefined) return describeFolder(path, cwd);
  }
  throw new UsageError(
    `there is no collection "${nameOrPath}"; expected ${knownCollections(cwd).join(', ')}, or the path of a folder that holds a collection.yaml, or of a YAML file`,
  );
}

/** Whether `findCollection` finds one. */
export function isCollection(nameOrPath: string, cwd: string): boolean {
  return holdsCollection(resolve(cwd, nameOrPath)) || knownCollections(cwd).includes(nameOrPath);
}

/** Names of collections: those of the repository, then those that come with the package. */
export function knownCollections(cwd: string): string[] {
  return [...new Set([...ownCollections(cwd), ...bundledCollections()])];
}

/** What `--all` stands for: the collections of the repository, else those that come with the package. */
export function everyCollection(cwd: string): string[] {
  const own = ownCollections(cwd);
  return own.length > 0 ? own : bundledCollections();
}

/** Where a collection of the repository with this name may be. */
function ownPaths(name: string, cwd: string): string[] {
  if (!ownCollections(cwd).includes(name)) return [];
  const path = resolve(cwd, readSettings(cwd)?.collections ?? '', name);
  return [path, `${path}.yaml`, `${path}.yml`];
}

function bundledPaths(name: string): string[] {
  return bundledCollections().includes(name) ? [bundledCollectionFolder(name)] : [];
}

/** Whether there is a folder with a collection, or a YAML file. */
function holdsCollection(path: string): boolean {
  return isYamlFile(path) ? existsSync(path) : existsSync(join(path, collectionFile));
}

/** Absolute path of the folder of a collection that comes with the package, by its name. */
export function bundledCollectionFolder(name: string = defaultCollection): string {
  return join(packageFolder, 'collections', name);
}

/** Names of the collections that come with the package. */
export function bundledCollections(): string[] {
  const folder = join(packageFolder, 'collections');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && holdsCollection(join(folder, entry.name)))
    .map((entry) => entry.name)
    .sort();
}

/** Path of the `.env.example` that comes with the package. */
export function exampleOfDotEnv(cwd: string): string {
  return shortPath(join(packageFolder, '.env.example'), cwd);
}

/** The path relative to the working folder, when it is inside of it. */
function shortPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith('..') || inside === '' ? path : inside;
}

/** The folder with this full path, or of the file with it, whether it holds a collection or not. */
export function describeFolder(fullPath: string, cwd: string): CollectionFolder {
  const short = (path: string) => shortPath(path, cwd);
  const { folder } = collectionPlace(fullPath);
  // In the layout of this project, compiled environments and editor schemas have folders of their own.
  const parent = isYamlFile(fullPath) ? folder : dirname(folder);
  const inLayout = basename(parent) === 'collections';
  return {
    source: short(fullPath),
    path: short(folder),
    environments: short(inLayout ? join(parent, '..', 'environments') : folder),
    editorSchemas: short(inLayout ? parent : folder),
  };
}
