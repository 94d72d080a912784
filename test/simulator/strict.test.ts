import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultCredentials, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { routes } from '../../src/simulator/routes.ts';
import { authorizationServer, beginFlow, createApplication, exchange, resume, submit } from './sign-on.ts';
import { complaintsAbout, schemaFolders, usedSchemas } from './strict.ts';
import { strictSchemas } from './strict-schemas.ts';
import { askForToken, type Client, clientOf, send, setPassword } from './support.ts';

const { orgID, adminAppID, adminEnvID, licenseID, region } = defaultCredentials;
const mediaType = (action: string) => ({ 'Content-Type': `application/vnd.pingidentity.password.${action}` });

/** Every request of a sign-on, in the seed's environment for it. */
async function signOn(
  client: Client,
  call: (method: string, path: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const { envID } = signOnCredentials;
  const applications = `/v1/environments/${envID}/applications`;
  const application = await createApplication(client);
  await call('GET', applications);
  await call('GET', `${applications}/${application.id}`);
  await call('GET', `${authorizationServer}/.well-known/openid-configuration`);
  const flow = await beginFlow(client, application);
  const path = `/${envID}/flows/${flow.id}`;
  expect((await submit(client, flow, { password: 'wrong' })).status).toBe(400);
  const answers = [
    await send(client.simulator, 'GET', path, { headers: { Cookie: flow.cookie } }),
    await submit(client, flow),
    await resume(client, flow),
  ];
  const tokens = await exchange(client, application, answers[2]?.body.authorizeResponse.code);
  expect([...answers, tokens].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await call('DELETE', `${applications}/${application.id}`);
  return [
    `POST ${applications}`,
    `GET ${applications}/${application.id}/secret`,
    `GET ${authorizationServer}/authorize`,
    `GET ${path}`,
    `POST ${path}`,
    `GET ${authorizationServer}/resume`,
  ];
}

/** Every request of MFA, for this user. */
async function secondFactor(
  client: Client,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely.
  call: (method: string, path: string, body?: unknown, headers?: object) => Promise<any>,
  environment: string,
  user: string,
): Promise<void> {
  const vendor = (action: string) => ({ 'Content-Type': `application/vnd.pingidentity.${action}+json` });
  await call('GET', `${environment}/mfaSettings`);
  await call('PUT', `${environment}/mfaSettings`, {
    pairing: { maxAllowedDevices: 15 },
    lockout: { failureCount: 4, durationSeconds: 60 },
    users: { mfaEnabled: true },
  });
  const policies = `${environment}/deviceAuthenticationPolicies`;
  const list = await call('GET', policies);
  await call('GET', `${policies}/${list._embedded.deviceAuthenticationPolicies[0].id}`);
  const input = { type: 'EMAIL', email: 'ann@example.com', testMode: true, status: 'ACTIVATION_REQUIRED' };
  const device = await call('POST', `${user}/devices`, input);
  const path = `${user}/devices/${device.id}`;
  await call('POST', path, { otp: device.test.otp }, vendor('device.activate'));
  await call('POST', path, undefined, vendor('device.block'));
  await call('POST', path, undefined, vendor('device.unblock'));
  await call('PUT', `${path}/nickname`, { nickname: 'n' });
  await call('GET', path);
  await call('GET', `${user}/devices`);
  await call('POST', `${user}/devices`, { order: [{ id: device.id }] }, vendor('devices.reorder'));
  await call('DELETE', `${user}/devices`, undefined, vendor('devices.order.remove'));
  const authentications = `${environment.replace('/v1/environments', '')}/deviceAuthentications`;
  const [userID, selected] = [user.split('/').at(-1), { device: { id: device.id } }];
  const { id } = await call('POST', authentications, { user: { id: userID } });
  const one = `${authentications}/${id}`;
  await call('GET', one);
  await call('POST', one, { reason: 'CHANGE_DEVICE' }, vendor('cancel.push.authentication'));
  const { test: passcode } = await call('POST', one, selected, vendor('device.select'));
  await client.send('POST', one, { body: { otp: '000000' }, headers: vendor('otp.check') });
  await call('POST', one, passcode, vendor('otp.check'));
  const oneTime = { type: 'EMAIL', email: 'ann@example.com', testMode: true };
  await call('POST', authentications, { user: { id: userID }, selectedDevice: { oneTime } });
  await call('DELETE', path);
  await call('DELETE', `${environment}/mfaSettings`);
}

/** Every request of groups, for this user. */
async function groupsOf(
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely.
  call: (method: string, path: string, body?: unknown) => Promise<any>,
  environment: string,
  user: string,
): Promise<void> {
  const body = { name: 'g', description: 'd', externalId: 'e', customData: { a: 1 }, userFilter: 'title eq "t"' };
  const { id } = await call('POST', `${environment}/groups`, body);
  const group = `${environment}/groups/${id}`;
  await call('GET', `${environment}/groups?include=totalMemberCounts`);
  await call('GET', group);
  await call('GET', `${group}/memberOfGroups`);
  await call('PUT', group, body);
  await call('POST', `${user}/memberOfGroups`, { id });
  await call('GET', `${user}/memberOfGroups?expand=group`);
  await call('GET', `${user}/memberOfGroups/${id}`);
  await call('GET', `${user}?include=memberOfGroupIDs,memberOfGroupNames`);
  await call('DELETE', `${user}/memberOfGroups/${id}`);
  await call('DELETE', group);
}

/** Calls every route with success, and gives `METHOD path` of each call. `send` judges all answers. */
async function everySuccess(client: Client): Promise<readonly string[]> {
  const done: string[] = [];
  const call = async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await client.send(method, path, { ...(body === undefined ? {} : { body }), headers });
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
    done.push(`${method} ${path}`);
    return answer.body;
  };
  done.push(`POST /${adminEnvID}/as/token`);
  await call('GET', `/${adminEnvID}/as/jwks`);
  await call('GET', '/v1/organizations');
  await call('GET', `/v1/organizations/${orgID}`);
  await call('GET', `/v1/organizations/${orgID}/licenses`);
  await call('GET', `/v1/organizations/${orgID}/licenses/${licenseID}`);
  const products = [{ type: 'PING_ONE_BASE', tags: ['a'], bookmarks: [{ name: 'b', href: 'https://example.com' }] }];
  const input = {
    name: 'Strict',
    type: 'PRODUCTION',
    region,
    license: { id: licenseID },
    billOfMaterials: { products },
  };
  const { id } = await call('POST', '/v1/environments', { ...input, description: 'd', icon: 'https://example.com/i' });
  const environment = `/v1/environments/${id}`;
  await call('GET', '/v1/environments?limit=1');
  await call('GET', `${environment}?expand=billOfMaterials`);
  await call('GET', `${environment}/billOfMaterials`);
  await call('PUT', `${environment}/billOfMaterials`, { solutionType: 'CUSTOMER', products });
  await call('PUT', environment, { ...input, subtype: 'QA' });
  await call('PUT', `${environment}/status`, { status: 'DELETE_PENDING' });
  await call('PUT', `${environment}/status`, { status: 'ACTIVE', license: { id: licenseID } });
  const policies = await call('GET', `${environment}/passwordPolicies`);
  const passwordPolicy = { id: policies._embedded.passwordPolicies[1].id };
  await call('GET', `${environment}/passwordPolicies/${passwordPolicy.id}`);
  const rules = { name: 'r', excludesProfileData: true, notSimilarToCurrent: true, excludesCommonlyUsed: true };
  const ownPolicy = `${environment}/passwordPolicies/${(await call('POST', `${environment}/passwordPolicies`, rules)).id}`;
  await call('PUT', ownPolicy, { ...rules, description: 'd', minComplexity: 7, maxAgeDays: 1 });
  await call('DELETE', ownPolicy);
  const roles = await call('GET', '/v1/roles');
  await call('GET', `/v1/roles/${roles._embedded.roles[0].id}`);
  await call('GET', `/v1/environments/${adminEnvID}/applications`);
  await call('GET', `/v1/environments/${adminEnvID}/applications/${adminAppID}/roleAssignments`);
  const shared = { name: 'Shared', passwordPolicy, alternativeIdentifiers: ['a'] };
  const population = await call('POST', `${environment}/populations`, shared);
  await call('GET', `${environment}/populations`);
  await call('GET', `${environment}/populations/${population.id}`);
  await call('PUT', `${environment}/populations/${population.id}`, { name: 'Shared too', description: 'd' });
  const person = {
    username: 'ann',
    email: 'ann@example.com',
    name: { given: 'Ann', middle: 'B', family: 'C', formatted: 'Ann B C' },
    address: { countryCode: 'CH', locality: 'a', region: 'b', streetAddress: 'c', postalCode: 'd' },
    mobilePhone: '+41 1',
    primaryPhone: '1',
    externalId: 'e',
    nickname: 'n',
    title: 't',
    type: 'y',
    locale: 'l',
    timezone: 'Europe/Zurich',
  };
  const user = `${environment}/users/${(await call('POST', `${environment}/users`, person)).id}`;
  await call('GET', `${environment}/users`);
  await call('GET', `${user}?expand=population,password`);
  await call('PUT', user, person);
  await call('PATCH', user, { nickname: 'm' });
  await call('GET', `${user}/password`);
  await client.send('PUT', `${user}/password`, { body: { value: 'weak' }, headers: mediaType('set+json') });
  await call('PUT', `${user}/password`, { value: 'Kn0t-so-weak!' }, mediaType('set+json'));
  await call('GET', `${user}/password?expand=passwordPolicy`);
  await call('POST', `${user}/password`, { password: 'Kn0t-so-weak!' }, mediaType('check+json'));
  for (let n = 0; n < 5; n += 1) {
    await client.send('POST', `${user}/password`, { body: { password: 'no' }, headers: mediaType('check+json') });
  }
  await call('GET', `${user}/password`);
  await call('POST', `${user}/password`, undefined, mediaType('unlock'));
  await call('GET', `${user}/mfaEnabled`);
  await call('PUT', `${user}/mfaEnabled`, { mfaEnabled: true });
  await secondFactor(client, call, environment, user);
  await groupsOf(call, environment, user);
  await call('GET', `${user}/enabled`);
  await call('PUT', `${user}/enabled`, { enabled: true });
  done.push(...(await signOn(client, call)));
  await call('DELETE', user);
  await call('DELETE', `${environment}/populations/${population.id}`);
  await call('PUT', `${environment}/type`, { type: 'SANDBOX' });
  await call('DELETE', environment);
  return done;
}

test('every route’s success, and every error, fits the strict schemas and the collection’s', async () => {
  const client = await clientOf();
  const done = (await everySuccess(client)).map((call) => call.replace(/\?.*/, ''));
  const missed = routes.filter(({ method, path }) => {
    const pattern = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/]+')}$`);
    return !done.some((call) => pattern.test(call));
  });
  expect(missed).toEqual([]);

  const { simulator } = client;
  const known = `/v1/environments/${adminEnvID}`;
  const statuses = [
    await client.send('POST', '/v1/environments', { body: {} }),
    await client.send('POST', '/v1/environments', { text: '{' }),
    await send(simulator, 'GET', known),
    await send(simulator, 'GET', known, { headers: { Authorization: 'x' } }),
    await client.send('DELETE', known),
    await client.send('GET', '/v1/environments/00000000-0000-4000-8000-000000000000'),
    await client.send('PATCH', known),
    await client.send('OPTIONS', known),
    await client.send('POST', `${known}/users`, { text: 'x', headers: { 'Content-Type': 'text/plain' } }),
    await askForToken(simulator, { environmentId: adminEnvID, clientId: 'x', secret: 'y' }),
    await setPassword(client, `${known}/users/00000000-0000-4000-8000-000000000000`, { value: 'x' }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([400, 400, 401, 403, 403, 404, 405, 204, 415, 401, 404]);

  for (const status of [400, 401, 403, 404, 405, 408, 409, 415, 429, 500, 502, 503, 504]) {
    simulator.setFaults([{ do: { kind: 'status', status, retryAfter: 1 } }]);
    expect((await client.send('GET', known)).status).toBe(status);
    expect((await askForToken(simulator, seedApps.administrator)).status).toBe(status);
  }

  const collection = [...new Set(schemaFolders.flatMap((folder) => readdirSync(folder)))];
  expect([...usedSchemas].toSorted()).toEqual(
    [
      ...Object.keys(strictSchemas).map((name) => `strict ${name}`),
      ...collection.map((file) => `collection ${file.replace('.schema.json', '')}`),
    ].toSorted(),
  );
});

test('what is strict notices a field too many, too few or of another type, and a missing header', async () => {
  const client = await clientOf();
  const path = `/v1/environments/${adminEnvID}`;
  const { headers, body } = await client.send('GET', path);
  const complaints = (change: object, given = headers) =>
    complaintsAbout({ method: 'GET', path, status: 200, headers: given, body: { ...body, ...change } }).join('\n');
  expect(complaints({})).toBe('');
  expect(complaints({ colour: 'red' })).toContain('must NOT have additional properties');
  expect(complaints({ region: undefined })).toContain('region');
  expect(complaints({ name: 7 })).toContain('/name must be string');
  const fewer = new Headers(headers);
  fewer.delete('pragma');
  expect(complaints({}, fewer)).toBe('no header pragma');
});
