import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createSimulator, type SeedApp, seedApps } from '../../src/simulator/index.ts';
import { askForToken, basic, send } from './support.ts';

const simulator = createSimulator();
const { administrator, secretPost } = seedApps;
const path = `/${administrator.environmentId}/as/token`;
const form = 'application/x-www-form-urlencoded';
const grant = 'grant_type=client_credentials';
const authorization = basic(administrator.clientId, administrator.secret);
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}';

function ask(headers: Record<string, string>, text: string, at = path) {
  return send(simulator, 'POST', at, { text, headers: { 'Content-Type': form, ...headers } });
}

function rawBasic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

const invalidClient = 'Invalid client credentials';
const unsupportedMethod = 'Unsupported authentication method';

describe('the token endpoint refuses', () => {
  const post = (app: SeedApp, secret = app.secret) => `${grant}&client_id=${app.clientId}&client_secret=${secret}`;
  const refusals: readonly {
    readonly given: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly want: readonly [number, string, string];
  }[] = [
    {
      given: 'an unknown client id',
      headers: { Authorization: basic('11111111-1111-4111-8111-111111111111', administrator.secret) },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a wrong secret',
      headers: { Authorization: basic(administrator.clientId, 'wrong') },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a secret in the body of an app that is set to Basic',
      body: post(administrator),
      want: [401, 'invalid_client', unsupportedMethod],
    },
    {
      given: 'Basic for an app that is set to a secret in the body',
      headers: { Authorization: basic(secretPost.clientId, secretPost.secret) },
      want: [401, 'invalid_client', unsupportedMethod],
    },
    {
      given: 'a wrong secret in the body, after Basic has failed (what Go clients end with)',
      body: post(administrator, 'wrong'),
      want: [401, 'invalid_client', unsupportedMethod],
    },
    {
      given: 'a wrong secret in the body of an app that wants it there',
      body: post(secretPost, 'wrong'),
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a client id without a secret',
      body: `${grant}&client_id=${administrator.clientId}`,
      want: [401, 'invalid_client', unsupportedMethod],
    },
    { given: 'no credentials', want: [401, 'invalid_client', invalidClient] },
    {
      given: 'a Basic header that is no base64',
      headers: { Authorization: 'Basic ***' },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a Basic header without a colon',
      headers: { Authorization: rawBasic('no-colon') },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a Basic header whose percent-encoding is broken',
      headers: { Authorization: rawBasic(`${administrator.clientId}:100%`) },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'a bearer token instead of credentials',
      headers: { Authorization: 'Bearer abc' },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'credentials in both places',
      headers: { Authorization: authorization },
      body: post(administrator),
      want: [400, 'invalid_request', 'More than one client authentication method was used'],
    },
    {
      given: 'a disabled app',
      headers: { Authorization: basic(seedApps.disabled.clientId, seedApps.disabled.secret) },
      want: [401, 'invalid_client', 'Client is disabled'],
    },
    {
      given: 'an app without a role',
      headers: { Authorization: basic(seedApps.withoutRoles.clientId, seedApps.withoutRoles.secret) },
      want: [400, 'unauthorized_client', 'Client has no role assigned'],
    },
    {
      given: 'an app of another environment',
      headers: { Authorization: basic(seedApps.otherOrganization.clientId, seedApps.otherOrganization.secret) },
      want: [401, 'invalid_client', invalidClient],
    },
    {
      given: 'an unknown grant type',
      headers: { Authorization: authorization },
      body: 'grant_type=password',
      want: [400, 'unsupported_grant_type', 'Unsupported grant type'],
    },
    {
      given: 'no grant type',
      headers: { Authorization: authorization },
      body: 'scope=openid',
      want: [400, 'invalid_request', 'Missing grant_type parameter'],
    },
    {
      given: 'an empty body',
      headers: { Authorization: authorization },
      body: '',
      want: [400, 'invalid_request', 'Missing grant_type parameter'],
    },
    {
      given: 'a parameter given twice',
      headers: { Authorization: authorization },
      body: `${grant}&${grant}`,
      want: [400, 'invalid_request', 'A parameter is included more than once'],
    },
    {
      given: 'JSON instead of a form',
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      body: '{"grant_type":"client_credentials"}',
      want: [400, 'invalid_request', 'The request body must be application/x-www-form-urlencoded'],
    },
  ];

  test.each(refusals)('$given', async ({ headers = {}, body = grant, want: [status, error, reason] }) => {
    const answer = await ask(headers, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error,
      error_description: expect.stringMatching(
        new RegExp(`^Request denied: ${reason.replaceAll('.', '\\.')} \\(Correlation ID: ${uuid}\\)$`),
      ),
    });
    expect(answer.body.error_description).toContain(answer.headers.get('correlation-id'));
    expect(answer.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    expect(answer.headers.get('www-authenticate')).toBe(error === 'invalid_client' ? 'Basic realm="PingOne"' : null);
  });

  test('a body that is no UTF-8', async () => {
    const text = new Uint8Array([0x67, 0xff, 0xfe]);
    const headers = { 'Content-Type': form, Authorization: authorization };
    const answer = await send(simulator, 'POST', path, { text, headers });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test.each(['f0000000-0000-4000-8000-000000000000', 'not-a-uuid', '{{adminEnvID}}', 'v1'])(
    'an environment that does not exist: %s',
    async (id) => {
      const answer = await ask({ Authorization: authorization }, grant, `/${encodeURIComponent(id)}/as/token`);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({
        id: answer.headers.get('correlation-id'),
        code: 'NOT_FOUND',
        message: `Unable to find environment with ID: '${id}'`,
      });
    },
  );
});

describe('the token endpoint gives a token', () => {
  test('with credentials in the body to the app that wants them there', async () => {
    const { clientId, secret } = secretPost;
    expect((await ask({}, `${grant}&client_id=${clientId}&client_secret=${secret}`)).status).toBe(200);
  });

  test('to an id and secret that are percent-encoded as RFC 6749 wants it', async () => {
    expect((await askForToken(simulator, seedApps.oddSecret)).status).toBe(200);
  });

  test('to a secret with a bare colon, and a space written as a plus', async () => {
    const { clientId } = seedApps.oddSecret;
    const headers = { Authorization: rawBasic(`${clientId}:odd:secret%2B100%25+~%C3%A9`) };
    expect((await ask(headers, grant)).status).toBe(200);
  });

  test('when the form is sent with a charset', async () => {
    const headers = { Authorization: authorization, 'Content-Type': `${form}; charset=UTF-8` };
    expect((await ask(headers, grant)).status).toBe(200);
  });

  test('that the published key set verifies', async () => {
    const token: string = (await askForToken(simulator, administrator)).body.access_token;
    const keys = await send(simulator, 'GET', `/${administrator.environmentId}/as/jwks`);
    expect(keys.status).toBe(200);
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.body), { algorithms: ['RS256'] });
    expect(payload.client_id).toBe(administrator.clientId);
  });

  test('that lives as long as the simulator was told', async () => {
    const shortLived = createSimulator({ tokenLifetimeSeconds: 5 });
    expect((await askForToken(shortLived, administrator)).body.expires_in).toBe(5);
  });
});

test('the key set of an environment that does not exist is not found', async () => {
  expect((await send(simulator, 'GET', '/nowhere/as/jwks')).status).toBe(404);
});

test('the token endpoint does not show secrets or private key parts', async () => {
  const keys = await send(simulator, 'GET', `/${administrator.environmentId}/as/jwks`);
  expect(Object.keys(keys.body.keys[0]).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});
