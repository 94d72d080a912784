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
  /** What goes wrong in the simulator. */
  readonly faults?: readonly Fault[];
  /** Number of the first step that does not pass, from 1, and whether its request is sent; undefined: all pass. */
  readonly fails?: { readonly step: number; readonly isSent: boolean };
}

type Action = Fault['do'];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fault at each request of a step, after which the step fails. */
function faultAt(step: number, name: string, action: Action): InteropCase {
  return { name, faults: [{ match: { step }, do: action }], fails: { step, isSent: true } };
}

function refusal(detail: object): Action {
  const body = { code: 'INVALID_DATA', message: 'The request could not be completed.', details: [detail] };
  return { kind: 'status', status: 400, body };
}

const createATestEnvironment: InteropCollection = {
  folder: `${root}collections/create-a-test-environment`,
  environmentFile: `${root}environments/simulator.postman_environment.json`,
  cases: [
    { name: 'everything as it should be' },
    { name: 'a field that nobody expects', faults: [{ do: { kind: 'extra-field', pointer: '/surprise', value: 1 } }] },
    { name: 'JSON called text/html', faults: [{ do: { kind: 'content-type', value: 'text/html' } }] },
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
    { name: 'a full license', values: { licenseID: seedLicenses.full }, fails: { step: 2, isSent: true } },
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
    faultAt(3, 'an id that is no UUID', { kind: 'mistyped-field', pointer: '/id', value: 'seventeen' }),
    faultAt(3, 'a time that is none', { kind: 'mistyped-field', pointer: '/createdAt', value: 'yesterday' }),
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

export const interopCollections: readonly InteropCollection[] = [createATestEnvironment];
