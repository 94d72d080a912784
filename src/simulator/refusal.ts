import { createHash } from 'node:crypto';
import { inferredMessages } from './inferred.ts';
import type { JsonObject } from './json.ts';
import { messages } from './messages.ts';

/** Codes of `details[]` that the simulated endpoints can give. */
export type DetailCode =
  | 'ACCOUNT_NOT_USABLE'
  | 'CONSTRAINT_VIOLATION'
  | 'EMPTY_VALUE'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'INVALID_CREDENTIALS'
  | 'INVALID_FILTER'
  | 'INVALID_OTP'
  | 'INVALID_PARAMETER'
  | 'INVALID_TOKEN'
  | 'INVALID_VALUE'
  | 'LICENSE_EXCEEDED'
  | 'LIMIT_EXCEEDED'
  | 'NO_PASSWORD'
  | 'NO_USABLE_DEVICES'
  | 'OUT_OF_RANGE'
  | 'PASSWORD_LOCKED_OUT'
  | 'PASSWORD_TOO_YOUNG'
  | 'QUOTA_EXCEEDED'
  | 'REQUIRED_VALUE'
  | 'SIZE_LIMIT_EXCEEDED'
  | 'UNIQUENESS_VIOLATION';

/** One problem in an error body; `target` is a path such as `license.id`. */
export interface Detail {
  readonly code: DetailCode;
  readonly target?: string;
  readonly message: string;
  readonly innerError?: JsonObject;
}

/** What a refusal may carry beside its body. */
export interface RefusalExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes to the request log, not to the client. */
  readonly note?: string;
}

/** Thrown wherever a request cannot be fulfilled; answered in one place, `http/app.ts`. */
export class Refusal extends Error {
  readonly status: number;
  /** The body, given the answer's correlation id. */
  readonly body: (correlationId: string) => JsonObject;
  readonly extras: RefusalExtras;

  constructor(status: number, body: (correlationId: string) => JsonObject, extras: RefusalExtras = {}) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
    this.extras = extras;
  }
}

/** An error of the platform form. Its `id` is the answer's correlation id (inferred: docs only say it is unique). */
export function platformRefusal(
  status: number,
  code: string,
  message: string,
  details?: readonly Detail[],
  extras?: RefusalExtras,
): Refusal {
  const rest = details === undefined ? {} : { details: details.map((detail) => ({ ...detail })) };
  return new Refusal(status, (id) => ({ id, code, message, ...rest }), extras);
}

/** 400 INVALID_DATA, with all problems found. */
export function invalidData(details: readonly Detail[], message: string = messages.invalidData): Refusal {
  return platformRefusal(400, 'INVALID_DATA', message, details);
}

/** 400 INVALID_REQUEST: the request itself is malformed (JSON, query parameters). */
export function invalidRequest(details?: readonly Detail[]): Refusal {
  return platformRefusal(400, 'INVALID_REQUEST', messages.invalidRequest, details);
}

/** 401 of a missing, invalid, expired or foreign token. */
export function invalidToken(): Refusal {
  return platformRefusal(401, 'ACCESS_FAILED', messages.accessFailed, [
    { code: 'INVALID_TOKEN', target: 'Authentication Credentials', message: messages.invalidToken },
  ]);
}

/** 403 of an actor without the role for the request. */
export function insufficientPermissions(): Refusal {
  return platformRefusal(403, 'ACCESS_FAILED', messages.accessFailed, [
    { code: 'INSUFFICIENT_PERMISSIONS', message: messages.insufficientPermissions },
  ]);
}

/** 403 when an organization may have no more environments. */
export function licenseExceeded(quotaLimit: number): Refusal {
  return platformRefusal(403, 'ACCESS_FAILED', messages.accessFailed, [
    { code: 'LICENSE_EXCEEDED', message: messages.licenseExceeded, innerError: { quotaLimit } },
  ]);
}

/** 429 of a license whose rate for a group is used up until `resetAt`. */
export function rateLimited(quotaLimit: number, now: Date, resetAt: Date): Refusal {
  const seconds = Math.max(1, Math.ceil((resetAt.getTime() - now.getTime()) / 1000));
  const innerError = { quotaLimit, quotaResetTime: resetAt.toISOString(), retryAfter: resetAt.toISOString() };
  return platformRefusal(
    429,
    'REQUEST_LIMITED',
    inferredMessages.requestLimited,
    [{ code: 'LIMIT_EXCEEDED', message: inferredMessages.requestLimited, innerError }],
    { headers: { 'Retry-After': String(seconds) }, note: 'rate limit' },
  );
}

/** 400 of a request that was understood and cannot be carried out. */
export function requestFailed(detail: Detail, code = 'REQUEST_FAILED'): Refusal {
  return platformRefusal(400, code, messages.requestFailed, [detail]);
}

/**
 * 403 of the gateway before PingOne, for a path that is not there or a header it cannot read; not of the platform form.
 * Gives a hash of the `Authorization` header, never the header: it may hold a token.
 */
export function gatewayForbidden(authorization: string | null, note: string): Refusal {
  const [type, message] =
    authorization === null
      ? ['MissingAuthenticationTokenException', messages.gatewayWithoutToken]
      : ['IncompleteSignatureException', messages.gatewayForbidden(hashOf(authorization))];
  const headers = { 'x-amzn-errortype': type, 'Content-Type': 'application/json' };
  return new Refusal(403, () => ({ message }), { headers, note });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** 404 of an environment. */
export function environmentNotFound(id: string): Refusal {
  return platformRefusal(404, 'NOT_FOUND', messages.environmentNotFound(id));
}

/** 404 of anything but an environment. */
export function notFound(): Refusal {
  return platformRefusal(404, 'NOT_FOUND', messages.notFound);
}

/** 404 of an application. */
export function applicationNotFound(id: string, environmentId: string): Refusal {
  return platformRefusal(404, 'NOT_FOUND', messages.applicationNotFound(id, environmentId));
}

/** 404 of a path of the authorization server that the simulator does not know. */
export function unknownRoute(method: string, path: string): Refusal {
  return unsimulated(`The simulator does not know the route ${method} ${path}.`, 'unknown route');
}

/** 404 of a request that PingOne answers and the simulator does not. */
export function routeNotSimulated(method: string, path: string): Refusal {
  return unsimulated(`PingOne has ${method} ${path}, the simulator does not.`, 'not simulated');
}

function unsimulated(sentence: string, note: string): Refusal {
  const message = `${sentence} See src/simulator/README.md for what it simulates.`;
  return platformRefusal(404, 'NOT_FOUND', message, undefined, { note });
}

/** 405 of a known path; `allowed` are the methods the simulator has there. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Refusal {
  const allow = allowed.join(', ');
  return platformRefusal(
    405,
    'INVALID_REQUEST',
    `The simulator does not support the method ${method} here. It supports ${allow}.`,
    undefined,
    { headers: { Allow: allow }, note: 'unsupported method' },
  );
}

/** 415 of a media type that the resource does not take with this method. */
export function unsupportedMediaType(): Refusal {
  return platformRefusal(415, 'INVALID_REQUEST', messages.unsupportedMediaType);
}

/** Something PingOne has and the simulator has not; loud, and a status no client retries. */
export function notSimulated(what: string): Refusal {
  return platformRefusal(415, 'INVALID_REQUEST', inferredMessages.notSimulated(what), undefined, {
    note: `not simulated: ${what}`,
  });
}
