import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { type Definition, loadDefinition, type RunResult } from '../../src/index.ts';
import { runCollection } from '../../src/run/run.ts';
import {
  createSimulator,
  defaultCredentials,
  type Fault,
  otherOrganization,
  type Simulator,
  type SimulatorOptions,
  seedApps,
  seedLicenses,
} from '../../src/simulator/index.ts';
import { slowUnless } from '../slow.ts';
import { comparableResult } from './comparable-result.ts';
import { collectionFolder, copyCollection, temporaryFolder } from './support.ts';

/**
 * Every failure that the tutorial's troubleshooting names, provoked on the simulator: the first diagnosis must be the right one.
 */

type Edits = Readonly<Record<string, readonly [from: string, to: string]>>;

interface Provoked {
  readonly step: number;
  readonly what: string;
  /** Begins the first diagnosis. */
  readonly cause: string;
  readonly values?: Readonly<Record<string, string>> | ((simulator: string) => Readonly<Record<string, string>>);
  readonly faults?: readonly Fault['do'][];
  readonly edits?: Edits;
  readonly simulator?: SimulatorOptions;
  readonly requestTimeout?: number;
  /** Prepares the simulator, e.g. with what is in the way. */
  readonly twice?: true;
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
const elsewhere = '11111111-2222-4333-8444-555555555555';

/** The step's pre-request script also runs this. */
const before = (step: number, script: string): Edits => ({
  [files[step] ?? '']: ['\nexpect:\n', `\nscripts:\n  prerequest: ${script}\nexpect:\n`],
});
const without = (step: number, variable: string) => before(step, `pm.environment.unset('${variable}');`);
const app = ({ clientId, secret }: { readonly clientId: string; readonly secret: string }) => ({
  adminAppID: clientId,
  adminAppSecret: secret,
});
const refusal = (status: number, code: string, detail?: object): Fault['do'] => ({
  kind: 'status',
  status,
  body: { id: elsewhere, code, message: 'On request.', ...(detail && { details: [{ message: '', ...detail }] }) },
});
/** Sets this password in place of the generated one. */
const password = (value: string): Edits => ({
  '6-set-user-password.yaml': ['value: "{{userPassword}}"', `value: ${JSON.stringify(value)}`],
});

const cases: readonly Provoked[] = [
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
    cause: 'apiPath does not lead to the PingOne API of your region',
  },
  { step: 2, what: 'no license for the region', values: { region: 'SG' }, cause: 'No license of the organization' },
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
];

/** Lines of the official Troubleshooting lists, in our words, with what provokes each. */
const officialLines: readonly (readonly [steps: readonly number[], line: string, provoked: string])[] = [
  [[1], 'adminEnvID is the first environment', 'an adminEnvID that is not one'],
  [[1], 'authPath fits the region', 'an authPath whose host does not exist'],
  [[1], 'adminAppID and adminAppSecret are those of the Worker application', 'a wrong client secret'],
  [[2, 3], 'the role Organization Admin', 'a missing role Organization Admin'],
  [[2], 'Bearer authorization, the token variable set', 'no Bearer token'],
  [[2], '401: the token is over', 'a token that is over'],
  [[2], 'apiPath fits the region', 'an apiPath that is not PingOne’s'],
  [[4, 6], 'envID is the new environment', 'an envID that is not the new environment'],
  [[5], 'the role Environment Admin or Identity Admin', 'a missing role'],
  [[4], 'the role Environment Admin', 'roles that do not hold yet'],
  [[5], 'sharedPopID is the value of step 4', 'a population that does not exist'],
  [[6], 'sharedUserID is the value of step 5', 'a sharedUserID that is not the new user'],
  [[6], 'userPassword is a valid password', 'no userPassword'],
];

describe('the first diagnosis is the right one', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let provoked = 0;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await folder.remove();
    console.log(`${provoked} of ${cases.length} failures provoked, each with the right first diagnosis`);
  });

  async function definitionOf(edits: Edits | undefined): Promise<Definition> {
    if (!edits) return loadDefinition(collectionFolder);
    const copy = await copyCollection(folder.path, edits);
    const definition = await loadDefinition(copy);
    await rm(copy, { recursive: true });
    return definition;
  }

  async function provoke(
    simulator: Simulator,
    url: string,
    provoked: Provoked,
    engine: 'newman' | 'direct' = 'newman',
  ): Promise<RunResult> {
    const { step, values = {}, faults = [], requestTimeout = 10_000 } = provoked;
    const definition = await definitionOf(provoked.edits);
    simulator.setFaults(faults.map((action) => ({ match: { step }, do: action })));
    const run = () =>
      runCollection({
        definition,
        collection: compileCollection(definition),
        values: {
          ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
          ...defaultCredentials,
          licenseID: '',
          orgID: '',
          authPath: url,
          apiPath: url,
          ...(typeof values === 'function' ? values(url) : values),
        },
        targetKind: 'given',
        requestTimeout,
        retry: { attempts: 1 },
        engine,
      });
    if (provoked.twice) await run();
    return run();
  }

  async function expectDiagnosis(each: (typeof cases)[number]): Promise<void> {
    const simulator = createSimulator(each.simulator);
    const listening = await simulator.listen();
    const result = await provoke(simulator, listening.url, each);
    await listening.close();
    const broken = result.steps.findIndex(({ status }) => status === 'failed' || status === 'error');
    expect(broken + 1).toBe(each.step);
    const [first] = result.steps[broken]?.diagnoses ?? [];
    expect(first?.cause.slice(0, each.cause.length)).toBe(each.cause);
    expect(first?.remedy).not.toBe('');
    expect(first?.source?.file).toMatch(/\.yaml$/);
    if (isComparedToo(each)) await expectSameByDirect(each, result);
    provoked += 1;
  }

  /** Of both engines some are compared; all of them: DIAGNOSES=all. */
  function isComparedToo(each: Provoked): boolean {
    return process.env.DIAGNOSES === 'all' || cases.indexOf(each) % 4 === 0;
  }

  async function expectSameByDirect(each: Provoked, result: RunResult): Promise<void> {
    const again = createSimulator(each.simulator);
    const listeningAgain = await again.listen();
    const direct = await provoke(again, listeningAgain.url, each, 'direct');
    await listeningAgain.close();
    expect(comparableResult(direct)).toEqual(comparableResult(result));
  }
  for (const [index, each] of cases.entries())
    it(`step ${each.step}: ${each.what}`, slowUnless(index % 6 === 0), () => expectDiagnosis(each));

  it.each(officialLines)('of steps %j: %s', (steps, _line, what) => {
    for (const step of steps)
      expect(cases.filter((each) => each.what === what).map((each) => each.step)).toContain(step);
  });

  it('points at the entry that says so', async () => {
    const simulator = createSimulator();
    const listening = await simulator.listen();
    const [wrongSecret] = cases as [Provoked];
    const result = await provoke(simulator, listening.url, wrongSecret);
    await listening.close();
    const { file, line } = result.steps[0]?.diagnoses[0]?.source ?? { file: '', line: 0 };
    const { readFile } = await import('node:fs/promises');
    expect((await readFile(file, 'utf8')).split('\n')[line - 1]).toContain('oauthError: invalid_client }');
  });
});
