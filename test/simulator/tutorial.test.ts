import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, type ListeningSimulator } from '../../src/simulator/index.ts';
import { complaintsAbout } from './strict.ts';
import { idPattern, inDocumentedOrder, timestampPattern } from './strict-schemas.ts';
import { basic, passwordSet } from './support.ts';

const uuid = new RegExp(idPattern);
const timestamp = new RegExp(timestampPattern);

let server: ListeningSimulator;
beforeAll(async () => {
  server = await createSimulator({ dialect: 'today' }).listen();
});
afterAll(() => server.close());

test('the six steps of the tutorial and the clean-up pass over HTTP', async () => {
  const { orgID, adminEnvID, adminAppID, adminAppSecret, licenseID } = defaultCredentials;

  const token = await fetch(`${server.url}/${adminEnvID}/as/token`, {
    method: 'POST',
    headers: { Authorization: basic(adminAppID, adminAppSecret), 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token, ...rest } = JSON.parse(await token.text());
  expect(token.status).toBe(200);
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600 });
  expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'RS256', kid: expect.any(String) });
  const claims = decodeJwt(access_token);
  expect(claims).toEqual({
    client_id: adminAppID,
    iss: `${server.url}/${adminEnvID}/as`,
    jti: expect.stringMatching(uuid),
    iat: expect.any(Number),
    exp: Number(claims.iat) + 3600,
    aud: ['https://api.pingone.com'],
    env: adminEnvID,
    org: orgID,
    'p1.rid': claims.jti,
  });

  const request = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const response = await fetch(`${server.url}/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${access_token}`, ...(body === undefined ? {} : { 'Content-Type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    const answer = { status, headers, body: text === '' ? undefined : JSON.parse(text) };
    expect(complaintsAbout({ method, path: `/v1${path}`, ...answer })).toEqual([]);
    return answer;
  };

  const licenses = await request('GET', `/organizations/${orgID}/licenses`);
  expect(licenses.status).toBe(200);
  expect(licenses.body).toMatchObject({ count: 6, size: 6 });

  const environment = await request('POST', '/environments', {
    name: 'New-Solution-Env_1',
    description: 'New environment description',
    type: 'SANDBOX',
    region: 'NA',
    license: { id: licenseID },
  });
  expect(environment.status).toBe(201);
  const envID: string = environment.body.id;
  const environmentAddress = `${server.url}/v1/environments/${envID}`;
  expect(environment.headers.get('location')).toBe(environmentAddress);
  expect(Object.keys(environment.body)).toEqual(inDocumentedOrder('environment', environment.body));
  expect(environment.body._links.self.href).toBe(environmentAddress);
  expect(environment.body._links['propagation/revisions/id:latest'].href).toBe(
    `${environmentAddress}/propagation/revisions/id:latest`,
  );
  expect(environment.body).toMatchObject({
    id: expect.stringMatching(uuid),
    organization: { id: orgID },
    license: { id: licenseID },
    createdAt: expect.stringMatching(timestamp),
    updatedAt: environment.body.createdAt,
  });
  expect(environment.body.billOfMaterials.products.map((product: { type: string }) => product.type)).toEqual([
    'PING_ONE_BASE',
    'PING_ONE_MFA',
    'PING_ONE_RISK',
    'PING_ONE_PROVISIONING',
    'PING_ONE_VERIFY',
    'PING_ONE_AUTHORIZE',
    'PING_ONE_DAVINCI',
  ]);

  const population = await request('POST', `/environments/${envID}/populations`, {
    name: 'Shared-Test-User-Population',
    description: 'Population for PingOne test users',
  });
  expect(population.status).toBe(201);
  const themeID: string = population.body.theme.id;
  const populationAddress = `${environmentAddress}/populations/${population.body.id}`;
  expect(population.headers.get('location')).toBe(populationAddress);
  expect(population.body).toEqual({
    _links: {
      self: { href: populationAddress },
      environment: { href: environmentAddress },
      theme: { href: `${environmentAddress}/themes/${themeID}` },
    },
    id: expect.stringMatching(uuid),
    environment: { id: envID },
    name: 'Shared-Test-User-Population',
    description: 'Population for PingOne test users',
    userCount: 0,
    createdAt: expect.stringMatching(timestamp),
    updatedAt: population.body.createdAt,
    preferredLanguage: 'en',
    theme: { id: expect.stringMatching(uuid) },
    default: false,
  });

  const user = await request('POST', `/environments/${envID}/users`, {
    email: 'sharedTestUser@example.com',
    population: { id: population.body.id },
    username: 'sharedTestUser',
  });
  expect(user.status).toBe(201);
  const userAddress = `${environmentAddress}/users/${user.body.id}`;
  const passwordLink = { href: `${userAddress}/password` };
  expect(user.headers.get('location')).toBe(userAddress);
  expect(user.body).toEqual({
    _links: {
      self: { href: userAddress },
      environment: { href: environmentAddress },
      population: { href: populationAddress },
      devices: { href: `${userAddress}/devices` },
      roleAssignments: { href: `${userAddress}/roleAssignments` },
      password: passwordLink,
      'password.reset': passwordLink,
      'password.set': passwordLink,
      'password.check': passwordLink,
      'password.recover': passwordLink,
      linkedAccounts: { href: `${userAddress}/linkedAccounts` },
      'account.sendVerificationCode': { href: userAddress },
      memberOfGroups: { href: `${userAddress}/memberOfGroups` },
    },
    id: expect.stringMatching(uuid),
    environment: { id: envID },
    account: { canAuthenticate: true, status: 'OK' },
    createdAt: expect.stringMatching(timestamp),
    email: 'sharedTestUser@example.com',
    enabled: true,
    identityProvider: { type: 'PING_ONE' },
    lifecycle: { status: 'ACCOUNT_OK' },
    mfaEnabled: false,
    population: { id: population.body.id },
    updatedAt: user.body.createdAt,
    username: 'sharedTestUser',
    verifyStatus: 'NOT_INITIATED',
  });
  const [, , , ...sortedKeys] = Object.keys(user.body);
  expect(sortedKeys).toEqual(sortedKeys.toSorted());

  const password = await request(
    'PUT',
    `/environments/${envID}/users/${user.body.id}/password`,
    { value: 'Kn0t-so-weak!', forceChange: false },
    passwordSet,
  );
  expect(password.status).toBe(200);
  const policyID: string = password.body.passwordPolicy.id;
  expect(password.body).toEqual({
    _links: {
      self: passwordLink,
      environment: { href: environmentAddress },
      user: { href: userAddress },
      passwordPolicy: { href: `${environmentAddress}/passwordPolicies/${policyID}` },
      'password.check': passwordLink,
      'password.reset': passwordLink,
      'password.set': passwordLink,
      'password.recover': passwordLink,
    },
    environment: { id: envID },
    user: { id: user.body.id },
    passwordPolicy: { id: expect.stringMatching(uuid) },
    status: 'OK',
    lastChangedAt: expect.stringMatching(timestamp),
  });

  const gone = await request('DELETE', `/environments/${envID}`);
  expect(gone).toMatchObject({ status: 204, body: undefined });
  expect((await request('GET', `/environments/${envID}`)).status).toBe(404);
});
