import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { yamlText } from '../../src/compile/workflow/yaml-text.ts';

const options = { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 120, blockQuote: 'literal' } as const;

const words = fc.array(
  fc.oneof(
    fc.constantFrom('a', 'word', ' ', '  ', '\n', '\n\n', ': ', ' #', '#', '- ', '"', "'", '{{name}}', '[', '}', ','),
    fc.constantFrom('---', '...', '%', '*', '&', '!', '|', '>', '@', '`', '?', ':', 'é', '\t', '\u2028', '\\', '\0'),
    fc.constantFrom('long '.repeat(30), `${'x'.repeat(130)} y`, '200', 'yes', 'no', 'on', 'null', 'true', '1e3', '0x1'),
    fc.string({ maxLength: 4 }),
  ),
  { maxLength: 8 },
);
const text = words.map((parts) => parts.join(''));

const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 5 },
    text,
    fc.constantFrom(null, true, false, 0, -0, 200, -1, 0.5, 1e21, 1e-7, undefined, '', [], {}),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom('a', '200', 'x-y', '/path', 'yes', ''), text), tie('data'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));

test('compiled YAML is what the package writes, to the byte', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(data), fc.dictionary(text, data, { noNullPrototype: true })), (value) => {
      expect(yamlText(value, 'why')).toBe(`# why\n${stringify(value, options)}`);
    }),
    { numRuns: 3000 },
  );
});

test('a text at every depth is folded as the package folds it', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 30 }), fc.boolean(), (content, depth, isList) => {
      let value: unknown = content;
      for (let level = 0; level <= depth; level += 1) value = isList ? [value] : { key: value };
      expect(yamlText(value, 'why')).toBe(`# why\n${stringify(value, options)}`);
    }),
    { numRuns: 2000 },
  );
});
