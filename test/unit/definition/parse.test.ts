import { describe, expect, test } from 'vitest';
import { parseSource } from '../../../src/definition/reading/parse.ts';
import { problemAtPath, problemInText } from '../../../src/definition/reading/source-file.ts';
import { slow } from '../../slow.ts';

describe('texts that are refused whole', () => {
  test.each<{ given: string; text: string; want: RegExp }>([
    { given: 'lists nested in lists', text: '['.repeat(100_000), want: /nested more than 100 levels deep/ },
    { given: 'mappings nested in mappings', text: '{a: '.repeat(20_000), want: /nested more than 100 levels deep/ },
    { given: 'list items nested in list items', text: '- '.repeat(20_000), want: /nested more than 100 levels deep/ },
    { given: 'more than 1 MiB of UTF-8', text: `# ${'é'.repeat(524_288)}`, want: /larger than 1 MiB/ },
    { given: 'a text that was not UTF-8', text: 'a: \uFFFD', want: /UTF-8/ },
  ])('$given', ({ text, want }) => {
    const { problems, source } = parseSource('a.yaml', text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(want);
    expect(source.data).toBeUndefined();
  });
});

test('100 levels are read, 101 are not', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
  expect(parseSource('a.yaml', nested(100)).problems).toEqual([]);
  expect(parseSource('a.yaml', nested(101)).problems).toEqual([
    expect.objectContaining({ line: 1, column: 101, message: 'this is nested more than 100 levels deep' }),
  ]);
});

describe('texts that are read', () => {
  test.each<{ given: string; text: string; want: unknown }>([
    { given: 'JSON that is indented with tabs', text: '{\n\t"a": [\n\t\t1\n\t]\n}', want: { a: [1] } },
    { given: 'a byte order mark', text: '\uFEFFa: 1', want: { a: 1 } },
    { given: 'Windows line endings', text: 'a: |\r\n  x\r\n  y\r\n', want: { a: 'x\ny\n' } },
    { given: 'numbers as keys, as text', text: '200: a', want: { '200': 'a' } },
    {
      given: 'words of YAML 1.1 and a date, as text',
      text: '%YAML 1.1\n---\n[yes, 2001-01-01]',
      want: ['yes', '2001-01-01'],
    },
    { given: 'an anchor that nobody uses', text: 'a: &b c', want: { a: 'c' } },
    { given: 'a merge key, as a key like any other', text: '<<: { a: 1 }', want: { '<<': { a: 1 } } },
  ])('$given', ({ text, want }) => {
    const { problems, source } = parseSource('a.yaml', text);
    expect(problems).toEqual([]);
    expect(source.data).toEqual(want);
  });

  test('a key that objects have is a key like any other', () => {
    const { data } = parseSource('a.yaml', '__proto__: { a: 1 }\nconstructor: 2').source;
    expect(Object.entries(data as object)).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ]);
  });
});

test('many keys are read in a moment', slow, () => {
  const text = Array.from({ length: 50_000 }, (_, index) => `key${index}: 1`).join('\n');
  const before = performance.now();
  expect(parseSource('a.yaml', text).problems).toEqual([]);
  expect(performance.now() - before).toBeLessThan(10_000);
});

describe('a place in a script is the place in the file', () => {
  test.each<{ given: string; text: string; within: [number, number]; want: [number, number] }>([
    { given: 'a literal block', text: 'a: |\n  x\n  yz', within: [2, 2], want: [3, 4] },
    { given: 'a block with a comment on its header', text: 'a: |- # why\n    x\n    yz', within: [2, 1], want: [3, 5] },
    { given: 'a block that begins with an empty line', text: 'a: |\n\n  x', within: [2, 1], want: [3, 3] },
    { given: 'a block with an explicit indentation', text: 'a: |1\n   x', within: [1, 3], want: [2, 4] },
    { given: 'a block with Windows line endings', text: 'a: |\r\n  x\r\n  yz\r\n', within: [2, 2], want: [3, 4] },
    { given: 'a block after a byte order mark', text: '\uFEFFa: |\n  x', within: [1, 1], want: [2, 3] },
    { given: 'a plain text', text: 'a: x yz', within: [1, 3], want: [1, 6] },
    { given: 'a quoted text', text: 'a: "x yz"', within: [1, 3], want: [1, 7] },
    { given: 'the end of a quoted text', text: 'a: "x"', within: [1, 2], want: [1, 6] },
    { given: 'a folded block: its beginning', text: 'a: >\n  x\n  y', within: [1, 3], want: [1, 4] },
    { given: 'a text with escapes: its beginning', text: 'a: "x\\ty"', within: [1, 3], want: [1, 4] },
  ])('$given', ({ text, within: [line, column], want }) => {
    const { source, problems } = parseSource('a.yaml', text);
    expect(problems).toEqual([]);
    const problem = problemInText(source, ['a'], { line, column }, 'wrong');
    expect([problem.line, problem.column]).toEqual(want);
  });
});

test.each<{ path: (string | number)[]; atKey?: boolean; want: [number, number] }>([
  { path: [], want: [2, 1] },
  { path: ['a'], want: [3, 3] },
  { path: ['a'], atKey: true, want: [2, 1] },
  { path: ['a', 'b'], want: [3, 6] },
  { path: ['a', 'b', 1], want: [3, 10] },
  { path: ['a', 'missing'], want: [3, 3] },
  { path: ['a', 'b', 7], want: [3, 6] },
  { path: ['empty'], want: [4, 7] },
])('the place of $path is $want', ({ path, atKey = false, want }) => {
  const { source } = parseSource('a.yaml', '# comment\na:\n  b: [x, y]\nempty:\n');
  const { line, column } = problemAtPath(source, path, 'wrong', atKey);
  expect([line, column]).toEqual(want);
});
