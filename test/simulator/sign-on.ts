import { createHash } from 'node:crypto';
import { signOnCredentials } from '../../src/simulator/index.ts';
import { basic, type Client, type Received, send } from './support.ts';

const { envID, sharedUsername, userPassword } = signOnCredentials;

/** Addresses of the seed's environment with a user who can sign on. */
export const authorizationServer = `/${envID}/as`;
export const redirectUri = 'http://localhost:3000/callback';
export const checkMediaType = 'application/vnd.pingidentity.usernamePassword.check+json';

/** A web application in the seed's environment. */
export interface WebApplication {
  readonly id: string;
  readonly secret: string;
}

/** Creates a web application, as steps 2 and 3 do. */
export async function createApplication(
  client: Client,
  change: Readonly<Record<string, unknown>> = {},
): Promise<WebApplication> {
  const path = `/v1/environments/${envID}/applications`;
  const body = {
    name: 'Web application',
    enabled: true,
    type: 'WEB_APP',
    protocol: 'OPENID_CONNECT',
    grantTypes: ['AUTHORIZATION_CODE'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    redirectUris: [redirectUri],
    ...change,
  };
  const { id } = (await client.send('POST', path, { body })).body;
  return { id, secret: (await client.send('GET', `${path}/${id}/secret`)).body.secret };
}

/** A flow with the cookie that belongs to it. */
export interface BegunFlow {
  readonly id: string;
  readonly cookie: string;
  readonly answer: Received;
}

/** Sends an authorize request, as step 4 does; `undefined` leaves a parameter out. */
export function authorize(
  client: Client,
  application: Pick<WebApplication, 'id'>,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Received> {
  const parameters = {
    response_type: 'code',
    client_id: application.id,
    redirect_uri: redirectUri,
    scope: 'openid',
    response_mode: 'pi.flow',
    ...change,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return send(client.simulator, 'GET', `${authorizationServer}/authorize?${new URLSearchParams(given)}`);
}

export async function beginFlow(
  client: Client,
  application: Pick<WebApplication, 'id'>,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<BegunFlow> {
  const answer = await authorize(client, application, change);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { id: answer.body.id, cookie, answer };
}

/** Submits a name and a password, as step 5 does. */
export function submit(
  client: Client,
  flow: Pick<BegunFlow, 'cookie' | 'id'>,
  change: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Received> {
  return send(client.simulator, 'POST', `/${envID}/flows/${flow.id}`, {
    body: { username: sharedUsername, password: userPassword, ...change },
    headers: { 'Content-Type': checkMediaType, Cookie: flow.cookie, ...headers },
  });
}

/** Asks a flow for something else, by the media type that names it. */
export function askFlow(
  client: Client,
  flow: Pick<BegunFlow, 'cookie' | 'id'>,
  action: string,
  body?: unknown,
): Promise<Received> {
  return send(client.simulator, 'POST', `/${envID}/flows/${flow.id}`, {
    ...(body === undefined ? {} : { body }),
    headers: { 'Content-Type': `application/vnd.pingidentity.${action}`, Cookie: flow.cookie },
  });
}

/** Calls the resume endpoint, as step 6 does. */
export function resume(client: Client, flow: Pick<BegunFlow, 'cookie' | 'id'>): Promise<Received> {
  return send(client.simulator, 'GET', `${authorizationServer}/resume?flowId=${flow.id}`, {
    headers: { Cookie: flow.cookie },
  });
}

/** Steps 4 to 6: the code. */
export async function codeFor(
  client: Client,
  application: Pick<WebApplication, 'id'>,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const flow = await beginFlow(client, application, change);
  await submit(client, flow);
  return (await resume(client, flow)).body.authorizeResponse.code;
}

/** Exchanges a code, as step 7 does. */
export function exchange(
  client: Client,
  { id, secret }: WebApplication,
  code: string,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Received> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...change };
  const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return send(client.simulator, 'POST', `${authorizationServer}/token`, {
    text: new URLSearchParams(given).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: basic(id, secret) },
  });
}

/** RFC 7636, 4.2. */
export function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
