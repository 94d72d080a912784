import { describe, expect, it } from 'vitest';
import { loadDefinition } from '../../../src/definition/load.ts';
import { notReached } from '../../../src/run/judge/step-result.ts';
import { toBodyText } from '../../../src/run/result/body-text.ts';
import type { RunEventContent, SentRequest, StepResult } from '../../../src/run/result/result.ts';
import { createSecrets, type Secrets } from '../../../src/run/secrets/redact.ts';
import { redactedError, redactedEvent, redactedResult } from '../../../src/run/secrets/redaction-boundary.ts';
import { createSecretKeeper } from '../../../src/run/secrets/secret-keeper.ts';
import { collectionFolder } from '../../e2e/support.ts';

const definition = await loadDefinition(collectionFolder);
const stepOf = (id: string) => definition.steps.find((step) => step.id === id) ?? (definition.steps[0] as never);
const request: SentRequest = { method: 'GET', url: 'https://x/', headers: [] };

/** A result of a step in which something was written to the console. */
function resultWith(more: Partial<StepResult>, id = 'get-access-token'): StepResult {
  return { ...notReached(stepOf(id), definition), status: 'passed', ...more };
}

function exchange(more: Partial<Extract<RunEventContent, { kind: 'exchange' }>>): RunEventContent {
  return { kind: 'exchange', startMs: 0, request, ...more };
}

function answer(body: string, headers: { name: string; value: string }[] = []) {
  return { status: 200, reason: 'OK', durationMs: 1, headers, body: toBodyText(body) };
}

describe('what is learned', () => {
  it.each([
    ['in an answer', '{"id_token":"tok-3n-of-it"}'],
    ['in a list in an answer', '{"a":[{"access_token":["tok-3n-of-it"]}]}'],
    ['in an answer that was cut off', '{"x":1,"access_token":"tok-3n-of-it'],
    ['in a form', 'a=1&client_secret=tok-3n-of-it'],
  ])('%s is not in the event that tells of it, nor in a later one', (_where, body) => {
    const keeper = createSecretKeeper(definition);
    expect(JSON.stringify(redactedEvent(exchange({ response: answer(body) }), keeper))).not.toContain('tok-3n');
    expect(redactedResult(resultWith({ notes: ['it is tok-3n-of-it'] }), keeper).notes).toEqual(['it is [secret]']);
  });

  it('are what headers hold whose names say so', () => {
    const keeper = createSecretKeeper(definition);
    const headers = [{ name: 'Set-Cookie', value: 'ST=c00k1e-of-it; Path=/' }];
    const told = redactedEvent(
      exchange({
        request: { ...request, headers: [{ name: 'authorization', value: 'Bearer tok-3n-of-it' }] },
        response: answer('{}', headers),
      }),
      keeper,
    );
    expect(JSON.stringify(told)).not.toMatch(/tok-3n|c00k1e/);
    expect(keeper.redactor().text('c00k1e-of-it and tok-3n-of-it')).toBe('[secret] and [secret]');
  });

  it('is no Postman-Token, whose header shows no value all the same', () => {
    const keeper = createSecretKeeper(definition);
    const headers = [{ name: 'Postman-Token', value: '1f0e7c1e-of-it' }];
    const told = redactedEvent(exchange({ request: { ...request, headers } }), keeper);
    expect(told).toMatchObject({ request: { headers: [{ name: 'Postman-Token', value: '[secret]' }] } });
    expect(keeper.known()).toEqual([]);
  });

  it('is the value of a secret variable with the others filled in, not the reference', () => {
    const keeper = createSecretKeeper(definition);
    keeper.learn({ adminAppSecret: 'begin-{{email}}-end', email: 'a@b.example' });
    const { text } = keeper.redactor();
    expect(text('begin-a@b.example-end')).toBe('[secret]');
    expect(text('begin-{{email}}-end')).toBe('begin-{{email}}-end');
  });
});

it('a secret of an iteration is known there, and to the run until the iteration ends', () => {
  const run = createSecrets();
  const [one, other] = [run.scope(), run.scope()];
  const shown = (secrets: Secrets) => secrets.redactor().text('of-the-run, of-the-first, of-the-second, of-later');
  run.remember('of-the-run');
  one.remember('of-the-first');
  other.remember('of-the-second');
  expect(shown(one)).toBe('[secret], [secret], of-the-second, of-later');
  expect(shown(other)).toBe('[secret], of-the-first, [secret], of-later');
  expect(shown(run)).toBe('[secret], [secret], [secret], of-later');
  one.end();
  expect(shown(run)).toBe('[secret], of-the-first, [secret], of-later');
  run.remember('of-later');
  expect([shown(run), shown(other), shown(run.scope())]).toEqual([
    '[secret], of-the-first, [secret], [secret]',
    '[secret], of-the-first, [secret], [secret]',
    '[secret], of-the-first, of-the-second, [secret]',
  ]);
});

describe('a request holds no secret, however short or common it is', () => {
  it('where the definition puts a secret variable', () => {
    const keeper = createSecretKeeper(definition);
    keeper.learn({ userPassword: 'abc' });
    const body = toBodyText('{"value":"abc","forceChange":false}');
    const told = redactedResult(resultWith({ request: { ...request, body } }, 'set-user-password'), keeper);
    expect(told.request?.body?.text).toBe('{"value":"[secret]","forceChange":false}');
  });

  it('and a report is not made wrong by it', () => {
    const keeper = createSecretKeeper(definition);
    keeper.learn({ adminAppSecret: 'environment', userPassword: 'SANDBOX', accessToken: '201' });
    const result = resultWith({
      response: answer('{"type":"SANDBOX","environment":{"id":"201"}}'),
      notes: ['status 201'],
    });
    const { request: _, ...plain } = result;
    expect(redactedResult(result, keeper)).toEqual(plain);
  });
});

describe('a body', () => {
  it('is cut at 64 KiB without a part of a secret there', () => {
    const keeper = createSecretKeeper(definition);
    keeper.learn({ adminAppSecret: 'k3-9f-secret-of-mine' });
    for (const before of [0, 1, 10, 19, 20].map((part) => 64 * 1024 - part)) {
      const body = `${'x'.repeat(before - 1)} k3-9f-secret-of-mine ${'y'.repeat(100_000)}`;
      const { response } = redactedResult(resultWith({ response: answer(body) }), keeper);
      expect(response?.body).toMatchObject({ truncated: true, bytes: body.length });
      expect(response?.body?.text.slice(-30)).toMatch(/x+ ?$|x \[secret\] ?$/);
    }
  });

  it('that is shorter is whole', () => {
    const body = '{"a":"b"}';
    const { response } = redactedResult(resultWith({ response: answer(body) }), createSecretKeeper(definition));
    expect(response?.body).toEqual({ text: body, bytes: 9, truncated: false });
  });
});

describe('an error', () => {
  const keeper = createSecretKeeper(definition);
  keeper.learn({ adminAppSecret: 'k3-9f-secret-of-mine' });

  it('leaves as it was, without secrets in its texts and those of its causes', () => {
    class OwnError extends Error {
      readonly detail = 'of k3-9f-secret-of-mine';
    }
    const error = new OwnError('k3-9f-secret-of-mine', {
      cause: new AggregateError([new Error('k3-9f-secret-of-mine')], 'k3-9f-secret-of-mine', {
        cause: 'k3-9f-secret-of-mine',
      }),
    });
    const told = redactedError(error, keeper) as OwnError;
    expect(told).toBe(error);
    const { cause } = told as { cause: AggregateError };
    expect([told.message, told.detail, cause.message, cause.cause, (cause.errors[0] as Error).message]).toEqual([
      '[secret]',
      'of [secret]',
      '[secret]',
      '[secret]',
      '[secret]',
    ]);
    expect(`${told.stack} ${cause.stack}`).not.toContain('k3-9f');
    expect(told.stack).toContain('redaction-boundary.test.ts');
  });

  it.each([
    ['a text k3-9f-secret-of-mine', 'a text [secret]'],
    [undefined, undefined],
    [5, 5],
  ])('may be anything: %s', (thrown, wanted) => {
    expect(redactedError(thrown, keeper)).toBe(wanted);
  });

  it('may lead back to itself', () => {
    const error = new Error('k3-9f-secret-of-mine');
    error.cause = error;
    expect((redactedError(error, keeper) as Error).message).toBe('[secret]');
  });
});

it('what is written to the disk are variables that hold no secret', () => {
  const keeper = createSecretKeeper(definition);
  const values = {
    adminAppSecret: 'k3-9f-secret-of-mine',
    userPassword: 'abc',
    envID: 'an-id',
    email: 'x+k3-9f-secret-of-mine@example.com',
    namePrefix: '{{adminAppSecret}}',
    resetToken: 'made by a script',
    runID: '',
  };
  keeper.learn(values);
  expect(keeper.publicValues(values)).toEqual({ envID: 'an-id', namePrefix: '{{adminAppSecret}}' });
});
