import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileCollection } from '../../src/compile/collection.ts';
import { compileEnvironment } from '../../src/compile/environment-file.ts';
import { collectionToV3, environmentToV3, type V3File } from '../../src/compile/postman-v3/postman-v3.ts';
import { testsScript } from '../../src/compile/scripts/plain-tests.ts';
import { loadDefinition, readDefinitionFrom } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { importCollection } from '../../src/import/import-collection.ts';
import { readV3, throughV3 } from '../../src/import/postman-v3/read-v3.ts';
import { readPlainTests } from '../../src/import/reading/read-plain-tests.ts';
import { toFiles } from '../../src/import/writing/files.ts';
import { cli, collectionFolder, ssoCollectionFolder } from '../e2e/support.ts';
import { goldenCasesInPostman, goldenFolder } from '../golden/support.ts';
import { slow, slowUnless } from '../slow.ts';
import { type Folder, foreignFolders } from './foreign.ts';

const golden = (await goldenCasesInPostman()).map((name) => join(goldenFolder('ok'), name));

async function writtenAgain(text: string, file: string): Promise<V3File[]> {
  const imported = importCollection(text, { file });
  const { definition, problems } = await readDefinitionFrom(toFiles(imported, ''), 'imported');
  expect(renderProblems(problems)).toBe('');
  return definition ? collectionToV3(compileCollection(definition)) : [];
}

for (const folder of [...golden, collectionFolder, ssoCollectionFolder])
  test(
    `what ${folder} compiles to in the format v3 comes back to the byte after it was imported`,
    slowUnless(folder !== ssoCollectionFolder),
    async () => {
      const definition = await loadDefinition(folder);
      const collection = compileCollection(definition);
      const again = await writtenAgain(throughV3(collection), `${definition.id}.postman_collection.json`);
      expect(again).toEqual(collectionToV3(collection));
    },
  );

test('an environment names its secrets, and holds no value of them', async () => {
  const definition = await loadDefinition(collectionFolder);
  const [template] = definition.environments;
  if (!template) throw new Error('there is an environment');
  const { path, text } = environmentToV3(compileEnvironment(definition, template));
  expect(path).toMatch(/^environments\/.+\.environment\.yaml$/);
  const { values } = parse(text) as { values: { key: string; value: string; type?: string }[] };
  expect(values.find(({ key }) => key === 'adminAppSecret')).toEqual({
    key: 'adminAppSecret',
    value: '',
    type: 'secret',
    enabled: true,
  });
});

/** Data without what says nothing: the ids that Postman gives, a name that is the file's, how a plain test script is written. */
function meaningOf(files: Iterable<readonly [string, string]>): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const tests = 'code' in value ? readPlainTests(String(value.code)) : undefined;
    const entries = Object.entries({ ...value, ...(tests && { code: testsScript(tests) }) }).filter(
      ([key]) => key !== 'id',
    );
    return Object.fromEntries(entries.map(([key, child]) => [key, plain(child)]));
  };
  return Object.fromEntries(
    [...files].map(([path, text]) => {
      const data = parse(text) as Record<string, unknown>;
      const stem = path
        .split('/')
        .at(-1)
        ?.replace(/\.(request|example)\.yaml$/, '');
      const { name, ...rest } = data;
      return [
        path,
        plain(path.startsWith('.resources/definition') || name === stem ? (name === stem ? rest : data) : data),
      ];
    }),
  );
}

test('there are ten foreign folders', () => {
  expect(Object.keys(foreignFolders)).toHaveLength(10);
});

describe.each(Object.entries(foreignFolders))('a foreign folder with %s', (_name, given: Folder) => {
  test('is equal as data after it was imported and compiled', async () => {
    const again = await writtenAgain(readV3(new Map(Object.entries(given)), 'foreign'), 'foreign');
    const made = again.map(({ path, text }) => [path.split('/').slice(2).join('/'), text] as const);
    const meaning = meaningOf(Object.entries(given));
    expect(meaningOf(made)).toEqual(meaning);
  });
});

describe('in a repository', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postman-v3-'));
    await cp(collectionFolder, join(folder, 'collections/tutorial'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = async (files: Folder, into: string) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(into, path)), { recursive: true });
      await writeFile(join(into, path), text);
    }
  };
  const run = (...argv: string[]) => cli(argv, { cwd: folder });

  test('files that nobody edited stay as they are, however they are laid out', async () => {
    const given = foreignFolders['names that files cannot have, and texts in every layout'] as Folder;
    const root = join(folder, 'postman/collections/Odd- names');
    await write(given, root);
    expect((await run('import', 'postman/collections/Odd- names', 'odd')).stderr).not.toContain('error');
    await run('compile', 'odd', '--postman-v3', 'postman');
    const definition = join(root, '.resources/definition.yaml');
    expect(await readFile(definition, 'utf8')).toBe(given['.resources/definition.yaml']);
    expect((await run('compile', 'odd', '--postman-v3', 'postman', '--check')).code).toBe(0);
  });

  test('a test script that is imported in other words stays as somebody wrote it, until it is edited', async () => {
    const foreign = foreignFolders['scripts of requests, folders and the collection'] as Folder;
    const given = Object.fromEntries(
      Object.entries(foreign).map(([path, text]) => [path, text.replace('name: Run\n', '')]),
    );
    const [name = ''] = Object.keys(given).filter((path) => given[path]?.includes('const body = pm.response.json();'));
    const imported = join(folder, 'scripted');
    await write(given, join(folder, 'postman/collections/Scripts'));
    await run('import', 'postman/collections/Scripts', 'scripted');
    const steps = (await readdir(imported)).filter((file) => file.endsWith('.yaml'));
    const texts = await Promise.all(steps.map((file) => readFile(join(imported, file), 'utf8')));
    const [step = ''] = steps.filter((_, index) => texts[index]?.includes('tests:\n  - capture:\n      id: /id\n'));
    await run('compile', 'scripted', '--postman-v3', 'postman');
    const written = () => readFile(join(folder, 'postman/collections/Scripts', name), 'utf8');
    expect(await written()).toBe(given[name]);
    const text = await readFile(join(imported, step), 'utf8');
    await writeFile(join(imported, step), text.replace('id: /id\n', 'id: /other\n'));
    await run('compile', 'scripted', '--postman-v3', 'postman');
    expect(await written()).toContain("pm.environment.set('id', pm.response.json().other);");
  });

  test('an edit made in Postman changes only that edit in our files', slow, async () => {
    expect((await run('compile', 'collections/tutorial', '--postman-v3', 'postman')).code).toBe(0);
    const root = 'postman/collections/Create a test environment';
    const file = join(folder, root, 'Create a test environment/Step 4- Create a population.request.yaml');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('method: POST', 'method: PUT'));
    const texts = async () => {
      const names = (await readdir(join(folder, 'collections/tutorial'))).filter((name) => name.endsWith('.yaml'));
      const read = (name: string) => readFile(join(folder, 'collections/tutorial', name), 'utf8');
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
    };
    const old = await texts();
    const imported = await run('import', root, 'collections/tutorial', '--force');
    expect(imported.stderr).toContain('1 file written');
    const step = '4-create-population.yaml';
    expect(await texts()).toEqual({ ...old, [step]: old[step]?.replace('method: POST', 'method: PUT') });
    expect((await run('compile', 'collections/tutorial', '--postman-v3', 'postman', '--check')).code).toBe(1);
  });

  test('a request that was added in Postman is not lost', async () => {
    const root = 'postman/collections/Create a test environment';
    await write(
      { 'New.request.yaml': '$kind: http-request\nurl: https://example.com\nmethod: GET\n' },
      join(folder, root),
    );
    const { code, stderr } = await run('compile', 'collections/tutorial', '--postman-v3', 'postman');
    expect(code).toBe(2);
    expect(stderr).toContain('New.request.yaml is not of the definition; import the folder of the collection');
  });

  test('says what it cannot read', async () => {
    await write({ 'bad/A.request.yaml': 'a: [1\n', 'other/B.request.yaml': '$kind: grpc-request\n' }, folder);
    expect((await run('import', 'bad', 'x')).stderr).toContain('bad/A.request.yaml:');
    expect((await run('import', 'other', 'x')).stderr).toContain(
      'a request of the kind grpc-request cannot be imported',
    );
    expect((await run('import', 'collections/tutorial', 'x')).stderr).toContain(
      'a folder without a request of Postman 12',
    );
  });
});
