import {
  authenticateClient,
  oauthHeaders,
  oauthRefusal,
  presentedCredentials,
} from '../authorization/client-credentials.ts';
import { issueToken } from '../authorization/issue-token.ts';
import { publishedKeys } from '../authorization/keys.ts';
import { readText } from '../http/body.ts';
import { type Answer, type Call, dialectOf, ok, openRoute, parameter, type Route } from '../http/call.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import { inferredTokenReasons } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { environmentNotFound } from '../refusal.ts';
import { takeCode } from '../sign-on/code.ts';
import { takeRefreshToken } from '../sign-on/refresh.ts';
import { tokensFor } from '../sign-on/signed-on-tokens.ts';
import type { Application, Environment, WorkerApp } from '../state/model.ts';

/** The auth host's endpoints. They are not below `/v1`. */
export const tokenRoutes: readonly Route[] = [
  openRoute('POST', '/as/token', createToken),
  openRoute('GET', '/as/jwks', readKeys, { rateGroup: 'rlgCatchAllRps' }),
];

async function createToken(call: Call): Promise<Answer> {
  const home = environmentOf(call);
  const { headers } = call.request;
  if (mediaTypeOf(headers) !== 'application/x-www-form-urlencoded') {
    throw oauthRefusal(400, 'invalid_request', inferredTokenReasons.wrongMediaType);
  }
  const form = await readForm(call);
  const client = authenticateClient(
    (id) => home.workerApps.get(id) ?? home.applications.get(id),
    presentedCredentials(headers.get('authorization'), form),
  );
  const body =
    'roles' in client ? await workerTokens(call, home, client, form) : await userTokens(call, home, client, form);
  return { status: 200, body, headers: oauthHeaders };
}

async function workerTokens(call: Call, home: Environment, app: WorkerApp, form: URLSearchParams): Promise<JsonObject> {
  refuseOtherGrants(form, 'client_credentials');
  if (app.roles.length === 0) throw oauthRefusal(400, 'unauthorized_client', inferredTokenReasons.withoutRole);
  return {
    access_token: await issueToken(call, home, app),
    token_type: 'Bearer',
    expires_in: call.world.tokenLifetimeSeconds,
  };
}

/** Exchanges an authorization code or a refresh token. */
function userTokens(
  call: Call,
  home: Environment,
  application: Application,
  form: URLSearchParams,
): Promise<JsonObject> {
  const refreshes = form.get('grant_type') === 'refresh_token' && application.grantTypes.includes('REFRESH_TOKEN');
  refuseOtherGrants(form, refreshes ? 'refresh_token' : 'authorization_code');
  const take = refreshes ? takeRefreshToken : takeCode;
  return tokensFor(call, home, application, take(call, home, application, form));
}

const simulatedGrants: readonly string[] = ['authorization_code', 'client_credentials', 'refresh_token'];

function refuseOtherGrants(form: URLSearchParams, own: string): void {
  const grantType = form.get('grant_type');
  if (grantType === own) return;
  if (!grantType) throw oauthRefusal(400, 'invalid_request', inferredTokenReasons.missingGrantType);
  throw simulatedGrants.includes(grantType)
    ? oauthRefusal(400, 'unauthorized_client', inferredTokenReasons.otherGrant)
    : oauthRefusal(400, 'unsupported_grant_type', inferredTokenReasons.unsupportedGrantType);
}

async function readKeys(call: Call): Promise<Answer> {
  environmentOf(call);
  const keys = await publishedKeys(dialectOf(call), call.now);
  return ok({ keys: keys.map(({ jwk }) => jwk) });
}

async function readForm(call: Call): Promise<URLSearchParams> {
  const text = await readText(call.request);
  if (text === undefined) throw oauthRefusal(400, 'invalid_request', inferredTokenReasons.unreadableBody);
  const form = new URLSearchParams(text);
  const names = [...form.keys()];
  if (new Set(names).size < names.length) {
    throw oauthRefusal(400, 'invalid_request', inferredTokenReasons.repeatedParameter);
  }
  return form;
}

/** The environment whose authorization server is asked. Throws 404. */
export function environmentOf(call: Call): Environment {
  const id = parameter(call, 'environmentId');
  const environment = call.world.state.environments.get(id);
  if (environment === undefined) throw environmentNotFound(id);
  return environment;
}
