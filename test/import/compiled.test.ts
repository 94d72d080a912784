import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Comment, parse, tokenizer } from 'acorn';
import { describe, expect, test } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { compile, jsonText } from '../../src/compile/compile.ts';
import { loadDefinition, readDefinitionFrom } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { type ImportedDefinition, importCollection } from '../../src/import/import-collection.ts';
import { keptParts, toFiles } from '../../src/import/writing/files.ts';
import { goldenCases, goldenFolder } from '../golden/support.ts';
import { slowUnless } from '../slow.ts';

/** Compiled collections that somebody edited in Postman: one by version 0.1.0 (commit 91a1676), and the same by this version. */

const former = readFileSync(fileURLToPath(new URL('sign-up-by-0.1.0.json', import.meta.url)), 'utf8');
const importSignUp = (text: string) => importCollection(text, { file: 'sign-up.postman_collection.json' });

async function compiledAgain(imported: ImportedDefinition): Promise<string> {
  const { definition, problems } = await readDefinitionFrom(toFiles(imported, ''), '');
  expect(renderProblems(problems)).toBe('');
  return (definition && compile(definition)[0]?.text) ?? '';
}

const current = await compiledAgain(importSignUp(former));
const versions = [
  ['0.1.0', former],
  ['this version', current],
] as const;

type Change = (script: string, listen: string) => string;

/** A collection with its scripts changed: all, or those of one request. */
function withScripts(text: string, change: Change, request?: string): string {
  const walk = (value: unknown, name: string | undefined): unknown => {
    if (Array.isArray(value)) return value.map((one) => walk(one, name));
    if (typeof value !== 'object' || value === null) return value;
    const { listen, script } = value as { listen?: string; script?: { exec: string[] } };
    if (listen !== undefined && script) {
      if (request !== undefined && name !== request) return value;
      return { ...value, script: { ...script, exec: change(script.exec.join('\n'), listen).split('\n') } };
    }
    const inside = (value as { name?: string }).name ?? name;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child, inside)]));
  };
  return jsonText(walk(JSON.parse(text), undefined) as object);
}

const options = { ecmaVersion: 2020 } as const;

/** What acorn's types leave out of a token. */
interface Token {
  readonly type: { readonly label: string };
  readonly value?: string;
  readonly start: number;
  readonly end: number;
}

/** A text with parts of it replaced, none in another. */
function replaced(text: string, parts: readonly { start: number; end: number; by: string }[]): string {
  return parts.reduceRight((rest, { start, end, by }) => `${rest.slice(0, start)}${by}${rest.slice(end)}`, text);
}

function withoutComments(script: string): string {
  const comments: Comment[] = [];
  parse(script, { ...options, onComment: comments });
  const bare = replaced(
    script,
    comments.map(({ start, end }) => ({ start, end, by: '' })),
  );
  return bare.replace(/^[ \t]+$|[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n');
}

function withDoubleQuotes(script: string): string {
  const tokens: Token[] = [];
  parse(script, { ...options, onToken: (token) => tokens.push(token as Token) });
  const parts = tokens.flatMap(({ type, value = '', start, end }, index) => {
    if (type.label !== 'string') return [];
    const isFirst = ['{', ','].includes(tokens[index - 1]?.type.label ?? '');
    const isKey = isFirst && tokens[index + 1]?.type.label === ':' && /^[A-Za-z]\w*$/.test(value);
    return [{ start, end, by: isKey ? value : JSON.stringify(value) }];
  });
  return replaced(script, parts);
}

const indentedBy = (unit: string) => (script: string) =>
  script.replace(/^( {4})+/gm, (margin) => unit.repeat(margin.length / 4));

const formats: readonly (readonly [string, Change])[] = [
  ['without comments', withoutComments],
  ['with two spaces', indentedBy('  ')],
  ['with tabs', indentedBy('\t')],
  ['with double quotes and keys without any', withDoubleQuotes],
  [
    'without comments, with tabs and double quotes',
    (script) => indentedBy('\t')(withDoubleQuotes(withoutComments(script))),
  ],
];

/** What an import gives, with scripts of a definition as their tokens. */
function meaningOf({ collection, steps, schemas, notes }: ImportedDefinition): unknown {
  const text = JSON.stringify({ collection, steps, schemas, notes }, (key, value: unknown) =>
    typeof value === 'string' && ['script', 'prerequest', 'test', 'exec'].includes(key) ? tokensOf(value) : value,
  );
  return JSON.parse(text) as unknown;
}

function tokensOf(script: string): string[] {
  return ([...tokenizer(script, options)] as Token[]).map(
    ({ type, value }) => `${type.label} ${JSON.stringify(value)}`,
  );
}

describe.each(versions)('a collection that %s compiled', (_version, text) => {
  const whole = importSignUp(text);
  const stepNamed = (imported: ImportedDefinition, name: string) =>
    imported.steps.find(({ data }) => data.name === name)?.data;

  test('comes back in the words of the format, its own scripts as they were written', () => {
    expect(keptParts(whole, toFiles(whole, ''))).toEqual([]);
    expect(whole.notes).toEqual([]);
    const [create, password, clean] = whole.steps.map(({ data }) => data);
    expect(create).toMatchObject({
      id: 'create-user',
      generate: { run: { runId: true } },
      expect: { status: 201, schema: 'user.schema.json', values: { '/name': 'user-{{run}}' } },
      capture: {
        userID: { from: '/id', unlessSet: true },
        createdID: {
          script: '// Only of a user that is new.\nconst { id } = pm.response.json();\n\nif (id) {\n    return id;\n}',
          optional: true,
        },
      },
    });
    expect(create).not.toHaveProperty('scripts');
    expect(password).toMatchObject({
      id: 'set-password',
      generate: { password: { password: { length: 16, avoid: ['{{run}}'] } } },
      expect: { status: 200 },
      scripts: { test: "// What was sent.\nconsole.log('sent');" },
    });
    expect(password?.scripts).not.toHaveProperty('prerequest');
    expect(clean).toMatchObject({ expect: { status: [204, 404] }, unset: ['userID', 'createdID'] });
    expect(whole.collection.cleanUp?.askedBy).toBe('cleanUp');
    expect(whole.collection.variables.base).toMatchObject({ format: 'base-url', removeSuffix: '/v1' });
  });

  test.each(formats)('and a formatter wrote again %s, is the same definition', (_format, change) => {
    const formatted = withScripts(text, change);
    expect(formatted).not.toBe(withScripts(text, (script) => script));
    expect(meaningOf(importSignUp(formatted))).toEqual(meaningOf(whole));
  });

  test.each([
    ['two spaces', '  '],
    ['tabs', '\t'],
  ])('and a formatter indented with %s, has its own scripts without the margin', (_name, unit) => {
    const step = stepNamed(importSignUp(withScripts(text, indentedBy(unit))), 'Create a user');
    expect(step?.capture?.createdID?.script).toBe(
      `// Only of a user that is new.\nconst { id } = pm.response.json();\n\nif (id) {\n${unit}return id;\n}`,
    );
  });

  const edited = (request: string, change: Change) => importSignUp(withScripts(text, change, request));
  const inTest =
    (change: (script: string) => string): Change =>
    (script, listen) =>
      listen === 'test' ? change(script) : script;
  const others = (imported: ImportedDefinition, name: string) =>
    imported.steps.map(({ data }) => data).filter((data) => data.name !== name);

  test('and whose address was edited, has the new address and is else the same', () => {
    const collection = text.replaceAll('"users"', '"people"').replaceAll('/v1/users', '/v1/people');
    const imported = importSignUp(collection);
    const address = (definition: ImportedDefinition) => definition.steps.map(({ data }) => data.request.url);
    expect(address(imported)).toEqual(address(whole).map((url) => url.replace('users', 'people')));
    const withoutRequests = ({ steps }: ImportedDefinition) => steps.map(({ data: { request: _, ...data } }) => data);
    expect(withoutRequests(imported)).toEqual(withoutRequests(whole));
    expect(imported.notes).toEqual([]);
  });

  test('and whose expected status was edited, expects the new status', () => {
    const name = 'Create a user';
    const imported = edited(
      name,
      inTest((script) => script.replace('have.status(201)', 'have.status(200)')),
    );
    const before = stepNamed(whole, name);
    expect(stepNamed(imported, name)).toEqual({ ...before, expect: { ...before?.expect, status: 200 } });
    expect(others(imported, name)).toEqual(others(whole, name));
    expect(imported.notes).toEqual([
      expect.stringContaining('the names of the checks in its test script are made again'),
    ]);
  });

  test('and one of whose checks was renamed, makes the name again and says so', () => {
    const imported = edited(
      'Create a user',
      inTest((script) =>
        script.replace('body.name is user-{{run}}', 'has its name').replace(/'body matches [^']*'/, "'fits'"),
      ),
    );
    expect(imported.steps).toEqual(whole.steps);
    expect(imported.schemas).toEqual(whole.schemas);
    expect(imported.notes).toEqual([
      expect.stringContaining('the names of the checks in its test script are made again'),
    ]);
  });

  test('and to whose scripts lines were added at the end, has them as scripts of its own', () => {
    const imported = edited('Create a user', (script, listen) => `${script}\n\n// Mine.\nconsole.log('${listen}');\n`);
    expect(stepNamed(imported, 'Create a user')).toEqual({
      ...stepNamed(whole, 'Create a user'),
      scripts: { prerequest: "// Mine.\nconsole.log('prerequest');", test: "// Mine.\nconsole.log('test');" },
    });
    expect(imported.notes).toEqual([expect.stringContaining('now runs before the variables are checked')]);
    const last = edited(
      'Set the password',
      inTest((script) => `${script}\n\n// Mine.\nconsole.log('mine');\n`),
    );
    expect(stepNamed(last, 'Set the password')?.scripts?.test).toBe(
      "{\n    // What was sent.\n    console.log('sent');\n}\n\n// Mine.\nconsole.log('mine');",
    );
  });

  test('and whose own script got a text over several lines, has the text as it is', async () => {
    const name = 'Set the password';
    const imported = edited(
      name,
      inTest((script) => script.replace("'sent'", '`a\n  b`')),
    );
    expect(stepNamed(imported, name)?.scripts?.test).toBe('    // What was sent.\n    console.log(`a\n  b`);');
    expect(await compiledAgain(imported)).toContain('console.log(`a\\\\n  b`);');
  });

  test('and in whose script a line stands before the checks of a success, keeps the script with the function that counts', () => {
    const withoutSchema = (script: string) =>
      script.replace(/^[\s\S]*?(?=let held)/, '').replace(/ {4}check\('body matches [\s\S]*?\}\);\n\n/, '');
    const change = (script: string) =>
      withoutSchema(script).replace(/^if \(pm\.response\.code/m, 'console.log(1);\n$&');
    expect(stepNamed(edited('Create a user', inTest(withoutSchema)), 'Create a user')).not.toHaveProperty('scripts');
    const test = stepNamed(edited('Create a user', inTest(change)), 'Create a user')?.scripts?.test;
    expect(test).toContain('function check(name, verify) {');
    expect(test).toContain('console.log(1);');
  });

  test('and in whose pre-request script a block was added among the generated ones, keeps the script', () => {
    const own = '{\n    pm.environment.set("a", "b");\n}\n';
    const moved = (script: string, listen: string) =>
      listen === 'prerequest' ? script.replace('// run: made afresh', `${own}\n$&`) : script;
    const step = stepNamed(edited('Create a user', moved), 'Create a user');
    expect(step?.scripts?.prerequest).toContain(own);
    expect(step).toMatchObject({ expect: {} });
  });

  test('and in whose script a line was added among the generated ones, keeps the script', () => {
    const imported = edited(
      'Create a user',
      inTest((script) => script.replace(/^ +pm\.response\.to\.have\.jsonSchema/m, '        console.log(1);\n$&')),
    );
    const step = stepNamed(imported, 'Create a user');
    expect(step?.scripts?.test).toContain('console.log(1);');
    expect(step).toMatchObject({ generate: { run: { runId: true } }, expect: {} });
    expect(imported.notes).toEqual([expect.stringContaining('is not one that compile makes, and is kept as a script')]);
  });
});

const goldens = (await goldenCases('ok')).map((name) => join(goldenFolder('ok'), name));
const folders = [...goldens, ...bundledCollections().map((name) => bundledCollectionFolder(name))];
const isInSample = (folder: string) => goldens.includes(folder) || folder === bundledCollectionFolder();

for (const folder of folders)
  test(
    `${folder} is the same definition after a formatter wrote its scripts again`,
    slowUnless(isInSample(folder)),
    async () => {
      const [compiled] = compile(await loadDefinition(folder));
      const text = compiled?.text ?? '';
      const [, format] = formats.at(-1) as (typeof formats)[number];
      const [before, after] = [text, withScripts(text, format)].map((one) =>
        meaningOf(importCollection(one, { file: compiled?.name ?? '' })),
      );
      expect(after).toEqual(before);
    },
  );
