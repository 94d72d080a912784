import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stableId } from '../../src/compile/ids.ts';

const parts = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 5 });

test('the same parts always give the same id, of the form of a UUID (version 8, RFC 9562)', () => {
  fc.assert(
    fc.property(parts, (some) => {
      expect(stableId(...some)).toBe(stableId(...some));
      expect(stableId(...some)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});

test('different parts give different ids', () => {
  fc.assert(
    fc.property(parts, parts, (some, others) => {
      fc.pre(JSON.stringify(some) !== JSON.stringify(others));
      expect(stableId(...some)).not.toBe(stableId(...others));
    }),
  );
});

test('where one part ends and the next begins matters', () => {
  expect(stableId('ab', 'c')).not.toBe(stableId('a', 'bc'));
  expect(stableId('a', '')).not.toBe(stableId('a'));
});
