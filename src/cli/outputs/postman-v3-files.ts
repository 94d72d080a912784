import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { withoutIds } from '../../compile/canonical.ts';
import { compileCollection } from '../../compile/collection.ts';
import { compileEnvironment } from '../../compile/environment-file.ts';
import { collectionToV3, environmentToV3 } from '../../compile/postman-v3/postman-v3.ts';
import { testsScript } from '../../compile/scripts/plain-tests.ts';
import type { Definition } from '../../definition/definition.ts';
import { isMapping, isSame } from '../../definition/merge-patch.ts';
import { readPlainTests } from '../../import/reading/read-plain-tests.ts';
import type { World } from '../world.ts';
import { type PlacedFile, readPresent } from './write-files.ts';

/** The files of Postman's format v3. One that is there and says the same stays as it is, with its layout and ids. */
export async function v3Files(definition: Definition, folder: string, world: World): Promise<PlacedFile[]> {
  const made = [
    ...collectionToV3(compileCollection(definition)),
    ...definition.environments.map((template) => environmentToV3(compileEnvironment(definition, template))),
  ];
  return Promise.all(
    made.map(async ({ path, text }) => {
      const present = await readPresent(resolve(world.cwd, folder, path));
      const isUpToDate = present !== undefined && saysTheSame(present, text);
      return { path: join(folder, path), text: isUpToDate ? present : text };
    }),
  );
}

/** Whether files say the same, whatever ids Postman gave to what they are about. */
function saysTheSame(present: string, made: string): boolean {
  try {
    return isSame(comparable(parse(present)), comparable(parse(made)));
  } catch {
    return false;
  }
}

/** Data without ids, with test scripts that `tests` can say as these are compiled: somebody may have written them otherwise. */
function comparable(data: unknown): unknown {
  const plain = withoutIds(data);
  if (!isMapping(plain) || !Array.isArray(plain.scripts)) return plain;
  const scripts = plain.scripts.map((script: unknown) => {
    const tests =
      isMapping(script) && script.type === 'afterResponse' ? readPlainTests(String(script.code)) : undefined;
    return tests ? { ...(script as object), code: testsScript(tests) } : script;
  });
  return { ...plain, scripts };
}

/** Files in the folders of the collections that are not among those that are made. */
export async function foreignV3Files(files: readonly PlacedFile[], folder: string, world: World): Promise<string[]> {
  const made = new Set(files.map(({ path }) => path));
  const roots = new Set(
    files.flatMap(({ path }) => /^.*?collections[/\\][^/\\]+(?=[/\\]\.resources)/.exec(path)?.[0] ?? []),
  );
  const found = await Promise.all(
    [...roots].filter((root) => root.startsWith(join(folder))).map((root) => filesIn(root, world)),
  );
  return found
    .flat()
    .filter((path) => /\.ya?ml$/.test(path) && !made.has(path))
    .sort();
}

async function filesIn(folder: string, world: World): Promise<string[]> {
  const entries = await readdir(resolve(world.cwd, folder), { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.flatMap((entry) =>
    entry.isFile() ? [join(folder, entry.parentPath.slice(resolve(world.cwd, folder).length), entry.name)] : [],
  );
}
