import { type Simulator, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { signIn } from '../simulator/support.ts';
import { type Answer, elsewhere, type Provoked } from './provoked-failures.ts';

const { envID } = signOnCredentials;
const environment = `/v1/environments/${envID}`;

const answers = (
  request: Pick<Answer, 'at' | 'method' | 'nth'>,
  status: number,
  body: unknown,
): { readonly answers: readonly Answer[] } => ({ answers: [{ ...request, status, body }] });
const error = (status: number, code: string, detail?: object) =>
  [
    status,
    { id: elsewhere, code, message: 'On request.', ...(detail && { details: [{ message: '', ...detail }] }) },
  ] as const;
const forbidden = error(403, 'ACCESS_FAILED', { code: 'INSUFFICIENT_PERMISSIONS' });
const notThere = error(404, 'NOT_FOUND');
const refused = (code: string, target?: string) => error(400, 'INVALID_DATA', { code, ...(target && { target }) });
const appOf = ({ clientId, secret }: { readonly clientId: string; readonly secret: string }) => ({
  adminAppID: clientId,
  adminAppSecret: secret,
});

const users = { at: /\/users$/, method: 'POST' };
const enabled = (nth: number) => ({ at: /\/enabled$/, method: 'PUT', nth });
const read = { at: /\/enabled$/, method: 'GET' };
const authorize = { at: /\/as\/authorize$/ };
const flow = (nth: number) => ({ at: /\/flows\//, nth });
const flowWith = (status: string) => [200, { id: elsewhere, status }] as const;
const noCookie = error(401, 'ACCESS_FAILED', { code: 'INVALID_TOKEN' });

/** Failures of the steps of "Disable and enable a user". */
export const provokedDisabling: readonly Provoked[] = [
  {
    step: 1,
    what: 'a wrong client secret',
    values: { adminAppSecret: 'wrong' },
    cause: 'adminAppID or adminAppSecret',
  },
  {
    step: 2,
    what: 'a population that is not there',
    values: { sharedPopID: elsewhere },
    cause: 'The population does not exist in this environment',
  },
  {
    step: 2,
    what: 'no e-mail address',
    values: { switchedEmail: 'nobody' },
    cause: 'The value of switchedEmail is not',
  },
  {
    step: 2,
    what: 'a name that is taken',
    ...answers(users, ...refused('UNIQUENESS_VIOLATION', 'username')),
    cause: 'The environment already has a user of this name',
  },
  {
    step: 2,
    what: 'a password that the policy refuses',
    ...answers(users, ...refused('INVALID_VALUE', 'password')),
    cause: 'The password does not keep the policy of the population',
  },
  {
    step: 2,
    what: 'an environment that is not there',
    values: { envID: elsewhere },
    cause: 'The Worker application may not create users in this environment, or envID is no environment',
  },
  {
    step: 2,
    what: 'another content type',
    edits: { '02-create-user.yaml': ['value: application/vnd.pingidentity.user.import+json', 'value: text/plain'] },
    cause: 'The Content-Type header is not one that creates a user',
  },
  {
    step: 3,
    what: 'applications that may not be created',
    values: appOf(seedApps.identityDataAdmin),
    cause: 'The Worker application may not create applications',
  },
  {
    step: 4,
    what: 'a missing role',
    ...answers(enabled(1), ...forbidden),
    cause: 'The Worker application may not change',
  },
  {
    step: 4,
    what: 'a user who is gone',
    ...answers(enabled(1), ...notThere),
    cause: 'The user does not exist (any more), or not in this environment',
  },
  {
    step: 4,
    what: 'a text in the place of false',
    edits: { '04-disable-user.yaml': ['enabled: false\nexpect', 'enabled: "false"\nexpect'] },
    cause: 'enabled is missing, or is neither true nor false',
  },
  {
    step: 4,
    what: 'a user who stays enabled',
    ...answers(enabled(1), 200, { enabled: true }),
    cause: 'PingOne accepted the request, but the user is still enabled',
  },
  { step: 5, what: 'a user who is enabled', ...answers(read, 200, { enabled: true }), cause: 'The user is enabled' },
  {
    step: 5,
    what: 'a missing role',
    ...answers(read, ...forbidden),
    cause: 'The Worker application may not read users',
  },
  {
    step: 6,
    what: 'another redirect URI',
    edits: {
      '06-send-authorize-request.yaml': ['&redirect_uri={{redirectUri}}', '&redirect_uri=https://example.com/'],
    },
    cause: 'redirect_uri is not one of',
  },
  {
    step: 6,
    what: 'a session from before',
    ...answers(authorize, ...flowWith('COMPLETED')),
    cause: 'A sign-on from before is remembered',
  },
  {
    step: 7,
    what: 'a user who is enabled',
    ...answers(flow(1), ...flowWith('COMPLETED')),
    cause: 'The user signed on, so the user is not disabled',
  },
  {
    step: 7,
    what: 'a wrong password',
    edits: { '07-refused-sign-on.yaml': ['username: "{{switchedUsername}}"', 'username: nobody'] },
    cause: 'The password, or the user name, is wrong, so this does not show',
  },
  {
    step: 7,
    what: 'another reason',
    ...answers(flow(1), ...error(400, 'REQUEST_FAILED', { code: 'CONSTRAINT_VIOLATION' })),
    cause: 'PingOne refused the sign-on for another reason',
  },
  { step: 7, what: 'no cookie', ...answers(flow(1), ...noCookie), cause: 'The cookie ST of the authorize request' },
  { step: 7, what: 'a flow that is over', ...answers(flow(1), ...notThere), cause: 'PingOne does not know the flow' },
  {
    step: 7,
    what: 'another content type',
    edits: {
      '07-refused-sign-on.yaml': [
        'value: application/vnd.pingidentity.usernamePassword.check+json',
        'value: application/json',
      ],
    },
    cause: 'The Content-Type header is not the one that checks a name',
  },
  {
    step: 8,
    what: 'a user who stays disabled',
    ...answers(enabled(2), 200, { enabled: false }),
    cause: 'PingOne accepted the request, but the user is still disabled',
  },
  {
    step: 8,
    what: 'a user who is gone',
    ...answers(enabled(2), ...notThere),
    cause: 'The user does not exist (any more)',
  },
  {
    step: 9,
    what: 'an application that is not there',
    edits: { '09-send-authorize-request-again.yaml': ['client_id={{switchAppID}}', `client_id=${elsewhere}`] },
    cause: 'There is no such application',
  },
  {
    step: 10,
    what: 'a user who is still disabled',
    ...answers(flow(2), ...error(400, 'REQUEST_FAILED', { code: 'ACCOUNT_NOT_USABLE' })),
    cause: 'The user is still disabled',
  },
  {
    step: 10,
    what: 'a second factor',
    ...answers(flow(2), ...flowWith('OTP_REQUIRED')),
    cause: 'The password is right; the',
  },
  {
    step: 10,
    what: 'a wrong password',
    edits: { '10-sign-on.yaml': ['password: "{{switchedUserPassword}}"', 'password: wrong'] },
    cause: 'The password, or the user name, is wrong',
  },
];

const groups = { at: /\/groups$/, method: 'POST' };
const memberships = { at: /\/memberOfGroups$/, method: 'POST' };
const listed = { at: /\/memberOfGroups$/, method: 'GET' };
const found = { at: /\/users$/, method: 'GET' };
const removed = { at: /\/memberOfGroups\/[^/]+$/, method: 'DELETE' };

/** There is a group of this name. */
const withName = async (simulator: Simulator) => {
  const client = await signIn(simulator, seedApps.administrator);
  await client.send('POST', `${environment}/groups`, { body: { name: 'Taken' } });
};

/** Failures of the steps of "A group and its members". */
export const provokedGroups: readonly Provoked[] = [
  {
    step: 1,
    what: 'a disabled application',
    values: appOf(seedApps.disabled),
    cause: 'The Worker application is disabled',
  },
  {
    step: 2,
    what: 'a name that is taken',
    before: withName,
    edits: {
      '2-create-group.yaml': [
        'name: "{{namePrefix}}-group-{{runID}}"\n      description',
        'name: Taken\n      description',
      ],
    },
    cause: 'The environment already has a group of this name',
  },
  {
    step: 2,
    what: 'too many groups',
    ...answers(groups, ...error(400, 'REQUEST_FAILED', { code: 'LIMIT_EXCEEDED' })),
    cause: 'The environment has as many groups as PingOne allows',
  },
  {
    step: 2,
    what: 'no name',
    edits: {
      '2-create-group.yaml': [
        'name: "{{namePrefix}}-group-{{runID}}"\n      description',
        'name: ""\n      description',
      ],
    },
    cause: 'The name is missing or empty',
  },
  {
    step: 2,
    what: 'a filter that cannot be read',
    edits: {
      '2-create-group.yaml': [
        '      description: Group of',
        '      userFilter: title is x\n      description: Group of',
      ],
    },
    cause: 'PingOne cannot read the filter',
  },
  {
    step: 2,
    what: 'a population that is not there',
    edits: {
      '2-create-group.yaml': [
        '      description: Group of',
        `      population: { id: ${elsewhere} }\n      description: Group of`,
      ],
    },
    cause: 'The population does not exist in this environment',
  },
  {
    step: 2,
    what: 'a missing role',
    values: { envID: elsewhere },
    cause: 'The Worker application may not create groups in this environment, or envID is no environment',
  },
  {
    step: 3,
    what: 'a user who is not there',
    values: { sharedUserID: elsewhere },
    cause: 'The user does not exist in this environment',
  },
  {
    step: 3,
    what: 'a group that is not there',
    edits: { '3-add-user-to-group.yaml': ['id: "{{groupID}}"\nexpect', `id: ${elsewhere}\nexpect`] },
    cause: 'The group does not exist in this environment',
  },
  {
    step: 3,
    what: 'a user who is in the group already',
    ...answers(memberships, ...refused('UNIQUENESS_VIOLATION', 'id')),
    cause: 'The user is in the group already',
  },
  {
    step: 3,
    what: 'a group of another population',
    ...answers(memberships, ...refused('CONSTRAINT_VIOLATION', 'id')),
    cause: 'The group takes users of one population only',
  },
  {
    step: 3,
    what: 'a missing role',
    ...answers(memberships, ...forbidden),
    cause: 'The Worker application may not change who is in groups',
  },
  {
    step: 4,
    what: 'a list without the group',
    ...answers(listed, 200, { _embedded: { groupMemberships: [] } }),
    cause: 'The user is not in the group, or the list does not show it yet',
  },
  {
    step: 4,
    what: 'a missing role',
    ...answers(listed, ...forbidden),
    cause: 'The Worker application may not read who is in groups',
  },
  {
    step: 5,
    what: 'a list without the user',
    ...answers(found, 200, { _embedded: { users: [] } }),
    cause: 'The user is not among the members, or the list does not show it yet',
  },
  {
    step: 5,
    what: 'a filter that cannot be read',
    edits: { '5-find-users-of-group.yaml': ['[id eq "{{groupID}}"]\'\nexpect', '.id eq "{{groupID}}"\'\nexpect'] },
    cause: 'PingOne cannot read the filter',
  },
  {
    step: 5,
    what: 'a missing role',
    ...answers(found, ...forbidden),
    cause: 'The Worker application may not read users of this environment',
  },
  {
    step: 6,
    what: 'a member by a filter',
    ...answers(removed, ...error(400, 'REQUEST_FAILED', { code: 'CONSTRAINT_VIOLATION' })),
    cause: 'The user is a member by the filter of the group',
  },
  {
    step: 6,
    what: 'a missing role',
    ...answers(removed, ...forbidden),
    cause: 'The Worker application may not change who is in groups',
  },
];
