import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.ts';
import { ownCollections, readSettings } from './repository-settings.ts';

/** The package's own folder: the same two levels up from `src/cli` and from `dist/cli`. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

export const defaultCollection = 'create-a-test-environment';

/** A folder that holds a definition, and where what is compiled from it belongs. */
export interface CollectionFolder {
  /** Path of the folder, relative to the working folder when that is shorter. */
  readonly path: string;
  readonly environments: string;
  /** Where editors look for the schemas of the format. */
  readonly editorSchemas: string;
}

/** Finds a collection by the path of its folder, or by its name: one of the repository, else one that comes with the package. */
export function findCollection(nameOrPath: string, cwd: string): CollectionFolder {
  const asPath = resolve(cwd, nameOrPath);
  if (existsSync(join(asPath, 'collection.yaml'))) return describeFolder(asPath, cwd);
  const own = ownCollections(cwd);
  if (own.includes(nameOrPath)) {
    const folder = readSettings(cwd)?.collections ?? '';
    return describeFolder(resolve(cwd, folder, nameOrPath), cwd);
  }
  if (bundledCollections().includes(nameOrPath)) return describeFolder(bundledCollectionFolder(nameOrPath), cwd);
  throw new UsageError(
    `there is no collection "${nameOrPath}"; expected ${[...own, ...bundledCollections()].join(', ')}, or the path of a folder that holds a collection.yaml`,
  );
}

/** Whether `findCollection` finds one. */
export function isCollection(nameOrPath: string, cwd: string): boolean {
  return (
    existsSync(join(resolve(cwd, nameOrPath), 'collection.yaml')) ||
    [...ownCollections(cwd), ...bundledCollections()].includes(nameOrPath)
  );
}

/** Absolute path of the folder of a collection that comes with the package, by its name. */
export function bundledCollectionFolder(name: string = defaultCollection): string {
  return join(packageFolder, 'collections', name);
}

/** Names of the collections that come with the package. */
export function bundledCollections(): string[] {
  const folder = join(packageFolder, 'collections');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'collection.yaml')))
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

/** The folder with this full path, whether it holds a collection or not. */
export function describeFolder(folder: string, cwd: string): CollectionFolder {
  const short = (path: string) => shortPath(path, cwd);
  // In the layout of this project, compiled environments and editor schemas have folders of their own.
  const parent = dirname(folder);
  const inLayout = basename(parent) === 'collections';
  return {
    path: short(folder),
    environments: short(inLayout ? join(parent, '..', 'environments') : folder),
    editorSchemas: short(inLayout ? parent : folder),
  };
}
