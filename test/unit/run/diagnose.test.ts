import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/definition/schema.ts';
import { type Evidence, holds } from '../../../src/run/diagnose.ts';
import { readServiceProblem } from '../../../src/run/service-problem.ts';

const nothing: Evidence = { response: undefined, connection: undefined, checks: [] };
const answered = (status: number, body: unknown): Evidence => {
  const problem = readServiceProblem(body);
  return { ...nothing, response: { status, ...(problem && { problem }) } };
};

const taken = answered(400, {
  code: 'INVALID_DATA',
  message: 'no',
  details: [
    { code: 'EMPTY_VALUE', target: 'email', message: 'empty' },
    { code: 'UNIQUENESS_VIOLATION', target: 'name', message: 'taken' },
  ],
});
const weak = answered(400, {
  code: 'INVALID_DATA',
  message: 'no',
  details: [
    {
      code: 'INVALID_VALUE',
      target: 'newPassword',
      message: 'no',
      innerError: { unsatisfiedRequirements: ['length', 'history'] },
    },
  ],
});
const refused = answered(401, {
  error: 'invalid_client',
  error_description: 'Request denied: Unsupported authentication method',
});
const uncaptured: Evidence = {
  ...answered(200, {}),
  checks: [{ kind: 'capture', name: 'captures licenseID', variable: 'licenseID', status: 'failed', message: 'none' }],
};
const unmade: Evidence = {
  ...nothing,
  checks: [
    { kind: 'ready', name: 'every variable has a value', status: 'failed', message: 'userPassword cannot be made: …' },
  ],
};

const cases: readonly (readonly [when: Condition, evidence: Evidence, want: boolean])[] = [
  [{ status: 400 }, taken, true],
  [{ status: [500, 400] }, taken, true],
  [{ status: 401 }, taken, false],
  [{ status: 400 }, nothing, false],
  [{ code: 'INVALID_DATA' }, taken, true],
  [{ code: 'NOT_FOUND' }, taken, false],
  [{ detail: 'UNIQUENESS_VIOLATION', target: 'name' }, taken, true],
  [{ detail: 'UNIQUENESS_VIOLATION', target: 'email' }, taken, false],
  [{ target: 'newPassword', unsatisfied: 'history' }, weak, true],
  [{ unsatisfied: 'minCharacters' }, weak, false],
  [{ oauthError: 'invalid_client' }, refused, true],
  [{ oauthError: 'INVALID_DATA' }, taken, false],
  [{ oauthError: 'invalid_client', description: 'Unsupported authentication method' }, refused, true],
  [{ description: 'Invalid client credentials' }, refused, false],
  [{ connection: 'refused' }, { ...nothing, connection: 'refused' }, true],
  [{ connection: 'timeout' }, { ...nothing, connection: 'refused' }, false],
  [{ check: 'capture', variable: 'licenseID' }, uncaptured, true],
  [{ check: 'capture', variable: 'orgID' }, uncaptured, false],
  [{ check: 'schema' }, uncaptured, false],
  [{ check: 'ready', variable: 'userPassword' }, unmade, true],
  [{ check: 'ready', variable: 'envID' }, unmade, false],
];

describe('a condition', () => {
  it.each(cases)('%j', (when, evidence, want) => {
    expect(holds(when, evidence)).toBe(want);
  });
});

describe('an error body', () => {
  it.each([
    ['that is not an object', null],
    ['that is a list', []],
    ['without a code', { message: 'x' }],
    ['that is text', 'Bad gateway'],
  ])('%s says nothing', (_what, body) => {
    expect(readServiceProblem(body)).toBeUndefined();
  });

  it('names each password rule once', () => {
    const details = [
      {
        code: 'INVALID_VALUE',
        message: '',
        innerError: { unsatisfiedRequirements: ['minCharacters', 'minCharacters', 'length'] },
      },
    ];
    expect(readServiceProblem({ code: 'INVALID_DATA', message: '', details })?.details[0]?.unsatisfied).toEqual([
      'minCharacters',
      'length',
    ]);
  });
});
