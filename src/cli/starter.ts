import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, compileEditorSchemas } from '../compile/compile.ts';
import { loadDefinition } from '../definition/load.ts';
import { tool } from '../run/tool.ts';
import { vendoredPath } from './pack-tool.ts';
import type { StarterFile } from './starter-plan.ts';

/** The starter as it is in the package. It lies in `src` in the package too, for compiling moves only programs. */
export const starterFolder = fileURLToPath(new URL('../../src/cli/starter', import.meta.url));

/** Name of the starter's collection in the package. */
const templateName = 'smoke-test';

/** Files outside of the collection: their place in a repository, and their name in the package, where npm heeds some names. */
const otherFiles = {
  '.env.example': 'env-example.txt',
  '.github/workflows/pingone-smoke.yml': 'workflow.yml',
  '.gitignore': 'gitignore.txt',
} as const;

/** Every file of a starter whose collection is called `name`: the definition, what is compiled from it, and what goes round it. */
export async function starterFiles(name: string): Promise<StarterFile[]> {
  const template = join(starterFolder, 'collections', templateName);
  const folder = `collections/${name}`;
  const named = (text: string) => text.replaceAll(templateName, name);
  const loaded = await loadDefinition(template);
  const environments = loaded.environments.map((environment) => ({ ...environment, id: named(environment.id) }));
  const definition = { ...loaded, id: name, environments };
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(template.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const ofCollection = [
    ...(await Promise.all(
      sources.map(async (file) => ({
        path: `${folder}/${file}`,
        text: await readTemplate(`collections/${templateName}/${file}`),
      })),
    )),
    ...compile(definition).map((file) => ({
      path: `${file.folder === 'environments' ? 'environments' : folder}/${file.name}`,
      text: file.text,
    })),
  ];
  const settings = { collections: 'collections', cleanup: 'always' };
  const dependencies = { [tool.name]: `file:${vendoredPath}` };
  const others = [
    {
      path: 'package.json',
      text: `${JSON.stringify({ private: true, [tool.name]: settings, dependencies }, null, 2)}\n`,
    },
    ...Object.entries(compileEditorSchemas()).map(([file, text]) => ({ path: `collections/${file}`, text })),
    ...(await Promise.all(
      Object.entries(otherFiles).map(async ([path, file]) => ({ path, text: await readTemplate(file) })),
    )),
  ];
  return [
    ...ofCollection.map(({ path, text }) => ({ path, text: named(text), ofCollection: true })),
    ...others.map(({ path, text }) => ({ path, text: named(text), ofCollection: false })),
  ];
}

function readTemplate(file: string): Promise<string> {
  return readFile(join(starterFolder, file), 'utf8');
}
