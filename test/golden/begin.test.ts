import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { vendoredPath } from '../../src/cli/pack-tool.ts';
import { readDefinitionFrom } from '../../src/definition/load.ts';
import { type BegunCollection, begunFiles } from '../../src/import/begin/begun-collection.ts';
import { beginFromCurl } from '../../src/import/begin/from-curl.ts';
import { beginFromOpenApi } from '../../src/import/begin/from-openapi.ts';
import { cli, temporaryFolder } from '../e2e/support.ts';
import { expectGolden } from './support.ts';

const folder = fileURLToPath(new URL('begin', import.meta.url));

const cases = (await readdir(folder)).sort();

async function begin(name: string): Promise<BegunCollection> {
  const [input = ''] = (await readdir(join(folder, name))).filter((file) => file.startsWith('input.'));
  const text = await readFile(join(folder, name, input), 'utf8');
  return input.endsWith('.txt') ? beginFromCurl(text, 'my-api') : beginFromOpenApi(text, input);
}

describe('a collection begins with what describes an API', () => {
  test.each(cases)('%s', async (name) => {
    const files = begunFiles(await begin(name));
    const flat = [...files].map(([path, text]) => [path.replace('schemas/', ''), text]);
    await expectGolden(join(folder, name, 'expected'), Object.fromEntries(flat));
    expect((await readDefinitionFrom(files, name)).problems).toEqual([]);
    expect([...files.values()].join('')).not.toMatch(/secret-|k3y/);
  });

  it.each([
    ['no command', 'wget https://example.com', 'there is no curl command in it; expected lines that begin with curl'],
    ['no address', 'curl -X GET', 'this is not a curl command that can be read'],
    ['a file', 'curl -F file=@x https://example.com', 'a curl command with -F cannot be taken over'],
  ])('but not with %s', async (_what, text, message) => {
    await expect(beginFromCurl(text, 'my-api')).rejects.toThrow(message);
  });

  it.each([
    ['openapi: 2.0', 'is not an OpenAPI description that can be read'],
    ['openapi: 3.1.0', 'has no operation under paths'],
    ['openapi: [', 'has no closing ]'],
  ])('nor with %s', (text, message) => {
    expect(() => beginFromOpenApi(text, 'api.yaml')).toThrow(message);
  });
});

it('init writes it into a folder, valid and compiled, with the values to give in .env.example', async () => {
  const place = await temporaryFolder();
  await mkdir(join(place.path, 'vendor'));
  await writeFile(join(place.path, vendoredPath), 'a tarball');
  const here = (...argv: string[]) => cli(argv, { cwd: place.path });
  const begun = await here('init', '--from-openapi', join(folder, 'openapi-3.0/input.yaml'));
  expect(begun.stderr).toBe('');
  expect(begun.stdout).toContain('Put the steps in order and capture what later ones need');
  expect((await here('validate')).stdout).toContain('collections/todo-api: 4 steps');
  expect((await here('compile', '--check')).code).toBe(0);
  expect(await readFile(join(place.path, '.env.example'), 'utf8')).toBe(
    ['BASE_URL', 'PAGE_SIZE', 'TODO_ID', 'TOKEN'].map((name) => `TODO_API_${name}=\n`).join(''),
  );
  expect(await readdir(place.path)).not.toContain('.github');
  await place.remove();
});
