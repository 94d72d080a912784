import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createNeedle } from '../../src/run/needle.ts';

const secret = fc
  .array(fc.constantFrom('a', 'b', 'Z', '7', '-', '_', '.', '/', '+', ' ', '%', '"', '…'), {
    minLength: 9,
    maxLength: 40,
  })
  .map((characters) => characters.join(''));
const part = (whole: string) =>
  fc.oneof(
    fc.nat(whole.length).map((length) => whole.slice(0, length)),
    fc.nat(whole.length).map((length) => encodeURIComponent(whole.slice(0, length))),
    fc.constantFrom('"', ',', '.', '...', '…', '%2', '\\', '&#', '-', '_', '+', '\r', ' ', 'a'),
  );
const cases = secret.chain((whole) => fc.tuple(fc.constant(whole), fc.array(part(whole), { maxLength: 6 })));

it('beginnings of a secret are found the same with and without the shortcut', () => {
  let found = 0;
  fc.assert(
    fc.property(cases, ([whole, parts]) => {
      const text = `${parts.join('')}"`;
      const { beginningsIn } = createNeedle(whole);
      // An ellipsis somewhere, since otherwise nothing is looked for; what follows it keeps the shortcut from deciding.
      const plain = beginningsIn(`${text}…"`, false).filter(({ end }) => end < text.length);
      const undecided = beginningsIn(`${text}…"${whole.slice(0, 8)}%"`, false).filter(({ end }) => end < text.length);
      expect(plain).toEqual(undecided);
      found += plain.length;
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(0);
});
