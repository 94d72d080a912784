import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledCollections } from '../../src/cli/collection-folder.ts';
import { collectionFileName } from '../../src/compile/compile.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { root } from '../e2e/support.ts';

/** A committed collection as it is on the disk, with its definition. */
export interface CommittedCollection {
  readonly name: string;
  readonly definition: Definition;
  readonly text: string;
}

export const committedCollections: readonly CommittedCollection[] = await Promise.all(
  bundledCollections().map(async (name) => {
    const folder = join(root, 'collections', name);
    const definition = await loadDefinition(folder);
    return { name, definition, text: await readFile(join(folder, collectionFileName(definition.id)), 'utf8') };
  }),
);

const environments = join(root, 'environments');

export const committedEnvironments: readonly { readonly name: string; readonly text: string }[] = await Promise.all(
  (await readdir(environments)).map(async (name) => ({ name, text: await readFile(join(environments, name), 'utf8') })),
);
