import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, toPlaces } from '../../../src/definition/reading/places.ts';

describe('the lines of places', () => {
  it('are found by pointer, whatever is in it', () => {
    const pointer = fc.oneof(fc.string(), fc.constantFrom('', '/a', '/a/b', '/a\n"/a" 1', '"', '\\', ' 1'));
    const lines = fc.dictionary(pointer, fc.integer({ min: 1, max: 100_000 }), { noNullPrototype: false });
    fc.assert(
      fc.property(lines, pointer, (known, other) => {
        const places = toPlaces(Object.entries(known));
        for (const [one, line] of Object.entries(known)) expect(lineOf(places, one)).toBe(line);
        expect(lineOf(places, other)).toBe(Object.hasOwn(known, other) ? known[other] : undefined);
      }),
    );
  });
});
