import { basename, dirname } from 'node:path';

/** The file of a collection in its folder. */
export const collectionFile = 'collection.yaml';

/** The folder of a collection, and the name of its file there. `path` is that of the folder, or of the file. */
export function collectionPlace(path: string): { readonly folder: string; readonly file: string } {
  return isYamlFile(path) ? { folder: dirname(path), file: basename(path) } : { folder: path, file: collectionFile };
}

/** Whether a path is that of a YAML file, by its name; what compiling writes is none. */
export function isYamlFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && !/\.(arazzo|openapi)\.yaml$/.test(path);
}
