import { oauthRefusal } from '../authorization/client-credentials.ts';
import { isVisible } from '../authorization/propagation.ts';
import type { Call } from '../http/call.ts';
import { inferredMessages, inferredSignOnReasons as reasons } from '../inferred.ts';
import type { Refusal } from '../refusal.ts';
import type { Application, AuthorizationRequest, Environment } from '../state/model.ts';

/** What the simulator can do with an authorization request; the discovery document says the same. */
export const supported = {
  responseTypes: ['code'],
  responseModes: ['pi.flow'],
  scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  codeChallengeMethods: ['S256', 'plain'],
} as const;

/** The parameters it reads. */
export const authorizationParameters: readonly string[] = [
  ...['client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'redirect_uri', 'response_mode'],
  ...['response_type', 'scope', 'state'],
];

/** Reads and checks an authorization request. Throws an OAuth refusal: PingOne's own form for it is not published. */
export function authorizationRequestOf(call: Call, environment: Environment): AuthorizationRequest {
  const parameters = call.url.searchParams;
  refuseRepeated(parameters);
  const application = clientOf(call, environment, required(parameters, 'client_id'));
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri !== null && !isRegistered(application, redirectUri)) {
    throw refused('invalid_request', reasons.redirectUri);
  }
  const responseType = required(parameters, 'response_type');
  if (responseType !== 'code') {
    throw loud('unsupported_response_type', `response_type=${responseType}`, supported.responseTypes);
  }
  const responseMode = parameters.get('response_mode') ?? 'query';
  if (responseMode !== 'pi.flow') {
    throw loud('invalid_request', `response_mode=${responseMode}`, supported.responseModes);
  }
  const codeChallenge = codeChallengeOf(parameters, application);
  const optional = (name: 'nonce' | 'state') =>
    parameters.get(name) ? { [name]: parameters.get(name) as string } : {};
  return {
    applicationId: application.id,
    ...(redirectUri === null ? {} : { redirectUri }),
    scope: scopeOf(parameters),
    ...optional('state'),
    ...optional('nonce'),
    ...(codeChallenge === undefined ? {} : { codeChallenge }),
  };
}

function clientOf(call: Call, environment: Environment, id: string): Application {
  const application = environment.applications.get(id);
  if (application === undefined || !isVisible(call, application))
    throw refused('invalid_request', reasons.unknownClient);
  if (!application.enabled) throw refused('unauthorized_client', reasons.disabledClient);
  return application;
}

/** Whether the application has this redirect URI; `*` in one of its own stands for a part without a slash. */
function isRegistered({ redirectUris, allowWildcardInRedirectUris }: Application, redirectUri: string): boolean {
  if (redirectUris.includes(redirectUri)) return true;
  const patterns = allowWildcardInRedirectUris === true ? redirectUris.filter((uri) => uri.includes('*')) : [];
  return patterns.some((uri) => {
    const parts = uri.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('[^/]*')}$`).test(redirectUri);
  });
}

function scopeOf(parameters: URLSearchParams): string {
  const scopes = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (scopes.length === 0) throw refused('invalid_scope', reasons.noScope);
  const unknown = scopes.find((scope) => !supported.scopes.some((one) => one === scope));
  if (unknown !== undefined) throw loud('invalid_scope', `the scope ${unknown}`, supported.scopes);
  return [...new Set(scopes)].join(' ');
}

/** RFC 7636, 4.3: the method is `plain` when none is given. */
function codeChallengeOf(parameters: URLSearchParams, { pkceEnforcement }: Application) {
  const value = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method') ?? 'plain';
  if (!value) {
    if (pkceEnforcement !== 'OPTIONAL') throw refused('invalid_request', reasons.missing('code_challenge'));
    return undefined;
  }
  const allowed = pkceEnforcement === 'S256_REQUIRED' ? ['S256'] : supported.codeChallengeMethods;
  if (!allowed.some((one) => one === method)) throw refused('invalid_request', reasons.codeChallengeMethod);
  return { method: method as 'S256' | 'plain', value };
}

function refuseRepeated(parameters: URLSearchParams): void {
  const names = [...parameters.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw refused('invalid_request', reasons.repeated(repeated));
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (!value) throw refused('invalid_request', reasons.missing(name));
  return value;
}

/** Something PingOne has, or may have, and the simulator has not. */
function loud(error: string, what: string, known: readonly string[]): Refusal {
  return refused(error, `${inferredMessages.notSimulated(what)} It knows ${known.join(', ')}.`);
}

function refused(error: string, reason: string): Refusal {
  return oauthRefusal(400, error, reason);
}
