import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import {
  askFlow,
  authorizationServer,
  authorize,
  beginFlow,
  checkMediaType,
  codeFor,
  createApplication,
  exchange,
  redirectUri,
  resume,
  s256,
  submit,
  type WebApplication,
} from './sign-on.ts';
import { type Client, clientOf, clockAt, send, setPassword, signIn } from './support.ts';

const { envID, sharedUserID, sharedUsername, userPassword } = signOnCredentials;
const user = `/v1/environments/${envID}/users/${sharedUserID}`;
const clock = clockAt('2026-11-23T10:00:00.000Z');

let client: Client;
let application: WebApplication;
beforeEach(async () => {
  client = await clientOf({ now: clock.now });
  application = await createApplication(client);
});

describe('a sign-on', () => {
  test('goes from the authorize request to tokens for the user', async () => {
    const flow = await beginFlow(client, application, { state: 'where I was', nonce: 'n-0S6_WzA2Mj' });
    expect(flow.answer).toMatchObject({
      status: 200,
      body: {
        status: 'USERNAME_PASSWORD_REQUIRED',
        createdAt: '2026-11-23T10:00:00.000Z',
        expiresAt: '2026-11-23T10:15:00.000Z',
        resumeUrl: `http://simulator.test${authorizationServer}/resume?flowId=${flow.id}`,
        _links: { 'usernamePassword.check': { href: `http://simulator.test/${envID}/flows/${flow.id}` } },
      },
    });
    const [, sessionToken] = flow.cookie.split('=');
    expect(sessionToken).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const attributes = `Path=/${envID}; Max-Age=2592000; Expires=Wed, 23 Dec 2026 10:00:00 GMT; HttpOnly`;
    expect(flow.answer.headers.getSetCookie()).toEqual([
      `ST=${sessionToken}; ${attributes}`,
      `ST-NO-SS=${sessionToken}; ${attributes}`,
    ]);
    expect(await submit(client, flow)).toMatchObject({
      status: 200,
      body: { status: 'COMPLETED', _embedded: { user: { id: sharedUserID, username: sharedUsername } } },
    });
    const { status, body } = await resume(client, flow);
    expect([status, body.status, body.authorizeResponse.state]).toEqual([200, 'COMPLETED', 'where I was']);
    expect(body._links.signOnPage.href).toBe(`http://simulator.test/${envID}/signon/?flowId=${flow.id}`);
    const tokens = await exchange(client, application, body.authorizeResponse.code);
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600, scope: 'openid' } });
    const issuedAt = clock.now().getTime() / 1000;
    expect(decodeJwt(tokens.body.id_token)).toMatchObject({
      iss: `http://simulator.test${authorizationServer}`,
      aud: application.id,
      sub: sharedUserID,
      nonce: 'n-0S6_WzA2Mj',
      auth_time: issuedAt,
      iat: issuedAt,
      exp: issuedAt + 3600,
      env: envID,
      org: defaultCredentials.orgID,
      sid: body.session.id,
    });
    expect(decodeJwt(tokens.body.access_token)).toMatchObject({
      sub: sharedUserID,
      client_id: application.id,
      scope: 'openid',
    });
  });

  test('is remembered as the last one of the user', async () => {
    expect((await client.send('GET', user)).body).not.toHaveProperty('lastSignOn');
    await codeFor(client, application);
    const { body } = await client.send('GET', user);
    expect(body.lastSignOn).toEqual({ at: '2026-11-23T10:00:00.000Z', remoteIp: '127.0.0.1' });
    const { _embedded } = (await client.send('GET', user.replace(/\/[^/]+$/, ''))).body;
    expect(_embedded.users[0].lastSignOn).toEqual(body.lastSignOn);
    const loaded = createSimulator({ seed: client.simulator.dump() });
    expect((await (await signIn(loaded, seedApps.administrator)).send('GET', user)).body.lastSignOn.remoteIp).toBe(
      '127.0.0.1',
    );
  });

  test('may ask for the scopes profile and email, which the ID token shows', async () => {
    await client.send('PATCH', user, { body: { name: { given: 'Ada', family: 'Example' } } });
    const code = await codeFor(client, application, { scope: 'openid profile email' });
    const { body } = await exchange(client, application, code);
    expect(body.scope).toBe('openid profile email');
    expect(decodeJwt(body.id_token)).toMatchObject({
      preferred_username: sharedUsername,
      given_name: 'Ada',
      family_name: 'Example',
      email: 'sharedTestUser@example.com',
    });
  });

  test('gives the cookie the attribute Secure over HTTPS, where it could come back', async () => {
    const answer = await send(
      client.simulator,
      'GET',
      `${authorizationServer}/authorize?client_id=${application.id}&response_type=code&scope=openid&response_mode=pi.flow`,
      { headers: { 'X-Forwarded-Proto': 'https' } },
    );
    const [cookie, other] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/; Secure; HttpOnly; SameSite=None$/);
    expect(other).toMatch(/^ST-NO-SS=.*; Secure; HttpOnly$/);
  });

  test('shows how far it is to whoever has its cookie', async () => {
    const flow = await beginFlow(client, application);
    const read = () =>
      send(client.simulator, 'GET', `/${envID}/flows/${flow.id}`, { headers: { Cookie: flow.cookie } });
    expect((await read()).body).toEqual(flow.answer.body);
    await submit(client, flow);
    expect((await read()).body.status).toBe('COMPLETED');
    expect((await send(client.simulator, 'GET', `/${envID}/flows/${flow.id}`)).status).toBe(401);
  });

  test('ends in a token that does not open the management API', async () => {
    const { body } = await exchange(client, application, await codeFor(client, application));
    expect((await send(client.simulator, 'GET', user, { token: body.access_token })).status).toBe(401);
  });
});

describe('an authorize request is refused', () => {
  test.each([
    { given: 'without client_id', change: { client_id: undefined }, error: 'invalid_request', says: 'client_id' },
    { given: 'of an unknown client', change: { client_id: 'x' }, error: 'invalid_request', says: 'Unknown client_id' },
    {
      given: 'of a worker',
      change: { client_id: defaultCredentials.adminAppID },
      error: 'invalid_request',
      says: 'client_id',
    },
    {
      given: 'with another redirect URI',
      change: { redirect_uri: `${redirectUri}/` },
      error: 'invalid_request',
      says: 'Redirect URI mismatch',
    },
    {
      given: 'without response_type',
      change: { response_type: undefined },
      error: 'invalid_request',
      says: 'response_type',
    },
    {
      given: 'with another response type',
      change: { response_type: 'id_token' },
      error: 'unsupported_response_type',
      says: 'does not simulate response_type=id_token',
    },
    {
      given: 'without a response mode, which would redirect',
      change: { response_mode: undefined },
      error: 'invalid_request',
      says: 'does not simulate response_mode=query. It knows pi.flow.',
    },
    {
      given: 'with another response mode',
      change: { response_mode: 'form_post' },
      error: 'invalid_request',
      says: 'does not simulate response_mode=form_post',
    },
    {
      given: 'without a scope',
      change: { scope: undefined },
      error: 'invalid_scope',
      says: 'At least one scope must be granted',
    },
    {
      given: 'with a scope the simulator has not',
      change: { scope: 'openid p1:read:user' },
      error: 'invalid_scope',
      says: 'does not simulate the scope p1:read:user',
    },
    {
      given: 'with a code challenge of an unknown method',
      change: { code_challenge: 'x', code_challenge_method: 'S512' },
      error: 'invalid_request',
      says: 'code_challenge_method',
    },
  ])('$given', async ({ change, error, says }) => {
    const answer = await authorize(client, application, change);
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.stringContaining(says) } });
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('with a parameter twice', async () => {
    const query = `client_id=${application.id}&response_type=code&scope=openid&response_mode=pi.flow&scope=openid`;
    const answer = await send(client.simulator, 'GET', `${authorizationServer}/authorize?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('of a disabled application', async () => {
    const disabled = await createApplication(client, { name: 'Disabled', enabled: false });
    expect(await authorize(client, disabled)).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  test('without a code challenge, of an application that wants one by S256', async () => {
    const strict = await createApplication(client, { name: 'PKCE', pkceEnforcement: 'S256_REQUIRED' });
    expect((await authorize(client, strict)).status).toBe(400);
    expect((await authorize(client, strict, { code_challenge: 'x' })).status).toBe(400);
    expect((await authorize(client, strict, { code_challenge: s256('x'), code_challenge_method: 'S256' })).status).toBe(
      200,
    );
  });

  test('in an unknown environment', async () => {
    const path = '/00000000-0000-4000-8000-000000000000/as/authorize';
    expect((await send(client.simulator, 'GET', path)).status).toBe(404);
  });

  test('but not without redirect_uri, which pi.flow does not need', async () => {
    const code = await codeFor(client, application, { redirect_uri: undefined });
    expect((await exchange(client, application, code, { redirect_uri: undefined })).status).toBe(200);
  });
});

describe('a flow', () => {
  test.each([
    { given: 'no cookie', cookie: '' },
    { given: 'the cookie of another flow', cookie: 'ST=another' },
  ])('is not gone on with by a request with $given', async ({ cookie }) => {
    const flow = await beginFlow(client, application);
    const refused = { status: 401, body: { code: 'ACCESS_FAILED', details: [{ code: 'INVALID_TOKEN' }] } };
    expect(await submit(client, { ...flow, cookie })).toMatchObject(refused);
    await submit(client, flow);
    expect(await resume(client, { ...flow, cookie })).toMatchObject(refused);
  });

  test('is over after 15 minutes without a request that goes on with it', async () => {
    const flow = await beginFlow(client, application);
    clock.advance(15 * 60 * 1000 - 1);
    expect((await submit(client, flow, { password: 'wrong' })).body.details[0].target).toBe('password');
    clock.advance(15 * 60 * 1000 - 1);
    expect((await submit(client, flow)).body.status).toBe('COMPLETED');
    clock.advance(15 * 60 * 1000);
    expect(await submit(client, flow)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await resume(client, flow)).status).toBe(404);
  });

  test('that is not completed gives no code, and shows how far it is', async () => {
    const flow = await beginFlow(client, application);
    const { status, body } = await resume(client, flow);
    expect([status, body.status, body.authorizeResponse]).toEqual([200, 'USERNAME_PASSWORD_REQUIRED', undefined]);
  });

  test('gives one code, and is finished then', async () => {
    const flow = await beginFlow(client, application);
    await submit(client, flow);
    expect((await submit(client, flow)).body.details[0].target).toBe('flow');
    expect((await resume(client, flow)).status).toBe(200);
    expect(await resume(client, flow)).toMatchObject({ status: 400, body: { details: [{ target: 'flow' }] } });
  });

  test.each([
    { type: 'application/json', status: 415, says: 'in a format not supported' },
    {
      type: 'application/vnd.pingidentity.otp.check+json',
      status: 415,
      says: 'does not simulate the flow action otp.check',
    },
  ])('takes no $type', async ({ type, status, says }) => {
    const flow = await beginFlow(client, application);
    const answer = await submit(client, flow, {}, { 'Content-Type': type });
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(says) } });
  });

  test('ignores the case of its media type', async () => {
    const flow = await beginFlow(client, application);
    expect((await submit(client, flow, {}, { 'Content-Type': checkMediaType.toLowerCase() })).status).toBe(200);
  });

  test.each([
    { change: { username: undefined }, want: { code: 'REQUIRED_VALUE', target: 'username' } },
    { change: { password: '' }, want: { code: 'EMPTY_VALUE', target: 'password' } },
  ])('names what is missing: $want.target', async ({ change, want }) => {
    const flow = await beginFlow(client, application);
    expect(await submit(client, flow, change)).toMatchObject({ status: 400, body: { details: [want] } });
  });

  test('is unknown, and so is resuming without an id', async () => {
    expect((await submit(client, { id: 'x', cookie: '' })).status).toBe(404);
    expect((await send(client.simulator, 'GET', `${authorizationServer}/resume`)).status).toBe(400);
  });
});

describe('a password is checked at sign-on', () => {
  const failure = {
    code: 'INVALID_VALUE',
    target: 'password',
    message: 'The provided password did not match provisioned password',
  };

  test('a wrong one is refused in the words PingOne was seen to use, with the tries that remain', async () => {
    const flow = await beginFlow(client, application);
    expect(await submit(client, flow, { password: 'wrong' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ ...failure, innerError: { failuresRemaining: 4 } }] },
    });
    expect((await submit(client, flow)).body.status).toBe('COMPLETED');
  });

  test('an unknown user is refused in the same words', async () => {
    const flow = await beginFlow(client, application);
    const { status, body } = await submit(client, flow, { username: 'nobody' });
    expect([status, body.details]).toEqual([400, [failure]]);
  });

  test('five wrong ones lock the user out, also for the right one, for 900 seconds', async () => {
    const flow = await beginFlow(client, application);
    for (let n = 0; n < 5; n += 1) await submit(client, flow, { password: 'wrong' });
    const failed = await submit(client, flow);
    expect(failed).toMatchObject({ status: 200, body: { status: 'FAILED', error: { code: 'PASSWORD_LOCKED_OUT' } } });
    expect(failed.body).not.toHaveProperty('code');
    expect((await submit(client, flow)).body.details[0].target).toBe('flow');
    expect((await resume(client, flow)).body).not.toHaveProperty('authorizeResponse');
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('PASSWORD_LOCKED_OUT');
    clock.advance(900_000);
    expect((await submit(client, await beginFlow(client, application))).body.status).toBe('COMPLETED');
  });

  test('a disabled user cannot sign on, and an enabled one can', async () => {
    await client.send('PUT', `${user}/enabled`, { body: { enabled: false } });
    expect((await client.send('GET', `${user}/enabled`)).body.enabled).toBe(false);
    const flow = await beginFlow(client, application);
    expect(await submit(client, flow)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'ACCOUNT_NOT_USABLE' }] },
    });
    await client.send('PUT', `${user}/enabled`, { body: { enabled: true } });
    expect((await submit(client, flow)).status).toBe(200);
  });

  test('one that must be changed is right, but the flow is not completed', async () => {
    await setPassword(client, user, { value: 'Kn0t-so-weak!', forceChange: true });
    const flow = await beginFlow(client, application);
    expect((await submit(client, flow, { password: 'Kn0t-so-weak!' })).body.status).toBe('MUST_CHANGE_PASSWORD');
    expect((await resume(client, flow)).body.authorizeResponse).toBeUndefined();
  });

  test('one that must be changed is changed within the flow, which is completed then', async () => {
    const [value, newPassword] = ['Kn0t-so-weak!', 'An0ther-one!'];
    await setPassword(client, user, { value, forceChange: true });
    const flow = await beginFlow(client, application);
    const change = (body: object) => askFlow(client, flow, 'password.reset+json', body);
    expect((await change({ currentPassword: value, newPassword })).body.details).toMatchObject([{ target: 'flow' }]);
    expect((await submit(client, flow, { password: value })).body._links).toHaveProperty(['password.reset']);
    expect((await change({ currentPassword: 'wrong', newPassword })).body.details).toMatchObject([
      { target: 'currentPassword' },
    ]);
    expect((await change({ currentPassword: value, newPassword: 'short' })).body.details).toMatchObject([
      { target: 'newPassword' },
    ]);
    expect((await change({ currentPassword: value, newPassword })).body.status).toBe('COMPLETED');
    expect((await resume(client, flow)).body.authorizeResponse).toHaveProperty('code');
    const again = await beginFlow(client, application);
    expect((await submit(client, again, { password: newPassword })).body.status).toBe('COMPLETED');
  });

  test('one that was forgotten is recovered within the flow, with the code that was sent', async () => {
    const newPassword = 'An0ther-one!';
    const flow = await beginFlow(client, application);
    const forgot = await askFlow(client, flow, 'password.forgot+json', { username: sharedUsername });
    expect(forgot.body).toMatchObject({ status: 'RECOVERY_CODE_REQUIRED' });
    expect((await askFlow(client, flow, 'password.sendRecoveryCode')).body.status).toBe('RECOVERY_CODE_REQUIRED');
    const recover = (recoveryCode: string) =>
      askFlow(client, flow, 'password.recover+json', { recoveryCode, newPassword });
    expect((await recover('WRONG')).body.details).toMatchObject([{ target: 'recoveryCode' }]);
    const code = /"recoveryCode":\{"code":"(\w+)"/.exec(JSON.stringify(client.simulator.dump()))?.[1] ?? '';
    expect((await recover(code)).body.status).toBe('COMPLETED');
    expect((await resume(client, flow)).body.authorizeResponse).toHaveProperty('code');
  });

  test('a forgotten one of nobody is answered the same, and no code recovers it', async () => {
    const flow = await beginFlow(client, application);
    const forgot = await askFlow(client, flow, 'password.forgot+json', { username: 'nobody' });
    expect(forgot.body.status).toBe('RECOVERY_CODE_REQUIRED');
    expect((await askFlow(client, flow, 'password.sendRecoveryCode')).status).toBe(200);
    const recover = { recoveryCode: 'ABCDEFGH', newPassword: 'An0ther-one!' };
    expect((await askFlow(client, flow, 'password.recover+json', recover)).status).toBe(400);
  });

  test('the one that an administrator has set is the one that counts', async () => {
    await setPassword(client, user, { value: 'Kn0t-so-weak!' });
    const flow = await beginFlow(client, application);
    expect((await submit(client, flow, { password: userPassword })).status).toBe(400);
    expect(
      (await submit(client, flow, { password: 'Kn0t-so-weak!', username: sharedUsername.toUpperCase() })).status,
    ).toBe(200);
  });

  test('a user without a password cannot sign on', async () => {
    await client.send('POST', `/v1/environments/${envID}/users`, { body: { username: 'ann' } });
    const flow = await beginFlow(client, application);
    expect((await submit(client, flow, { username: 'ann' })).status).toBe(400);
  });
});

describe('an authorization code', () => {
  const invalid = { status: 400, body: { error: 'invalid_grant' } };

  test('is good once', async () => {
    const code = await codeFor(client, application);
    expect((await exchange(client, application, code)).status).toBe(200);
    expect(await exchange(client, application, code)).toMatchObject(invalid);
  });

  test('is good for five minutes', async () => {
    const code = await codeFor(client, application);
    clock.advance(300_000);
    expect(await exchange(client, application, code)).toMatchObject(invalid);
  });

  test.each([undefined, 'http://localhost:3000/other'])(
    'is not good with the redirect URI %s',
    async (redirect_uri) => {
      const code = await codeFor(client, application);
      expect(await exchange(client, application, code, { redirect_uri })).toMatchObject(invalid);
      expect(await exchange(client, application, code)).toMatchObject(invalid);
    },
  );

  test('is not good for another client', async () => {
    const other = await createApplication(client, { name: 'Other' });
    expect(await exchange(client, other, await codeFor(client, application))).toMatchObject(invalid);
  });

  test('is not good with a wrong client secret, which does not use it up', async () => {
    const code = await codeFor(client, application);
    expect(await exchange(client, { ...application, secret: 'x' }, code)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect((await exchange(client, application, code)).status).toBe(200);
  });

  test.each([
    { given: 'the right verifier', method: 'S256', verifier: 'verifier', status: 200 },
    { given: 'the right plain verifier', method: 'plain', verifier: 'verifier', status: 200 },
    { given: 'another verifier', method: 'S256', verifier: 'another', status: 400 },
    { given: 'no verifier', method: 'S256', verifier: undefined, status: 400 },
  ])('with a code challenge ($method) and $given: $status', async ({ method, verifier, status }) => {
    const code_challenge = method === 'S256' ? s256('verifier') : 'verifier';
    const code = await codeFor(client, application, { code_challenge, code_challenge_method: method });
    expect((await exchange(client, application, code, { code_verifier: verifier })).status).toBe(status);
  });

  test('is asked for, and only an application that signs people on may bring one', async () => {
    expect(await exchange(client, application, '')).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await exchange(client, application, '', { grant_type: 'client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect(await exchange(client, application, '', { grant_type: 'refresh_token' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect(await exchange(client, application, '', { grant_type: 'password' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});

describe('clients of OpenID Connect that others wrote', () => {
  test('jose verifies the ID token with the key set at its address', async () => {
    const real = await clientOf();
    const server = await real.simulator.listen();
    try {
      const over = {
        ...real,
        simulator: {
          ...real.simulator,
          fetch: (request: Request) =>
            fetch(new Request(request.url.replace('http://simulator.test', server.url), request)),
        },
      };
      const app = await createApplication(over);
      const { body } = await exchange(over, app, await codeFor(over, app, { nonce: 'abc' }));
      const issuer = `${server.url}${authorizationServer}`;
      const { payload, protectedHeader } = await jwtVerify(
        body.id_token,
        createRemoteJWKSet(new URL(`${issuer}/jwks`)),
        {
          issuer,
          audience: app.id,
          subject: sharedUserID,
          algorithms: ['RS256'],
        },
      );
      expect([payload.nonce, typeof protectedHeader.kid]).toEqual(['abc', 'string']);
    } finally {
      await server.close();
    }
  });

  test('openid-client discovers the server, exchanges a code with PKCE and a nonce, and accepts the ID token', async () => {
    const real = await clientOf();
    const server = await real.simulator.listen();
    try {
      const app = await createApplication(real);
      const issuer = new URL(`${server.url}${authorizationServer}`);
      const configuration = await openid.discovery(issuer, app.id, app.secret, openid.ClientSecretBasic(app.secret), {
        execute: [openid.allowInsecureRequests],
      });
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const expectedNonce = openid.randomNonce();
      const address = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid',
        response_mode: 'pi.flow',
        nonce: expectedNonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      const begun = await fetch(address);
      const Cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const { _links, resumeUrl } = (await begun.json()) as {
        _links: Record<string, { href: string }>;
        resumeUrl: string;
      };
      await fetch(_links['usernamePassword.check']?.href ?? '', {
        method: 'POST',
        headers: { 'Content-Type': checkMediaType, Cookie },
        body: JSON.stringify({ username: sharedUsername, password: userPassword }),
      });
      const resumed = (await (await fetch(resumeUrl, { headers: { Cookie } })).json()) as {
        authorizeResponse: { code: string };
      };
      const callback = new URL(`${redirectUri}?code=${resumed.authorizeResponse.code}`);
      const tokens = await openid.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier,
        expectedNonce,
        idTokenExpected: true,
      });
      expect(tokens.claims()?.sub).toBe(sharedUserID);
    } finally {
      await server.close();
    }
  });
});

test('faults reach the requests of a sign-on by their paths', async () => {
  client.simulator.setFaults([
    { match: { method: 'GET', path: '/*/as/authorize', attempt: 1 }, do: { kind: 'status', status: 503 } },
    { match: { method: 'POST', path: '/*/flows/*' }, do: { kind: 'status', status: 429, retryAfter: 1 } },
  ]);
  expect((await authorize(client, application)).status).toBe(503);
  const flow = await beginFlow(client, application);
  expect((await submit(client, flow)).status).toBe(429);
});

test('no snapshot, dump or log of a simulator holds a session token, a code or a password', async () => {
  const flow = await beginFlow(client, application);
  await submit(client, flow);
  const { code } = (await resume(client, flow)).body.authorizeResponse;
  const text = JSON.stringify([client.simulator.snapshot(), client.simulator.dump(), client.simulator.history()]);
  for (const secret of [flow.cookie.slice(3), code, userPassword]) expect(text).not.toContain(secret);
});
