import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Definition } from '../../../src/definition/definition.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import {
  checkDataFile,
  dataParts,
  formatOf,
  type IterationValues,
  readDataFile,
} from '../../../src/environment/data/data-file.ts';
import { slow } from '../../slow.ts';

const definition = await loadDefinition('collections/create-a-test-environment');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-file-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function problemsOf(name: string, content: string | Uint8Array): Promise<string[]> {
  const file = await written(name, content);
  return checkDataFile(file, name, definition).then(
    ({ count }) => [`${count} rows`],
    (error: Error) => {
      expect(error.name).toBe('UsageError');
      return error.message.split('\n');
    },
  );
}

/** With a script of which nothing is known. */
const foreign: Definition = { ...definition, raw: { event: [{ listen: 'test', script: { exec: ['1'] } }] } };

async function rowsOf(name: string, content: string, of = definition): Promise<IterationValues[]> {
  const rows: IterationValues[] = [];
  for await (const row of readDataFile(await written(name, content), name, of)) rows.push(row);
  return rows;
}

const email = (address: string) => `email is "${address}"; expected an e-mail address like name@example.com`;

describe('rows', () => {
  const want = (last: object) => [
    { number: 1, values: { email: 'a@example.com', region: 'EU' } },
    { number: 2, values: { email: 'b@example.com', ...last } },
  ];

  test.each([
    ['a.csv', [2, 5], '\uFEFFemail,region\r\n a@example.com ,"\r\nEU"\r\n\r\nb@example.com,\r\n'],
    ['b.csv', [2, 3], 'email;region\na@example.com;EU\n"b@example.com";""'],
    ['tabs.csv', [2, 3], 'email\tregion\na@example.com\tEU\nb@example.com\t\n'],
    [
      'c.json',
      [2, 3],
      '[\n  {"email": "a@example.com", "region": "EU"},\n  {"email": "b@example.com", "region": null}\n]\n',
    ],
    ['d.ndjson', [1, 3], '{"email": "a@example.com", "region": "EU"}\n\n{"email": "b@example.com"}'],
    ['e.yaml', [2, 6], '# users\n- email: a@example.com\n  region: EU\n\n-\n  email: b@example.com\n  region:\n'],
    ['f.yml', [3, 6], '%YAML 1.2\n---\nemail: a@example.com\nregion: EU\n---\nemail: b@example.com\n...\n'],
    ['g.YAML', [2, 5], '\n  - email: a@example.com\n    region: EU\n\n  - email: b@example.com\n'],
    ['h.yaml', [2, 3], '[\n  {email: a@example.com, region: EU},\n  {email: b@example.com}\n]\n'],
  ])('of %s are numbered, and tell their lines', async (name, lines, content) => {
    const rows = await rowsOf(name, content);
    expect(rows.map(({ number, values }) => ({ number, values }))).toEqual(
      want(name.endsWith('.csv') ? { region: '' } : {}),
    );
    expect(rows.map(({ line }) => line)).toEqual(lines);
  });

  test('are counted, and the bytes of their file have a hash', async () => {
    const content = '\uFEFFemail\r\na@example.com\r\n';
    const file = await written('hash.csv', content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await checkDataFile(file, 'hash.csv', definition)).toEqual({
      count: 1,
      sha256,
      variables: new Set(['email']),
    });
  });

  test('keep numbers as they are written', async () => {
    expect(await rowsOf('n.json', '[{"runID": 12345678901234567890, "namePrefix": true, "email": null}]')).toEqual([
      { number: 1, line: 1, values: { runID: '12345678901234567890', namePrefix: true } },
    ]);
    expect((await rowsOf('n.yaml', '- runID: 007\n  namePrefix: 1.50\n'))[0]?.values).toEqual({
      runID: '007',
      namePrefix: '1.50',
    });
  });

  test('have the types that Newman reads, where values carry over as in Newman', async () => {
    const shared: Definition = { ...foreign, iterations: 'shared' };
    const csv = 'a,b,c,d,e,f,g\n007,1.50,+49,1e3,true, x ,\n"5"," y ",,"",-2,.5,12a\n';
    expect((await rowsOf('a.csv', csv, shared)).map(({ values }) => values)).toEqual([
      { a: 7, b: 1.5, c: 49, d: 1000, e: 'true', f: 'x', g: '' },
      { a: '5', b: ' y ', c: '', d: '', e: -2, f: 0.5, g: '12a' },
    ]);
    expect((await rowsOf('a.csv', csv, foreign))[0]?.values).toEqual({
      a: '007',
      b: '1.50',
      c: '+49',
      d: '1e3',
      e: 'true',
      f: 'x',
      g: '',
    });
    const json = '[{"a": 1.50, "b": true, "c": null, "d": [1, {"e": 2}], "f": " x "}]';
    expect((await rowsOf('a.json', json, shared))[0]?.values).toEqual(JSON.parse(json)[0]);
    expect((await rowsOf('a.json', json, foreign))[0]?.values).toEqual({
      a: '1.50',
      b: true,
      d: [1, { e: 2 }],
      f: 'x',
    });
  });

  test('may have columns that only scripts read', async () => {
    const file = await written('scripts.csv', 'email,expected\na@example.com,200\n');
    expect(await checkDataFile(file, 'scripts.csv', foreign)).toMatchObject({
      variables: new Set(['email', 'expected']),
    });
    const asking = {
      ...definition,
      steps: definition.steps.map((step) => ({ ...step, scripts: { test: 'data.expected' } })),
    };
    expect(await checkDataFile(file, 'scripts.csv', asking)).toMatchObject({ count: 1 });
    await expect(checkDataFile(file, 'scripts.csv', definition)).rejects.toThrow('"expected" is not a variable');
  });

  test('give no variable that is empty in all of them, but where it is sent as in Newman', async () => {
    const file = await written('empty.csv', 'email,region\na@example.com,\n');
    expect((await checkDataFile(file, 'empty.csv', definition)).variables).toEqual(new Set(['email']));
    const shared: Definition = { ...definition, iterations: 'shared' };
    expect((await checkDataFile(file, 'empty.csv', shared)).variables).toEqual(new Set(['email', 'region']));
  });

  test('keep the line breaks at the end of a text until they are known to be space', async () => {
    const parts: unknown[] = [];
    const bytes = async function* () {
      yield Buffer.from('- runID: |+\n    a\n\n- runID: |+\n    \n\n');
    };
    for await (const part of dataParts(bytes(), formatOf('x.yaml'))) parts.push(part);
    expect(parts).toMatchObject([{ cells: [{ data: 'a\n\n' }] }, { cells: [{ data: '\n\n' }] }]);
  });

  test('may use variables that only the run fills in', async () => {
    expect(await problemsOf('v.csv', 'namePrefix,email\n{{runID}}-{{tld}},{{runID}}@example.com\n')).toEqual([
      '1 rows',
    ]);
  });
});

describe('what is wrong in a data file is told with its place', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'value.csv',
      'region,email\nEU,"a\r\nb"\nXX,a@example.com\nEU,nobody',
      [
        'value.csv:2:4: email holds a line break or a tab; paste it again',
        'value.csv:4:1: region is "XX"; expected one of NA, CA, EU, AU, SG, AP',
        `value.csv:5:4: ${email('nobody')}`,
      ],
    ],
    [
      'name.csv',
      '\nregion,emial, envId\nEU,x,y\nEU,x,y\n',
      [
        'name.csv:2:8: 2 names are not variables of this collection: "emial" (did you mean "email"?), "envId" (did you mean "envID"?)',
      ],
    ],
    [
      'header.csv',
      'email,,email\n',
      [
        'header.csv:1:7: this column has no name; name the variable that it gives',
        'header.csv:1:8: there are two columns "email"; remove one of them',
      ],
    ],
    [
      'columns.csv',
      'email,region\na@example.com\na@example.com,EU,x\nb,EU\n',
      [
        'columns.csv:2:1: this row has 1 column; the first line has 2 columns',
        'columns.csv:3:1: this row has 3 columns; the first line has 2 columns',
        `columns.csv:4:1: ${email('b')}`,
      ],
    ],
    [
      'quote.csv',
      'email,region\nnobody,EU\n"a"b,EU\nnobody,EU\n',
      [
        `quote.csv:2:1: ${email('nobody')}`,
        'quote.csv:3:1: a quote is in the wrong place here; put the whole value in quotes, and write each quote in it twice',
      ],
    ],
    [
      'open.csv',
      'email,region\nnobody,EU\n"b,EU\nc,EU\n',
      [`open.csv:2:1: ${email('nobody')}`, 'open.csv:3:1: this quote has no closing quote'],
    ],
    ['empty.csv', '', ['empty.csv:1:1: there is no row; each gives the variables of one iteration']],
    ['head.csv', 'email,region\n', ['head.csv:1:1: there is no row; each gives the variables of one iteration']],
    [
      'a.json',
      '[\n {"email": ["a"], "region": {}},\n {"email": "nobody", "email": "b"},\n 7,\n {"email" "x"},\n {"region": "XX"},\n]',
      [
        'a.json:2:12: the value of "email" is a list or an object; expected a text',
        'a.json:2:29: the value of "region" is a list or an object; expected a text',
        `a.json:3:12: ${email('nobody')}`,
        'a.json:3:22: "email" is already given in this row; remove one of the two',
        'a.json:4:2: expected an object: {"variable": "value"}',
        'a.json:5:11: this is not valid JSON: colon expected',
        'a.json:6:13: region is "XX"; expected one of NA, CA, EU, AU, SG, AP',
        'a.json:7:1: expected an object before this',
      ],
    ],
    ['b.json', '{"email": "a@example.com"}', ['b.json:1:1: expected a list of objects: [{"variable": "value"}]']],
    ['c.json', '[{"email": "a@example.com"}', ['c.json:1:28: the list has no closing ]']],
    ['d.json', '[{"email": "a@example.com"}] 1', ['d.json:1:30: expected nothing after the list']],
    ['e.json', ' \n', ['e.json:2:1: the file is empty; expected a list of objects']],
    ['f.json', '[]', ['f.json:1:1: there is no row; each gives the variables of one iteration']],
    [
      'a.ndjson',
      '{"email": "nobody"}\r\n[]\r\n{"email": "b@example.com"}}\r\n',
      [
        `a.ndjson:1:11: ${email('nobody')}`,
        'a.ndjson:2:1: expected an object: {"variable": "value"}',
        'a.ndjson:3:27: this is not valid JSON: end of file expected',
      ],
    ],
    [
      'a.yaml',
      '- email: nobody\n- email: [a]\n  region: XX\n- email: a\n  email: b\n- just a text\n-\n- emial: x\n',
      [
        `a.yaml:1:10: ${email('nobody')}`,
        'a.yaml:2:10: the value of "email" is a list or an object; expected a text',
        'a.yaml:3:11: region is "XX"; expected one of NA, CA, EU, AU, SG, AP',
        'a.yaml:5:3: the key "email" is already in line 4; remove one of the two',
        'a.yaml:6:3: expected a mapping of variables to values',
        'a.yaml:7:2: expected a mapping of variables to values',
        'a.yaml:8:3: "emial" is not a variable of this collection; did you mean "email"?',
      ],
    ],
    [
      'b.yaml',
      'email: a@example.com\nregion:\n- EU\n',
      ['b.yaml:3:1: the value of "region" is a list or an object; expected a text'],
    ],
    ['c.yaml', '# nothing\n---\n', ['c.yaml:1:1: there is no row; each gives the variables of one iteration']],
  ])('%s', async (name, content, want) => {
    expect(await problemsOf(name, content)).toEqual(want);
  });

  test('the first 20, and how many more there are', async () => {
    const problems = await problemsOf('many.csv', `email\n${'nobody\n'.repeat(200)}`);
    expect(problems).toHaveLength(21);
    expect(problems[19]).toBe(`many.csv:21:1: ${email('nobody')}`);
    expect(problems[20]).toBe('and 180 more');
  });

  test('names that are no variables in one line, however many there are', slow, async () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `column${index}`);
    const [problem = '', ...others] = await problemsOf('wide.csv', `${names.join(',')}\n${names.join(',')}\n`);
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^wide\.csv:1:1: 30000 names are not variables .*"column4" and 29995 more; expected some of /,
    );
    expect(problem.length).toBeLessThan(2000);
    expect(
      (await problemsOf('wide.json', JSON.stringify([Object.fromEntries(names.map((name) => [name, 1]))]))).length,
    ).toBe(1);
  });

  test('never with the value of a secret', async () => {
    const contents = {
      's.csv': 'adminAppSecret,email\n"s3cr3t\tvalue",{{adminAppSecret}}\n"s3cr3t"x,y\n',
      's.json': '[{"adminAppSecret": "s3cr3t\\tvalue", "email": "{{adminAppSecret}}"}, {"adminAppSecret": s3cr3t}]',
      's.ndjson': '{"adminAppSecret": "s3cr3t\\tvalue"}\n{"adminAppSecret": "s3cr3t}',
      's.yaml':
        '- adminAppSecret: "s3cr3t\\tvalue"\n- adminAppSecret: !s3cr3t x\n- adminAppSecret: *s3cr3t\n- adminAppSecret: |s3cr3t\n' +
        '- adminAppSecret: "a" s3cr3t\n- adminAppSecret: "\\qs3cr3t"\n- adminAppSecret: [s3cr3t\n- adminAppSecret: @s3cr3t\n',
    };
    for (const [name, content] of Object.entries(contents)) {
      const problems = await problemsOf(name, content);
      expect(problems.length, name).toBeGreaterThan(1);
      expect(problems.join('\n'), name).not.toContain('s3cr3t');
    }
  });

  test('bytes that are not UTF-8, on their line', async () => {
    const words = 'this is not text in UTF-8; save the file as UTF-8';
    const latin = Buffer.from('email\nnobody\nf\xfcr@example.com\n', 'latin1');
    expect(await problemsOf('l.csv', latin)).toEqual([`l.csv:3:1: ${words}`]);
    expect(await problemsOf('u.ndjson', Buffer.from('{"email": 1}\n', 'utf16le'))).toEqual([`u.ndjson:1:1: ${words}`]);
  });

  test.each([
    ['long.csv', `email\n"${'x'.repeat(2 ** 21)}`, 'long.csv:2:1: this row is longer than 1 MiB, the limit for one'],
    [
      'long.json',
      `[ {"email": "${'x'.repeat(2 ** 21)}`,
      'long.json:1:3: this row is longer than 1 MiB, the limit for one',
    ],
    ['long.jsonl', `\n${' '.repeat(2 ** 21)}`, 'long.jsonl:2:1: this row is longer than 1 MiB, the limit for one'],
    [
      'long.yaml',
      `- email: |\n${'    x\n'.repeat(2 ** 18)}`,
      'long.yaml:1:1: this row is longer than 1 MiB, the limit',
    ],
    [
      'whole.yaml',
      `[\n${'{email: a@example.com},\n'.repeat(2 ** 16)}]`,
      'whole.yaml:1:1: without "- " in the first column a list is read whole, and this one is longer than 1 MiB, the limit',
    ],
  ])('a row without an end: %s', async (name, content, want) => {
    expect(await problemsOf(name, content)).toEqual([want]);
  });
});

describe('a data file that cannot be read', () => {
  const check = (name: string) => checkDataFile(join(folder, name), name, definition);

  test('has another ending, is missing, or is a folder', async () => {
    await expect(check('users.txt')).rejects.toThrow(
      'users.txt: the name of a data file ends in one of .csv, .json, .ndjson, .jsonl, .yaml, .yml',
    );
    await expect(check('none.csv')).rejects.toThrow('cannot read the data file none.csv: there is no such file');
    await mkdir(join(folder, 'folder.csv'));
    await expect(check('folder.csv')).rejects.toThrow('cannot read the data file folder.csv: it is a folder');
  });

  test('was changed since it was checked', async () => {
    await expect(rowsOf('changed.csv', 'email\na@example.com\nnobody\n')).rejects.toThrow(
      `changed.csv:3:1: ${email('nobody')}`,
    );
  });
});
