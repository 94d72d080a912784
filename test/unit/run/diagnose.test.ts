import { describe, expect, it } from 'vitest';
import type { Definition, Step } from '../../../src/definition/definition.ts';
import type { Condition } from '../../../src/definition/schema.ts';
import { diagnose, type Evidence, holds, noEvidence } from '../../../src/run/judge/diagnose.ts';
import { readServiceProblem } from '../../../src/run/judge/service-problem.ts';

const nothing = noEvidence;
/** Where PingOne's errors have what the usual forms do not say. */
const pingOne = {
  name: 'PingOne',
  errors: { unsatisfied: '/innerError/unsatisfiedRequirements', allowed: '/innerError/allowedValues' },
};
const answered = (status: number, body: unknown): Evidence => {
  const problem = readServiceProblem(body, pingOne);
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
  [{ description: 'unsupported Authentication method' }, refused, true],
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
    ['without a code and a message', { status: 400, details: [] }],
    ['that is text', 'Bad gateway'],
  ])('%s says nothing', (_what, body) => {
    expect(readServiceProblem(body)).toBeUndefined();
  });

  const forms: readonly (readonly [form: string, body: unknown, want: object])[] = [
    [
      'problem details (RFC 9457)',
      {
        type: 'https://example.com/problems/out-of-credit',
        title: 'No credit',
        status: 403,
        detail: 'It costs 50.',
        errors: [{ pointer: '/amount', detail: 'too high' }],
      },
      {
        code: 'https://example.com/problems/out-of-credit',
        message: 'It costs 50.',
        oauth: false,
        details: [{ code: '', message: 'too high', target: '/amount' }],
      },
    ],
    [
      'problem details of no type',
      { type: 'about:blank', title: 'Not Found', status: 404 },
      { code: '', message: 'Not Found', oauth: false, details: [] },
    ],
    [
      'problem details with messages by name',
      { title: 'Invalid', errors: { email: ['is empty', 'is no address'] } },
      {
        code: '',
        message: 'Invalid',
        oauth: false,
        details: [{ code: '', message: 'is empty is no address', target: 'email' }],
      },
    ],
    [
      'an OAuth error (RFC 6749)',
      { error: 'invalid_client', error_description: 'unknown' },
      { code: 'invalid_client', message: 'unknown', oauth: true, details: [] },
    ],
    [
      'an error in an error',
      { error: { code: 404, message: 'no such thing', details: [{ code: 'GONE', target: 'id' }] } },
      {
        code: '404',
        message: 'no such thing',
        oauth: false,
        details: [{ code: 'GONE', message: '', target: 'id' }],
      },
    ],
    ['a message', { message: 'no' }, { code: '', message: 'no', oauth: false, details: [] }],
  ];

  it.each(forms)('is read as %s', (_form, body, want) => {
    expect(readServiceProblem(body)).toEqual(want);
  });

  it('is read where the definition says that its parts are', () => {
    const body = { fault: { id: 'E17', text: 'no', causes: [{ code: 'A', rules: ['x'] }] } };
    const errors = { code: '/fault/id', message: '/fault/text', details: '/fault/causes', unsatisfied: '/rules' };
    expect(readServiceProblem(body, { name: 'Tasks', errors })).toEqual({
      service: 'Tasks',
      code: 'E17',
      message: 'no',
      oauth: false,
      details: [{ code: 'A', message: '', unsatisfied: ['x'] }],
    });
  });

  it('names each password rule once', () => {
    const details = [
      {
        code: 'INVALID_VALUE',
        message: '',
        innerError: { unsatisfiedRequirements: ['minCharacters', 'minCharacters', 'length'] },
      },
    ];
    const body = { code: 'INVALID_DATA', message: '', details };
    expect(readServiceProblem(body, pingOne)?.details[0]?.unsatisfied).toEqual(['minCharacters', 'length']);
  });
});
