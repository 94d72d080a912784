import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSource } from '../../../src/definition/reading/parse.ts';
import { placesOf } from '../../../src/definition/reading/source-file.ts';
import { newYamlMemory } from '../../../src/definition/reading/yaml-memory.ts';
import { isPlain, placesIn } from '../../../src/import/writing/plain-data.ts';
import { toYaml } from '../../../src/import/writing/yaml.ts';

const parts = [
  'a',
  'Z',
  '1',
  '0x',
  '.',
  '-',
  '- ',
  ' ',
  '  ',
  '\n',
  ':',
  ': ',
  '#',
  ' #',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '{{x}}',
  '[',
  ']',
  '|',
  '>',
  '&',
  '*',
  '!',
  '%',
  '@',
  '`',
  '?',
  '? ',
  ',',
  '=',
  '<<',
  '---',
  '...',
  '~',
  'null',
  'true',
  'no',
  '\t',
  '\r',
  'ä',
  '\u00a0',
  '€',
  '🙂',
];
const texts = fc.oneof(
  fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((some) => some.join('')),
  fc.string(),
);
const keys = fc.oneof(fc.constantFrom('a', 'b', 'value', 'c-d', '$ref', 'x.y', 'null', 'True', '1'), texts);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 5 },
    texts,
    fc.constantFrom<unknown>(null, true, false, 0, -7, 1e21, 0.5, -0, [], {}),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(keys, tie('data'), { maxKeys: 4 }),
  ),
}));

it('plain data reads as the same again, its keys and items where they are expected', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.dictionary(keys, data, { minKeys: 1, maxKeys: 5 }), (given) => {
      if (!isPlain(given)) return;
      plain += 1;
      const text = toYaml(given, 'step', '');
      const { source, problems } = parseSource('', text);
      expect(problems).toEqual([]);
      expect(source.data).toEqual(given);
      for (const depth of [1, 3, 6]) expect(placesIn(text, given, depth)).toBe(placesOf(source, depth));
    }),
    { numRuns: Number(process.env.IMPORT_RUNS ?? 100) * 20 },
  );
  expect(plain).toBeGreaterThan(100);
});

it.each<[string, unknown]>([
  ['a text that begins or ends with a blank', ' a'],
  ['a block that begins with an indented line', '  a\nb'],
  ['a line with a blank at its end', 'a \nb'],
  ['a tab', 'a\tb'],
  ['a fraction', 0.5],
  ['minus zero', -0],
  ['undefined', undefined],
  ['a key that is another value', { null: 'a' }],
  ['a key with a blank', { 'a b': 'c' }],
  ['a hundred and one levels', Array.from({ length: 101 }).reduce<unknown>((inner) => [inner], 'a')],
])('not plain: %s', (_, value) => {
  expect(isPlain({ body: value })).toBe(false);
});

it('is known to the memory only when it has the shape of its kind', () => {
  const memory = newYamlMemory();
  const step = { id: 'a', name: 'A', request: { method: 'GET', url: 'https://a.example' }, expect: { status: 200 } };
  const text = toYaml(step, 'step', '', memory);
  expect(memory.find('step', text)?.data).toEqual(step);
  expect(memory.find('step', toYaml({ ...step, unknown: true }, 'step', '', memory))).toBe(undefined);
});
