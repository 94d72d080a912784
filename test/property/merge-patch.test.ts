import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, isSame, patchBetween } from '../../src/definition/merge-patch.ts';

/** JSON without null but in lists: null is what a merge patch removes keys with. */
const { json } = fc.letrec<{ json: unknown; mapping: unknown; list: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  list: fc.array(fc.oneof(tie('leaf'), fc.constant(null), tie('mapping')), { maxLength: 3 }),
  mapping: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()), tie('json'), { maxKeys: 4 }),
  json: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('mapping')),
}));

test('a patch between two values makes the one the other, and there is none between equal ones', () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const patch = patchBetween(from, to);
      expect(patch === undefined).toBe(isSame(from, to));
      if (patch !== undefined) expect(isSame(applyPatch(from, patch), to)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('gives what the examples of RFC 7396 say', () => {
  for (const [target, patch, result] of [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]) {
    expect(applyPatch(target, patch)).toEqual(result);
  }
});
