import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import { loadDefinition, readDefinition } from '../../src/definition/load.ts';
import { parseSource } from '../../src/definition/reading/parse.ts';
import type { Problem } from '../../src/definition/reading/problem.ts';
import { collectionShapeProblems, stepShapeProblems } from '../../src/definition/reading/shape.ts';
import { slow } from '../slow.ts';

const real = fileURLToPath(new URL('../../collections/create-a-test-environment', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'mutated-'));
await cp(real, folder, { recursive: true });
const names = (await readdir(folder, { recursive: true }))
  .filter((name) => /\.(yaml|schema\.json)$/.test(name) && !/\.(arazzo|openapi)\.yaml$/.test(name))
  .sort();
const originals = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
);

afterAll(() => rm(folder, { recursive: true }));

/** The problem has a message, and a place that the file has. */
function expectPlace({ file, line, column, message }: Problem, text: string): void {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  expect(message, file).not.toBe('');
  expect(message).not.toMatch(/\[object|must NOT|instancePath/);
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line, `${file}: ${message}`).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
}

/** Pieces that mean something in YAML, JSON or the format. */
const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '  ',
    '\t',
    ': ',
    '- ',
    '? ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '#',
    '|',
    '>',
    '&a ',
    '*a',
    '!!str ',
  ),
  fc.constantFrom(
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '{{',
    '}}',
    '{{$guid}}',
    '\r\n',
    '\0',
    '\uFEFF',
    '\uFFFD',
    '~',
    'null',
    '<<: ',
    '1e999',
  ),
  fc.constantFrom(
    'id: ',
    'name: ',
    'request: ',
    'expect: ',
    'capture: ',
    'steps: ',
    'variables: ',
    'script: ',
    'status: ',
  ),
  fc.constantFrom(
    '/',
    '../',
    '.',
    'collection.yaml',
    'schemas',
    '__proto__: ',
    'constructor',
    '99999999999999999999',
    '-1',
  ),
  fc.string({ maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
);

test('any text is read as a definition, or as problems at places that it has', slow, () => {
  const text = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (some) => {
      const { source, problems } = parseSource('some.yaml', some);
      const all = problems.length > 0 ? problems : [...collectionShapeProblems(source), ...stepShapeProblems(source)];
      expect(all.length).toBeGreaterThan(0);
      for (const problem of all) expectPlace(problem, some);
    }),
    { numRuns: 3000 },
  );
});

/** A change to a text at a place given as a part of its length, or of its number of lines. */
const mutation = fc.record({
  unit: fc.constantFrom('character', 'line'),
  change: fc.constantFrom('delete', 'replace', 'insert', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  with: piece,
});

function mutated(
  text: string,
  { unit, change, at, with: inserted }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string {
  const separator = unit === 'line' ? '\n' : '';
  const units = text.split(separator);
  const index = Math.floor(at * units.length);
  const [one = '', next = ''] = units.slice(index, index + 2);
  const changes = {
    delete: [1, []],
    replace: [1, [inserted]],
    insert: [0, [inserted]],
    repeat: [0, [one]],
    swap: [2, [next, one]],
  } as const;
  const [removed, added] = changes[change];
  units.splice(index, removed, ...added);
  return units.join(separator);
}

async function damageFiles(numRuns: number): Promise<void> {
  const damage = fc.array(fc.tuple(fc.constantFrom(...names), mutation), { minLength: 1, maxLength: 4 });
  let bad = 0;
  await fc.assert(
    fc.asyncProperty(damage, async (mutations) => {
      const texts = { ...originals };
      for (const [name, change] of mutations) texts[name] = mutated(texts[name] ?? '', change);
      const changed = [...new Set(mutations.map(([name]) => name))];
      for (const name of changed) await writeFile(join(folder, name), texts[name] ?? '');
      try {
        const { definition, problems } = await readDefinition(folder, '');
        bad += problems.length > 0 ? 1 : 0;
        if (definition) expect(() => compile(definition)).not.toThrow();
        else expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) {
          const text = texts[problem.file] ?? (await readFile(join(folder, problem.file), 'utf8'));
          // The file is written and read as UTF-8, which has no lone surrogates.
          expectPlace(problem, Buffer.from(text).toString());
        }
      } finally {
        for (const name of changed) await writeFile(join(folder, name), originals[name] ?? '');
      }
    }),
    { numRuns },
  );
  expect(bad).toBeGreaterThan(numRuns / 3);
}

for (const numRuns of [20, 80]) {
  const options = { ...slow, timeout: 120_000 };
  test(
    `the files of a collection, damaged in any way, are read as a definition or as problems at places they have (${numRuns})`,
    options,
    () => damageFiles(numRuns),
  );
}

test('reading and compiling twice gives the same bytes', async () => {
  const [first, second] = await Promise.all([loadDefinition(real), loadDefinition(real)]);
  expect(compile(first)).toEqual(compile(second));
  expect(compile(first)).toEqual(compile(first));
});
