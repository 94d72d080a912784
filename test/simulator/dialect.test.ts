import { decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { createSimulator, type Dialect, defaultCredentials, seedApps } from '../../src/simulator/index.ts';
import { authorizationServer, codeFor, createApplication, exchange } from './sign-on.ts';
import { askForToken, type Client, clientOf, clockAt, day, signIn } from './support.ts';

const jwksPath = `/${defaultCredentials.adminEnvID}/as/jwks`;
const refreshing = { grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'] };

const keyIds = async (client: Client): Promise<readonly string[]> =>
  (await client.send('GET', jwksPath)).body.keys.map(({ kid }: { kid: string }) => kid);

describe('the dialect', () => {
  test.each<{ given: string; options: { dialect?: Dialect }; want: string | undefined }>([
    { given: '2027-03-01T23:59:59.999Z', options: {}, want: undefined },
    { given: '2027-03-02T00:00:00.000Z', options: {}, want: 'at+jwt' },
    { given: '2027-03-02T00:00:00.000Z', options: { dialect: 'today' }, want: undefined },
    { given: '2026-11-23T10:00:00.000Z', options: { dialect: '2027-03' }, want: 'at+jwt' },
  ])('at $given with $options: access tokens have the type $want', async ({ given, options, want }) => {
    const simulator = createSimulator({ now: clockAt(given).now, ...options });
    const { body } = await askForToken(simulator, seedApps.administrator);
    expect(decodeProtectedHeader(body.access_token).typ).toBe(want);
    const client = await signIn(simulator, seedApps.administrator);
    expect((await client.send('GET', '/v1/roles')).status).toBe(200);
    const application = await createApplication(client);
    const tokens = (await exchange(client, application, await codeFor(client, application))).body;
    expect(decodeProtectedHeader(tokens.access_token).typ).toBe(want);
    expect(decodeProtectedHeader(tokens.id_token).typ).toBeUndefined();
  });

  test('from March 2027 on, keys change after 90 days; the one before is still published, and its tokens good', async () => {
    const clock = clockAt('2027-03-02T00:00:00.000Z');
    const client = await clientOf({ now: clock.now, tokenLifetimeSeconds: 2 * 24 * 60 * 60 });
    clock.advance(90 * day - 1);
    const late = await signIn(client.simulator, seedApps.administrator);
    const before = await keyIds(late);
    expect(before[0]).toBe(decodeProtectedHeader(late.token).kid);
    clock.advance(1);
    const after = await keyIds(late);
    expect(after).toHaveLength(2);
    expect(after[1]).toBe(before[0]);
    expect(before).not.toContain(after[0]);
    expect((await late.send('GET', '/v1/roles')).status).toBe(200);
    const { token } = await signIn(client.simulator, seedApps.administrator);
    expect(decodeProtectedHeader(token).kid).toBe(after[0]);
  });

  test('a token of the last day before is good on the first day, and its key published', async () => {
    const clock = clockAt('2027-03-01T23:59:00.000Z');
    const client = await clientOf({ now: clock.now });
    clock.advance(2 * 60 * 1000);
    expect((await client.send('GET', '/v1/roles')).status).toBe(200);
    expect(await keyIds(client)).toContain(decodeProtectedHeader(client.token).kid);
  });

  test('today, the key stays', async () => {
    const clock = clockAt('2026-01-01T00:00:00.000Z');
    const client = await clientOf({ now: clock.now });
    const before = await keyIds(client);
    clock.advance(300 * day);
    expect(await keyIds(client)).toEqual(before);
    expect(before).toHaveLength(1);
  });
});

describe('refresh tokens', () => {
  const isOpaque = (token: string) => !token.includes('.');
  const tokensOf = async (client: Client, change: object) => {
    const application = await createApplication(client, { ...refreshing, ...change });
    return { application, ...(await exchange(client, application, await codeFor(client, application))) };
  };
  const refresh = (client: Client, application: { id: string; secret: string }, refresh_token: string) =>
    exchange(client, application, '', {
      grant_type: 'refresh_token',
      refresh_token,
      code: undefined,
      redirect_uri: undefined,
    });

  test('come only to applications with the grant, and are good once', async () => {
    const client = await clientOf({ dialect: 'today' });
    const plain = await createApplication(client, { name: 'Without' });
    expect((await exchange(client, plain, await codeFor(client, plain))).body).not.toHaveProperty('refresh_token');
    const { application, body } = await tokensOf(client, {});
    const next = await refresh(client, application, body.refresh_token);
    expect(next).toMatchObject({ status: 200, body: { token_type: 'Bearer', refresh_token: expect.any(String) } });
    expect(next.body.refresh_token).not.toBe(body.refresh_token);
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    expect(await refresh(client, application, body.refresh_token)).toMatchObject(refused);
    expect(await refresh(client, application, 'x')).toMatchObject(refused);
    expect(await refresh(client, plain, next.body.refresh_token)).toMatchObject({ status: 400 });
  });

  test('are over after 30 days', async () => {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const client = await clientOf({ now: clock.now });
    const { application, body } = await tokensOf(client, {});
    clock.advance(30 * day);
    expect(await refresh(client, application, body.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  test.each<{ dialect: Dialect; change: object; want: boolean }>([
    { dialect: 'today', change: {}, want: true },
    { dialect: 'today', change: { refreshTokenType: 'JSON_WEB_TOKEN' }, want: false },
    { dialect: '2027-03', change: {}, want: true },
    { dialect: '2027-03', change: { refreshTokenType: 'JSON_WEB_TOKEN' }, want: true },
  ])('with the dialect $dialect and $change: opaque is $want', async ({ dialect, change, want }) => {
    const client = await clientOf({ dialect });
    const { application, body } = await tokensOf(client, change);
    expect(isOpaque(body.refresh_token)).toBe(want);
    expect((await refresh(client, application, body.refresh_token)).status).toBe(200);
    const path = `/v1/environments/${authorizationServer.split('/')[1]}/applications/${application.id}`;
    expect('refreshTokenType' in (await client.send('GET', path)).body).toBe(dialect === 'today');
  });

  test('that are JSON Web Tokens are refused from March 2027 on', async () => {
    const clock = clockAt('2027-03-01T12:00:00.000Z');
    const client = await clientOf({ now: clock.now });
    const { application, body } = await tokensOf(client, { refreshTokenType: 'JSON_WEB_TOKEN' });
    clock.advance(day);
    expect(await refresh(client, application, body.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
  });
});
