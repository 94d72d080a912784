import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../../src/definition/load.ts';
import { renderStepDetails } from '../../../src/report/html/step-section.ts';
import { text as markdownText } from '../../../src/report/text/mdast.ts';
import { notReached } from '../../../src/run/judge/step-result.ts';
import { toBodyText } from '../../../src/run/result/body-text.ts';
import { createRedactor } from '../../../src/run/secrets/redact.ts';
import { createSecretKeeper } from '../../../src/run/secrets/secret-keeper.ts';
import { collectionFolder } from '../../e2e/support.ts';
import { slow } from '../../slow.ts';
import { expectLinear } from './growth.ts';

const definition = await loadDefinition(collectionFolder);

/** Secrets of about `length` characters that are awkward to search for. */
const secretKinds: Readonly<Record<string, (length: number) => string>> = {
  'one letter, then another': (length) => `${'a'.repeat(length)}b`,
  'one letter': (length) => 'a'.repeat(length),
  'another letter in the middle': (length) => `${'a'.repeat(length / 2)}b${'a'.repeat(length / 2)}`,
  'percent signs and ampersands': (length) => `${'%&'.repeat(length / 2)}x`,
  'percent signs': (length) => `${'%25'.repeat(length / 3)}%x`,
  'escaped quotes': (length) => `${'\\"'.repeat(length / 2)}x`,
  'backslashes and letters': (length) => `${'\\n'.repeat(length / 2)}x`,
  'plus signs and spaces': (length) => `${'+ -+'.repeat(length / 4)}x`,
  periodic: (length) => `${'abcabd'.repeat(length / 6)}abcabc`,
  'letters of all kinds': (length) => Array.from({ length }, (_, n) => 'Zk3-9f_aQ7xB0m'[(n * n + 3 * n) % 14]).join(''),
};

/** Pieces of which an answer is made, for a secret. */
const answerKinds: Readonly<Record<string, (secret: string) => string>> = {
  'all of it': (secret) => secret,
  'all but its end': (secret) => secret.slice(0, -1),
  'its beginning': (secret) => secret.slice(0, 12),
  'its beginning and an ellipsis': (secret) => `${secret.slice(0, 12)}…`,
  'its end': (secret) => secret.slice(-40),
  'its first character': (secret) => secret.slice(0, 1),
  'in a URL': (secret) => encodeURIComponent(secret.slice(0, -1)),
  'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret.slice(0, -1))),
  'in base64': (secret) => Buffer.from(secret).toString('base64').slice(0, -4),
  ...Object.fromEntries(
    // biome-ignore format: a list
    ['\\', '\\"', '\\\\"', '\\n', '%25', '%', '&amp;', '&', '%5c', '%5C"', '&#92;', '&#0000000', '+', ' ', '\n', '…', '...', 'aaaa',
      'abcabd', 'YWFh', 'token', '"password":"', 'password         ', 'access_token=\\', 'authorization: Bearer   ', '%u00', '\\u00', '%C3',
    ].map((piece) => [JSON.stringify(piece), () => piece]),
  ),
};

const filled = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

describe('the time of redaction grows with the answer and the secret, not with their product', slow, () => {
  it.each(Object.entries(secretKinds))('a secret of %s, in any answer', (_kind, secretOf) => {
    for (const [kind, pieceOf] of Object.entries(answerKinds)) {
      expectLinear(`in an answer of ${kind}`, (size) => {
        const secret = secretOf(size / 8);
        const { text, body } = createRedactor([secret]);
        const answer = filled(pieceOf(secret), size);
        return () => {
          text(answer);
          body(toBodyText(answer), size / 2);
        };
      });
    }
  });

  it('of any pieces, for any secret of such pieces', () => {
    const piece = fc.constantFrom(
      ...['a', 'b', '\\', '"', '%', '25', '%25', '&', 'amp;', '&amp;', '5c', 'n', 'u00', '+', ' ', '-', '…'],
    );
    const pieces = fc.array(piece, { minLength: 1, maxLength: 6 }).map((list) => list.join(''));
    fc.assert(
      fc.property(pieces, pieces, pieces, (repeated, end, other) => {
        expectLinear('', (size) => {
          const { text } = createRedactor([`${filled(repeated, size / 8)}${end}x7`]);
          const answer = filled(`${filled(repeated, size / 16)}${other}`, size);
          return () => text(answer);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('with as many secrets as the answer has room for', () => {
    expectLinear(
      '',
      (size) => {
        const keeper = createSecretKeeper(definition);
        const secrets = Array.from({ length: size / 40 }, (_, n) => ({ access_token: `tok%en-${n}-aaaaaaaaa` }));
        const body = toBodyText(JSON.stringify(secrets));
        return () => {
          keeper.learnFromExchange({
            request: { method: 'GET', url: 'https://x/', headers: [] },
            response: { status: 200, reason: 'OK', durationMs: 1, headers: [], body },
          });
          keeper.redactor().body(body, 65_536);
        };
      },
      32_000,
    );
  });
});

describe('the time that a report takes grows with the answer', () => {
  it.each([' ', '\n', ' \n', '\t\r'])('in Markdown, for a text of %j', (piece) => {
    expectLinear('', (size) => () => markdownText(`a${filled(piece, size)}b`), 64_000);
  });

  it.each([
    ['{"a":', '}'],
    ['[', ']'],
    ['[{"b":0},', ']'],
  ])('in HTML, for a body that is nested in %s', (open, close) => {
    expectLinear('', (size) => {
      const text = `${open.repeat(size / 8)}1${close.repeat(size / 8)}`;
      const response = { status: 200, reason: 'OK', durationMs: 1, headers: [], body: toBodyText(text) };
      const [step] = definition.steps;
      if (!step) throw new Error('there is no step');
      const result = { ...notReached(step, definition), response };
      return () => String(renderStepDetails(result, { title: 'a', anchor: 'a' }));
    });
  });

  it('in HTML is not more than some times the body, however it is nested', () => {
    const text = `${'['.repeat(199)}${'1,'.repeat(20_000)}1${']'.repeat(199)}`;
    const [step] = definition.steps;
    if (!step) throw new Error('there is no step');
    const response = { status: 200, reason: 'OK', durationMs: 1, headers: [], body: toBodyText(text) };
    const page = String(renderStepDetails({ ...notReached(step, definition), response }, { title: 'a', anchor: 'a' }));
    expect(page.length).toBeLessThan(10 * text.length);
  });
});
