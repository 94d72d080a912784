import { createHash, randomUUID } from 'node:crypto';
import { oauthRefusal } from '../authorization/client-credentials.ts';
import type { Call } from '../http/call.ts';
import { inferredChoices, inferredSignOnReasons as reasons } from '../inferred.ts';
import type {
  Application,
  AuthorizationCode,
  AuthorizationRequest,
  Environment,
  Flow,
  SignedOn,
} from '../state/model.ts';

/** Gives the code of a completed flow; it is good once, for a short time. */
export function issueCode(call: Call, environment: Environment, flow: Flow, signedOn: SignedOn): string {
  for (const [code, { expiresAt }] of environment.codes) {
    if (expiresAt <= call.now.toISOString()) environment.codes.delete(code);
  }
  // Documented: a UUID. Not from `uuid`: nobody may guess it.
  const code = randomUUID();
  const lifetime = inferredChoices.authorizationCodeSeconds * 1000;
  environment.codes.set(code, {
    request: flow.request,
    signedOn,
    sessionId: flow.sessionId,
    expiresAt: new Date(call.now.getTime() + lifetime).toISOString(),
  });
  return code;
}

/**
 * Takes a code for the application that asked for it. Throws 400 `invalid_grant` (RFC 6749, 5.2) when it is unknown, used,
 * over, another application's, or when redirect URI or code verifier (RFC 7636) are not those of the authorization request.
 */
export function takeCode(
  call: Call,
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): AuthorizationCode {
  const text = form.get('code');
  if (!text) throw oauthRefusal(400, 'invalid_request', reasons.missing('code'));
  const code = environment.codes.get(text);
  // Whoever presents a code ends it, so that a stolen one cannot be tried again.
  environment.codes.delete(text);
  if (code === undefined || code.expiresAt <= call.now.toISOString()) throw invalidGrant(reasons.unknownCode);
  if (code.request.applicationId !== application.id) throw invalidGrant(reasons.codeOfAnotherClient);
  if ((form.get('redirect_uri') ?? undefined) !== code.request.redirectUri) throw invalidGrant(reasons.redirectUri);
  if (!verifies(code.request, form.get('code_verifier'))) throw invalidGrant(reasons.codeVerifier);
  return code;
}

function verifies({ codeChallenge }: AuthorizationRequest, verifier: string | null): boolean {
  if (codeChallenge === undefined) return verifier === null;
  if (verifier === null) return false;
  const { method, value } = codeChallenge;
  return value === (method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url'));
}

function invalidGrant(reason: string) {
  return oauthRefusal(400, 'invalid_grant', reason);
}
