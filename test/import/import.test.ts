import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostmanValidator } from '@har-sdk/validator';
import { describe, expect, test } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { compile, jsonText } from '../../src/compile/compile.ts';
import { toDefinition, toStep } from '../../src/definition/definition.ts';
import { readDefinitionFrom } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { importCollection } from '../../src/import/import-collection.ts';
import { keptParts, toFiles } from '../../src/import/writing/files.ts';
import { slow } from '../slow.ts';
import { meaningOf } from './meaning.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.postman_collection.json'));

/** Compiles Postman's schema once for all tests. */
const validator = new PostmanValidator();

const imports = new Map<string, ReturnType<typeof importAnew>>();

/** What a collection is imported as: once for all tests, which only look at it. */
function importFile(name: string): ReturnType<typeof importAnew> {
  const known = imports.get(name) ?? importAnew(name);
  imports.set(name, known);
  return known;
}

async function importAnew(name: string) {
  const text = readFileSync(join(folder, name), 'utf8');
  const imported = importCollection(text, { file: name });
  const files = toFiles(imported, '');
  const { definition, problems } = await readDefinitionFrom(files, '');
  expect(renderProblems(problems)).toBe('');
  if (!definition) throw new Error('no definition');
  return { text, imported, files, definition, compiled: compile(definition)[0]?.text ?? '' };
}

test('there are ten collections of many kinds', () => expect(names).toHaveLength(10));

describe.each(names)('%s', (name) => {
  test('is imported as a definition without problems that compiles to a valid collection', async () => {
    const { text, compiled } = await importFile(name);
    const errorsOf = async (collection: string) => validator.verify(JSON.parse(collection));
    // JWT and folders without requests are newer than the schema: what the original is refused for is no mistake of ours.
    const known = text.includes('v2.0.0') ? [] : (await errorsOf(text)).map(({ schemaPath }) => schemaPath);
    const errors = await errorsOf(compiled);
    expect(errors.filter(({ schemaPath }) => !known.includes(schemaPath))).toEqual([]);
  });

  test('says the same afterwards', async () => {
    const { text, compiled, imported } = await importFile(name);
    // What these do is compared in test/parity.
    const inWords = imported.steps.flatMap(({ data }) => (data.tests ? [data.name] : []));
    const [before, after] = [text, compiled].map((one) => meaningOf(JSON.parse(one), inWords));
    expect(before?.requests.length).toBeGreaterThan(0);
    expect(after).toEqual(before);
  });

  test('gives the same files when it is compiled and imported again', async () => {
    const { files, compiled, definition } = await importFile(name);
    const again = toFiles(importCollection(compiled, { file: `${definition.id}.postman_collection.json` }), '');
    expect(new Set(again.keys())).toEqual(new Set(files.keys()));
    const second = await readDefinitionFrom(again, '');
    expect(second.definition && compile(second.definition)[0]?.text).toBe(compiled);
  });

  test('names each part that it keeps as it is, with the line in the YAML and the place in the collection', async () => {
    const { text, imported, files } = await importFile(name);
    for (const { file, line, key, pointer } of keptParts(imported, files)) {
      expect(files.get(file)?.split('\n')[line - 1]).toContain(`${key.split('.').at(-1)}:`);
      expect(valueAt(JSON.parse(text), pointer), pointer).not.toBe(undefined);
    }
  });
});

test('keeps the bodies, the authorization and the scripts that the format can say in its words', async () => {
  const { imported } = await importFile('bodies.postman_collection.json');
  const body = (step: string) => imported.steps.find(({ data }) => data.name === step)?.data.request.body;
  expect(body('JSON as Postman lays it out')).toEqual({ json: { name: 'Ada', tags: [1, null] } });
  expect(body('JSON laid out otherwise')).toEqual({ jsonText: '{"name":"Ada",\r\n  "n": 1.0}' });
  expect(body('JSON with a variable outside of quotes')).toEqual({ jsonText: '{\n    "count": {{count}}\n}' });
  expect(body('Text')).toEqual({ raw: 'plain {{count}}\n' });
  expect(body('Form')).toEqual({ form: { grant_type: 'client_credentials', 'a b': 'c&d={{count}}' } });
  const { imported: auth } = await importFile('auth.postman_collection.json');
  expect(auth.collection.authorization).toEqual({ bearer: '{{access_token}}' });
  expect(auth.steps.find(({ data }) => data.name === 'Basic')?.data.request.auth).toEqual({
    basic: { username: '{{user}}', password: '{{my-password}}' },
  });
  const { imported: scripts } = await importFile('scripts.postman_collection.json');
  expect(scripts.steps.find(({ data }) => data.name === 'Use the token')?.data.scripts?.test).toBe(
    "postman.setEnvironmentVariable('old', 'style');\ntests['legacy'] = responseCode.code === 200;",
  );
});

test('declares the variables it finds, the secret ones as secret, and has requests sent without those that nothing sets', async () => {
  const { imported } = await importFile('variables.postman_collection.json');
  const { variables, dynamicVariables } = imported.collection;
  expect(variables.apiToken).toEqual({
    description: 'Imported from a Postman collection; say here what it is.',
    secret: true,
  });
  expect(imported.collection.unresolved).toBe('sent');
  expect(imported.notes.at(-1)).toMatch(
    /^requests are sent although these may have no value, as in Postman: .*fromEnvironment/,
  );
  expect(variables['with-hyphen']).toMatchObject({ value: 'h' });
  expect(variables['with-hyphen']).not.toHaveProperty('required');
  expect(dynamicVariables).toEqual(['$randomFirstName', '$randomInt']);
  const { imported: scripts } = await importFile('scripts.postman_collection.json');
  for (const name of ['token', 'old', 'last']) {
    expect(scripts.collection.variables[name], name).toBeDefined();
    expect(scripts.collection.variables[name], name).not.toHaveProperty('required');
  }
});

test('has values carry over between iterations as where it comes from, but not in what a definition compiled to', async () => {
  const { imported, compiled, definition } = await importFile('variables.postman_collection.json');
  expect(imported.collection.iterations).toBe('shared');
  const again = importCollection(compiled, { file: `${definition.id}.postman_collection.json` });
  expect(again.collection).not.toHaveProperty('iterations');
});

test('declares names as people write them, also in names of headers and keys of bodies, and leaves templates alone', async () => {
  const request = {
    method: 'POST',
    url: 'https://example.com/{{user id}}/{{größe}}',
    header: [{ key: '{{header.name}}', value: '1' }],
    body: { mode: 'urlencoded', urlencoded: [{ key: '{{a field}}', value: 'x' }] },
  };
  const template = {
    method: 'POST',
    url: 'https://example.com',
    body: { mode: 'raw', raw: '{{#each users}}{{name}}{{/each}}' },
  };
  const item = [
    { name: 'A', request },
    { name: 'B', request: template },
  ];
  const imported = importCollection(jsonText({ info: { name: 'Names' }, item }), { file: 'names.json' });
  expect(Object.keys(imported.collection.variables)).toEqual(['user id', 'größe', 'header.name', 'a field']);
  expect(imported.steps[0]?.data).not.toHaveProperty('raw.request');
  const { definition, problems } = await readDefinitionFrom(toFiles(imported, ''), '');
  expect(renderProblems(problems)).toBe('');
  expect(definition?.steps[0]?.needs).toEqual([]);
});

test.each([
  ['every host has a variable', ['{{baseUrl}}/a', 'https://{{host}}/b?c={{query}}'], '', ['baseUrl', 'host']],
  ['one request has an address of its own', ['{{baseUrl}}/a', 'https://example.com'], '', []],
  ['a script sets it', ['{{baseUrl}}/a'], `pm.environment.set('baseUrl', 'x');`, []],
  ['a script may set any name', ['{{baseUrl}}/a'], 'names.forEach((name) => pm.environment.set(name, 1));', []],
])('asks a person for what nothing can be sent without: %s', (_name, urls, script, want) => {
  const item = urls.map((url, index) => ({ name: `${index}`, request: { url } }));
  const event = [{ listen: 'prerequest', script: { exec: script } }];
  const { collection } = importCollection(jsonText({ info: { name: 'Hosts' }, event, item }), { file: 'hosts.json' });
  const required = Object.entries(collection.variables).filter(([, variable]) => variable.required);
  expect(required.map(([name]) => name)).toEqual(want);
});

test('keeps an empty folder in its place', () => {
  const request = { url: 'https://example.com' };
  const item = [
    { name: 'A', request },
    { name: 'Empty', item: [{ name: 'Within', item: [] }] },
    {
      name: 'Full',
      item: [
        { name: 'None', item: [] },
        { name: 'B', request },
      ],
    },
    { name: 'Last', item: [] },
  ];
  const { collection, steps } = importCollection(jsonText({ info: { name: 'Empty' }, item }), { file: 'empty.json' });
  const compiled = compileCollection(
    toDefinition(
      collection,
      steps.map(({ file, data }) => toStep(file, data, {}, [], '')),
      [],
      '',
    ),
  );
  const namesIn = (list: unknown): unknown[] =>
    (list as { name: string; item?: unknown }[]).map(({ name, item: inside }) =>
      inside ? [name, ...namesIn(inside)] : name,
    );
  expect(namesIn(compiled.item)).toEqual(namesIn(item));
});

test('reads the captures of a collection that version 0.1.0 compiled as those that are compiled now', async () => {
  const former = readFileSync(join(folder, 'compiled-by-0.1.0.json'), 'utf8');
  const name = 'values-and-captures.postman_collection.json';
  const current = readFileSync(join(folder, '../golden/ok/values-and-captures/expected', name), 'utf8');
  expect(former).toContain('.that.is.not.empty;');
  expect(current).not.toContain('.that.is.not.empty;');
  const filesOf = (text: string) => [...toFiles(importCollection(text, { file: name }), '')];
  expect(filesOf(former)).toEqual(filesOf(current));
  const [step] = importCollection(former, { file: name }).steps;
  expect(Object.keys(step?.data.capture ?? {})).toHaveLength(9);
  expect(step?.data.scripts).toBeUndefined();
});

test('gives files names that every system has, inside of the folder', async () => {
  const { files } = await importFile('awkward-names.postman_collection.json');
  const stems = [...files.keys()].map((file) => file.replace(/\.yaml$/, ''));
  expect(new Set(stems.map((stem) => stem.toLowerCase())).size).toBe(stems.length);
  for (const stem of stems) {
    expect(stem).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(stem).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/);
    expect(stem.length).toBeLessThan(80);
  }
});

test('a collection of 1000 requests in 50 folders is imported whole', slow, async () => {
  const item = Array.from({ length: 50 }, (_, folderIndex) => ({
    name: `Folder ${folderIndex}`,
    item: Array.from({ length: 20 }, (__, index) => ({
      name: 'Get a thing',
      event: [{ listen: 'test', script: { exec: [`pm.environment.set('id_${folderIndex}_${index}', '1');`] } }],
      request: { method: 'GET', url: `{{baseUrl}}/things/${index}?x={{token}}`, header: [] },
    })),
  }));
  const imported = importCollection(jsonText({ info: { name: 'Large' }, item }), { file: 'large.json' });
  const { definition, problems } = await readDefinitionFrom(toFiles(imported, ''), '');
  expect(problems).toEqual([]);
  expect(definition?.steps).toHaveLength(1000);
  expect(new Set(definition?.steps.map(({ name }) => name)).size).toBe(1000);
});

test('a collection nested 200 folders deep is imported whole, and one nested too deep is refused', async () => {
  const nested = (depth: number): object => {
    let item: object = { name: 'Inside', request: { method: 'GET', url: 'https://example.com' } };
    for (let level = 0; level < depth; level += 1) item = { name: `Level ${level}`, item: [item] };
    return { info: { name: 'Deep' }, item: [item] };
  };
  const imported = importCollection(JSON.stringify(nested(200)), { file: 'deep.json' });
  expect(imported.steps[0]?.data.folder).toHaveLength(200);
  const { definition } = await readDefinitionFrom(toFiles(imported, ''), '');
  expect(definition && compile(definition)[0]?.text).toContain('"Level 0"');
  expect(() => importCollection(JSON.stringify(nested(1000)), { file: 'deep.json' })).toThrow(
    'deep.json:1:1: this is nested more than 500 levels deep',
  );
});

describe('what is no collection is refused with its place and what it is', () => {
  const v1 = { id: 'x', name: 'Old', order: ['a'], requests: [{ id: 'a', url: 'https://example.com' }] };
  test.each([
    ['', 'x.json:1:1: the file is empty; expected a Postman collection'],
    ['{"info": {},\n  "item": [}', 'x.json:2:12: this is not JSON; expected a Postman collection'],
    ['{"info": {},', 'x.json:1:13: this is not JSON; expected a Postman collection'],
    ['{"a": 1,}', 'x.json:1:9: this is not JSON; expected a Postman collection'],
    ['{"a": "x\n"}', 'x.json:1:7: this is not JSON; expected a Postman collection'],
    ["{'a': 1}", 'x.json:1:2: this is not JSON; expected a Postman collection'],
    ['[1, 2]', 'x.json:1:1: this is not a Postman collection; expected an object with "info" and "item"'],
    ['{"openapi": "3.0.0"}', 'x.json:1:1: this is not a Postman collection; expected an object with "info" and "item"'],
    ['{"name": "e", "values": []}', 'x.json:1:1: this is a Postman environment, not a collection'],
    ['{"info": {"name": "x"}, "item": []}', 'x.json:1:1: this collection holds no request'],
    [
      '{"info": {"schema": "https://schema.postman.com/json/collection/v3.0.0/"}, "item": [{}]}',
      'x.json:1:1: this is a collection of the format v3.0; expected v2.0 or v2.1',
    ],
    [
      JSON.stringify(v1),
      'x.json:1:1: this is a collection of the format v1, which Postman no longer writes; convert it first: npx postman-collection-transformer convert --input x.json',
    ],
  ])('%s', (text, message) => {
    expect(() => importCollection(text, { file: 'x.json' })).toThrow(message);
  });
});

function valueAt(data: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/')], data);
}

describe('random digits for a password in engines without Web Crypto', () => {
  const name = 'password-entropy';
  const compiled = readFileSync(join(folder, `../golden/ok/${name}/expected/${name}.postman_collection.json`), 'utf8');
  const filesOf = (text: string) => toFiles(importCollection(text, { file: `${name}.postman_collection.json` }), '');

  test('are made anew, and are no part of what a step says', async () => {
    const files = filesOf(compiled);
    const texts = [...files.values()].join('\n');
    expect(texts).toContain('password:');
    expect(texts).not.toMatch(/entropy\b(?!\n)/i);
    const { definition } = await readDefinitionFrom(files, '');
    expect(definition && compile(definition)[0]?.text).toBe(compiled);
    expect(definition?.variables.at(-1)).toMatchObject({ name: 'passwordEntropy', secret: true, scope: 'collection' });
  });

  test('come with a request whose headers are in a fragment too', async () => {
    const header = [
      { key: 'A', value: '1' },
      { key: '', value: '' },
    ];
    const collection = {
      id: name,
      name: 'Password entropy',
      description: '',
      variables: { password: { description: 'Made.', secret: true, scope: 'collection' } },
      authorization: { none: true },
      steps: ['a.yaml', 'b.yaml'],
    };
    const request = { method: 'GET', url: 'https://example.com' };
    const generate = { password: { password: { length: 12 } } };
    const yaml = (data: object) => JSON.stringify({ description: '', expect: { status: 200 }, request, ...data });
    const { definition } = await readDefinitionFrom(
      new Map([
        ['collection.yaml', JSON.stringify(collection)],
        ['a.yaml', yaml({ id: 'a', name: 'A', raw: { request: { header } }, example: { status: 200 } })],
        ['b.yaml', yaml({ id: 'b', name: 'B', generate })],
      ]),
      '',
    );
    const text = (definition && compile(definition)[0]?.text) ?? '';
    // Of the request and of its saved example.
    expect(text.match(/"key": "X-Password-Entropy"/g)).toHaveLength(2);
    const again = await readDefinitionFrom(filesOf(text), '');
    expect(again.definition && compile(again.definition)[0]?.text).toBe(text);
  });

  test('stay as they are where a collection of 0.1.0 makes them itself', async () => {
    const former = compiled
      .replaceAll('there, the next request makes', 'there, step 6 makes')
      .replace('Random digits for a password in', 'Random digits for step 6 in')
      .replace(
        /"",\s*"\/\/ For engines without Web Crypto: .*",\s*"if \(typeof crypto === 'undefined'\) .*",/,
        `"", "{", "    if (typeof crypto === 'undefined') pm.collectionVariables.set('passwordEntropy', 'x');", "}",`,
      )
      .replace(/"",\s*"\{",\s*" {4}console\.log\('sent'\);",\s*"\}"/, '""');
    const files = filesOf(former);
    const { definition, problems } = await readDefinitionFrom(files, '');
    expect(renderProblems(problems)).toBe('');
    expect(definition?.steps[0]?.request.headers.map(({ description }) => description)).toEqual([
      expect.stringContaining('step 6 makes'),
    ]);
    const again = (definition && compile(definition)[0]?.text) ?? '';
    expect(again.match(/"key": "X-Password-Entropy"/g)).toHaveLength(2);
    expect(again.match(/"key": "passwordEntropy"/g)).toHaveLength(1);
    expect(filesOf(again)).toEqual(files);
  });
});
