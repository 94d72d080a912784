import { createHash } from 'node:crypto';
import { issuerOf, signedToken } from '../authorization/issue-token.ts';
import type { Call } from '../http/call.ts';
import { inferredChoices } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import type { Application, AuthorizationCode, Environment } from '../state/model.ts';

/** What the token endpoint gives for a code: an access token and an ID token for the user who signed on. */
export async function tokensFor(
  call: Call,
  environment: Environment,
  application: Application,
  { request, signedOn, flowId }: AuthorizationCode,
): Promise<JsonObject> {
  const issuedAt = Math.floor(call.now.getTime() / 1000);
  const shared = {
    iss: issuerOf(call, environment),
    sub: signedOn.userId,
    iat: issuedAt,
    exp: issuedAt + call.world.tokenLifetimeSeconds,
    sid: flowId,
    env: environment.id,
    org: environment.organizationId,
  };
  const id = call.world.uuid();
  const accessToken = await signedToken({
    ...shared,
    client_id: application.id,
    jti: id,
    aud: [inferredChoices.audience],
    scope: request.scope,
    'p1.rid': id,
  });
  const idToken = await signedToken({
    ...shared,
    aud: application.id,
    auth_time: Math.floor(new Date(signedOn.at).getTime() / 1000),
    acr: inferredChoices.signOnPolicy,
    amr: ['pwd'],
    at_hash: leftHalf(accessToken),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
  });
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: call.world.tokenLifetimeSeconds,
    scope: request.scope,
    id_token: idToken,
  };
}

/** OpenID Connect Core, 3.1.3.6. */
function leftHalf(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}
