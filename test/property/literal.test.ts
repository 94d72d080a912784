import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockLiteral, literal } from '../../src/compile/scripts/literal.ts';
import { slow } from '../slow.ts';

/** Texts with what could end a literal, a line or a page, among any others. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '\n',
        '\r',
        '\u2028',
        '\u2029',
        '</',
        '</script>',
        '${',
        '-->',
        '\0',
        '\ud800',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const json = fc.letrec<{ value: unknown; list: unknown[]; mapping: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('mapping'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  mapping: fc
    .array(fc.tuple(fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '"__proto__":')), tie('value')), {
      maxLength: 5,
    })
    .map((entries) => Object.fromEntries(entries)),
})).value;

/** The value as JSON that code evaluates to, as a script sees it. */
function evaluated(code: string): string {
  return runInNewContext(`JSON.stringify((${code}))`);
}

test('a literal evaluates to the value it was made from', slow, () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(evaluated(literal(value))).toBe(JSON.stringify(value));
    }),
    {
      numRuns: 1000,
    },
  );
});

test('a literal is one line that ends neither a page nor a line of JavaScript', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(literal(value)).not.toMatch(/<\/|[\n\r\u2028\u2029]/);
    }),
    { numRuns: 1000 },
  );
});

test('a block literal evaluates to the value it was made from', slow, () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(evaluated(blockLiteral(value).join('\n'))).toBe(JSON.stringify(value));
    }),
    {
      numRuns: 1000,
    },
  );
});

test('the lines of a block literal end neither a page nor a line of JavaScript', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(blockLiteral(value).join('')).not.toMatch(/<\/|[\n\r\u2028\u2029]/);
    }),
    { numRuns: 1000 },
  );
});

test('text and a value that only looks like code stay what they are', () => {
  for (const given of ["'; throw 1; //", `\${1 + 1}`, '\\u0041', "\\'", '{"__proto__": 1}', 'a\\\n', '*/']) {
    expect(evaluated(literal(given))).toBe(JSON.stringify(given));
  }
});
