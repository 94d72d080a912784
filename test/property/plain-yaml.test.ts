import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Composer, type Document, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { parseSource } from '../../src/definition/parse.ts';
import { type PlainYaml, placedDepth, readPlainYaml } from '../../src/definition/plain-yaml.ts';
import { formatPointer } from '../../src/definition/pointer.ts';

const collections = fileURLToPath(new URL('../../collections', import.meta.url));
const names = (await readdir(collections, { recursive: true })).filter((name) =>
  /^[^/\\]+[/\\][^/\\]*(?<!arazzo|openapi)\.yaml$/.test(name),
);
const originals = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await readFile(join(collections, name), 'utf8')] as const)),
);

/** Content and places as the package `yaml` gives them; undefined when it finds anything wrong. */
function readByPackage(text: string): PlainYaml | undefined {
  const composer = new Composer({ schema: 'core', resolveKnownTags: false, stringKeys: true });
  const [document, second] = [...composer.compose(new Parser().parse(text))];
  if (!document || second || document.errors.length > 0 || document.warnings.length > 0) return undefined;
  return { data: document.toJS() as object, places: Object.fromEntries(placesOf(document, text)) };
}

function placesOf(document: Document, text: string): [string, number][] {
  const lines = new LineCounter();
  for (const [index, character] of [...text.split('')].entries()) if (character === '\n') lines.addNewLine(index + 1);
  lines.lineStarts.unshift(0);
  const walk = (node: unknown, path: readonly (string | number)[]): [string, number][] => {
    if (path.length === placedDepth) return [];
    const entries = isMap(node)
      ? node.items.map(({ key, value }) => ({ key: isScalar(key) ? String(key.value) : '', at: key, value }))
      : isSeq(node)
        ? node.items.map((item, index) => ({ key: index, at: item, value: item }))
        : [];
    return entries.flatMap(({ key, at, value }): [string, number][] => {
      const inner = [...path, key];
      const [offset = 0] = (at as { range?: [number, number, number] }).range ?? [];
      return [[formatPointer(inner), lines.linePos(offset).line], ...walk(value, inner)];
    });
  };
  return walk(document.contents, []);
}

/** What is read as plain is what the package reads. Gives whether it is plain. */
function expectSame(text: string): boolean {
  const plain = readPlainYaml(text);
  if (!plain) return false;
  const read = readByPackage(text);
  expect(JSON.stringify(plain.data), text).toBe(JSON.stringify(read?.data));
  expect(plain.data).toEqual(read?.data);
  expect(Object.entries(plain.places), text).toEqual(Object.entries(read?.places ?? {}));
  return true;
}

test.each(names)('the files of the collections are plain, and read as the package reads them: %s', (name) => {
  expect(expectSame(originals[name] ?? '')).toBe(true);
});

const piece = fc.constantFrom(
  ...['\n', '  ', ' ', '\t', ': ', ':', '- ', '-', '-\n', '? ', '"', "'", '{', '}', '[', ']', ',', '#', ' #', '|', '>'],
  ...['|-', '>-', '|+', '|2', '&a ', '*a', '!!str ', '---\n', '...\n', '%', '@', '`', '~', '\\', '\\u00e9', '\\x41'],
  ...['null', 'true', 'True', '0x1F', '0o7', '1e3', '.5', '1.', '+1', '-1', '1_0', '007', '123', '<<: ', '""', "''"],
  ...[
    '\n\n',
    '\n  \n',
    ' \n',
    '\r\n',
    '\u2028',
    '\u00a0',
    '\u0085',
    'é',
    '\n# c\n',
    '\n    # c\n',
    '# c\n',
    '{}',
    '[]',
  ],
  ...['{ a: b }', '[a, b]', '{ a: b, }', '[a: b]', 'a: b', 'a:b', 'key:\n', 'k: |\n   x\n  y\n', '>\n  a\n   b\n  c\n'],
  ...['"a" : ', '"1": ', '__proto__: ', '- - a', '- a: b\n  c: d\n', '{{x}}', 'a b', '? a\n: b\n'],
);

/** Some rows of a file, from one that is not indented to another. */
const excerpt = fc.constantFrom(...Object.values(originals)).chain((text) => {
  const rows = text.split('\n');
  const starts = rows.flatMap((row, index) => (/^[^ #]/.test(row) ? [index] : []));
  return fc
    .tuple(fc.nat({ max: starts.length - 1 }), fc.integer({ min: 1, max: 3 }))
    .map(([from, count]) => `${rows.slice(starts[from], starts[from + count] ?? rows.length).join('\n')}\n`);
});

const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat({ max: 4 }), piece });

test('a text that was damaged is read as the package reads it, or not at all', () => {
  let plain = 0;
  fc.assert(
    fc.property(excerpt, fc.array(damage, { minLength: 1, maxLength: 3 }), (text, damages) => {
      const damaged = damages.reduce((before, { at, cut, piece }) => {
        const offset = Math.floor(at * before.length);
        return before.slice(0, offset) + piece + before.slice(offset + cut);
      }, text);
      if (expectSame(damaged)) plain += 1;
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('a text made of pieces is read as the package reads it, or not at all', () => {
  const text = fc.array(fc.oneof(piece, fc.constantFrom('a', 'b: ', 'c:\n  ', '\n- ', '\n  ')), { maxLength: 12 });
  fc.assert(
    fc.property(text, (pieces) => {
      expectSame(`${pieces.join('')}\n`);
    }),
    { numRuns: 5000 },
  );
});

test('what the package alone reads is read by it', () => {
  const { source, problems } = parseSource('a.yaml', 'a: &x 1\nb: "two\n  lines"\n');
  expect(problems).toEqual([]);
  expect(source.data).toEqual({ a: 1, b: 'two lines' });
});
