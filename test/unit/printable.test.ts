import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableData, printableJson } from '../../src/printable.ts';

/** Texts in which what steers a terminal or a log is likely. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\n', '\r\n', '\u001b[31m', '\u009b', '\u202e', '::', '##[', '\0'),
    ),
  )
  .map((parts) => parts.join(''));

const steers = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|^[^\S\n]*::|##\[/mu;

describe('text of others', () => {
  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['a\u202eb', 'a\\u202eb'],
    ['one\r\ntwo\rthree', 'one\ntwo\\u000dthree'],
    ['no\n  ::error::yes', 'no\n  \\::error::yes'],
    ['a ##[error]b', 'a ##\\[error]b'],
    ['Straße 👩‍👩‍👧\ta::b', 'Straße 👩‍👩‍👧\ta::b'],
  ])('is shown without steering anything: %j', (given, shown) => {
    expect(printable(given)).toBe(shown);
  });

  it('steers nothing, whatever it is', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(steers.test(printable(given))).toBe(false);
      }),
    );
  });

  it('is shown the same when it is shown twice', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(printable(printable(given))).toBe(printable(given));
      }),
    );
  });

  it('steers nothing in data either, which is the same object when nothing had to change', () => {
    const plain = { a: ['b', 1, null, { c: true }] };
    expect(printableData(plain)).toBe(plain);
    expect(printableData({ '\u0007': ['\u202e'] })).toEqual({ '\\u0007': ['\\u202e'] });
  });

  it('says the same in JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text), (data) => {
        const json = printableJson(JSON.stringify(data, null, 2));
        expect(steers.test(json)).toBe(false);
        expect(JSON.parse(json)).toEqual(data);
      }),
    );
  });
});
