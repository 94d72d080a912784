import { signOnCredentials } from '../../src/simulator/index.ts';
import { type Answer, elsewhere, type Provoked } from './provoked-failures.ts';

const { envID } = signOnCredentials;

const answer = (
  request: Omit<Answer, 'body' | 'status'>,
  status: number,
  body: object = {},
): Pick<Provoked, 'answers'> => ({
  answers: [{ ...request, status, body }],
});
const posted = (at: RegExp) => ({ method: 'POST', at });
const read = (nth: number) => ({ method: 'GET', at: /\/password$/, nth });
/** The request of this content type, the so manieth. */
const doing = (action: string, nth = 1) => ({ at: /\/password$/, type: new RegExp(`password\\.${action}\\b`), nth });
const inFlow = (action: string) => ({ at: /\/flows\//, type: new RegExp(action) });

const refused = (detail: object, code = 'INVALID_DATA') =>
  [400, { id: elsewhere, code, message: 'On request.', details: [{ message: '', ...detail }] }] as const;
const failed = (status: number, code: string) => [status, { id: elsewhere, code, message: 'On request.' }] as const;
const taken = (target: string) => refused({ code: 'UNIQUENESS_VIOLATION', target });
const invalid = (target: string, innerError?: object) =>
  refused({ code: 'INVALID_VALUE', target, ...(innerError && { innerError }) });
const impossible = (code: string) => refused({ code }, 'REQUEST_FAILED');
const state = (status: string) =>
  [200, { environment: { id: envID }, user: { id: elsewhere }, passwordPolicy: { id: elsewhere }, status }] as const;
const flow = (status: string, more: object = {}) => [200, { id: elsewhere, status, ...more }] as const;

const of = (step: number, what: string, provoked: Partial<Provoked>, cause: string): Provoked => ({
  step,
  what,
  ...provoked,
  cause,
});

/** Failures of the steps of "The life of a password". */
export const provokedPasswords: readonly Provoked[] = [
  of(1, 'a wrong client secret', { values: { adminAppSecret: 'wrong' } }, 'adminAppID or adminAppSecret is not that'),
  of(
    2,
    'a policy name that is taken',
    answer(posted(/passwordPolicies$/), ...taken('name')),
    'The environment already has a password policy',
  ),
  of(
    2,
    'a rule that is not accepted',
    answer(posted(/passwordPolicies$/), ...invalid('lockout.failureCount')),
    'PingOne does not accept a rule',
  ),
  of(
    2,
    'a role that is missing',
    answer(posted(/passwordPolicies$/), ...failed(403, 'ACCESS_FAILED')),
    'The Worker application may not write password policies',
  ),
  of(
    2,
    'an environment that is not there',
    answer(posted(/passwordPolicies$/), ...failed(404, 'NOT_FOUND')),
    'envID is not an environment of this region',
  ),
  of(
    3,
    'a population name that is taken',
    answer(posted(/populations$/), ...taken('name')),
    'The environment already has a population',
  ),
  of(
    3,
    'a policy that does not exist',
    answer(posted(/populations$/), ...invalid('passwordPolicy.id')),
    'The password policy does not exist',
  ),
  of(
    4,
    'a user name that is taken',
    answer(posted(/users$/), ...taken('username')),
    'The environment already has a user',
  ),
  of(
    4,
    'an address that is taken',
    answer(posted(/users$/), ...taken('email')),
    'Another user of the environment has this e-mail address',
  ),
  of(
    4,
    'an address that is none',
    { values: { lifeEmail: 'nobody' } },
    'The value of lifeEmail is not an e-mail address',
  ),
  of(
    4,
    'a population that does not exist',
    answer(posted(/users$/), ...invalid('population.id')),
    'The population does not exist',
  ),
  of(5, 'a user who has a password', answer(read(1), ...state('OK')), 'The user has a password already'),
  of(5, 'a user who is gone', answer(read(1), ...failed(404, 'NOT_FOUND')), 'The user does not exist (any more)'),
  of(
    5,
    'a role that is missing',
    answer(read(1), ...failed(403, 'ACCESS_FAILED')),
    'The Worker application may not work with passwords',
  ),
  of(
    6,
    'a password that the policy refuses',
    answer(doing('setValue'), ...invalid('newPassword')),
    'The password does not keep the policy',
  ),
  of(
    6,
    'another content type',
    answer(doing('setValue'), ...failed(415, 'INVALID_REQUEST')),
    'The Content-Type header is not the one that sets the value',
  ),
  of(
    7,
    'a password that is not the user’s',
    answer(doing('check'), ...invalid('password')),
    'The password is not the user',
  ),
  of(7, 'a user without a password', answer(doing('check'), ...impossible('NO_PASSWORD')), 'The user has no password'),
  of(7, 'a locked password', answer(doing('check'), ...impossible('ACCOUNT_NOT_USABLE')), 'The password is locked'),
  of(
    8,
    'a weak password that is taken',
    answer(doing('set'), ...state('OK')),
    'The password was not refused, so the user is not under the policy',
  ),
  of(
    9,
    'a used password that is taken',
    answer(doing('set', 2), ...state('OK')),
    'The password was not refused, so it is not the one',
  ),
  of(
    10,
    'a user without a password',
    answer(doing('forceChange'), ...impossible('NO_PASSWORD')),
    'The user has no password that could be changed',
  ),
  of(
    10,
    'another content type',
    answer(doing('forceChange'), ...failed(415, 'INVALID_REQUEST')),
    'The Content-Type header is not the one that forces',
  ),
  of(
    11,
    'an application name that is taken',
    answer(posted(/applications$/), ...taken('name')),
    'The environment already has an application',
  ),
  of(
    11,
    'a role that is missing',
    answer(posted(/applications$/), ...failed(403, 'ACCESS_FAILED')),
    'The Worker application may not create applications',
  ),
  of(
    12,
    'a sign-on that is remembered',
    answer({ at: /authorize$/ }, ...flow('COMPLETED')),
    'A sign-on from before is remembered',
  ),
  of(
    12,
    'a second factor at once',
    answer({ at: /authorize$/ }, ...flow('OTP_REQUIRED')),
    'The sign-on policy of the application does not begin',
  ),
  of(
    13,
    'a password that need not be changed',
    answer(inFlow('usernamePassword'), ...flow('COMPLETED')),
    'The password is right and need not be changed',
  ),
  of(
    13,
    'a locked password',
    answer(inFlow('usernamePassword'), ...flow('FAILED', { error: { code: 'PASSWORD_LOCKED_OUT', message: 'x' } })),
    'The password is locked',
  ),
  of(
    13,
    'a wrong password',
    answer(inFlow('usernamePassword'), ...invalid('password')),
    'The password, or the user name, is wrong',
  ),
  of(
    13,
    'no cookie',
    answer(inFlow('usernamePassword'), ...failed(401, 'ACCESS_FAILED')),
    'The cookie ST of the authorize request is missing',
  ),
  of(
    13,
    'a flow that is over',
    answer(inFlow('usernamePassword'), ...failed(404, 'NOT_FOUND')),
    'PingOne does not know the flow',
  ),
  of(
    14,
    'a wrong current password',
    answer(inFlow('password\\.reset'), ...invalid('currentPassword')),
    'The current password is wrong',
  ),
  of(
    14,
    'a new password that the policy refuses',
    answer(inFlow('password\\.reset'), ...invalid('newPassword')),
    'The new password does not keep the policy',
  ),
  of(
    15,
    'a wrong password that is taken',
    answer(doing('check', 2), ...state('OK')),
    'The wrong password was not refused',
  ),
  of(
    15,
    'a password that is locked already',
    answer(doing('check', 2), ...refused({ code: 'ACCOUNT_NOT_USABLE', target: 'account' })),
    'The password was locked before',
  ),
  of(17, 'a password that is not locked', answer(read(2), ...state('OK')), 'There were fewer wrong passwords'),
  of(
    18,
    'a password that must be changed',
    answer(doing('unlock'), ...state('MUST_CHANGE_PASSWORD')),
    'The password is unlocked, and must be changed',
  ),
  of(
    18,
    'a user without a password',
    answer(doing('unlock'), ...impossible('NO_PASSWORD')),
    'The user has no password that could be unlocked',
  ),
  of(
    19,
    'another content type',
    answer(doing('reset'), ...failed(415, 'INVALID_REQUEST')),
    'The Content-Type header is not the one that resets',
  ),
  of(
    20,
    'a password of before',
    answer(doing('set', 3), ...invalid('newPassword', { unsatisfiedRequirements: ['history'] })),
    'The password is the user’s present one'.replace('’', "'"),
  ),
  of(
    21,
    'a user who may not get one',
    answer(doing('sendRecoveryCode'), ...impossible('ACCOUNT_NOT_USABLE')),
    'The user is disabled, or the password is locked',
  ),
  of(22, 'a wrong code that is taken', answer(doing('recover'), ...state('OK')), 'The wrong code was not refused'),
];
