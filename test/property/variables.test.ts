import fc from 'fast-check';
import { expect, test } from 'vitest';
import { substitute, variablesIn } from '../../src/definition/variables.ts';

const name = fc.stringMatching(/^[a-e]$/);
const piece = fc.oneof(
  name.map((one) => `{{${one}}}`),
  name.map((one) => `{{ ${one} }}`),
  fc.constantFrom('{{', '}}', '{', '}', '{{}}', '$', '$&', '$1', '{{$guid}}'),
  fc.string({ maxLength: 5 }),
);
const template = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const values = fc.dictionary(name, template, { maxKeys: 5 });

function lookUpIn(known: Readonly<Record<string, string>>): (one: string) => string | undefined {
  return (one) => (Object.hasOwn(known, one) ? known[one] : undefined);
}

test('substituting ends for any values, even those that hold themselves', () => {
  const shrinking = fc.dictionary(
    name,
    template.map((text) => text.slice(0, 12)),
    { maxKeys: 5 },
  );
  fc.assert(fc.property(template, shrinking, (text, known) => typeof substitute(text, lookUpIn(known)) === 'string'));
  expect(substitute('{{a}}', (one) => (one === 'a' ? '{{a}}' : undefined))).toBe('{{a}}');
  expect(substitute('{{a}}', (one) => (one === 'a' ? '{{b}}' : '{{a}}'))).toMatch(/^\{\{[ab]\}\}$/);
});

test('names that nobody knows stay in the text', () => {
  fc.assert(
    fc.property(template, (text) => {
      expect(substitute(text, () => undefined)).toBe(text);
    }),
  );
});

test('a text without names stays as it is, whatever the values', () => {
  fc.assert(
    fc.property(fc.string(), values, (text, known) => {
      fc.pre(variablesIn(text).length === 0);
      expect(substitute(text, lookUpIn(known))).toBe(text);
    }),
  );
});

test('a value is put in as it is: signs that mean something in a replacement do not', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      fc.pre(!/[{}]/.test(value));
      expect(substitute('<{{a}}>', () => value)).toBe(`<${value}>`);
    }),
  );
  expect(substitute('<{{a}}>', () => "$&$1$`$'$$")).toBe("<$&$1$`$'$$>");
});

test('every name that substituting asks for is one that variablesIn lists, or comes from a value', () => {
  fc.assert(
    fc.property(template, (text) => {
      const asked: string[] = [];
      substitute(text, (one) => {
        asked.push(one);
        return undefined;
      });
      expect([...new Set(asked)]).toEqual(variablesIn(text));
    }),
  );
});
