import { createHash } from 'node:crypto';
import { issuerOf, signedAccessToken, signedToken } from '../authorization/issue-token.ts';
import type { Call } from '../http/call.ts';
import { inferredChoices } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import type { Application, AuthorizationCode, Environment } from '../state/model.ts';
import { issueRefreshToken } from './refresh.ts';

/** What the token endpoint gives for a code or a refresh token: an access token and an ID token for the user who signed on. */
export async function tokensFor(
  call: Call,
  environment: Environment,
  application: Application,
  grant: AuthorizationCode,
): Promise<JsonObject> {
  const { request, signedOn, sessionId } = grant;
  const issuedAt = Math.floor(call.now.getTime() / 1000);
  const shared = {
    iss: issuerOf(call, environment),
    sub: signedOn.userId,
    iat: issuedAt,
    exp: issuedAt + call.world.tokenLifetimeSeconds,
    sid: sessionId,
    env: environment.id,
    org: environment.organizationId,
  };
  const id = call.world.uuid();
  const accessToken = await signedAccessToken(call, {
    ...shared,
    client_id: application.id,
    jti: id,
    aud: [inferredChoices.audience],
    scope: request.scope,
    'p1.rid': id,
  });
  const idToken = await signedToken(call, {
    ...shared,
    aud: application.id,
    auth_time: Math.floor(new Date(signedOn.at).getTime() / 1000),
    acr: inferredChoices.signOnPolicy,
    amr: ['pwd'],
    at_hash: leftHalf(accessToken),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...profileClaims(environment, grant),
  });
  const hasRefresh = application.grantTypes.includes('REFRESH_TOKEN');
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: call.world.tokenLifetimeSeconds,
    scope: request.scope,
    ...(hasRefresh ? { refresh_token: await issueRefreshToken(call, environment, application, grant) } : {}),
    id_token: idToken,
  };
}

/** What the scopes `profile` and `email` add (OpenID Connect Core, 5.4). */
function profileClaims(environment: Environment, { request, signedOn }: AuthorizationCode): JsonObject {
  const scopes = request.scope.split(' ');
  const attributes = environment.users.get(signedOn.userId)?.attributes;
  return {
    ...(scopes.includes('profile')
      ? {
          preferred_username: attributes?.username,
          given_name: attributes?.name?.given,
          family_name: attributes?.name?.family,
        }
      : {}),
    ...(scopes.includes('email') ? { email: attributes?.email } : {}),
  };
}

/** OpenID Connect Core, 3.1.3.6. */
function leftHalf(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}
