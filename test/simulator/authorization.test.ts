import { createHash } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  createSimulator,
  defaultCredentials,
  defaultSeed,
  otherOrganization,
  type SeedApp,
  type SimulatorSeed,
  seedApps,
  seedLicenses,
  signOnCredentials,
  type WorkerApp,
} from '../../src/simulator/index.ts';
import { askForToken, clientOf, clockAt, createEnvironment, environmentInput, send, signIn } from './support.ts';

const { orgID, adminEnvID, licenseID } = defaultCredentials;
const licenses = `/v1/organizations/${orgID}/licenses`;

const invalidToken = {
  code: 'ACCESS_FAILED',
  message: 'The request could not be completed. You do not have access to this resource.',
  details: [
    {
      code: 'INVALID_TOKEN',
      target: 'Authentication Credentials',
      message: 'The authorization token is either missing or invalid, or it has expired.',
    },
  ],
};
const insufficientPermissions = {
  code: 'ACCESS_FAILED',
  message: 'The request could not be completed. You do not have access to this resource.',
  details: [
    { code: 'INSUFFICIENT_PERMISSIONS', message: 'The actor attempting to perform the request is not authorized.' },
  ],
};

async function foreignToken(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT({ client_id: seedApps.administrator.clientId, env: adminEnvID, aud: ['https://api.pingone.com'] })
    .setProtectedHeader({ alg: 'RS256', kid: 'foreign' })
    .setExpirationTime('1h')
    .sign(privateKey);
}

/** The default seed with other worker apps. */
function withApps(change: (apps: readonly WorkerApp[]) => readonly WorkerApp[]): SimulatorSeed {
  const organizations = defaultSeed().organizations.map((organization) => ({
    ...organization,
    environments: organization.environments.map((environment) => ({
      ...environment,
      workerApps: change(environment.workerApps),
    })),
  }));
  return { organizations };
}

function unsigned(token: string): string {
  const [, payload] = token.split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
}

describe('a platform request is answered 401 when its token', () => {
  const client = clientOf();
  test.each([
    ['is missing', async () => ({})],
    ['is not a JWT', async () => ({ Authorization: 'Bearer abc' })],
    ['is an unresolved variable', async () => ({ Authorization: 'Bearer {{accessToken}}' })],
    ['is signed by somebody else', async () => ({ Authorization: `Bearer ${await foreignToken()}` })],
    ['is not signed', async () => ({ Authorization: `Bearer ${unsigned((await client).token)}` })],
    ['was changed', async () => ({ Authorization: `Bearer ${(await client).token.slice(0, -6)}AAAAAA` })],
    ['comes with another scheme', async () => ({ Authorization: `Basic ${(await client).token}` })],
  ])('%s', async (_given, headers) => {
    const answer = await send((await client).simulator, 'GET', licenses, { headers: await headers() });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ id: expect.any(String), ...invalidToken });
  });

  test('is over', async () => {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const timed = await clientOf({ now: clock.now });
    clock.advance(3599_000);
    expect((await timed.send('GET', licenses)).status).toBe(200);
    clock.advance(1000);
    expect(await timed.send('GET', licenses)).toMatchObject({ status: 401, body: invalidToken });
  });

  test.each<[string, (apps: readonly WorkerApp[]) => readonly WorkerApp[]]>([
    ['is not there', () => []],
    ['is disabled', (apps) => apps.map((app) => ({ ...app, enabled: false }))],
  ])('belongs to an app that %s', async (_given, change) => {
    const { token } = await client;
    const simulator = createSimulator({ seed: withApps(change) });
    expect(await send(simulator, 'GET', licenses, { token })).toMatchObject({ status: 401, body: invalidToken });
  });
});

describe('a malformed Authorization header is stopped by the gateway with 403', () => {
  test.each(['Bearer', 'Bearer a b', 'a.b.c', '{{accessToken}}', 'B@d token'])('%s', async (header) => {
    const answer = await send(createSimulator(), 'GET', licenses, { headers: { Authorization: header } });
    expect(answer.status).toBe(403);
    const hash = createHash('sha256').update(header).digest('base64');
    expect(answer.body).toEqual({
      message: `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    });
    expect(answer.headers.get('x-amzn-errortype')).toBe('IncompleteSignatureException');
  });
});

test('the scheme of a bearer token may be written in any case', async () => {
  const { simulator, token } = await clientOf();
  const headers = { Authorization: `bearer ${token}` };
  expect((await send(simulator, 'GET', licenses, { headers })).status).toBe(200);
});

describe('roles decide what a worker may do', () => {
  const [allowed, created, forbidden] = [200, 201, 403];
  const below = `/v1/environments/${adminEnvID}`;
  const population = () => ({ name: `Population ${crypto.randomUUID()}` });
  const user = () => ({ username: `user-${crypto.randomUUID()}` });
  const environment = () => ({ ...environmentInput, name: `Environment ${crypto.randomUUID()}` });
  const administratorOnly = { administrator: allowed, environmentAdmin: forbidden, identityDataAdmin: forbidden };
  const requests: readonly [
    string,
    string,
    (() => unknown) | undefined,
    Record<keyof typeof administratorOnly, number>,
  ][] = [
    ['GET', `/v1/organizations/${orgID}`, undefined, administratorOnly],
    ['GET', licenses, undefined, administratorOnly],
    ['GET', `${licenses}/${licenseID}`, undefined, administratorOnly],
    ['POST', '/v1/environments', environment, { ...administratorOnly, administrator: created }],
    ['GET', below, undefined, { administrator: allowed, environmentAdmin: allowed, identityDataAdmin: allowed }],
    ['DELETE', below, undefined, { ...administratorOnly, administrator: forbidden }],
    [
      'POST',
      `${below}/populations`,
      population,
      { administrator: created, environmentAdmin: created, identityDataAdmin: forbidden },
    ],
    [
      'GET',
      `${below}/populations`,
      undefined,
      { administrator: allowed, environmentAdmin: allowed, identityDataAdmin: allowed },
    ],
    ['POST', `${below}/users`, user, { administrator: created, environmentAdmin: created, identityDataAdmin: created }],
    [
      'GET',
      `${below}/passwordPolicies`,
      undefined,
      { administrator: allowed, environmentAdmin: allowed, identityDataAdmin: allowed },
    ],
  ];
  const cases = requests.flatMap(([method, path, body, wanted]) =>
    Object.entries(wanted).map(([app, status]) => ({ method, path, body, app: app as keyof typeof wanted, status })),
  );

  test.each(cases)('$method $path by $app gives $status', async ({ method, path, body, app, status }) => {
    const client = await clientOf({}, seedApps[app]);
    const answer = await client.send(method, path, body === undefined ? {} : { body: body() });
    expect(answer.status).toBe(status);
    if (status === forbidden) expect(answer.body).toEqual({ id: expect.any(String), ...insufficientPermissions });
  });

  test.each([
    ['GET', `/v1/organizations/${otherOrganization.orgID}/licenses`],
    ['GET', `/v1/organizations/${otherOrganization.orgID}`],
    ['GET', '/v1/organizations/11111111-1111-4111-8111-111111111111/licenses'],
    ['GET', '/v1/organizations/not-a-uuid/licenses'],
    ['GET', `/v1/environments/${otherOrganization.adminEnvID}`],
    ['DELETE', `/v1/environments/${otherOrganization.adminEnvID}`],
    ['GET', `/v1/environments/${otherOrganization.adminEnvID}/populations`],
    ['GET', '/v1/environments/11111111-1111-4111-8111-111111111111/populations'],
    ['GET', '/v1/environments/%7B%7BenvID%7D%7D/users'],
  ])('%s %s, of another organization or of none, is forbidden', async (method, path) => {
    const client = await clientOf();
    expect(await client.send(method, path)).toMatchObject({ status: 403, body: insufficientPermissions });
  });

  test('a worker sees only the environments it has a role in', async () => {
    const names = async (app: SeedApp) => {
      const { body } = await (await clientOf({}, app)).send('GET', '/v1/environments');
      return body._embedded.environments.map((environment: { id: string }) => environment.id);
    };
    expect(await names(seedApps.administrator)).toEqual([adminEnvID, signOnCredentials.envID]);
    expect(await names(seedApps.otherOrganizationReader)).toEqual([otherOrganization.adminEnvID]);
  });

  test('the same token works in an environment it has just created, thanks to the roles given to its creator', async () => {
    const organizationAdminOnly = withApps((apps) =>
      apps.map((app) => ({ ...app, roles: app.roles.filter(({ role }) => role === 'Organization Admin') })),
    );
    const client = await clientOf({ seed: organizationAdminOnly });
    expect((await client.send('GET', `${below}/populations`)).status).toBe(403);
    const path = await createEnvironment(client);
    expect((await client.send('POST', `${path}/populations`, { body: population() })).status).toBe(201);
    expect((await client.send('POST', `${path}/users`, { body: user() })).status).toBe(201);
  });

  test('a worker without the roles cannot use an environment that another one has created', async () => {
    const creator = await clientOf();
    const path = await createEnvironment(creator);
    const other = await signIn(creator.simulator, seedApps.environmentAdmin);
    expect((await other.send('GET', path)).status).toBe(403);
  });
});

test('a token says nothing about roles', async () => {
  const { body } = await askForToken(createSimulator(), seedApps.administrator);
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  expect(Object.keys(claims)).not.toContain('scope');
  expect(JSON.stringify(claims)).not.toContain('Admin');
});

test('the licences of the seed have the ids that are published for it', async () => {
  const { body } = await (await clientOf()).send('GET', licenses);
  expect(body._embedded.licenses.map((license: { id: string }) => license.id)).toEqual(Object.values(seedLicenses));
});
