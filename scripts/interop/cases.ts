import { fileURLToPath } from 'node:url';
import { type Fault, seedApps, seedLicenses } from '../../src/simulator/index.ts';

/** A collection that every tool runs. A further one is one more entry of `interopCollections`. */
export interface InteropCollection {
  /** Folder of the definition and the compiled collection. */
  readonly folder: string;
  /** The environment file that leads to the simulator at its default port. */
  readonly environmentFile: string;
  /** Collection that our runner runs first: this one begins with the variables that it leaves. */
  readonly after?: InteropCollection;
  readonly cases: readonly InteropCase[];
}

/** A run of the collection, provoked to fail or not. */
export interface InteropCase {
  readonly name: string;
  /** Values that differ from the environment file. */
  readonly values?: Readonly<Record<string, string>>;
  /** What a person changes in the files first, both in YAML and in JSON. */
  readonly edit?: { readonly from: RegExp; readonly to: string };
  /** What goes wrong in the simulator. */
  readonly faults?: readonly Fault[];
  /** Tools that cannot tell, by their name, and why. They are left out of this case, and the table says so. */
  readonly notIn?: Readonly<Record<string, string>>;
  /** Number of the first step that does not pass, from 1, and whether its request is sent; undefined: all pass. */
  readonly fails?: { readonly step: number; readonly isSent: boolean };
}

type Action = Fault['do'];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fault at each request of a step, after which the step fails. */
function faultAt(step: number, name: string, action: Action): InteropCase {
  return { name, faults: [{ match: { step }, do: action }], fails: { step, isSent: true } };
}

/** Of Redocly Respect: what Arazzo cannot say, or Respect takes another way. */
const respect = (reason: string): Pick<InteropCase, 'notIn'> => ({ notIn: { 'Redocly Respect, on Arazzo': reason } });
const byScript = respect('a script looks at the licenses, and Arazzo has no scripts');
const noFormats = respect('Respect does not check formats');

/** A later step does not need what the failing one would have set, and is sent. */
const goesOn = respect('Arazzo ends a workflow at the first failure');
/** The same, with a step between that is skipped. */
const goesOnAfterSkipped: Pick<InteropCase, 'notIn'> = {
  notIn: {
    ...goesOn.notIn,
    'Postman CLI, migrated to v3': 'the Postman CLI ends a v3 collection at a skipped request',
    'Postman CLI, on our v3': 'the Postman CLI ends a v3 collection at a skipped request',
  },
};

function refusal(detail: object): Action {
  const body = { code: 'INVALID_DATA', message: 'The request could not be completed.', details: [detail] };
  return { kind: 'status', status: 400, body };
}

const asItShouldBe: InteropCase = { name: 'everything as it should be' };

const createATestEnvironment: InteropCollection = {
  folder: `${root}collections/create-a-test-environment`,
  environmentFile: `${root}environments/simulator.postman_environment.json`,
  cases: [
    asItShouldBe,
    {
      name: 'a password that is to be changed, as page 6 proposes',
      edit: { from: /(forceChange(?:\\")?: )false/g, to: '$1true' },
      ...respect('Arazzo cannot derive what to expect from what was sent: the file is compiled again after a change'),
    },
    { name: 'a field that nobody expects', faults: [{ do: { kind: 'extra-field', pointer: '/surprise', value: 1 } }] },
    {
      name: 'JSON called text/html',
      faults: [{ do: { kind: 'content-type', value: 'text/html' } }],
      ...respect('Respect takes no body of another content type than the one described'),
    },
    { name: 'a wrong client secret', values: { adminAppSecret: 'wrong' }, fails: { step: 1, isSent: true } },
    { name: 'no client secret', values: { adminAppSecret: '' }, fails: { step: 1, isSent: false } },
    {
      name: 'an application without a role',
      values: { adminAppID: seedApps.withoutRoles.clientId, adminAppSecret: seedApps.withoutRoles.secret },
      fails: { step: 1, isSent: true },
    },
    { name: 'a refused connection', values: { apiPath: 'http://127.0.0.1:1/v1' }, fails: { step: 2, isSent: true } },
    faultAt(2, '403 at step 2', { kind: 'status', status: 403 }),
    faultAt(2, 'an expired token', { kind: 'token-expiry', afterSeconds: 0 }),
    { name: 'a full license', values: { licenseID: seedLicenses.full }, fails: { step: 2, isSent: true }, ...byScript },
    faultAt(
      3,
      'a license that has filled up',
      refusal({ code: 'INVALID_VALUE', target: 'license', message: 'The license has reached its limit' }),
    ),
    faultAt(
      3,
      'a name that is taken',
      refusal({ code: 'UNIQUENESS_VIOLATION', target: 'name', message: 'is not unique' }),
    ),
    faultAt(3, 'a text where an object should be', { kind: 'mistyped-field', pointer: '/license' }),
    {
      ...faultAt(3, 'an id that is no UUID', { kind: 'mistyped-field', pointer: '/id', value: 'seventeen' }),
      ...noFormats,
    },
    {
      ...faultAt(3, 'a time that is none', { kind: 'mistyped-field', pointer: '/createdAt', value: 'yesterday' }),
      ...noFormats,
    },
    faultAt(3, 'another type than was asked for', { kind: 'mistyped-field', pointer: '/type', value: 'PRODUCTION' }),
    faultAt(4, '404 at step 4', { kind: 'status', status: 404 }),
    faultAt(4, 'an answer without an id', { kind: 'missing-field', pointer: '/id' }),
    faultAt(5, '500 at step 5', { kind: 'status', status: 500 }),
    faultAt(5, 'half of the JSON', { kind: 'truncated-json' }),
    faultAt(5, 'no JSON', { kind: 'invalid-json' }),
    faultAt(
      6,
      'a password that is too weak',
      refusal({
        code: 'INVALID_VALUE',
        target: 'value',
        message: 'User password did not satisfy password policy requirements',
        innerError: { unsatisfiedRequirements: ['length'] },
      }),
    ),
    faultAt(6, 'a password that must be changed', {
      kind: 'mistyped-field',
      pointer: '/status',
      value: 'MUST_CHANGE_PASSWORD',
    }),
    faultAt(6, 'a connection that breaks', { kind: 'reset-before-reading' }),
  ],
};

const noCookies = respect('Respect keeps no cookies, and the sign-on needs one');

function faultAtPath(
  step: number,
  path: string,
  name: string,
  action: Action,
  method: 'GET' | 'POST' | 'PUT' = 'POST',
): InteropCase {
  return { name, faults: [{ match: { method, path }, do: action }], fails: { step, isSent: true } };
}

const withoutRespect = (cases: readonly InteropCase[]) => cases.map((given) => ({ ...given, ...noCookies }));

const createAnSsoWorkflow: InteropCollection = {
  folder: `${root}collections/create-an-sso-workflow`,
  environmentFile: `${root}environments/create-an-sso-workflow-simulator.postman_environment.json`,
  cases: withoutRespect([
    asItShouldBe,
    { name: 'a wrong password', values: { userPassword: 'wrong' }, fails: { step: 5, isSent: true } },
    faultAtPath(
      2,
      '/v1/environments/*/applications',
      'a name that is taken',
      refusal({
        code: 'UNIQUENESS_VIOLATION',
        target: 'name',
        message: 'is not unique',
      }),
    ),
    faultAtPath(
      3,
      '/v1/environments/*/applications/*/secret',
      '403 for the secret',
      { kind: 'status', status: 403 },
      'GET',
    ),
    faultAtPath(4, '/*/as/authorize', 'a flow without an id', { kind: 'missing-field', pointer: '/id' }, 'GET'),
    faultAtPath(
      6,
      '/*/as/resume',
      'a flow without a code',
      { kind: 'missing-field', pointer: '/authorizeResponse/code' },
      'GET',
    ),
  ]),
};

/** The second with what the first left: the user whose password step 6 set signs on. */
const chained: InteropCollection = {
  ...createAnSsoWorkflow,
  after: createATestEnvironment,
  cases: [{ name: 'with what the first has left', ...noCookies }],
};

/** A collection that goes on with the user whom the first has made. */
function continuation(name: string, cases: readonly InteropCase[]): InteropCollection {
  return {
    folder: `${root}collections/${name}`,
    environmentFile: `${root}environments/${name}-simulator.postman_environment.json`,
    after: createATestEnvironment,
    cases,
  };
}

const ofUsers = '/v1/environments/*/users';

const furtherCollections = [
  continuation('enable-user-mfa', [
    asItShouldBe,
    {
      ...faultAtPath(
        2,
        `${ofUsers}/*/mfaEnabled`,
        'an environment without MFA',
        { kind: 'status', status: 403 },
        'PUT',
      ),
      ...goesOn,
    },
    faultAtPath(
      3,
      `${ofUsers}/*/devices`,
      'too many devices',
      refusal({ code: 'LIMIT_EXCEEDED', message: 'Too many' }),
    ),
  ]),
  continuation('sign-on-with-passcode', [
    asItShouldBe,
    faultAtPath(4, `${ofUsers}/*/devices`, 'a device without its passcode', {
      kind: 'missing-field',
      pointer: '/test',
    }),
    faultAtPath(6, '/*/deviceAuthentications', 'no authentication', { kind: 'status', status: 404 }),
  ]),
  continuation('password-life', [
    { ...asItShouldBe, ...noCookies },
    {
      ...faultAtPath(4, ofUsers, 'a user without an id', { kind: 'missing-field', pointer: '/id' }),
      ...goesOnAfterSkipped,
    },
  ]),
  continuation('group-and-members', [
    asItShouldBe,
    {
      ...faultAtPath(
        2,
        '/v1/environments/*/groups',
        'a group name that is taken',
        refusal({ code: 'UNIQUENESS_VIOLATION', target: 'name', message: 'is not unique' }),
      ),
      ...goesOnAfterSkipped,
    },
  ]),
  continuation('disable-and-enable-user', [
    { ...asItShouldBe, ...noCookies },
    {
      ...faultAtPath(4, `${ofUsers}/*/enabled`, 'no right to disable', { kind: 'status', status: 403 }, 'PUT'),
      ...goesOn,
    },
  ]),
  continuation('provision-users', [
    { ...asItShouldBe, ...noCookies },
    faultAtPath(2, '/v1/environments/*/passwordPolicies', 'no right to make a policy', { kind: 'status', status: 403 }),
    {
      ...faultAtPath(
        5,
        ofUsers,
        'a password that the policy refuses',
        refusal({ code: 'INVALID_VALUE', target: 'password.value', message: 'is too short' }),
      ),
      ...goesOn,
    },
  ]),
];

export const interopCollections: readonly InteropCollection[] = [
  createATestEnvironment,
  createAnSsoWorkflow,
  chained,
  ...furtherCollections,
];
