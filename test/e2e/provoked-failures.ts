import {
  defaultCredentials,
  defaultSeed,
  type Fault,
  otherOrganization,
  type Simulator,
  type SimulatorOptions,
  seedApps,
  seedLicenses,
} from '../../src/simulator/index.ts';

export type Edits = Readonly<Record<string, readonly [from: string, to: string]>>;

/** An answer that a server gives in the simulator's place. */
export interface Answer {
  readonly method?: string;
  /** Matches the path. */
  readonly at: RegExp;
  /** Matches the content type. */
  readonly type?: RegExp;
  /** Which of these requests, from 1. Default: each. */
  readonly nth?: number;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A failure, and the cause that a person is to read first. */
export interface Provoked {
  readonly step: number;
  readonly what: string;
  /** Begins the first diagnosis. */
  readonly cause: string;
  readonly values?: Readonly<Record<string, string>> | ((simulator: string) => Readonly<Record<string, string>>);
  /** Of requests that the simulator knows as no step: the path that the faults are for. */
  readonly path?: string;
  readonly faults?: readonly Fault['do'][];
  readonly edits?: Edits;
  readonly simulator?: SimulatorOptions;
  readonly requestTimeout?: number;
  /** The collection is run before, so that its things are in the way. */
  readonly twice?: true;
  /** Answers in place of the simulator's. */
  readonly answers?: readonly Answer[];
  /** Prepares the simulator. */
  readonly before?: (simulator: Simulator) => Promise<unknown>;
}

const files = [
  '',
  '1-get-access-token.yaml',
  '2-read-licenses.yaml',
  '3-create-environment.yaml',
  '4-create-population.yaml',
  '5-create-user.yaml',
  '6-set-user-password.yaml',
] as const;
export const elsewhere = '11111111-2222-4333-8444-555555555555';

/** The step's pre-request script also runs this. */
const before = (step: number, script: string): Edits => ({
  [files[step] ?? '']: ['\nexpect:\n', `\nscripts:\n  prerequest: ${script}\nexpect:\n`],
});
const without = (step: number, variable: string) => before(step, `pm.environment.unset('${variable}');`);
/** What the gateway in front of PingOne says: it has no form of PingOne's. */
const gateway = (message: string): Fault['do'] => ({ kind: 'status', status: 403, body: { message } });
/** The seed, with all licenses of the organization changed. */
const seedWith = (change: object) => {
  const seed = defaultSeed();
  return {
    ...seed,
    organizations: seed.organizations.map((organization) => ({
      ...organization,
      licenses: organization.licenses.map((license) => ({ ...license, ...change })),
    })),
  };
};
const app = ({ clientId, secret }: { readonly clientId: string; readonly secret: string }) => ({
  adminAppID: clientId,
  adminAppSecret: secret,
});
export const refusal = (status: number, code: string, detail?: object): Fault['do'] => ({
  kind: 'status',
  status,
  body: { id: elsewhere, code, message: 'On request.', ...(detail && { details: [{ message: '', ...detail }] }) },
});
/** Sets this password in place of the generated one. */
const password = (value: string): Edits => ({
  '6-set-user-password.yaml': ['value: "{{userPassword}}"', `value: ${JSON.stringify(value)}`],
});

/** Failures of the steps of "Create a test environment". */
export const provokedFailures: readonly Provoked[] = [
  {
    step: 1,
    what: 'a wrong client secret',
    values: { adminAppSecret: 'wrong-secret' },
    cause: 'adminAppID or adminApp',
  },
  { step: 1, what: 'an unknown client id', values: { adminAppID: elsewhere }, cause: 'adminAppID or adminAppSecret' },
  {
    step: 1,
    what: 'an application with another authentication method',
    values: app(seedApps.secretPost),
    cause: 'The Worker application does not accept its secret as Basic authentication',
  },
  {
    step: 1,
    what: 'a disabled application',
    values: app(seedApps.disabled),
    cause: 'The Worker application is disabled',
  },
  { step: 1, what: 'an application without roles', values: app(seedApps.withoutRoles), cause: 'No role is assigned' },
  {
    step: 1,
    what: 'an adminEnvID that is not one',
    values: { adminEnvID: elsewhere },
    cause: 'adminEnvID is not an environment of this region',
  },
  {
    step: 1,
    what: 'an application of another environment',
    values: { adminEnvID: otherOrganization.adminEnvID },
    cause: 'adminAppID or adminAppSecret',
  },
  {
    step: 1,
    what: 'an authPath at which nothing answers',
    values: { authPath: 'http://127.0.0.1:1' },
    cause: 'Nothing answers at the address',
  },
  {
    step: 1,
    what: 'an authPath whose host does not exist',
    values: { authPath: 'https://auth.pingone.invalid' },
    cause: 'The host name of the address does not exist',
  },
  {
    step: 1,
    what: 'an authPath that speaks no TLS',
    values: (url) => ({ authPath: url.replace('http:', 'https:') }),
    cause: 'The certificate of the server was not accepted',
  },
  {
    step: 1,
    what: 'a server that does not answer',
    faults: [{ kind: 'hang' }],
    requestTimeout: 300,
    cause: 'The server took the request but did not answer in time',
  },
  { step: 1, what: 'a connection that breaks', faults: [{ kind: 'reset-mid-body' }], cause: 'The connection broke' },
  {
    step: 1,
    what: 'a token that names no organization',
    faults: [{ kind: 'mistyped-field', pointer: '/access_token', value: 'opaque' }],
    cause: 'The token does not name an organization',
  },
  {
    step: 1,
    what: 'another grant type',
    edits: { '1-get-access-token.yaml': ['grant_type: client_credentials', 'grant_type: password'] },
    cause: 'The token request was not understood',
  },
  {
    step: 1,
    what: 'a sign-on page in place of PingOne',
    faults: [{ kind: 'invalid-json', text: '<html>Sign on</html>' }],
    cause: 'The answer is not JSON',
  },
  { step: 1, what: 'a status of its own', faults: [{ kind: 'status', status: 418 }], cause: 'PingOne answered with a' },
  { step: 3, what: 'a 405', faults: [{ kind: 'status', status: 405 }], cause: 'PingOne does not know this method' },
  { step: 3, what: 'a 409', faults: [{ kind: 'status', status: 409 }], cause: 'The request conflicts with' },
  { step: 4, what: 'a 415', faults: [{ kind: 'status', status: 415 }], cause: 'The Content-Type header is not one' },
  {
    step: 2,
    what: 'no Bearer token',
    edits: without(2, 'accessToken'),
    cause: 'There is no access token to send',
  },
  { step: 2, what: 'no orgID', edits: without(2, 'orgID'), cause: "Your organization's id is not known" },
  {
    step: 2,
    what: 'a token that is over',
    simulator: { tokenLifetimeSeconds: 1 },
    faults: [{ kind: 'delay', milliseconds: 1 }],
    edits: before(2, 'const until = Date.now() + 2100; while (Date.now() < until);'),
    cause: 'The access token has expired',
  },
  {
    step: 2,
    what: 'a token that is refused before its time is over',
    faults: [{ kind: 'token-expiry', afterUses: 1 }, refusal(401, 'ACCESS_FAILED')],
    cause: 'PingOne refuses the access token although its time is not over',
  },
  {
    step: 2,
    what: 'a missing role Organization Admin',
    values: app(seedApps.identityDataAdmin),
    cause: 'The Worker application does not have the role Organization Admin',
  },
  {
    step: 2,
    what: 'the organization of others',
    values: { orgID: otherOrganization.orgID },
    cause: 'The Worker application does not have the role Organization Admin, or orgID',
  },
  {
    step: 2,
    what: 'an apiPath that is not PingOne’s',
    values: (url) => ({ apiPath: `${url}/elsewhere` }),
    cause: 'PingOne has nothing at this address',
  },
  {
    step: 2,
    what: 'no license for the region',
    values: { region: 'SG' },
    cause: 'The licenses of the organization are for another region',
  },
  {
    step: 2,
    what: 'a license for another region',
    values: { region: 'SG', licenseID: defaultCredentials.licenseID },
    cause: 'The licenses of the organization are for another region',
  },
  {
    step: 2,
    what: 'licenses that are all full',
    simulator: { seed: seedWith({ assignedEnvironmentsCount: 50, maximumEnvironments: 50 }) },
    cause: 'No license for this region has room for one more environment',
  },
  {
    step: 2,
    what: 'licenses that are all over',
    simulator: { seed: seedWith({ status: 'EXPIRED' }) },
    cause: 'No license of the organization is in force',
  },
  {
    step: 2,
    what: 'a tld that is not known',
    values: { tld: 'in', region: '' },
    cause: 'It is not known which region belongs to this tld',
  },
  {
    step: 2,
    what: 'an address that only the gateway answers',
    faults: [gateway('Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256)')],
    cause: 'PingOne has nothing at this address, so the gateway in front of it refuses',
  },
  {
    step: 2,
    what: 'a gateway that misses the token',
    faults: [gateway('Missing Authentication Token')],
    cause: 'PingOne has nothing at this address, or the request carries no Authorization',
  },
  {
    step: 2,
    what: 'a license that is full',
    values: { licenseID: seedLicenses.full },
    cause: 'The license that licenseID names cannot take one more environment now',
  },
  {
    step: 2,
    what: 'a license that is over',
    values: { licenseID: seedLicenses.expired },
    cause: 'The license that licenseID names cannot take one more environment now',
  },
  {
    step: 2,
    what: 'a license of others',
    values: { licenseID: otherOrganization.licenseID },
    cause: 'licenseID is not a license of your organization',
  },
  { step: 2, what: 'too many requests', faults: [{ kind: 'status', status: 429 }], cause: 'PingOne refuses more' },
  ...[500, 502, 503, 504].map(
    (status): Provoked => ({
      step: 2,
      what: `a ${status} of PingOne`,
      faults: [{ kind: 'status', status }],
      cause: 'PingOne has a problem of its own',
    }),
  ),
  { step: 2, what: 'a 408', faults: [{ kind: 'status', status: 408 }], cause: 'The request did not arrive in time' },
  {
    step: 2,
    what: 'an answer that lacks what it should hold',
    faults: [{ kind: 'missing-field', pointer: '/_embedded' }],
    cause: 'The response does not have the shape that PingOne documents',
  },
  { step: 2, what: 'an answer that is cut off', faults: [{ kind: 'truncated-json' }], cause: 'The answer is not JSON' },
  {
    step: 2,
    what: 'a script with an error',
    edits: before(2, 'throw new Error("mine");'),
    cause: 'A script of this step ended with an error',
  },
  { step: 3, what: 'no licenseID', edits: without(3, 'licenseID'), cause: 'No license was chosen' },
  {
    step: 3,
    what: 'a license that is full',
    edits: before(3, `pm.environment.set('licenseID', '${seedLicenses.full}');`),
    cause: 'The license cannot take this environment',
  },
  {
    step: 3,
    what: 'a license of others',
    edits: before(3, `pm.environment.set('licenseID', '${otherOrganization.licenseID}');`),
    cause: 'The license cannot take this environment',
  },
  {
    step: 3,
    what: 'another region than the organization’s',
    values: { region: 'EU' },
    cause: 'The region is not one in which your organization may create environments',
  },
  {
    step: 3,
    what: 'a name that is taken',
    edits: { '3-create-environment.yaml': ['{{namePrefix}}-{{runID}}', '{{namePrefix}}-taken'] },
    twice: true,
    cause: 'Your organization already has an environment of this name',
  },
  {
    step: 3,
    what: 'a body without a type',
    edits: { '3-create-environment.yaml': ['      type: SANDBOX\n', ''] },
    cause: 'The request body lacks a value',
  },
  {
    step: 3,
    what: 'a type that the license does not allow',
    faults: [refusal(400, 'INVALID_DATA', { code: 'INVALID_VALUE', target: 'type' })],
    cause: 'The license does not allow an environment of this type',
  },
  {
    step: 3,
    what: 'a missing role Organization Admin',
    faults: [{ kind: 'status', status: 403 }],
    cause: 'The Worker application does not have the role Organization Admin',
  },
  {
    step: 3,
    what: 'an organization that has as many environments as it may',
    faults: [refusal(403, 'ACCESS_FAILED', { code: 'LICENSE_EXCEEDED' })],
    cause: 'Your organization or its license allows no further environment',
  },
  {
    step: 3,
    what: 'an answer with another name',
    faults: [{ kind: 'mistyped-field', pointer: '/name', value: 'another' }],
    cause: 'The response holds another value than the request asked for',
  },
  { step: 4, what: 'no envID', edits: without(4, 'envID'), cause: 'The environment of this run is not known' },
  {
    step: 4,
    what: 'an envID that is not the new environment',
    edits: before(4, `pm.environment.set('envID', '${elsewhere}');`),
    cause: 'The Worker application may not work in this environment',
  },
  {
    step: 4,
    what: 'roles that do not hold yet',
    faults: [{ kind: 'not-propagated', seconds: 60 }],
    cause: 'The Worker application may not work in this environment',
  },
  {
    step: 4,
    what: 'an environment that cannot be seen yet',
    faults: [{ kind: 'not-propagated', seconds: 60, status: 404 }],
    cause: 'The environment does not exist, or it is only a few seconds old',
  },
  {
    step: 4,
    what: 'a name that is taken',
    edits: { '4-create-population.yaml': ['Shared-Test-User-Population-{{runID}}', 'Default'] },
    cause: 'The environment already has a population of this name',
  },
  { step: 5, what: 'no sharedPopID', edits: without(5, 'sharedPopID'), cause: 'The population of the new user is not' },
  {
    step: 5,
    what: 'a population that does not exist',
    edits: before(5, `pm.environment.set('sharedPopID', '${elsewhere}');`),
    cause: 'The population does not exist in this environment',
  },
  {
    step: 5,
    what: 'an e-mail address that is none',
    edits: { '5-create-user.yaml': ['"{{email}}"', 'nobody'] },
    cause: 'The value of email is not an e-mail address',
  },
  {
    step: 5,
    what: 'an empty user name',
    edits: { '5-create-user.yaml': ['username: "{{username}}"', 'username: " "'] },
    cause: 'The value of username is empty',
  },
  {
    step: 5,
    what: 'a user name that is taken',
    faults: [refusal(400, 'INVALID_DATA', { code: 'UNIQUENESS_VIOLATION', target: 'username' })],
    cause: 'The environment already has a user of this name',
  },
  {
    step: 5,
    what: 'an e-mail address that is taken',
    faults: [refusal(400, 'INVALID_DATA', { code: 'UNIQUENESS_VIOLATION', target: 'email' })],
    cause: 'Another user of the environment has this e-mail address',
  },
  {
    step: 5,
    what: 'a missing role',
    faults: [{ kind: 'status', status: 403 }],
    cause: 'The Worker application may not create users',
  },
  {
    step: 6,
    what: 'no userPassword',
    edits: without(6, 'userPassword'),
    cause: 'There was no cryptographic source',
  },
  { step: 6, what: 'no sharedUserID', edits: without(6, 'sharedUserID'), cause: 'The user is not known' },
  {
    step: 6,
    what: 'a sharedUserID that is not the new user',
    edits: before(6, `pm.environment.set('sharedUserID', '${elsewhere}');`),
    cause: 'The user does not exist in this environment',
  },
  {
    step: 6,
    what: 'an envID that is not the new environment',
    edits: before(6, `pm.environment.set('envID', '${elsewhere}');`),
    cause: 'The Worker application may not set passwords in this environment',
  },
  {
    step: 6,
    what: 'another content type',
    edits: {
      '6-set-user-password.yaml': ['value: application/vnd.pingidentity.password.set+json', 'value: application/json'],
    },
    cause: 'The Content-Type header is not the one that sets a password',
  },
  { step: 6, what: 'a short password', edits: password('Ab3!x'), cause: 'The password is shorter or longer' },
  { step: 6, what: 'a password of one kind', edits: password('qzjxkvwbpmfh'), cause: 'The password lacks a kind' },
  { step: 6, what: 'a repeated character', edits: password('Qzzzjx7!kvW9'), cause: 'The password repeats a character' },
  { step: 6, what: 'few characters', edits: password('Qz7!Qz7!Qz7!'), cause: 'The password has too few different' },
  { step: 6, what: 'a common password', edits: password('Password1!'), cause: 'The password, or something close' },
  {
    step: 6,
    what: "a password with the user's data",
    edits: password('sharedTestUser@example.com1'),
    cause: "The password holds something of the user's own data",
  },
  {
    step: 6,
    what: 'a password that the user has',
    edits: {
      '6-set-user-password.yaml': ['value: "{{userPassword}}"', 'value: "Qz7!jxKvW92m"'],
      '5-create-user.yaml': ['      username:', '      password: { value: "Qz7!jxKvW92m" }\n      username:'],
    },
    cause: "The password is the user's present one",
  },
  {
    step: 6,
    what: 'a body without a value',
    edits: { '6-set-user-password.yaml': ['      value: "{{userPassword}}"\n', ''] },
    cause: 'PingOne does not accept the request body',
  },
  {
    step: 1,
    what: 'a client that is disabled, in other words',
    answers: [
      {
        at: /as\/token$/,
        status: 400,
        body: { error: 'unauthorized_client', error_description: 'Request denied: Client is disabled' },
      },
    ],
    cause: 'The Worker application is disabled',
  },
  {
    step: 1,
    what: 'a network that asks for a sign-on first',
    answers: [{ at: /as\/token$/, status: 302, headers: { Location: 'https://guests.example.com/welcome' } }],
    cause: 'The address leads elsewhere',
  },
  {
    step: 1,
    what: 'a proxy that asks for a password',
    answers: [{ at: /as\/token$/, status: 407, body: '<html>Proxy Authentication Required</html>' }],
    cause: 'The refusal is not JSON, so it does not come from PingOne',
  },
  {
    step: 2,
    what: 'a firewall that blocks the API',
    answers: [{ at: /licenses$/, status: 403, body: '<html>Blocked by policy</html>' }],
    cause: 'The refusal is not JSON, so it does not come from PingOne',
  },
  {
    step: 3,
    what: 'a quota that is used up',
    faults: [
      refusal(429, 'REQUEST_LIMITED', {
        code: 'QUOTA_EXCEEDED',
        innerError: { quotaLimit: 5, quotaResetTime: '2100-01-01T00:00:00.000Z' },
      }),
    ],
    cause: 'A quota of your organization is used up',
  },
  {
    step: 3,
    what: 'as many as PingOne allows',
    faults: [refusal(400, 'REQUEST_FAILED', { code: 'LIMIT_EXCEEDED', innerError: { maximumAllowed: 500 } })],
    cause: 'There are as many of these as PingOne allows',
  },
  {
    step: 3,
    what: 'a service that the organization does not have',
    answers: [
      {
        method: 'POST',
        at: /environments$/,
        status: 400,
        body: { id: elsewhere, code: 'REQUEST_FAILED', message: 'Organization does not have PingOne MFA enabled' },
      },
    ],
    cause: 'The organization or the environment does not have a service or a feature',
  },
  {
    step: 3,
    what: 'a body that cannot be read',
    faults: [refusal(400, 'INVALID_REQUEST')],
    cause: 'PingOne could not read the request',
  },
  {
    step: 3,
    what: 'a license that is not the organization’s',
    faults: [refusal(400, 'INVALID_DATA', { code: 'INVALID_VALUE', target: 'license.id' })],
    cause: 'The license is not one of your organization',
  },
  {
    step: 4,
    what: 'a license that allows no more',
    faults: [refusal(403, 'ACCESS_FAILED', { code: 'LICENSE_EXCEEDED' })],
    cause: 'The license of the organization does not allow this',
  },
  {
    step: 4,
    what: 'a 501 that does not pass',
    faults: [{ kind: 'status', status: 501 }],
    cause: 'PingOne has a problem of its own',
  },
  {
    step: 4,
    what: 'a success that reports an error',
    answers: [{ at: /populations$/, status: 201, body: { error: { code: 'SERVICE_PAUSED', message: 'Later.' } } }],
    cause: 'PingOne reports an error although the status is that of a success',
  },
  {
    step: 5,
    what: 'a service that is not licensed',
    answers: [
      {
        method: 'POST',
        at: /users$/,
        status: 403,
        body: {
          id: elsewhere,
          code: 'ACCESS_FAILED',
          message: 'You do not have permissions or are not licensed to make this request.',
        },
      },
    ],
    cause: 'The license or the environment does not include the service',
  },
  {
    step: 6,
    what: 'a password that the policy refuses for a reason of its own',
    faults: [refusal(400, 'INVALID_DATA', { code: 'INVALID_VALUE', target: 'newPassword' })],
    cause: 'The password does not meet the password policy',
  },
];
