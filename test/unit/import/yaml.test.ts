import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { documentOptions, toYaml } from '../../../src/import/writing/yaml.ts';
import { slow } from '../../slow.ts';

const bodyOf = (text: string) => toYaml({ body: text }, 'step', '').split('\n').slice(1).join('\n');

it('writes lines with blanks at their ends as a block', () => {
  expect(bodyOf('const a = 1; \n  \nif (a) {\n  b();\n}')).toBe(
    'body: |-\n  const a = 1; \n    \n  if (a) {\n    b();\n  }\n',
  );
});

it('writes lines that end as in Windows one below the other', () => {
  expect(bodyOf('{\r\n  "label": "x" \r\n\r\n}')).toBe(
    'body: "{\\r\\n\\\n  \\  \\"label\\": \\"x\\" \\r\\n\\\n  \\r\\n\\\n  }"\n',
  );
});

const parts = [
  'a',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '"',
  "'",
  '\\',
  '#',
  '---',
  ':',
  '{',
  '- ',
  '|',
  '\u2028',
  '\0',
  'ä',
];
const texts = fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((some) => some.join(''));
const data = fc.record({
  text: texts,
  inside: fc.record({ list: fc.array(texts), keys: fc.dictionary(texts, texts) }),
});

it('keeps every character, and never falls back to JSON', slow, () => {
  fc.assert(
    fc.property(data, (given) => {
      const written = toYaml(given, 'step', '');
      expect(parse(written, documentOptions)).toEqual(given);
      expect(written.split('\n')[1]).not.toBe('{');
    }),
    { numRuns: 500 },
  );
});
