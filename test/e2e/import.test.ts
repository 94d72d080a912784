import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { slow } from '../slow.ts';
import { cli, collectionFile, copyCollection, root, temporaryFolder } from './support.ts';

type Json = Record<string, unknown>;

const folders: { remove(): Promise<void> }[] = [];
let folder = '';
const bodies = join(root, 'test/import/bodies.postman_collection.json');

beforeEach(async () => {
  const temporary = await temporaryFolder();
  folders.push(temporary);
  folder = temporary.path;
});

afterAll(() => Promise.all(folders.map((temporary) => temporary.remove())));

/** The bundled collection as Postman exports it: other ids or none, other order of keys, carriage returns, additions of its own. */
async function exported(edit: (collection: Exported) => void = () => {}): Promise<string> {
  const collection = foreign(JSON.parse(await readFile(collectionFile, 'utf8'))) as unknown as Exported;
  collection.info._postman_id = '6f1c7d9e-1111-4222-8333-444455556666';
  collection.info._exporter_id = '123456';
  edit(collection);
  const file = join(folder, 'exported.json');
  await writeFile(file, JSON.stringify(collection, null, '\t'));
  return file;
}

interface Exported {
  readonly info: Json;
  auth: Json;
  readonly item: { item: ExportedItem[] }[];
}

interface ExportedItem {
  name: string;
  readonly event: { listen: string; script: { exec: string[]; packages?: object } }[];
  readonly request: { description: string; header: Json[]; url: Json };
}

function foreign(value: unknown): Json {
  if (Array.isArray(value)) return value.map(foreign) as unknown as Json;
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value)
    .filter(([key, child]) => key !== 'id' && !(Array.isArray(child) && child.length === 0))
    .reverse();
  const copy = Object.fromEntries(entries.map(([key, child]) => [key, foreign(child)])) as Json;
  if (Array.isArray(copy.exec))
    return { ...copy, exec: copy.exec.map((line) => `${line}\r`), packages: {}, requests: {} };
  return copy;
}

const stepOf = ({ item }: Exported, index: number) => item[0]?.item[index] as ExportedItem;

async function textsOf(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path, { recursive: true })).filter((name) => /\.(yaml|schema\.json)$/.test(name)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')])),
  );
}

describe('import of a collection into a new folder', () => {
  test('writes files that validate and compile, and lists what it keeps as it is', async () => {
    const result = await cli(['import', bodies, 'mine'], { cwd: folder });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('mine: 16 steps, 0 clean-up steps, 2 variables; 17 files written');
    expect(result.stderr).toContain('mine/multipart.yaml:12: raw.request.body, from /item/11/request/body');
    expect((await cli(['validate', 'mine'], { cwd: folder })).code).toBe(0);
    expect((await cli(['compile', 'mine'], { cwd: folder })).code).toBe(0);
    expect((await cli(['compile', '--check', 'mine'], { cwd: folder })).code).toBe(0);
  });

  test('names the folder after the collection', async () => {
    const result = await cli(['import', bodies], { cwd: folder });
    expect(result.code).toBe(0);
    expect(await readdir(join(folder, 'every-body'))).toContain('collection.yaml');
  });

  test('does not write over files that are there, until it is told to', async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'none.yaml'), 'mine');
    const refused = await cli(['import', bodies, 'mine'], { cwd: folder });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('mine/none.yaml is there already; choose another folder, or give --force');
    expect(await readdir(join(folder, 'mine'))).toEqual(['none.yaml']);
    expect((await cli(['import', bodies, 'mine', '--force'], { cwd: folder })).code).toBe(0);
  });

  test('writes nothing outside of the folder, also where a link leads out of it', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await mkdir(join(folder, 'mine'));
    await symlink(outside, join(folder, 'mine', 'schemas'));
    const result = await cli(['import', collectionFile, 'mine'], { cwd: folder });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('leads out of mine; nothing is written there');
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(join(folder, 'mine'))).toEqual(['schemas']);
  });

  test('warns of a secret in clear and does not show it', async () => {
    const result = await cli(['import', join(root, 'test/import/auth.postman_collection.json'), 'mine'], {
      cwd: folder,
    });
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/warning: mine\/jwt\.yaml:\d+: this looks like a secret in clear/);
    expect(`${result.stdout}${result.stderr}`).not.toMatch(/secret-of-the-jwt|pass-word-1|token-value-1/);
  });

  test.each([
    ['no-such-file.json', 'cannot read no-such-file.json: there is no such file'],
    ['.', 'cannot read .: it is a folder without a request of Postman 12 (*.request.yaml)'],
  ])('refuses %s with the reason', async (file, message) => {
    const result = await cli(['import', file, 'mine'], { cwd: folder });
    expect([result.code, result.stderr]).toEqual([2, `error: ${message}\n`]);
  });

  test('shows examples in its help', async () => {
    const { code, stdout } = await cli(['import', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /pingone-tutorial import exported\.json collections\/create-a-test-environment \\\n +--force/,
    );
  });
});

describe('import of what Postman exported into the definition it came from', () => {
  test('changes nothing when nothing was edited', slow, async () => {
    const copy = await copyCollection(folder);
    const before = await textsOf(copy);
    const result = await cli(['import', await exported(), copy]);
    const summary = `6 steps, 1 clean-up step, ${countVariables(before)} variables; nothing changed`;
    expect(result.stderr).toBe(`${copy}: ${summary}\n${requiredLine}`);
    expect([result.code, result.stdout]).toEqual([0, '']);
    expect(await textsOf(copy)).toEqual(before);
  });

  test('carries an edited description, header, status and name into the YAML, and leaves all else as it is written', async () => {
    const copy = await copyCollection(folder);
    const before = await textsOf(copy);
    const file = await exported((collection) => {
      const step = stepOf(collection, 2);
      step.request.description += '\n\nEdited in Postman.';
      step.request.header.push({ key: 'X-New', value: '{{fresh}}', type: 'text' });
      const script = step.event.find(({ listen }) => listen === 'test')?.script;
      if (script) script.exec = script.exec.map((line) => line.replace('have.status(201)', 'have.status(202)'));
      stepOf(collection, 0).name = 'Step 1: Sign on';
    });
    const shown = await cli(['import', file, copy]);
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain('holds a definition; the changes above were not made. Give --force to make them');
    expect(await textsOf(copy)).toEqual(before);

    const made = await cli(['import', file, copy, '--force']);
    expect(made.code).toBe(0);
    expect(made.stdout).toBe(shown.stdout);
    expect(made.stderr).not.toContain('kept as it is');
    const changes = shown.stdout.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    expect(changes).toEqual([
      '+  fresh:',
      '+    description: Imported from a Postman collection; say here what it is.',
      '+    required: true',
      '-name: "Step 1: Get an access token"',
      '+name: "Step 1: Sign on"',
      '+',
      '+  Edited in Postman.',
      '+    - name: X-New',
      '+      value: "{{fresh}}"',
      '-  status: 201',
      '+  status: 202',
      '-  status: 201',
      '+  status: 202',
    ]);
    expect((await cli(['validate', copy])).code).toBe(0);
  });

  test('removes the file of a step that was deleted in Postman, and adds one for a new request', slow, async () => {
    const copy = await copyCollection(folder);
    const file = await exported(({ item }) => {
      item[0]?.item.splice(5, 1);
      item[0]?.item.push({
        name: 'Read the user',
        event: [],
        request: {
          method: 'GET',
          description: '',
          header: [],
          url: '{{apiPath}}/v1/environments/{{envID}}/users/{{sharedUserID}}',
        },
      } as never);
    });
    const result = await cli(['import', file, copy, '--force']);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('2 files written, 1 file removed');
    const names = Object.keys(await textsOf(copy));
    expect(names).not.toContain('6-set-user-password.yaml');
    expect(names).toContain('read-the-user.yaml');
    expect((await cli(['validate', copy])).code).toBe(0);
  });

  test('keeps what was added at the end of a script as a script', slow, async () => {
    const copy = await copyCollection(folder);
    const file = await exported((collection) => {
      for (const event of stepOf(collection, 1).event) event.script.exec.push('', `console.log('${event.listen}');`);
    });
    expect((await cli(['import', file, copy, '--force'])).code).toBe(0);
    const text = (await textsOf(copy))['2-read-licenses.yaml'] ?? '';
    expect(text).toMatch(
      /scripts:\n {2}prerequest: console\.log\('prerequest'\);\n {2}test: console\.log\('test'\);\n/,
    );
    expect(text).not.toContain('raw:');
    expect((await cli(['validate', copy])).code).toBe(0);
  });

  test('shows neither the old nor the new value of a secret in clear', slow, async () => {
    const copy = await copyCollection(folder, {
      'collection.yaml': ['bearer: "{{accessToken}}"', 'bearer: the-old-token-in-clear'],
    });
    const file = await exported((collection) => {
      collection.auth = { type: 'bearer', bearer: [{ key: 'token', value: 'the-new-token-in-clear', type: 'string' }] };
    });
    const { code, stdout, stderr } = await cli(['import', file, copy, '--force']);
    expect([code, stderr]).toEqual([
      expect.any(Number),
      expect.stringMatching(/collection\.yaml:\d+: this looks like a secret/),
    ]);
    expect(stdout).toContain('[secret]');
    expect(`${stdout}${stderr}`).not.toMatch(/the-(old|new)-token/);
  });

  test('refuses a definition that has problems', async () => {
    const copy = await copyCollection(folder, { '2-read-licenses.yaml': ['request:', 'requests:'] });
    const result = await cli(['import', await exported(), copy]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('has problems, so nothing can be merged into it; put them right');
  });
});

const requiredLine = 'a person must give: adminEnvID, adminAppID, adminAppSecret\n';

function countVariables(texts: Readonly<Record<string, string>>): number {
  const [, variables = ''] = /\nvariables:\n([\s\S]*?)\n\S/.exec(texts['collection.yaml'] ?? '') ?? [];
  return variables.split('\n').filter((line) => /^ {2}\w/.test(line)).length;
}
