import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redactionMark } from '../../../src/run/redact.ts';

/** Texts that are awkward in JSON, URLs and forms, long enough to be searched for. */
const secrets = fc
  .string({ minLength: 6, maxLength: 40, unit: 'grapheme' })
  .filter((text) => text.trim().length >= 6 && !/\p{Surrogate}/u.test(text));

const forms: readonly (readonly [name: string, write: (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in JSON', (secret) => JSON.stringify({ value: secret })],
  ['in a URL', (secret) => `https://x/?a=${encodeURIComponent(secret)}&b=1`],
  ['in a form', (secret) => new URLSearchParams({ a: secret }).toString()],
  ['in base64', (secret) => `data:${Buffer.from(secret).toString('base64')}`],
  ['in base64url', (secret) => `data:${Buffer.from(secret).toString('base64url')}`],
];

describe('a redactor leaves no secret', () => {
  it.each(forms)('%s', (_name, write) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const redacted = createRedactor([secret]).text(`before ${write(secret)} after`);
        const inner = JSON.stringify(secret).slice(1, -1);
        expect(redacted).toContain(redactionMark);
        expect(redacted.replaceAll(redactionMark, '')).not.toContain(inner);
      }),
    );
  });

  it('in Basic authentication', () => {
    fc.assert(
      fc.property(secrets, fc.uuid(), (secret, id) => {
        const header = Buffer.from(`${id}:${secret}`).toString('base64');
        expect(createRedactor([secret], [[id, secret]]).text(`Basic ${header}`)).toBe(`Basic ${redactionMark}`);
      }),
    );
  });

  it('when one secret is the beginning of another', () => {
    expect(createRedactor(['secret', 'secret-and-more']).text('secret-and-more')).toBe(redactionMark);
  });
});

it('looks into lists and objects, and keeps what is no secret', () => {
  const data = { list: ['a top-secret value', 5, null], flag: true };
  expect(createRedactor(['top-secret']).data(data)).toEqual({
    list: [`a ${redactionMark} value`, 5, null],
    flag: true,
  });
});

it('does not search for short values, which would turn up in ordinary words', () => {
  expect(createRedactor(['com', '', 'a']).text('a common comma')).toBe('a common comma');
});
