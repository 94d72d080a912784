import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, type RequestLogEntry, seedApps } from '../../src/simulator/index.ts';
import { fixedHeaders } from './strict.ts';
import {
  askForToken,
  clientOf,
  countedIds,
  createEnvironment,
  createUser,
  environmentInput,
  send,
  setPassword,
} from './support.ts';

const { orgID, adminEnvID } = defaultCredentials;
const unsupported =
  'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.';
const hal = 'application/hal+json;charset=UTF-8';
const json = 'application/json;charset=UTF-8';

describe('every answer carries the recorded headers', () => {
  test.each([
    { given: 'one environment', path: `/v1/environments/${adminEnvID}`, status: 200, methods: 'GET,PUT,DELETE' },
    { given: 'a list', path: `/v1/environments/${adminEnvID}/users`, status: 200, methods: 'GET,POST' },
    { given: 'the list of groups', path: `/v1/environments/${adminEnvID}/groups`, status: 200, methods: 'GET,POST' },
    { given: 'the list of roles', path: '/v1/roles', status: 200, methods: 'GET' },
    { given: 'a refusal', path: '/v1/environments/nowhere', status: 404, methods: 'GET,PUT,DELETE' },
  ])('$given', async ({ path, status, methods }) => {
    const { headers, ...answer } = await (await clientOf()).send('GET', path);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(headers)).toEqual({
      ...fixedHeaders,
      'access-control-allow-methods': `OPTIONS,${methods}`,
      'content-type': hal,
      'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-amzn-requestid': headers.get('correlation-id'),
      date: expect.stringMatching(/GMT$/),
    });
  });

  test('each with a correlation id of its own, which an error body repeats as its id', async () => {
    const client = await clientOf();
    const path = '/v1/environments/nowhere';
    const [one, other] = [await client.send('GET', path), await client.send('GET', path)];
    expect(one.headers.get('correlation-id')).not.toBe(other.headers.get('correlation-id'));
    expect(one.body.id).toBe(one.headers.get('correlation-id'));
  });
});

describe('the content type follows Accept', () => {
  test.each([
    { accept: undefined, want: hal },
    { accept: '*/*', want: hal },
    { accept: 'application/hal+json', want: hal },
    { accept: 'application/json', want: json },
    { accept: 'application/json, text/plain, */*', want: json },
    { accept: 'application/hal+json, application/json', want: hal },
    { accept: 'application/hal+json;q=0.5, application/json;q=0.9', want: json },
    { accept: 'Application/JSON', want: json },
    { accept: 'text/html', want: hal },
    { accept: ';;;,,,q=', want: hal },
  ])('$accept → $want', async ({ accept, want }) => {
    const headers = accept === undefined ? {} : { Accept: accept };
    const client = await clientOf();
    for (const path of ['/v1/environments', '/v1/environments/nowhere']) {
      expect((await client.send('GET', path, { headers })).headers.get('content-type')).toBe(want);
    }
  });
});

describe('links and Location start with the address the client used', () => {
  test.each([
    { given: {}, want: 'http://simulator.test' },
    { given: { 'X-Forwarded-Proto': 'https' }, want: 'https://simulator.test' },
    {
      given: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'api.example.com:8443' },
      want: 'https://api.example.com:8443',
    },
    { given: { 'X-Forwarded-Host': 'first.example, second.example' }, want: 'http://first.example' },
    { given: { 'X-Forwarded-Host': '[::1]:80' }, want: 'http://[::1]:80' },
    { given: { 'X-Forwarded-Host': 'evil.example/path?x=' }, want: 'http://simulator.test' },
    { given: { 'X-Forwarded-Proto': 'javascript' }, want: 'http://simulator.test' },
  ])('$given', async ({ given, want }) => {
    const answer = await (await clientOf()).send('POST', '/v1/environments', {
      body: environmentInput,
      headers: given,
    });
    expect(answer.body._links.self.href).toBe(`${want}/v1/environments/${answer.body.id}`);
    expect(answer.headers.get('location')).toBe(answer.body._links.self.href);
  });

  test('and can be followed where the simulator has the resource', async () => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    const { _links } = (await client.send('GET', path)).body;
    for (const relation of ['self', 'organization', 'license', 'populations', 'users', 'passwordPolicies']) {
      expect((await client.send('GET', _links[relation].href)).status, relation).toBe(200);
    }
  });
});

describe('the gateway refuses a path that PingOne does not have', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v1/v1/environments'],
    ['GET', '/v1/environments/'],
    ['GET', '/environments'],
    ['GET', '/v1/environments/a/b/c/d/e'],
    ['GET', '/%7B%7BapiPath%7D%7D/environments'],
    ['POST', `/v1/${adminEnvID}/as/token`],
    ['GET', '/%E0%A4%A/x'],
    ['PROPFIND', '/v1/nowhere'],
  ])('%s %s', async (method, path) => {
    const log: RequestLogEntry[] = [];
    const client = await clientOf({ onRequest: (entry) => log.push(entry) });
    const answer = await client.send(method, path);
    expect(answer.status).toBe(403);
    const hash = createHash('sha256').update(`Bearer ${client.token}`).digest('base64');
    expect(answer.body).toEqual({
      message: `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    });
    expect(answer.headers.get('x-amzn-errortype')).toBe('IncompleteSignatureException');
    expect(log.at(-1)).toMatchObject({ status: 403, method, note: 'unknown path: refused by the gateway' });
    const without = await send(client.simulator, method, path);
    expect(without).toMatchObject({ status: 403, body: { message: 'Missing Authentication Token' } });
    expect(without.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });
});

describe('what PingOne has and the simulator has not is named, and logged', () => {
  test.each([
    ['GET', `/v1/environments/${adminEnvID}/gateways`],
    ['GET', `/v1/environments/${adminEnvID}/signOnPolicies/x/actions`],
    ['GET', `/v1/environments/${adminEnvID}/users/x/roleAssignments`],
    ['POST', `/v1/environments/${adminEnvID}/groups/x/memberOfGroups`],
    ['PUT', `/v1/environments/${adminEnvID}/applications/x`],
    ['GET', `/${adminEnvID}/as/userinfo`],
    ['POST', `/v1/environments/${adminEnvID}/deviceAuthenticationPolicies`],
  ])('%s %s', async (method, path) => {
    const log: RequestLogEntry[] = [];
    const client = await clientOf({ onRequest: (entry) => log.push(entry) });
    expect(await client.send(method, path)).toMatchObject({
      status: 404,
      body: {
        code: 'NOT_FOUND',
        message: expect.stringContaining(`PingOne has ${method} ${path}, the simulator does not`),
      },
    });
    expect(log.at(-1)).toMatchObject({ status: 404, note: 'not simulated' });
  });

  test('and so is an unknown path of the authorization server, which no gateway guards', async () => {
    const answer = await send(createSimulator(), 'GET', `/${adminEnvID}/as/nothing`);
    expect(answer).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('does not know the route') },
    });
  });
});

test('query parameters that do nothing are logged by their names', async () => {
  const log: RequestLogEntry[] = [];
  const client = await clientOf({ onRequest: (entry) => log.push(entry) });
  await client.send('GET', '/v1/environments?limit=1&include=x&sortBy=y&include=z');
  expect(log.at(-1)?.note).toBe('not simulated: query parameter include; not simulated: query parameter sortBy');
  await client.send('GET', `/v1/environments/${adminEnvID}?expand=billOfMaterials,license`);
  expect(log.at(-1)?.note).toBe('not simulated: expand=license');
  await client.send('GET', '/v1/roles?a%20secret%3D=x');
  expect(log.at(-1)?.note).toBe('not simulated: query parameter …');
  await client.send('GET', '/v1/environments?limit=1&filter=name%20sw%20%22A%22&order=name');
  expect(log.at(-1)).not.toHaveProperty('note');
});

describe('a known path with another method is answered 405', () => {
  test.each([
    ['PATCH', '/v1/environments', 'OPTIONS, GET, POST'],
    ['POST', `/v1/environments/${adminEnvID}`, 'OPTIONS, GET, PUT, DELETE'],
    ['POST', `/v1/organizations/${orgID}/licenses`, 'OPTIONS, GET'],
    ['GET', `/${adminEnvID}/as/token`, 'OPTIONS, POST'],
    ['PATCH', `/v1/environments/${adminEnvID}/passwordPolicies`, 'OPTIONS, GET, POST'],
    ['DELETE', `/v1/environments/${adminEnvID}/users/x/password`, 'OPTIONS, GET, POST, PUT'],
  ])('%s %s', async (method, path, allow) => {
    const answer = await send(createSimulator(), method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.body).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining(method) });
  });

  test('except OPTIONS, which a browser asks before it sends a token', async () => {
    const answer = await send(createSimulator(), 'OPTIONS', '/v1/environments');
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect(answer.headers.get('access-control-allow-methods')).toBe('OPTIONS,GET,POST');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  test('and HEAD, which is GET without its body', async () => {
    const answer = await (await clientOf()).send('HEAD', '/v1/environments');
    expect(answer).toMatchObject({ status: 200, body: undefined });
  });
});

describe('a body is refused', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', 'json', ''])(
    'with 415 when its media type is "%s"',
    async (type) => {
      const client = await clientOf();
      const text = new TextEncoder().encode(JSON.stringify(environmentInput));
      const headers = type === '' ? {} : { 'Content-Type': type };
      const answer = await client.send('POST', '/v1/environments', {
        text,
        headers: { 'Content-Type': '', ...headers },
      });
      expect(answer.status).toBe(415);
      expect(answer.body).toEqual({ id: expect.any(String), code: 'INVALID_REQUEST', message: unsupported });
    },
  );

  test.each([
    '',
    '{',
    '{"name":}',
    'null',
    '5',
    '"text"',
    '[]',
    '[{}]',
    '\uFEFFx',
    `${'['.repeat(100_000)}`,
    `{"a":${'['.repeat(200)}${']'.repeat(200)}}`,
    `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  ])('with INVALID_REQUEST when it is %.20s', async (text) => {
    const answer = await (await clientOf()).send('POST', '/v1/environments', { text });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      id: expect.any(String),
      code: 'INVALID_REQUEST',
      message: 'The request could not be completed. The request was malformed or invalid.',
    });
  });

  test('with INVALID_REQUEST when it is no UTF-8', async () => {
    const text = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const answer = await (await clientOf()).send('POST', '/v1/environments', { text });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  test('with INVALID_REQUEST when it is larger than 16 MB', async () => {
    const text = JSON.stringify({ ...environmentInput, name: 'x'.repeat(16 * 1024 * 1024) });
    const answer = await (await clientOf()).send('POST', '/v1/environments', { text });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  test.each([
    'application/json',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON; charset="utf-8"',
    'application/hal+json',
  ])('not when its media type is %s', async (type) => {
    const client = await clientOf();
    const headers = { 'Content-Type': type };
    expect((await client.send('POST', '/v1/environments', { body: environmentInput, headers })).status).toBe(201);
  });
});

test('keys such as __proto__ and constructor change nothing', async () => {
  const client = await clientOf();
  const text = `{"__proto__":{"polluted":1,"name":"x"},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,
    "name":"Test","type":"SANDBOX","region":"NA","license":{"id":"${defaultCredentials.licenseID}","__proto__":{"polluted":1}}}`;
  const answer = await client.send('POST', '/v1/environments', { text });
  expect(answer.status).toBe(201);
  expect(answer.body.name).toBe('Test');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  const withoutName = await client.send('POST', '/v1/environments', { text: '{"__proto__":{"name":"x"}}' });
  expect(withoutName.body.details.map(({ target }: { target: string }) => target)).toContain('name');
});

describe('the request log', () => {
  test('has an entry for each request, without query, body or secrets', async () => {
    const log: RequestLogEntry[] = [];
    const simulator = createSimulator({
      now: () => new Date('2026-11-23T10:00:00.000Z'),
      uuid: countedIds(),
      onRequest: (entry) => log.push(entry),
    });
    const { token_type, access_token } = (await askForToken(simulator, seedApps.administrator)).body;
    expect(token_type).toBe('Bearer');
    await send(simulator, 'GET', '/v1/environments?filter=secret-query', { token: access_token });
    expect(log).toEqual([
      {
        at: '2026-11-23T10:00:00.000Z',
        method: 'POST',
        path: `/${adminEnvID}/as/token`,
        status: 200,
        durationMs: expect.any(Number),
        correlationId: '00000000-0000-4000-8000-000000000001',
      },
      {
        at: '2026-11-23T10:00:00.000Z',
        method: 'GET',
        path: '/v1/environments',
        status: 400,
        durationMs: expect.any(Number),
        correlationId: '00000000-0000-4000-8000-000000000003',
      },
    ]);
  });

  test('and the snapshot hold no password, client secret or token', async () => {
    const log: RequestLogEntry[] = [];
    const client = await clientOf({ onRequest: (entry) => log.push(entry) });
    const environment = await createEnvironment(client);
    const { body } = await client.send('POST', `${environment}/users`, { body: { username: 'ann' } });
    await setPassword(client, `${environment}/users/${body.id}`, { value: 'Kn0t-so-weak!' });
    await client.send('GET', '/v1/environments', { headers: { Authorization: `Bearer x ${client.token}` } });
    const text = JSON.stringify([log, client.simulator.snapshot()]);
    for (const secret of ['Kn0t-so-weak!', defaultCredentials.adminAppSecret, client.token]) {
      expect(text).not.toContain(secret);
    }
    expect(log.at(-1)?.note).toBe('malformed Authorization header');
  });
});

test('an apiPath with and without /v1 leads to the same, and joined twice to nothing', async () => {
  const { send: sendAs } = await clientOf();
  const older = await sendAs('GET', `${'http://simulator.test/v1'}/environments`);
  const newer = await sendAs('GET', `${'http://simulator.test'}/v1/environments`);
  expect(older.body).toEqual(newer.body);
  expect((await sendAs('GET', '/v1/v1/environments')).status).toBe(403);
});

test('every link of every resource can be followed, or leads to what is named as not simulated', async () => {
  const client = await clientOf();
  const seen = new Set<string>();
  const unknown = new Set<string>();
  const follow = async (href: string): Promise<void> => {
    if (seen.has(href)) return;
    seen.add(href);
    const { status, body } = await client.send('GET', href);
    if (status === 404 && body.message.includes('the simulator does not')) return void unknown.add(href);
    expect(status, href).toBe(200);
    const resources = [body, ...Object.values<object[]>(body._embedded ?? {}).flat()];
    const links = resources.flatMap((one) => Object.values<{ href: string }>(one._links ?? {}));
    for (const link of links) await follow(link.href);
  };
  const user = await createUser(client);
  await follow(`http://simulator.test${user}`);
  const simulated =
    /\/(populations|users|password|passwordPolicies|devices|mfaEnabled|licenses|applications|secret)(\/[0-9a-f-]{36})?$/;
  expect([...unknown].filter((href) => simulated.test(href))).toEqual([]);
  expect([...seen].filter((href) => simulated.test(href)).length).toBeGreaterThan(8);
});
