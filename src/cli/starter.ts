import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, compileEditorSchemas } from '../compile/compile.ts';
import type { Definition } from '../definition/definition.ts';
import { loadDefinition, readDefinitionFrom } from '../definition/load.ts';
import { DefinitionError } from '../definition/reading/problem.ts';
import { type BegunCollection, begunFiles } from '../import/begin/begun-collection.ts';
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
  const named = (text: string) => text.replaceAll(templateName, name);
  const loaded = await loadDefinition(template);
  const environments = loaded.environments.map((environment) => ({ ...environment, id: named(environment.id) }));
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(template.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const texts = await Promise.all(
    sources.map(async (file) => [file, await readTemplate(`collections/${templateName}/${file}`)] as const),
  );
  const others = await Promise.all(
    Object.entries(otherFiles).map(async ([path, file]) => ({ path, text: await readTemplate(file) })),
  );
  return [
    ...collectionFiles({ ...loaded, id: name, environments }, texts),
    ...filesAround(),
    ...others.map((file) => ({ ...file, ofCollection: false })),
  ].map((file) => ({ ...file, text: named(file.text) }));
}

/** The same for a collection of a person's own, without what is for PingOne: `.env.example` has its variables. */
export async function begunStarterFiles(begun: BegunCollection): Promise<StarterFile[]> {
  const texts = begunFiles(begun);
  const { definition, problems } = await readDefinitionFrom(texts, `collections/${begun.collection.id}`);
  if (!definition) throw new DefinitionError(problems);
  const given = definition.variables.flatMap(({ os }) => os ?? []);
  return [
    ...collectionFiles(definition, [...texts]),
    ...filesAround(),
    { path: '.env.example', text: given.map((variable) => `${variable}=\n`).join(''), ofCollection: true },
    { path: '.gitignore', text: await readTemplate(otherFiles['.gitignore']), ofCollection: false },
  ];
}

function collectionFiles(
  definition: Definition,
  sources: readonly (readonly [path: string, text: string])[],
): StarterFile[] {
  const folder = `collections/${definition.id}`;
  return [
    ...sources.map(([path, text]) => ({ path: `${folder}/${path}`, text, ofCollection: true })),
    ...compile(definition).map((file) => ({
      path: `${file.folder === 'environments' ? 'environments' : folder}/${file.name}`,
      text: file.text,
      ofCollection: true,
    })),
  ];
}

/** What every starter has beside its collection. */
function filesAround(): StarterFile[] {
  const settings = { collections: 'collections', cleanup: 'always' };
  const dependencies = { [tool.name]: `file:${vendoredPath}` };
  const manifest = `${JSON.stringify({ private: true, [tool.name]: settings, dependencies }, null, 2)}\n`;
  return [
    { path: 'package.json', text: manifest, ofCollection: false },
    ...Object.entries(compileEditorSchemas()).map(([file, text]) => ({
      path: `collections/${file}`,
      text,
      ofCollection: false,
    })),
  ];
}

function readTemplate(file: string): Promise<string> {
  return readFile(join(starterFolder, file), 'utf8');
}
