import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultCollection } from '../../src/cli/collection-folder.ts';
import { compile } from '../../src/compile/compile.ts';
import { loadDefinition, readDefinitionFrom } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { importCollection } from '../../src/import/import-collection.ts';
import { keptParts, toFiles } from '../../src/import/writing/files.ts';
import { goldenCasesInPostman, goldenFolder } from '../golden/support.ts';
import { slow, slowUnless } from '../slow.ts';
import { definitionFiles } from './definitions.ts';

const collections = fileURLToPath(new URL('../../collections', import.meta.url));
const bundled = readdirSync(collections, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const folders = [
  ...bundled.map(({ name }) => [name, join(collections, name)] as const),
  ...(await goldenCasesInPostman()).map((name) => [name, join(goldenFolder('ok'), name)] as const),
];

const isInSample = (name: string) => name === defaultCollection || !bundled.some((entry) => entry.name === name);

/** So many definitions of each kind: a few, and what the OS variable IMPORT_RUNS says. */
const amounts = [10, Number(process.env.IMPORT_RUNS ?? 60)];

/** The compiled collection, and what its import compiles to. */
async function thereAndBack(files: ReadonlyMap<string, string>) {
  const { definition, problems } = await readDefinitionFrom(files, 'given');
  expect(renderProblems(problems)).toBe('');
  if (!definition) throw new Error('not a definition');
  const [compiled] = compile(definition);
  const imported = importCollection(compiled?.text ?? '', { file: compiled?.name ?? '' });
  const written = toFiles(imported, '');
  const again = await readDefinitionFrom(written, 'imported');
  expect(renderProblems(again.problems), [...written.values()].join('\n')).toBe('');
  return { before: compiled?.text, after: again.definition && compile(again.definition)[0]?.text, imported, written };
}

describe('a compiled collection that is imported and compiled again is the same, to the byte', () => {
  for (const [name, folder] of folders)
    test(`${name}, in the words of the format`, slowUnless(isInSample(name)), async () => {
      const definition = await loadDefinition(folder);
      const [compiled] = compile(definition);
      const imported = importCollection(compiled?.text ?? '', { file: compiled?.name ?? '' });
      const files = toFiles(imported, '');
      const again = await readDefinitionFrom(files, 'imported');
      expect(renderProblems(again.problems)).toBe('');
      expect(again.definition && compile(again.definition)[0]?.text).toBe(compiled?.text);
      const hasFragments = [definition, ...definition.steps].some(({ raw }) => raw);
      expect(keptParts(imported, files).length > 0).toBe(hasFragments);
      expect(imported.notes).toEqual([]);
    });

  test.each([{}, { request: {} }])('with the fragment %j, which changes nothing', async (raw) => {
    const url = 'https://example.com';
    const step = { id: 's', name: 'S', request: { method: 'POST', url, body: { form: { a: '1', '': ' ' } } }, raw };
    const collection = { id: 'c', name: 'C', variables: {}, authorization: { none: true }, steps: ['s.yaml'] };
    const files = Object.entries({ 'collection.yaml': collection, 's.yaml': { ...step, description: '', expect: {} } });
    const { before, after } = await thereAndBack(
      new Map(files.map(([name, data]) => [name, JSON.stringify({ description: '', ...data })])),
    );
    expect(after).toBe(before);
  });

  describe.each(amounts)('%i times', (numRuns) => {
    const options = { ...slow, timeout: 3_000_000 };

    test('every definition', options, async () => {
      await fc.assert(
        fc.asyncProperty(definitionFiles({ fragments: false }), async (files) => {
          const { before, after, imported, written } = await thereAndBack(files);
          expect(after).toBe(before);
          expect(keptParts(imported, written)).toEqual([]);
        }),
        { numRuns },
      );
    });

    test('every definition with fragments of the Postman format', options, async () => {
      await fc.assert(
        fc.asyncProperty(definitionFiles({ fragments: true }), async (files) => {
          const { before, after } = await thereAndBack(files);
          expect(after).toBe(before);
        }),
        { numRuns },
      );
    });
  });
});
