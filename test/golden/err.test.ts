import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDefinition } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { goldenCases, goldenFolder } from './support.ts';

/** What a terminal shows for the folder of a case, with paths that are the same on every machine. */
async function problemsOf(folder: string, name: string): Promise<string> {
  const { problems } = await readDefinition(folder, name);
  return `${renderProblems(problems, { source: true })}\n`;
}

const cases = await goldenCases('err');

describe('a bad definition is told in the words of its expected.txt', () => {
  test.each(cases)('%s', async (name) => {
    const folder = join(goldenFolder('err'), name);
    const text = await problemsOf(folder, name);
    expect(text, 'the definition must have a problem').not.toBe('\n');
    const expected = join(folder, 'expected.txt');
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(expected, text);
    expect(text).toBe(await readFile(expected, 'utf8'));
  });
});

describe('what is said of a bad definition', () => {
  const internal =
    /instancePath|schemaPath|anyOf|oneOf|allOf|undefined|\[object|must NOT|additionalProperties|stringKeys|sourceType|strictTypes|\bNaN\b/;

  test.each(cases)('is in plain words, at a place that exists: %s', async (name) => {
    const { problems } = await readDefinition(join(goldenFolder('err'), name), name);
    for (const { file, line, column, message } of problems) {
      expect(message).not.toMatch(internal);
      const text = await readFile(join(goldenFolder('err'), file), 'utf8');
      const lines = text.replace(/^\uFEFF/, '').split('\n');
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }
  });
});

test('a file larger than 1 MiB is refused without being parsed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  await writeFile(join(folder, 'collection.yaml'), `description: ${'x'.repeat(1024 * 1024)}\n`);
  expect((await readDefinition(folder, 'huge')).problems).toEqual([
    expect.objectContaining({
      file: 'huge/collection.yaml',
      line: 1,
      column: 1,
      message: 'the file is larger than 1 MiB, the limit for a definition',
    }),
  ]);
});

test('a folder without a collection.yaml is a mistake of the command line, not of a definition', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  await expect(readDefinition(folder, 'empty')).rejects.toThrow(
    'empty/collection.yaml does not exist; name a folder that holds a collection.yaml',
  );
});
