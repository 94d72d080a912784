import { describe, expect, it } from 'vitest';
import type { Definition, Step } from '../../../src/definition/definition.ts';
import type { Condition } from '../../../src/definition/schema.ts';
import { diagnose, type Evidence, holds, noEvidence } from '../../../src/run/judge/diagnose.ts';
import { readServiceProblem } from '../../../src/run/judge/service-problem.ts';

const nothing = noEvidence;
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

const malformed: Evidence = {
  ...answered(200, {}),
  isNotJson: true,
  checks: [{ kind: 'schema', name: 'body matches x', status: 'failed', message: 'the body is not JSON' }],
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
  [{ check: 'ready', variable: 'user' }, unmade, false],
  [{ check: 'capture', message: 'none' }, uncaptured, true],
  [{ message: 'some' }, uncaptured, false],
  [{ token: 'expired' }, { ...nothing, token: 'expired' }, true],
  [{ token: 'expired' }, { ...nothing, token: 'fresh' }, false],
  [{ token: 'fresh' }, nothing, false],
  [{ body: 'not-json' }, malformed, true],
  [{ body: 'not-json' }, taken, false],
];

describe('a condition', () => {
  it.each(cases)('%j', (when, evidence, want) => {
    expect(holds(when, evidence)).toBe(want);
  });
});

describe('of the entries whose condition holds', () => {
  const entry = (when: Condition, cause: string) => ({ when, cause, remedy: '' });
  const causes = (own: readonly Condition[], shared: readonly Condition[], evidence: Evidence) =>
    diagnose(
      { troubleshooting: own.map((when) => entry(when, `own ${JSON.stringify(when)}`)) } as unknown as Step,
      { troubleshooting: shared.map((when) => entry(when, `shared ${JSON.stringify(when)}`)) } as unknown as Definition,
      evidence,
    ).map(({ cause }) => cause);

  it('the more telling comes first, wherever it is written', () => {
    const shared = [{ status: 400 }, { status: 400, detail: 'UNIQUENESS_VIOLATION' }];
    expect(causes([{ status: 400 }], shared, taken)).toEqual([
      'shared {"status":400,"detail":"UNIQUENESS_VIOLATION"}',
      'own {"status":400}',
      'shared {"status":400}',
    ]);
  });

  it('of equally telling ones the step’s own comes first, then the order is that of the file', () => {
    expect(causes([{ target: 'name' }, { target: 'email' }], [{ detail: 'EMPTY_VALUE' }], taken)).toEqual([
      'own {"target":"name"}',
      'own {"target":"email"}',
      'shared {"detail":"EMPTY_VALUE"}',
    ]);
  });

  it('a wrong shape comes before what is missing because of it', () => {
    const evidence = { ...malformed, checks: [...uncaptured.checks, ...malformed.checks] };
    const [first] = causes(
      [{ check: 'capture', variable: 'licenseID', message: 'none' }],
      [{ check: 'schema' }],
      evidence,
    );
    expect(first).toBe('shared {"check":"schema"}');
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
