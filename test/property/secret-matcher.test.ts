import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSecretMatcher } from '../../src/run/secrets/secret-matcher.ts';
import { matcherChoice } from '../../src/run/secrets/text-search.ts';
import { slow } from '../slow.ts';

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

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index);

it('beginnings of a secret are found the same with and without the shortcut', () => {
  let found = 0;
  fc.assert(
    fc.property(cases, ([whole, parts]) => {
      const text = `${parts.join('')}"`;
      const beginningsIn = createSecretMatcher(whole).beginning?.spansIn ?? (() => []);
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

it('a secret that stands as it is is found like one written in another way', slow, () => {
  let found = 0;
  fc.assert(
    fc.property(cases, ([whole, parts]) => {
      const secret = `${whole}x7a`;
      const text = `${parts.join(whole)}${secret}${parts.join('x7a')}"`;
      const [matcher] = createSecretMatcher(secret).whole;
      if (!matcher) throw new Error('nothing finds it');
      const covered = (input: string) =>
        new Set(matcher.spansIn(input, false).flatMap(({ start, end }) => range(start, Math.min(end, text.length))));
      const plain = covered(text);
      // With its anchor alone at the end, the search decides.
      for (const place of covered(`${text}|${matcher.anchor}`)) expect(plain).toContain(place);
      found += plain.size;
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(0);
});

it('what is not chosen for a text finds nothing in it', () => {
  let [chosen, left] = [0, 0];
  fc.assert(
    fc.property(fc.array(cases, { minLength: 1, maxLength: 4 }), (several) => {
      const matchers = several.flatMap(([secretText]) => {
        const { whole, beginning } = createSecretMatcher(`${secretText}abc${secretText}Z7a`);
        return [...whole, ...(beginning ? [beginning] : [])];
      });
      const text = several.map(([whole, parts]) => `${parts.join('')}${btoa(encodeURI(whole))}${whole}abc…`).join('');
      const choice = matcherChoice(matchers)(text);
      for (const matcher of matchers) {
        if (choice.includes(matcher)) chosen += 1;
        else {
          left += 1;
          expect(matcher.spansIn(text, true)).toEqual([]);
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(chosen).toBeGreaterThan(0);
  expect(left).toBeGreaterThan(0);
});
