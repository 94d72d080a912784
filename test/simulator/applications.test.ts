import { beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, seedApps } from '../../src/simulator/index.ts';
import { type Client, clientOf, createEnvironment, send, signIn } from './support.ts';

const input = {
  name: 'Web application',
  enabled: true,
  type: 'WEB_APP',
  protocol: 'OPENID_CONNECT',
  grantTypes: ['AUTHORIZATION_CODE'],
  responseTypes: ['CODE'],
  tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
  redirectUris: ['http://localhost:3000/callback'],
};

let client: Client;
let applications: string;
beforeEach(async () => {
  client = await clientOf();
  applications = `${await createEnvironment(client)}/applications`;
});

describe('an application', () => {
  test('is created, read, listed and deleted', async () => {
    const answer = await client.send('POST', applications, { body: { ...input, description: 'd', id: 'ignored' } });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...input,
        description: 'd',
        pkceEnforcement: 'OPTIONAL',
        environment: { id: applications.split('/')[3] },
      },
    });
    const path = `${applications}/${answer.body.id}`;
    expect(answer.headers.get('location')).toBe(`http://simulator.test${path}`);
    expect((await client.send('GET', path)).body).toEqual(answer.body);
    const list = (await client.send('GET', `${applications}?limit=100`)).body;
    expect(list._embedded.applications.at(-1)).toEqual(answer.body);
    expect(list).toMatchObject({ size: 4, _links: { self: { href: `http://simulator.test${applications}` } } });
    expect(list).not.toHaveProperty('count');
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.send('GET', path)).status).toBe(404);
    expect((await client.send('DELETE', path)).status).toBe(404);
    expect(client.simulator.history().filter(({ type }) => type === 'application')).toMatchObject([
      { action: 'created', name: input.name },
      { action: 'deleted', name: input.name },
    ]);
  });

  test('has a secret of at least 64 characters, which only its own request shows', async () => {
    const { body } = await client.send('POST', applications, { body: input });
    const { secret } = (await client.send('GET', `${applications}/${body.id}/secret`)).body;
    expect(secret).toMatch(/^[\w-]{64,}$/);
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(JSON.stringify(client.simulator.snapshot())).not.toContain(secret);
    const other = await client.send('POST', applications, { body: { ...input, name: 'Other' } });
    expect((await client.send('GET', `${applications}/${other.body.id}/secret`)).body.secret).not.toBe(secret);
  });

  test('is unknown in the words PingOne was seen to use', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const environmentId = applications.split('/')[3];
    for (const method of ['GET', 'DELETE'] as const) {
      expect(await client.send(method, `${applications}/${id}`)).toMatchObject({
        status: 404,
        body: {
          code: 'NOT_FOUND',
          message: `Unable to find Application with ID: '${id}' in Environment ${environmentId}`,
        },
      });
    }
  });

  test('of the platform, and a worker, are listed before it and can be read', async () => {
    const path = `/v1/environments/${defaultCredentials.adminEnvID}/applications`;
    const { _embedded } = (await client.send('GET', path)).body;
    const types = _embedded.applications.map(({ type }: { type: string }) => type);
    expect(types.slice(0, 4)).toEqual(['PING_ONE_ADMIN_CONSOLE', 'PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE', 'WORKER']);
    for (const one of _embedded.applications) {
      expect((await client.send('GET', `${path}/${one.id}`)).body).toEqual(one);
    }
    const worker = `${path}/${defaultCredentials.adminAppID}`;
    expect(Object.keys((await client.send('GET', worker)).body._links)).toEqual([
      ...['grants', 'environment', 'self', 'attributes', 'secret', 'roleAssignments'],
    ]);
    expect((await client.send('GET', `${worker}/secret`)).body.secret).toBe(defaultCredentials.adminAppSecret);
    const portal = `${path}/${_embedded.applications[1].id}`;
    expect((await client.send('GET', `${portal}/secret`)).status).toBe(404);
    expect((await client.send('DELETE', portal)).body.message).toContain('does not simulate deleting');
  });

  test('may have redirect URIs with wildcards where it says so, and is signed on to by what they match', async () => {
    const redirectUris = ['https://*.example.com/cb'];
    const body = { ...input, redirectUris, allowWildcardInRedirectUris: true };
    const { id } = (await client.send('POST', applications, { body })).body;
    const authorize = (uri: string) =>
      send(
        client.simulator,
        'GET',
        `/${applications.split('/')[3]}/as/authorize?${new URLSearchParams({ client_id: id, response_type: 'code', scope: 'openid', response_mode: 'pi.flow', redirect_uri: uri })}`,
      );
    expect((await authorize('https://a.example.com/cb')).status).toBe(200);
    expect((await authorize('https://a.example.com/other')).status).toBe(400);
    expect((await authorize('https://a.example.com.evil.test/x.example.com/cb')).status).toBe(400);
  });

  test('is gone with its environment', async () => {
    const { body } = await client.send('POST', applications, { body: input });
    await client.send('DELETE', applications.replace('/applications', ''));
    expect((await client.send('GET', `${applications}/${body.id}`)).status).toBe(403);
  });

  test('is in a dump, and works when it is loaded', async () => {
    const { body } = await client.send('POST', applications, { body: input });
    const secret = (await client.send('GET', `${applications}/${body.id}/secret`)).body;
    const loaded = await signIn(createSimulator({ seed: client.simulator.dump() }), seedApps.administrator);
    expect((await loaded.send('GET', `${applications}/${body.id}/secret`)).body).toEqual(secret);
  });

  test('and its secret can be read only after the propagation delay', async () => {
    const slow = await clientOf({ delays: { visibilitySeconds: 60 } });
    const { body } = await slow.send('POST', '/v1/environments/b7d3e5f1-4a62-4c09-9e8d-2f1a6b3c5d10/applications', {
      body: input,
    });
    expect((await slow.send('GET', `${body._links.self.href}/secret`)).status).toBe(404);
  });
});

describe('creating an application is refused', () => {
  test.each([
    ...['name', 'enabled', 'type', 'protocol', 'grantTypes', 'tokenEndpointAuthMethod', 'redirectUris'].map((key) => ({
      given: `without ${key}`,
      change: { [key]: undefined },
      want: { code: 'REQUIRED_VALUE', target: key },
    })),
    { given: 'with an empty name', change: { name: '' }, want: { code: 'EMPTY_VALUE', target: 'name' } },
    {
      given: 'with a type that PingOne has and the simulator has not',
      change: { type: 'SINGLE_PAGE_APP' },
      want: { code: 'INVALID_VALUE', target: 'type', innerError: { allowedValues: ['WEB_APP'] } },
    },
    {
      given: 'with another grant type',
      change: { grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT'] },
      want: { code: 'INVALID_VALUE', target: 'grantTypes[1]' },
    },
    {
      given: 'with a redirect URI that is no address',
      change: { redirectUris: ['callback'] },
      want: { code: 'INVALID_VALUE', target: 'redirectUris[0]' },
    },
  ])('$given', async ({ change, want }) => {
    const answer = await client.send('POST', applications, { body: { ...input, ...change } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [want] } });
  });

  test('with a description that holds symbols', async () => {
    expect(await client.send('POST', applications, { body: { ...input, description: 'a = b' } })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ code: 'INVALID_VALUE', target: 'description' }] },
    });
  });

  test('with a wildcard in a redirect URI, unless it allows them', async () => {
    const redirectUris = ['https://example.com/cb', 'https://*.example.com/cb'];
    expect(await client.send('POST', applications, { body: { ...input, redirectUris } })).toMatchObject({
      status: 400,
      body: { message: 'Wildcards are not allowed in redirect URIs.', details: [{ target: 'redirectUris' }] },
    });
  });

  test('with a name that is taken', async () => {
    await client.send('POST', applications, { body: input });
    expect(await client.send('POST', applications, { body: input })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ code: 'UNIQUENESS_VIOLATION', target: 'name' }] },
    });
  });

  test('to a worker with neither Environment Admin nor Client Application Developer', async () => {
    const identityOnly = await signIn(client.simulator, seedApps.identityDataAdmin);
    for (const [method, path] of [
      ['POST', applications],
      ['GET', applications],
      ['GET', `${applications}/x/secret`],
      ['DELETE', `${applications}/x`],
    ] as const) {
      expect((await identityOnly.send(method, path, method === 'POST' ? { body: input } : {})).status).toBe(403);
    }
  });
});
