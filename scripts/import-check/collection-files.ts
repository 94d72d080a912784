import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files as they are, and the collections in folders, in those below them too. */
export async function findCollections(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) found.push(path);
    else {
      const names = (await readdir(path, { recursive: true })).filter(
        (name) => !/(^|\/)(node_modules|\.git)\//.test(name),
      );
      for (const name of names.sort()) if (await isCollection(join(path, name))) found.push(join(path, name));
    }
  }
  return found;
}

/** Whether a file is meant as a collection; one with the name of a collection may be broken. */
async function isCollection(file: string): Promise<boolean> {
  if (!file.endsWith('.json')) return false;
  if (file.endsWith('.postman_collection.json')) return true;
  try {
    const { info, item } = JSON.parse(await readFile(file, 'utf8')) as { info?: { schema?: unknown }; item?: unknown };
    return Array.isArray(item) && String(info?.schema).includes('getpostman.com');
  } catch {
    return false;
  }
}
