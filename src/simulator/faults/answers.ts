import { oauthRefusal } from '../authorization/client-credentials.ts';
import type { Answer } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { messages } from '../messages.ts';
import {
  insufficientPermissions,
  invalidRequest,
  invalidToken,
  notFound,
  platformRefusal,
  type Refusal,
  unsupportedMediaType,
} from '../refusal.ts';
import type { FaultAction } from './fault.ts';
import { stepOf } from './fault-steps.ts';

type StatusAction = Extract<FaultAction, { kind: 'status' }>;

/** The answer of a `status` fault: PingOne's body for the status unless the fault has its own, and `Retry-After`. */
export function statusAnswer(
  action: StatusAction,
  method: string,
  path: string,
  correlationId: string,
  now: Date,
): Answer {
  const refusal = refusalFor(action.status, stepOf(method, path) === 1);
  const body = (action.body as JsonObject | undefined) ?? refusal?.body(correlationId);
  const { retryAfter } = action;
  return {
    status: action.status,
    ...(body === undefined ? {} : { body }),
    headers: {
      ...refusal?.extras.headers,
      ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfterText(retryAfter, action.status, now) }),
      ...action.headers,
    },
  };
}

/** Documented: 429 gives seconds, 503 an HTTP date. */
function retryAfterText(retryAfter: number | string, status: number, now: Date): string {
  if (typeof retryAfter === 'string') return retryAfter;
  return status === 503 ? new Date(now.getTime() + retryAfter * 1000).toUTCString() : String(retryAfter);
}

/** PingOne's own error for a status; undefined where it is documented without a body. */
function refusalFor(status: number, atTokenEndpoint: boolean): Refusal | undefined {
  switch (status) {
    case 400:
      return atTokenEndpoint ? oauthRefusal(400, 'invalid_request', inferredMessages.fault) : invalidRequest();
    case 401:
      return atTokenEndpoint ? oauthRefusal(401, 'invalid_client', 'Invalid client credentials') : invalidToken();
    case 403:
      return insufficientPermissions();
    case 404:
      return notFound();
    case 405:
      return platformRefusal(405, 'INVALID_REQUEST', messages.invalidRequest);
    case 415:
      return unsupportedMediaType();
    case 429:
      return platformRefusal(429, 'REQUEST_LIMITED', inferredMessages.requestLimited, [
        { code: 'LIMIT_EXCEEDED', message: inferredMessages.requestLimited },
      ]);
    case 500:
      return platformRefusal(500, 'UNEXPECTED_ERROR', inferredMessages.unexpectedError);
    default:
      return status > 500 ? undefined : platformRefusal(status, 'REQUEST_FAILED', messages.invalidRequest);
  }
}
