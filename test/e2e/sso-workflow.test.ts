import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { beginFlow, createApplication, submit } from '../simulator/sign-on.ts';
import { setPassword, signIn } from '../simulator/support.ts';
import { slow, slowUnless } from '../slow.ts';
import {
  cli,
  copyCollection,
  type RunningSimulator,
  root,
  ssoCollectionFolder,
  ssoEnvironmentFile,
  startSimulator,
  temporaryFolder,
} from './support.ts';

const alone = 'create-an-sso-workflow';
const chain = ['create-a-test-environment', alone] as const;
const { envID, sharedUserID, sharedUsername, userPassword } = signOnCredentials;
const minute = 60_000;

let ahead = 0;
let onPath: (path: string) => void = () => {};
/** Its clock can be put forward, by a test and by a request. */
const simulator = createSimulator({
  now: () => new Date(Date.now() + ahead),
  onRequest: ({ path }) => onPath(path),
});
let target: RunningSimulator;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  target = await startSimulator(simulator, ssoEnvironmentFile);
});
beforeEach(async () => {
  ahead = 0;
  onPath = () => {};
  simulator.setFaults([]);
  simulator.reset();
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());
afterAll(() => target.close());

const there = (...argv: string[]) => [
  ...argv,
  '--environment',
  target.environment,
  '--ledger',
  join(folder.path, 'ledgers'),
];
const leftOver = () =>
  simulator
    .snapshot()
    .environments.flatMap(({ name, applications }) => [name, ...applications.map((one) => one.name)])
    .filter((name) => name.startsWith('pingone-tutorial'));

describe('the second collection alone', () => {
  it('passes on the built-in simulator, without credentials', async () => {
    const result = await cli(['run', alone]);
    expect(result.stdout).toContain('7 steps: 7 passed');
    expect(result.stdout).toContain(`signedOnUserID ${sharedUserID.slice(0, 8)}…`);
    expect(result.code).toBe(0);
  });

  it('passes with an account, and clean-up removes the application and nothing else', async () => {
    const result = await cli(there('run', alone, '--cleanup', 'always'));
    expect(result.stdout).toContain('7 steps: 7 passed');
    expect(result.stdout).toMatch(/✓ removed application pingone-tutorial-sso-\S+/);
    expect(result.code).toBe(0);
    expect(leftOver()).toEqual([]);
    expect(simulator.snapshot().environments.map(({ id }) => id)).toContain(envID);
  });

  it('is swept: what runs have left goes, the applications of others stay', slow, async () => {
    await createApplication(await administrator());
    await cli(there('run', alone));
    const { code, stdout } = await cli([
      'sweep',
      alone,
      '--environment',
      target.environment,
      '--older-than',
      '0',
      '--yes',
    ]);
    expect(stdout).toContain('1 gone, nothing left');
    expect(code).toBe(0);
    expect(leftOver()).toEqual([]);
    const [kept] = simulator.snapshot().environments.flatMap(({ applications }) => applications);
    expect(kept?.name).toBe('Web application');
  });

  it('takes the user from OS variables, and says which are missing', slow, async () => {
    const { values } = JSON.parse(await readFile(target.environment, 'utf8')) as {
      values: { key: string; value: string }[];
    };
    const given = (name: string) => values.find(({ key }) => key === name)?.value ?? '';
    const osVariables = {
      PINGONE_AUTH_PATH: given('authPath'),
      PINGONE_API_PATH: given('apiPath'),
      PINGONE_ADMIN_ENV_ID: given('adminEnvID'),
      PINGONE_ADMIN_APP_ID: given('adminAppID'),
      PINGONE_ADMIN_APP_SECRET: given('adminAppSecret'),
    };
    const user = { PINGONE_ENV_ID: envID, PINGONE_USERNAME: sharedUsername, PINGONE_USER_PASSWORD: userPassword };
    const ledger = ['--ledger', folder.path];
    expect((await cli(['run', alone, ...ledger], { osVariables: { ...osVariables, ...user } })).code).toBe(0);
    const without = await cli(['run', alone, ...ledger], { osVariables });
    expect(without.code).toBe(2);
    for (const name of Object.keys(user)) expect(without.stderr).toContain(`Set the OS variable ${name}`);
  });
});

describe('both collections in one run', () => {
  it('pass on the built-in simulator: the user signs on with the password that was just made', async () => {
    const result = await cli(['run', ...chain, '--cleanup', 'always']);
    expect(result.stdout).toContain('13 steps: 13 passed');
    expect(result.stdout).toContain('Clean-up: 2 removed, nothing left');
    const [, created] = /captured sharedUserID (\S+),/.exec(result.stdout) ?? [];
    expect(result.stdout).toContain(`signedOnUserID ${created}`);
    expect(created).not.toBe(`${sharedUserID.slice(0, 8)}…`);
    expect(result.code).toBe(0);
  });

  it('give one result and one ledger, which tells of everything and ends with nothing left', slow, async () => {
    const report = join(folder.path, 'report.json');
    const result = await cli(there('run', ...chain, '--cleanup', 'always', '--reporter', `json=${report}`));
    expect(result.code).toBe(0);
    const { collection, steps, cleanUp } = JSON.parse(await readFile(report, 'utf8'));
    expect(collection.id).toBe('create-a-test-environment+create-an-sso-workflow');
    expect(steps.map((step: { source: { file: string } }) => step.source.file.split('/').at(-2))).toEqual([
      ...Array(6).fill(chain[0]),
      ...Array(7).fill(chain[1]),
    ]);
    expect(cleanUp.items.map(({ kind }: { kind: string }) => kind)).toEqual(['application', 'environment']);
    expect(await readdir(join(folder.path, 'ledgers'))).toHaveLength(1);
    expect(leftOver()).toEqual([]);
    expect((await cli(there('cleanup', ...chain))).stdout).toContain('Nothing to remove');
  });

  it('are cleaned up later by both names; the first alone tells of it and leaves it', slow, async () => {
    const result = await cli(there('run', ...chain));
    expect(result.stdout).toContain(`npm run cleanup -- ${chain.join(' ')}`);
    expect(leftOver()).toHaveLength(2);
    const other = await cli(there('cleanup'));
    expect(other.stderr).toContain(
      `what it lists is of other collections and is left: npm run cleanup -- ${chain.join(' ')}`,
    );
    expect(leftOver()).toHaveLength(2);
    const cleaned = await cli(there('cleanup', ...chain));
    expect(cleaned.stdout).toContain('2 gone, nothing left');
    expect(cleaned.code).toBe(0);
    expect(leftOver()).toEqual([]);
  });

  const resumptions = [
    { what: 'resuming the flow', path: '/*/as/resume', attempt: 1 },
    { what: 'the exchange of the code', path: '/*/as/token', attempt: 3 },
    { what: 'the password check', path: '/*/flows/*', attempt: 1 },
    { what: 'creating the application', path: '/v1/environments/*/applications', attempt: 1 },
  ];
  async function resumeAfter({ path, attempt }: (typeof resumptions)[number]): Promise<void> {
    const match = { method: ['GET' as const, 'POST' as const], path, attempt };
    simulator.setFaults([{ match, do: { kind: 'status', status: 500 } }]);
    const broken = await cli(there('run', ...chain, '--retries', '0'));
    expect(broken.code).toBe(1);
    const resumed = await cli(there('run', ...chain, '--resume', '--cleanup', 'always'));
    expect(resumed.stdout).toContain('it passed in the run that is resumed');
    expect(resumed.stdout).toContain('13 steps: 13 passed');
    expect(resumed.code).toBe(0);
    expect(leftOver()).toEqual([]);
    const created = simulator.history().filter(({ action, type }) => action === 'created' && type !== 'device');
    expect(created.map(({ type }) => type)).toEqual(['environment', 'population', 'user', 'application']);
  }
  for (const each of resumptions)
    it(`are resumed after ${each.what} failed, with the secrets and cookies that were not kept`, slow, () =>
      resumeAfter(each),
    );

  it('that cannot be one are refused with every reason', slow, async () => {
    const minimal = join(root, 'test/docs/minimal');
    const result = await cli(['run', chain[0], minimal]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('create-a-test-environment and minimal cannot run as one:');
    expect(result.stderr).toContain(
      'the variable "authPath" has another value in create-a-test-environment than in minimal',
    );
    expect((await cli(['run', alone, alone])).stderr).toContain(`${alone} is named twice`);
    const copy = await copyCollection(folder.path, {}, ssoCollectionFolder);
    const same = await cli(['run', alone, copy]);
    expect(same.stderr).toContain(
      'a step of the id "get-tokens" is in create-an-sso-workflow and in create-an-sso-workflow',
    );
    expect(same.code).toBe(2);
  });
});

describe('what passes all the same', slow, () => {
  it.each([
    {
      what: 'a password check that was refused for the moment',
      path: '/*/flows/*',
      kind: { kind: 'status', status: 503 },
    },
    { what: 'a lost connection at the resume endpoint', path: '/*/as/resume', kind: { kind: 'reset-before-reading' } },
    {
      what: 'a lost answer of creating the application',
      path: '/v1/environments/*/applications',
      kind: { kind: 'reset-after-processing' },
    },
    {
      what: 'a secret that is not known everywhere yet',
      path: '/v1/environments/*/applications/*/secret',
      kind: { kind: 'status', status: 404 },
    },
  ] as const)('$what', async ({ path, kind }) => {
    simulator.setFaults([{ match: { path, attempt: 1 }, do: kind }]);
    const result = await cli(there('run', alone, '--cleanup', 'always'));
    expect(result.stdout).toContain('7 steps: 7 passed');
    expect(result.code).toBe(0);
    expect(simulator.faultLog()).toHaveLength(1);
    expect(leftOver()).toEqual([]);
    expect(
      simulator.history().filter(({ action, type }) => action === 'created' && type === 'application'),
    ).toHaveLength(1);
  });
});

interface Failure {
  readonly what: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly edits?: Readonly<Record<string, readonly [string, string]>>;
  readonly before?: () => unknown;
  readonly says: readonly string[];
}

const administrator = () => signIn(simulator, seedApps.administrator);
const user = `/v1/environments/${envID}/users/${sharedUserID}`;

const failures: readonly Failure[] = [
  {
    what: 'a wrong password',
    values: { userPassword: 'Not-the-password-1' },
    says: [
      '✗ SSO step 5: Submit the login credentials  400 Bad Request',
      'Likely cause: The password, or the user name, is wrong.',
      'What to do: Check that sharedUsername and userPassword belong together',
    ],
  },
  {
    what: 'a user who does not exist',
    values: { sharedUsername: 'nobody' },
    says: ['Likely cause: The password, or the user name, is wrong.'],
  },
  {
    what: 'a user who is locked out',
    before: async () => {
      const client = await administrator();
      const flow = await beginFlow(client, await createApplication(client));
      for (let n = 0; n < 5; n += 1) await submit(client, flow, { password: 'wrong' });
    },
    says: ['PASSWORD_LOCKED_OUT', 'Likely cause: The user is locked out', 'What to do: Wait 15 minutes'],
  },
  {
    what: 'a disabled user',
    before: async () => (await administrator()).send('PUT', `${user}/enabled`, { body: { enabled: false } }),
    says: ['Likely cause: The user is disabled.'],
  },
  {
    what: 'a password that must be changed',
    values: { userPassword: 'Kn0t-so-weak!' },
    before: async () => setPassword(await administrator(), user, { value: 'Kn0t-so-weak!', forceChange: true }),
    says: [
      'MUST_CHANGE_PASSWORD',
      'Likely cause: The password is right, but the user must change it at the first sign-on.',
      "Set the user's password again with forceChange false",
    ],
  },
  {
    what: 'a flow that has expired',
    before: () => {
      onPath = (path) => {
        if (path.endsWith('/as/authorize')) ahead += 16 * minute;
      };
    },
    says: [
      '✗ SSO step 5: Submit the login credentials  404 Not Found',
      'does not know the flow (any more); it is good for 15 minutes.',
      'What to do: Begin a new one with step 4',
    ],
  },
  {
    what: 'a code that was used already',
    before: () =>
      simulator.setFaults([{ match: { path: '/*/as/token', attempt: 2 }, do: { kind: 'reset-after-processing' } }]),
    says: [
      '✗ SSO step 7: Get the tokens  400 Bad Request',
      'PingOne says invalid_grant',
      'Likely cause: The authorization code was used already, or it is too old',
      'What to do: Get another one with steps 4, 5 and 6',
    ],
  },
  {
    what: 'a redirect URI that is not the application’s',
    edits: { '4-send-authorize-request.yaml': ['redirect_uri={{redirectUri}}', 'redirect_uri={{redirectUri}}/other'] },
    says: [
      '✗ SSO step 4: Send an authorize request  400 Bad Request',
      "Likely cause: redirect_uri is not one of the application's redirect URIs.",
      '- SSO step 5: Submit the login credentials  not reached: it needs flowID',
    ],
  },
  {
    what: 'another redirect URI at the exchange',
    edits: { '7-get-tokens.yaml': ['redirect_uri: "{{redirectUri}}"', 'redirect_uri: "{{redirectUri}}/other"'] },
    says: ['Likely cause: redirect_uri is not the one of the authorize request.'],
  },
  {
    what: 'a disabled application',
    edits: { '2-create-web-application.yaml': ['enabled: true', 'enabled: false'] },
    says: ['Likely cause: The application is disabled.'],
  },
  {
    what: 'a response mode that redirects',
    edits: { '4-send-authorize-request.yaml': ['response_mode=pi.flow"', 'response_mode=query"'] },
    says: ['Likely cause: The response mode is not one that answers with a flow.'],
  },
  {
    what: 'a wrong content type',
    edits: {
      '5-submit-credentials.yaml': [
        'value: application/vnd.pingidentity.usernamePassword.check+json',
        'value: application/json',
      ],
    },
    says: ['Set Content-Type to application/vnd.pingidentity.usernamePassword.check+json.'],
  },
  {
    what: 'a wrong secret of the application',
    edits: { '7-get-tokens.yaml': ['password: "{{sharedWebAppSecret}}"', 'password: "{{sharedWebAppSecret}}x"'] },
    says: ['Likely cause: sharedWebAppID or sharedWebAppSecret is not that of the application.'],
  },
  {
    what: 'an environment that is not there',
    values: { envID: '11111111-2222-4333-8444-555555555555' },
    says: ['✗ SSO step 2: Create a web application  403 Forbidden', 'or envID is no environment of yours'],
  },
  {
    what: 'another user than expected',
    values: { sharedUserID: '11111111-2222-4333-8444-555555555555' },
    says: [
      '✗ id_token claim sub is {{sharedUserID}}: sub is ',
      ', not 11111111-2222-4333-8444-555555555555',
      'Likely cause: The ID token is not one for this application and this user.',
    ],
  },
];

describe('a sign-on that fails says why and what to do, and leaves nothing', () => {
  async function fail({ values = {}, edits, before, says }: (typeof failures)[number]): Promise<void> {
    await before?.();
    const known = leftOver();
    const collection = edits ? await copyCollection(folder.path, edits, ssoCollectionFolder) : alone;
    const environment = await target.environmentWith(values);
    const ledger = join(folder.path, 'ledgers');
    const result = await cli([
      'run',
      collection,
      '--environment',
      environment,
      '--ledger',
      ledger,
      '--cleanup',
      'always',
    ]);
    for (const text of says) expect(result.stdout).toContain(text);
    // The first diagnosis is the one that is meant.
    const cause = says.find((text) => text.startsWith('Likely cause: '));
    if (cause !== undefined) expect(result.stdout.indexOf(cause)).toBe(result.stdout.indexOf('Likely cause: '));
    expect(result.code).toBe(1);
    expect(leftOver()).toEqual(known);
  }
  for (const [index, each] of failures.entries()) it(each.what, slowUnless(index % 9 === 0), () => fail(each));
});

it('no output holds a token, the code, the password, a client secret or the cookie', slow, async () => {
  const file = (name: string) => join(folder.path, name);
  const reporters = ['junit', 'json', 'ndjson', 'ctrf', 'html', 'markdown'];
  const result = await cli([
    ...there('run', ...chain, '--verbose', '--debug-http', '--export-environment', file('exported.json')),
    ...reporters.flatMap((name) => ['--reporter', `${name}=${file(name)}`]),
  ]);
  expect(result.code).toBe(0);
  const exported = JSON.parse(await readFile(file('exported.json'), 'utf8')) as {
    values: { key: string; value: string; type: string }[];
  };
  const secrets = exported.values.filter(({ type, value }) => type === 'secret' && value !== '');
  expect(secrets.map(({ key }) => key)).toEqual([
    'adminAppSecret',
    'accessToken',
    'userPassword',
    'sharedWebAppSecret',
    'authCode',
    'userAccessToken',
    'idToken',
  ]);
  const ledgers = await readdir(file('ledgers'));
  const texts = await Promise.all(
    [...reporters.map(file), ...ledgers.map((name) => join(file('ledgers'), name))].map((path) =>
      readFile(path, 'utf8'),
    ),
  );
  const output = [result.stdout, result.stderr, ...texts].join('\n');
  for (const { value } of secrets) {
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
      expect(output).not.toContain(form);
  }
  expect(result.stderr).toMatch(/^< set-cookie: .*\[secret\]/im);
  expect(output).not.toMatch(/ST=[\w-]{20}/);
});
