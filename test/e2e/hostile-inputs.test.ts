import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { slowUnless } from '../slow.ts';
import { cli, root, temporaryFolder } from './support.ts';

/** Inputs that a person's file, or an attacker's, may hold: each ends with a clear error, in time that grows with the file. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const there = (...parts: string[]) => join(folder.path, ...parts);
const nested = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
const columns = (count: number, name: (index: number) => string) =>
  `${Array.from({ length: count }, (_, index) => name(index)).join(',')}\n`;

for (const [what, text, message] of [
  ['a row of many levels', `[{"email":${nested(100_000)}}]`, /data.json:1:2: this row has more than 500 levels/],
  ['a file of many levels', nested(200_000), /data.json:1:2: this row has more than 500 levels/],
  [
    'a secret by its name',
    '[{"email":"{{adminAppSecret}}@example.com"}]',
    /data.json:1:11: email would hold the secret/,
  ],
] as const)
  it(`a data file with ${what}`, slowUnless(what !== 'a file of many levels'), async () => {
    await writeFile(there('data.json'), text);
    const result = await cli(['run', '--simulator', '--data', there('data.json')]);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(2);
  });

for (const [what, name, message] of [
  [
    '30,000 columns that are no variables',
    (index: number) => `c${index}`,
    /30000 names are not variables of this collection/,
  ],
  ['30,000 columns of one name', () => 'email', /there are two columns "email".*and 299\d\d more/s],
] as const)
  it(`a CSV file with ${what}`, slowUnless(what === '30,000 columns of one name'), async () => {
    await writeFile(there('data.csv'), `${columns(30_000, name)}${columns(30_000, () => 'x')}`);
    const result = await cli(['run', '--simulator', '--data', there('data.csv')]);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(2);
  });

const draft = 'http://json-schema.org/draft-07/schema#';
/** Each part refers to the next one twice: 2^40 places, if they were written out. */
const doubling = {
  $schema: draft,
  type: 'object',
  required: ['access_token', 'token_type'],
  properties: { access_token: { type: 'string' }, token_type: { type: 'string' }, more: { $ref: '#/definitions/d0' } },
  definitions: Object.fromEntries(
    Array.from({ length: 41 }, (_, index) => {
      const next = { $ref: `#/definitions/d${index + 1}` };
      return [`d${index}`, index === 40 ? {} : { type: 'object', properties: { one: next, other: next } }];
    }),
  ),
};

it.each<[string, object, string | RegExp]>([
  ['refers to itself', { $schema: draft, $ref: '#' }, /token.schema.json:1:1: this leads back to itself without end/],
  [
    'refers to itself by others',
    { $schema: draft, anyOf: [{ $ref: '#/definitions/a' }], definitions: { a: { allOf: [{ $ref: '#' }] } } },
    /token.schema.json:1:1: this leads back to itself/,
  ],
  ['refers to each part twice', doubling, ''],
])('a schema that %s', async (_what, schema, message) => {
  await cp(join(root, 'test/docs/minimal'), there('minimal'), { recursive: true });
  await writeFile(there('minimal/schemas/token.schema.json'), JSON.stringify(schema));
  const result = await cli(['validate', there('minimal')]);
  expect(result.stdout + result.stderr).toMatch(message);
  expect(result.code).toBe(message === '' ? 0 : 3);
  if (message === '') expect((await cli(['compile', there('minimal')])).code).toBe(0);
});

it('a folder of reports in which links lead round in circles', async () => {
  await mkdir(there('reports/deeper'), { recursive: true });
  await symlink(there('reports'), there('reports/deeper/again'));
  await cli(['run', '--simulator', '--quiet', '--reporter', `json=${there('reports/deeper/run.json')}`]);
  const result = await cli(['merge-reports', there('reports'), '--reporter', `json=${there('merged.json')}`]);
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
});
