import type { Answer, AnswerHeaders } from './call.ts';
import { answerContentType } from './media-type.ts';

/** Headers on every answer, as recorded. */
const standardHeaders = {
  'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
  Pragma: 'no-cache',
  Expires: '0',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Headers':
    'Content-Type,Content-Disposition,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,Correlation-Id',
} as const;

/**
 * Headers that the documentation names and the recordings do not have; their values are inferred.
 * `Strict-Transport-Security` tells the browser to remember nothing: with TLS on `localhost`, a real duration would lock
 * every other program there out of plain HTTP.
 */
export const documentedHeaders = {
  'Strict-Transport-Security': 'max-age=0',
  Vary: 'Accept, Origin',
  Via: '1.1 pingone-simulator',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Access-Control-Expose-Headers': 'Correlation-Id',
} as const;

/** An answer with its headers and its body as text: all that goes over the wire, as plain data. */
export interface Reply {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Undefined: none, as for 204. */
  readonly body: string | undefined;
}

/** The reply for an answer. `accept` is the request's header. */
export function replyOf(answer: Answer, accept: string | null, correlationId: string, now: Date): Reply {
  const headers: Record<string, string | string[]> = {
    ...standardHeaders,
    'Correlation-Id': correlationId,
    'x-amzn-requestid': correlationId,
    Date: now.toUTCString(),
  };
  if (answer.body === undefined) {
    return { status: answer.status, headers: Object.assign(headers, answer.headers), body: undefined };
  }
  headers['Content-Type'] = answerContentType(accept);
  return { status: answer.status, headers: Object.assign(headers, answer.headers), body: JSON.stringify(answer.body) };
}

/** Every header as a line of its own. */
export function headerPairs(headers: AnswerHeaders): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : value.map((one): [string, string] => [name, one]),
  );
}
