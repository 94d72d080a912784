import { timingSafeEqual } from 'node:crypto';
import { inferredTokenReasons } from '../inferred.ts';
import { Refusal } from '../refusal.ts';
import type { OAuthClient, TokenEndpointAuthMethod } from '../state/model.ts';

/** What a client presented at the token endpoint. */
export interface PresentedCredentials {
  readonly method: TokenEndpointAuthMethod | 'NONE';
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Reads the client's credentials from the `Authorization` header or the form. Undefined when there are none that can be
 * read. Throws when both are given (RFC 6749, 2.3).
 */
export function presentedCredentials(header: string | null, form: URLSearchParams): PresentedCredentials | undefined {
  const clientId = form.get('client_id');
  const secret = form.get('client_secret');
  if (header !== null) {
    if (secret !== null) throw oauthRefusal(400, 'invalid_request', inferredTokenReasons.twoAuthenticationMethods);
    return basicCredentials(header);
  }
  if (clientId === null) return undefined;
  return { method: secret === null ? 'NONE' : 'CLIENT_SECRET_POST', clientId, secret: secret ?? '' };
}

/** The app these credentials belong to. Throws 401 in PingOne's words when they are wrong or presented the wrong way. */
export function authenticateClient<Client extends OAuthClient>(
  find: (id: string) => Client | undefined,
  presented: PresentedCredentials | undefined,
): Client {
  const app = presented && find(presented.clientId);
  if (app === undefined) throw invalidClient('Invalid client credentials');
  if (presented?.method !== app.tokenEndpointAuthMethod) throw invalidClient('Unsupported authentication method');
  if (!sameText(presented.secret, app.secret)) throw invalidClient('Invalid client credentials');
  if (!app.enabled) throw invalidClient(inferredTokenReasons.disabled);
  return app;
}

/** The token endpoint answers plain JSON, whatever `Accept` says. */
export const oauthHeaders = { 'Content-Type': 'application/json;charset=UTF-8' } as const;

/** An error of the OAuth form (RFC 6749, 5.2). `reason` becomes the description, with the correlation id behind it. */
export function oauthRefusal(
  status: number,
  error: string,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal(
    status,
    (correlationId) => ({ error, error_description: `Request denied: ${reason} (Correlation ID: ${correlationId})` }),
    { headers: { ...oauthHeaders, ...headers } },
  );
}

function invalidClient(reason: string): Refusal {
  return oauthRefusal(401, 'invalid_client', reason, { 'WWW-Authenticate': 'Basic realm="PingOne"' });
}

function basicCredentials(header: string): PresentedCredentials | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  const clientId = formDecode(pair.slice(0, colon));
  const secret = formDecode(pair.slice(colon + 1));
  if (clientId === undefined || secret === undefined) return undefined;
  return { method: 'CLIENT_SECRET_BASIC', clientId, secret };
}

/** RFC 6749, 2.3.1: identifier and secret are form-encoded before they go into the header. */
function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
