import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, jsonText } from '../../src/compile/compile.ts';
import { testsScript } from '../../src/compile/scripts/plain-tests.ts';
import { loadDefinition, readDefinitionFrom } from '../../src/definition/load.ts';
import { importCollection } from '../../src/import/import-collection.ts';
import { readPlainTests } from '../../src/import/reading/read-plain-tests.ts';
import { cli } from '../e2e/support.ts';
import { goldenFolder } from '../golden/support.ts';

const status = `pm.test("Status code is 200", function () {\n    pm.response.to.have.status(200);\n});`;
const isOk = { name: 'Status code is 200', expect: { status: 200 } };
const isMe = { name: 'mine', expect: { values: { '/owner': 'me' } } };
const token = { capture: { token: '/access_token' } };

describe('a test script of which the format has words for every statement becomes tests', () => {
  test.each([
    ['as Postman writes it', status, [isOk]],
    ['an arrow with an expression', `pm.test('Status code is 200', () => pm.response.to.have.status(200))`, [isOk]],
    [
      'a list of statuses',
      `pm.test('a', () => pm.expect(pm.response.code).to.be.oneOf([200, 201]));`,
      [{ name: 'a', expect: { status: [200, 201] } }],
    ],
    [
      'a status that is compared',
      `pm.test('a', () => { pm.expect(pm.response.code).to.equal(404); });`,
      [{ name: 'a', expect: { status: 404 } }],
    ],
    ['a value', `pm.test('mine', () => { pm.expect(pm.response.json().owner).to.eql('me'); });`, [isMe]],
    [
      'a value in other words',
      `pm.test("mine", () => pm.expect(pm.response.json()["owner"]).to.be.equal("me"));`,
      [isMe],
    ],
    [
      'a name within a check',
      `pm.test('mine', function () {\n    var jsonData = JSON.parse(responseBody);\n    pm.expect(jsonData.owner).eq('me');\n});`,
      [isMe],
    ],
    [
      'true, false and null',
      `pm.test('a', () => { const a = pm.response.json(); pm.expect(a.b).to.be.true; pm.expect(a.c).to.be.false; pm.expect(a.d[0]).to.be.null; });`,
      [{ name: 'a', expect: { values: { '/b': true, '/c': false, '/d/0': null } } }],
    ],
    [
      'a status and values',
      `pm.test('a', () => { pm.response.to.have.status(200); pm.expect(pm.response.json().n).to.eql(-1.5); });`,
      [{ name: 'a', expect: { status: 200, values: { '/n': -1.5 } } }],
    ],
    [
      'braces, which are compared to the letter',
      `pm.test('{{a}}', () => pm.expect(pm.response.json().a).to.eql('{{b}}'));`,
      [{ name: '{{a}}', expect: { values: { '/a': '{{b}}' } } }],
    ],
    ['a variable', `pm.environment.set('token', pm.response.json().access_token);`, [token]],
    [
      'variables of every scope',
      `pm.collectionVariables.set('a', pm.response.json().a);\npm.globals.set('user id', pm.response.json()['a/b']);\npm.variables.set('c', pm.response.json());`,
      [
        { capture: { a: '/a' }, scope: 'collection' },
        { capture: { 'user id': '/a~1b' }, scope: 'global' },
        { capture: { c: '' }, scope: 'local' },
      ],
    ],
    [
      'a name that is used at once',
      `const json = pm.response.json();\npm.environment.set('token', json.access_token);\n${status}\npm.test('mine', () => pm.expect(json.owner).to.eql('me'));`,
      [token, isOk, isMe],
    ],
    [
      'a name of a part that is used at once',
      `let body = pm.response.json();\nlet found = body.access_token;\npm.environment.set('token', found);`,
      [token],
    ],
    [
      'a name before checks, which ends the script when the body is no JSON',
      `${status}\nvar json = pm.response.json();\npm.test('mine', () => pm.expect(json.owner).to.eql('me'));`,
      [isOk, { parse: 'json' }, isMe],
    ],
    ['a name that nothing uses', `${status}\nvar json = pm.response.json();`, [isOk, { parse: 'json' }]],
    [
      'the same name twice',
      `var j = pm.response.json();\npm.environment.set('token', j.access_token);\nvar j = pm.response.json();\npm.environment.set('b', j.b);`,
      [token, { capture: { b: '/b' } }],
    ],
  ])('%s', (_name, script, tests) => {
    expect(readPlainTests(script)).toEqual(tests);
    expect(readPlainTests(testsScript(tests as never), 'compiled tests')).toEqual(tests);
  });
});

describe('a test script stays one', () => {
  test.each([
    ['with a comment', `// Log in\n${status}`],
    ['with another statement', `${status}\nconsole.log('done');`],
    ['with a condition', `if (pm.response.code === 200) ${status}`],
    ['that does not parse', 'pm.test('],
    ['with nothing in it', ''],
    ['with a directive', `'use strict';\n${status}`],
    ['whose check has no name of its own', `pm.test(name, () => pm.response.to.have.status(200));`],
    ['whose check takes a callback', `pm.test('a', (done) => { pm.response.to.have.status(200); });`],
    ['whose check is asynchronous', `pm.test('a', async () => { pm.response.to.have.status(200); });`],
    ['whose check is empty', `pm.test('a', () => {});`],
    ['whose check sets a variable', `pm.test('a', () => { pm.environment.set('a', pm.response.json().a); });`],
    [
      'that checks the status after a value',
      `pm.test('a', () => { pm.expect(pm.response.json().a).to.eql(1); pm.response.to.have.status(200); });`,
    ],
    [
      'that checks a value twice',
      `pm.test('a', () => { pm.expect(pm.response.json().a).to.eql(1); pm.expect(pm.response.json().a).to.eql(2); });`,
    ],
    ['that checks a reason phrase', `pm.test('a', () => pm.response.to.have.status('OK'));`],
    ['that checks the opposite', `pm.test('a', () => pm.expect(pm.response.json().a).to.not.eql(1));`],
    ['that compares with an object', `pm.test('a', () => pm.expect(pm.response.json().a).to.eql({ b: 1 }));`],
    [
      'that compares with a variable',
      `pm.test('a', () => pm.expect(pm.response.json().a).to.eql(pm.environment.get('b')));`,
    ],
    ['that has a message', `pm.test('a', () => pm.expect(pm.response.json().a, 'm').to.eql(1));`],
    [
      'whose words see no difference between 0 and -0',
      `pm.test('a', () => pm.expect(pm.response.json().a).to.equal(0));`,
    ],
    ['that takes a length', `pm.test('a', () => pm.expect(pm.response.json().list.length).to.eql(3));`],
    ['that passes over what is missing', `pm.environment.set('a', pm.response.json().a?.b);`],
    ['that computes a key', `pm.environment.set('a', pm.response.json()[key]);`],
    ['that sets a text', `pm.environment.set('a', 'b');`],
    ['that sets a name that cannot be declared', `pm.environment.set('{{a}}', pm.response.json().a);`],
    [
      'that sets as older scripts do, which makes a text of the value',
      `postman.setEnvironmentVariable('a', pm.response.json().a);`,
    ],
    ['that checks as older scripts do, which reports the check last', `tests['a'] = responseCode.code === 200;`],
    [
      'whose name of a part is used later',
      `const a = pm.response.json().a;\npm.test('a', () => pm.expect(a).to.eql(1));`,
    ],
    [
      'whose name in a check is not used',
      `pm.test('a', () => { const a = pm.response.json(); pm.response.to.have.status(200); });`,
    ],
    [
      'whose name is used before it is there',
      `pm.test('a', () => pm.expect(json.a).to.eql(1));\nvar json = pm.response.json();`,
    ],
    [
      'whose name in a check hides another',
      `var j = pm.response.json();\npm.test('a', () => { pm.expect(j.a).to.eql(1); var j = pm.response.json(); pm.expect(j.b).to.eql(1); });`,
    ],
    [
      'whose name stands for two parts',
      `var j = pm.response.json();\npm.environment.set('a', j.a);\nvar j = pm.response.json().b;\npm.environment.set('b', j.b);`,
    ],
    ['whose name hides what it is made of', `var pm = pm.response.json();\npm.environment.set('a', pm.a);`],
  ])('%s', (_name, script) => {
    expect(readPlainTests(script)).toBeUndefined();
  });
});

test('tests that were compiled come back as they were', async () => {
  const definition = await loadDefinition(join(goldenFolder('ok'), 'plain-tests'));
  const [compiled] = compile(definition);
  const { steps } = importCollection(compiled?.text ?? '', { file: compiled?.name ?? '' });
  expect(steps.map(({ data }) => data.tests)).toEqual(definition.steps.map(({ tests }) => tests));
  expect(steps.map(({ data }) => data.scripts)).toEqual(definition.steps.map(({ scripts }) => scripts));
});

test('the example of the reference is such a script, said in YAML', async () => {
  const readme = await readFile(fileURLToPath(new URL('../../collections/README.md', import.meta.url)), 'utf8');
  const example = /```yaml\n(expect: \{\}\ntests:[^`]*)```/.exec(readme)?.[1] ?? '';
  const step = `id: s\nrequest: { method: GET, url: https://example.com }\n${example}`;
  const collection = 'id: c\nname: C\nvariables: { cursor: "", token: "" }\nsteps: [s.yaml]\n';
  const { definition, problems } = await readDefinitionFrom(
    new Map([
      ['collection.yaml', collection],
      ['s.yaml', step],
    ]),
    '',
  );
  expect(problems).toEqual([]);
  const tests = definition?.steps[0]?.tests ?? [];
  expect(tests).toHaveLength(5);
  expect(readPlainTests(testsScript(tests))).toEqual(tests);
});

describe('an import into a definition that is there', () => {
  const request = { method: 'GET', url: 'https://example.com' };
  const item = (name: string, exec: string) => ({ name, event: [{ listen: 'test', script: { exec } }], request });
  const collectionOf = (script: string, other = status) =>
    jsonText({ info: { name: 'Plain' }, item: [item('One', script), item('Two', other)] });

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plain-tests-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const write = (name: string, text: string) => writeFile(file(name), text);
  const read = (name: string) => readFile(file(name), 'utf8');
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await cli(argv, { cwd: folder });
    expect(code, stdout + stderr).toBe(0);
    return stderr;
  };
  const script = `var jsonData = pm.response.json();\npm.environment.set("token", jsonData.access_token);`;

  test('changes nothing when nothing was edited, and only what was', async () => {
    await write('original.json', collectionOf(script));
    await run('import', 'original.json', 'plain');
    expect(await read('plain/one.yaml')).toContain('tests:\n  - capture:\n      token: /access_token\n');
    await run('compile', 'plain');
    expect(await run('import', 'original.json', 'plain')).toContain('nothing changed');
    expect(await run('import', 'plain/plain.postman_collection.json', 'plain')).toContain('nothing changed');
    const before = await Promise.all(['plain/one.yaml', 'plain/two.yaml'].map(read));
    await write('edited.json', collectionOf(script, status.replace('(200)', '(201)')));
    expect(await run('import', 'edited.json', 'plain', '--force')).toContain('1 file written');
    expect(await Promise.all(['plain/one.yaml', 'plain/two.yaml'].map(read))).toEqual([
      before[0],
      before[1]?.replace('status: 200', 'status: 201'),
    ]);
  });

  test('keeps a script that is written in it, however plain it is', async () => {
    await write('original.json', collectionOf(script));
    await run('import', 'original.json', 'own');
    const yaml = await read('own/one.yaml');
    const own = yaml.replace(/^tests:\n[\s\S]*$/m, `scripts:\n  test: |\n${script.replace(/^/gm, '    ')}\n`);
    expect(own).toContain('scripts:');
    await write('own/one.yaml', own);
    await run('compile', 'own');
    expect(await run('import', 'original.json', 'own')).toContain('nothing changed');
    expect(await run('import', 'own/own.postman_collection.json', 'own')).toContain('nothing changed');
    expect(await read('own/one.yaml')).toBe(own);
  });
});
