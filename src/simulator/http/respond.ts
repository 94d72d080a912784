import type { Answer } from './call.ts';
import { answerContentType } from './media-type.ts';

/**
 * Headers on every answer. Their names are documented, the values inferred. `Strict-Transport-Security` tells the browser
 * to remember nothing: with TLS on `localhost`, a real duration would lock every other program there out of plain HTTP.
 */
const standardHeaders = {
  'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
  Pragma: 'no-cache',
  Expires: '0',
  'Strict-Transport-Security': 'max-age=0',
  Vary: 'Accept, Origin',
  Via: '1.1 pingone-simulator',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Correlation-Id',
} as const;

/** The HTTP response for an answer. `accept` is the request's header. */
export function respond(answer: Answer, accept: string | null, correlationId: string, now: Date): Response {
  const headers: Record<string, string> = {
    ...standardHeaders,
    'Correlation-Id': correlationId,
    Date: now.toUTCString(),
  };
  if (answer.body === undefined) {
    return new Response(null, { status: answer.status, headers: { ...headers, ...answer.headers } });
  }
  headers['Content-Type'] = answerContentType(accept);
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: { ...headers, ...answer.headers },
  });
}
