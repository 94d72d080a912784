import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/definition/definition.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { createCookies } from '../../../src/run/engine/cookies.ts';
import type { State } from '../../../src/run/engine/state.ts';
import { tokensIn } from '../../../src/run/judge/access-token.ts';
import { toStepResult } from '../../../src/run/judge/step-result.ts';
import type { StepResult } from '../../../src/run/result/result.ts';
import { collectionFolder } from '../../e2e/support.ts';
import { slowUnless } from '../../slow.ts';

const definition = await loadDefinition(collectionFolder);
const licenses = definition.steps.find(({ id }) => id === 'read-licenses') as Step;
const withoutSchema: Step = { ...licenses, expect: { ...licenses.expect, schema: undefined } };

const emptyState: State = {
  environment: { values: [] },
  collection: [],
  globals: [],
  run: [],
  row: {},
  iteration: { index: 0, count: 1 },
  cookies: createCookies(),
};

function resultOf(
  step: Step,
  body: string,
  assertions: { name: string; message: string | undefined }[] = [{ name: 'status is 200', message: undefined }],
): StepResult {
  const response = { status: 200, reason: 'OK', headers: [], body, timings: undefined, durationMs: 1 };
  const execution = {
    engine: 'newman' as const,
    itemId: step.id,
    startedAt: 0,
    durationMs: 1,
    request: undefined,
    response,
    error: undefined,
    assertions,
    scriptErrors: [],
    console: [],
    refusal: undefined,
    skipped: false,
    next: undefined,
    state: emptyState,
  };
  return toStepResult(step, definition, execution, {}, 0);
}

const failed = ({ checks }: StepResult) => checks.filter(({ status }) => status === 'failed');

it.each([
  ['[', ']'],
  ['{"_embedded":', '}'],
])(
  'a step whose answer is nested too deeply, in %s, fails with a check that says so, and is diagnosed',
  (open, close) => {
    for (const step of [licenses, withoutSchema]) {
      const result = resultOf(step, `${open.repeat(50_000)}1${close.repeat(50_000)}`);
      expect(failed(result)).toMatchObject([{ kind: 'schema', message: 'the body is nested deeper than 200 levels' }]);
      expect(result.diagnoses[0]?.cause).toContain('not JSON that can be read');
    }
  },
);

for (const count of [30, 300_000])
  it(`a step whose answer has ${count} items of a wrong type names only some of them`, slowUnless(count === 30), () => {
    const [check] = failed(resultOf(licenses, JSON.stringify({ _embedded: { licenses: Array(count).fill(0) } })));
    expect(check?.message).toMatch(count === 30 ? /; and \d+ more$/ : /^\/_embedded\/licenses\/0 must be an object$/);
    expect(check?.message?.length).toBeLessThan(2000);
  });

it('checks stand in the order in which they were made, also two of one name', () => {
  const assertions = [
    { name: 'of the collection', message: undefined },
    { name: 'status is 200', message: undefined },
    { name: 'status is 200', message: 'of a script' },
  ];
  const { status, checks } = resultOf(withoutSchema, '{}', assertions);
  expect(status).toBe('failed');
  expect(checks.map(({ kind, name, status }) => `${kind} ${name} ${status}`)).toEqual([
    'script of the collection passed',
    'status status is 200 passed',
    'script status is 200 failed',
  ]);
});

describe('the tokens of an answer', () => {
  const part = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url');
  const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'u', exp: 1 })}.c2lnbmF0dXJl`;

  it('are decoded, without their signature', () => {
    expect(
      tokensIn(JSON.stringify({ access_token: token, token_type: 'Bearer', nested: { id_token: token } })),
    ).toEqual([{ name: 'access_token', claims: { sub: 'u', exp: 1 } }]);
  });

  it.each(['', 'eyJ', '"eyJh.eyJh.x"', '{"a":"eyJhIjoxfQ.eyJ.x"}', '{"a":"eyJ.%.%"}', '["eyJhbGciOiIifQ.e30."]'])(
    'are none in %s',
    (body) => {
      expect(tokensIn(body).filter(({ name }) => name === 'a')).toEqual([]);
    },
  );
});
