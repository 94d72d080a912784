import { randomBytes } from 'node:crypto';
import { oauthRefusal } from '../authorization/client-credentials.ts';
import { signedToken } from '../authorization/issue-token.ts';
import { type Call, dialectOf } from '../http/call.ts';
import { inferredSignOnReasons as reasons } from '../inferred.ts';
import type { Application, Environment, RefreshGrant } from '../state/model.ts';

/** The documented default. */
const lifetimeDays = 30;

/**
 * A refresh token: opaque, or a JSON Web Token where the application asks for that. From March 2027 on it is always opaque
 * (announced).
 */
export async function issueRefreshToken(
  call: Call,
  environment: Environment,
  application: Application,
  grant: RefreshGrant,
): Promise<string> {
  const expiresAt = new Date(call.now.getTime() + lifetimeDays * 24 * 60 * 60 * 1000);
  const isOpaque = dialectOf(call) !== 'today' || application.refreshTokenType !== 'JSON_WEB_TOKEN';
  const token = isOpaque
    ? randomBytes(48).toString('base64url')
    : await signedToken(call, { jti: call.world.uuid(), exp: Math.floor(expiresAt.getTime() / 1000) });
  environment.refreshTokens.set(token, { ...grant, expiresAt: expiresAt.toISOString() });
  return token;
}

/** Takes a refresh token for its application; it is good once. Throws 400 `invalid_grant` (RFC 6749, 5.2). */
export function takeRefreshToken(
  call: Call,
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): RefreshGrant {
  const token = form.get('refresh_token');
  if (!token) throw oauthRefusal(400, 'invalid_request', reasons.missing('refresh_token'));
  const grant = environment.refreshTokens.get(token);
  const isRefused = dialectOf(call) !== 'today' && token.includes('.');
  const isOwn = grant?.request.applicationId === application.id;
  if (grant === undefined || isRefused || !isOwn || grant.expiresAt <= call.now.toISOString()) {
    throw oauthRefusal(400, 'invalid_grant', reasons.unknownRefreshToken);
  }
  environment.refreshTokens.delete(token);
  return grant;
}
