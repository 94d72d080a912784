import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointerKeys, presenceIn, valueAt } from '../../src/definition/pointer.ts';

const key = fc.oneof(fc.string(), fc.constantFrom('', '/', '~', '~1', '~0', '~01', '0', '__proto__'));

function pointerOf(keys: readonly string[]): string {
  return keys.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

test('the keys of a pointer are the keys it was made from', () => {
  fc.assert(
    fc.property(fc.array(key), (keys) => {
      expect(pointerKeys(pointerOf(keys))).toEqual(keys);
    }),
  );
});

test('a pointer leads to the value that lies under its keys', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 5 }), fc.jsonValue(), (keys, value) => {
      const data = keys.reduceRight<unknown>((inner, one) => Object.fromEntries([[one, inner]]), value);
      expect(valueAt(data, pointerOf(keys))).toEqual(value);
    }),
  );
});

test('a pointer leads to nothing, and never throws, in data that has no such keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(key, { minLength: 1, maxLength: 5 }), (data, keys) => {
      const missing = [...keys, 'no such key'];
      expect(valueAt(data, pointerOf(missing))).toBeUndefined();
    }),
  );
});

test('looking a pointer up in any schema ends, even where references go in circles', () => {
  const reference = fc.constantFrom('#', '#/a', '#/properties/a', '#/nothing', 'other.json', '');
  const schema = fc.letrec<{ schema: object }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.constant({}),
      fc.record(
        {
          $ref: reference,
          properties: fc.dictionary(fc.constantFrom('a', 'b', '0'), tie('schema'), { maxKeys: 2 }),
          required: fc.oneof(fc.array(fc.constantFrom('a', 'b')), fc.string()),
          items: tie('schema'),
          allOf: fc.array(tie('schema'), { maxLength: 2 }),
          anyOf: fc.array(tie('schema'), { maxLength: 2 }),
          oneOf: fc.oneof(fc.array(tie('schema'), { maxLength: 2 }), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema;
  const keys = fc.array(fc.constantFrom('a', 'b', '0'), { maxLength: 4 });
  fc.assert(
    fc.property(schema, keys, (any, some) => {
      expect(presenceIn(any, pointerOf(some))).toMatch(/^(undeclared|optional|required)$/);
    }),
  );
});
