import { expect, it } from 'vitest';
import { reportError } from '../../../src/cli/outputs/report-error.ts';
import { UsageError } from '../../../src/errors.ts';
import { createSecrets } from '../../../src/run/secrets/redact.ts';

const secret = 'Ca"na\\ry & 100%';

/** What is said of an error when the secret is known. */
function told(error: unknown, osVariables: Readonly<Record<string, string>> = {}): { code: number; text: string } {
  let text = '';
  const secrets = createSecrets();
  secrets.remember(secret);
  const stderr = {
    isTTY: false,
    write: (part: string) => {
      text += part;
    },
  };
  return { code: reportError(error, { stderr, osVariables, secrets }), text };
}

it.each([
  ['raw', secret],
  ['in JSON', JSON.stringify({ secret })],
  ['in a URL', `https://x/?s=${encodeURIComponent(secret)}`],
  ['in Basic authentication', `Basic ${Buffer.from(`id:${secret}`).toString('base64')}`],
])('a secret is in no error message, %s', (_form, text) => {
  for (const error of [new Error(text), new UsageError(text), text]) {
    const { text: said } = told(error);
    expect(said).toContain('[secret]');
    expect(said).not.toMatch(/na\\|na%5C/);
  }
});

it('shows stack traces of an error and its causes when asked to, without secrets', () => {
  const error = new Error(`outer ${secret}`, { cause: new Error(`inner ${secret}`, { cause: `a text ${secret}` }) });
  const { text, code } = told(error, { PINGONE_TUTORIAL_DEBUG: '1' });
  expect(code).toBe(4);
  expect(text).toContain('Error: outer [secret]');
  expect(text).toContain('because of Error: inner [secret]');
  expect(text).toContain('because of a text [secret]');
  expect(text).toContain('report-error.test.ts');
  expect(text).not.toContain('100%');
});

it('shows no stack trace of what a person can put right', () => {
  const { text, code } = told(new UsageError(`one ${secret}\ntwo`), { PINGONE_TUTORIAL_DEBUG: '1' });
  expect({ text, code }).toEqual({ text: 'error: one [secret]\nerror: two\n', code: 2 });
});

it('ends also with causes that lead back to themselves', () => {
  const error = new Error('a circle');
  error.cause = error;
  expect(told(error, { PINGONE_TUTORIAL_DEBUG: '1' }).code).toBe(4);
});
