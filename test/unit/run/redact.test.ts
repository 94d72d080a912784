import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCommonValue } from '../../../src/run/secrets/common-values.ts';
import { createRedactor, redactionMark } from '../../../src/run/secrets/redact.ts';
import { slow } from '../../slow.ts';

/** Texts that are awkward in JSON, URLs, forms and patterns, long enough to be searched for. */
const secrets = fc
  .string({
    minLength: 6,
    maxLength: 40,
    unit: fc.oneof(
      fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
      fc.constantFrom(...'"\'\\/<>&%+=?#\n\t\u2028 ^$.*()[]{}|', '&amp;', '%25', '\\n', '😀'),
    ),
  })
  .filter((text) => text.trim().length >= 6 && !isCommonValue(text));

const asciiJson = (text: string) =>
  JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const lowerCaseHex = (text: string) => text.replace(/%../g, (byte) => byte.toLowerCase());
const html = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[character] ?? '#39'};`);
const form = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);
const wellFormed = (text: string) => Buffer.from(text).toString();

/** What writes a secret into a text; `before` and `after` are what it stands between. */
const forms: readonly (readonly [name: string, write: (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in JSON', (secret) => JSON.stringify(secret).slice(1, -1)],
  ['in JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  ['in ASCII JSON', (secret) => asciiJson(secret).slice(1, -1)],
  ['in a URL', (secret) => encodeURIComponent(wellFormed(secret))],
  ['in a URL, in lower case', (secret) => lowerCaseHex(encodeURIComponent(wellFormed(secret)))],
  ['in a whole URL', (secret) => encodeURI(wellFormed(secret))],
  ['in a URL in a URL', (secret) => encodeURIComponent(encodeURIComponent(wellFormed(secret)))],
  ['in a form', form],
  ['in a form, in lower case', (secret) => lowerCaseHex(form(secret))],
  ['in HTML', html],
  ['in JSON in HTML', (secret) => html(JSON.stringify(secret).slice(1, -1))],
  ['in XML', (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
  [
    'in a command for GitHub',
    (secret) => secret.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'),
  ],
  ['as escape() writes it', escape],
];

describe('a redactor leaves no secret', () => {
  it.each(forms)('%s', (_name, write) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(createRedactor([secret]).text(`before: ${write(secret)} :after`)).toBe(
          `before: ${redactionMark} :after`,
        );
      }),
    );
  });

  it.each(['base64', 'base64url'] as const)('in %s, wherever it begins and whatever is around it', (name) => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        for (const written of [secret, JSON.stringify(secret), encodeURIComponent(wellFormed(secret))]) {
          const encoded = Buffer.from(`${before}${written}${after}`).toString(name);
          expect(createRedactor([secret]).text(`Basic ${encoded}, more`)).toBe(`Basic ${redactionMark}, more`);
        }
      }),
    );
  });

  it('when one secret is the beginning of another, or they overlap', () => {
    const { text } = createRedactor(['secret-one', 'secret-one-and-more', 'more-of-it']);
    expect(text('secret-one-and-more-of-it')).toBe(redactionMark);
    expect(text('secret-one, secret-one-and')).toBe(`${redactionMark}, ${redactionMark}-and`);
  });

  it('when a text was shortened with an ellipsis', () => {
    const { text } = createRedactor(['k3-9f-secret-of-mine']);
    expect(text('it is k3-9f-secr… and k3-9f-secret...')).toBe(`it is ${redactionMark}… and ${redactionMark}...`);
    expect(text('it is so … and k3-9… and so on...')).toBe('it is so … and k3-9… and so on...');
  });

  it('when it was escaped and then shortened, wherever', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...forms), fc.nat(100), (secret, [, write], kept) => {
        const start = `k3-9f-of-it${secret}`;
        const shown = write(start).slice(0, write('k3-9f-of').length + kept);
        const { text } = createRedactor([start]);
        expect(text(`expected '${shown}…' to be`)).toBe(`expected '${redactionMark}…' to be`);
      }),
    );
  });

  it('when an error quotes a part out of the middle of a long one', () => {
    const secret = 'eyJhbGciOiJSUzI1NiJ9.eyJvcmciOiI2YjFmM2M1Mi04ZjBhLTRjNTUifQ.c2lnbmF0dXJl';
    fc.assert(
      fc.property(fc.nat(secret.length - 20), fc.integer({ min: 20, max: 60 }), (start, length) => {
        const text = `Unexpected end of input at 1:497\n${secret.slice(start, start + length)}\n   ^`;
        expect(createRedactor([secret]).text(text)).toBe(`Unexpected end of input at 1:497\n${redactionMark}\n   ^`);
      }),
    );
  });

  it('that is longer than one pattern', () => {
    const secret = '/+"é'.repeat(5000);
    expect(createRedactor([secret]).text(`a ${JSON.stringify(secret)} b`)).toBe(`a "${redactionMark}" b`);
  });

  it('that holds half a surrogate pair', () => {
    const { text } = createRedactor(['half a \ud83d pair']);
    expect(text(JSON.stringify(['half a \ud83d pair']))).toBe(`["${redactionMark}"]`);
  });
});

describe('what stands under the name of a secret is redacted, known or not', () => {
  const { text } = createRedactor([]);
  it.each([
    ['{"access_token":"abc","token_type":"Bearer"}', '{"access_token":"[secret]","token_type":"Bearer"}'],
    ['{"clientSecret": "a\\"b\\\\", "id": "1"}', '{"clientSecret": "[secret]", "id": "1"}'],
    ['{"inner":"{\\"id_token\\":\\"a\\\\\\"b\\"}"}', '{"inner":"{\\"id_token\\":\\"[secret]\\"}"}'],
    ['{"refresh_token":"cut off in the mid', '{"refresh_token":"[secret]'],
    ["{ password: 'abc', n: 1 }", "{ password: '[secret]', n: 1 }"],
    ['a=1&client_secret=ab%20c&b=2', 'a=1&client_secret=[secret]&b=2'],
    ['https://x/?access_token=abc&state=1', 'https://x/?access_token=[secret]&state=1'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [secret]'],
    ['{"Authorization":"Basic YTpi"}', '{"Authorization":"Basic [secret]"}'],
    ['{"secret":12345}', '{"secret":[secret]}'],
  ])('%s', (given, wanted) => {
    expect(text(given)).toBe(wanted);
    expect(text(wanted)).toBe(wanted);
  });

  it.each([
    '{"password":{"status":"OK","href":"https://x/password"}}',
    '{"target":"password","code":"INVALID_VALUE"}',
    '{"tokenEndpointAuthMethod":"CLIENT_SECRET_BASIC","token_type":"Bearer","secret":null}',
    'The password: it must be longer. The token was refused.',
    'https://x/?access_token={{accessToken}}',
    'captures accessToken; body matches token.schema.json',
  ])('and what does not is left: %s', (given) => {
    expect(text(given)).toBe(given);
  });

  it.each([
    ['Authorization', 'Bearer abc', 'Bearer [secret]'],
    ['proxy-authorization', 'abc', '[secret]'],
    ['Cookie', 'a=b', '[secret]'],
    ['set-cookie', 'a=b; Path=/', '[secret]'],
    ['X-Auth-Token', 'abc', '[secret]'],
    ['Content-Type', 'application/json', 'application/json'],
    ['X-Pin', '4711', '[secret]'],
  ])('in the header %s: %s', (name, value, wanted) => {
    expect(createRedactor([]).header({ name, value }, ['x-pin'])).toEqual({ name, value: wanted });
  });

  it('in a body, under a name that was given', () => {
    const body = { text: '{"value":"ab","valued":"cd","forceChange":false}', bytes: 1, truncated: false };
    expect(createRedactor([]).body(body, 100, ['value']).text).toBe(
      '{"value":"[secret]","valued":"cd","forceChange":false}',
    );
  });
});

describe('a body that is cut', () => {
  it('keeps no part of a secret at the cut, wherever that is', () => {
    fc.assert(
      fc.property(secrets, fc.nat(60), fc.constantFrom(...forms), (secret, before, [, write]) => {
        const text = `${'-'.repeat(before)}${write(secret)}${'-'.repeat(500)}`;
        const cut = createRedactor([secret]).body({ text, bytes: 0, truncated: false }, 40);
        expect(cut.truncated).toBe(true);
        expect(cut.text).toBe(
          before >= 40
            ? '-'.repeat(40)
            : `${'-'.repeat(before)}${redactionMark}${'-'.repeat(Math.max(0, 40 - before - write(secret).length))}`,
        );
      }),
    );
  });

  it('keeps no beginning of a secret when the answer itself ends in it', () => {
    const { text } = createRedactor(['k3-9f-secret-of-mine']).body(
      { text: '["k3-9f-secr', bytes: 0, truncated: false },
      99,
    );
    expect(text).toBe(`["${redactionMark}`);
  });
});

describe('what is public stays', () => {
  it.each(['com', '', 'a', 'simulator', 'Password', '123456', '2026-11-05'])('although %j is a secret', (secret) => {
    const given = 'a common comma, {"durationMs":1234567,"at":"2026-11-05"}, the simulator, Password policy';
    expect(createRedactor([secret]).text(given)).toBe(given);
  });

  it('in lists and objects, with their keys', () => {
    const data = { 'top-secret': ['a top-secret value', 5, null], flag: true };
    expect(createRedactor(['top-secret']).data(data)).toEqual({
      'top-secret': [`a ${redactionMark} value`, 5, null],
      flag: true,
    });
  });
});

it('is done with megabytes that are made to be slow', slow, () => {
  const { text } = createRedactor([
    '"\\\\<<&& \\"',
    'aaaaaaab',
    '%%%%%%%%',
    ...Array.from({ length: 50 }, (_, n) => `secret-number-${n}`),
  ]);
  for (const piece of [
    '\\',
    'a',
    '%25',
    '&amp;',
    '"password":"',
    '<',
    'token',
    '{"a":"b"},',
    'QUFB',
    'secret-number-1…',
  ])
    expect(text(piece.repeat(50_000)).length).toBeGreaterThan(0);
});
