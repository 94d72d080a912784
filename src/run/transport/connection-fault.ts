import type { Condition } from '../../definition/schema.ts';
import { codeOf, messageOf } from '../../errors.ts';

/** How a connection failed, in the words of troubleshooting entries. */
export type ConnectionFault = NonNullable<Condition['connection']>;

const faults: Readonly<Record<string, ConnectionFault>> = {
  ECONNREFUSED: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ECONNRESET: 'interrupted',
  EPIPE: 'interrupted',
  ERR_STREAM_PREMATURE_CLOSE: 'interrupted',
  EPROTO: 'tls',
};

/** Classifies an error of Node's network code. */
export function connectionFault(error: {
  readonly code?: string | undefined;
  readonly message: string;
}): ConnectionFault {
  const code = error.code ?? /\b(E[A-Z_]{4,})\b/.exec(error.message)?.[1] ?? '';
  const known = faults[code];
  if (known) return known;
  if (/CERT|TLS|SSL|certificate/i.test(`${code} ${error.message}`)) return 'tls';
  if (/socket hang up|aborted|Parse Error/i.test(error.message)) return 'interrupted';
  return 'other';
}

const sentences: Readonly<Record<ConnectionFault, string>> = {
  refused: 'the connection was refused',
  timeout: 'there was no answer in time',
  'unknown-host': 'the host name is not known',
  tls: 'the secure connection could not be made',
  interrupted: 'the connection broke before the answer was complete',
  other: 'the request could not be sent',
};

/** The fault in words, with the error's own message. */
export function describeFault(error: { readonly code?: string | undefined; readonly message: string }): string {
  return `${sentences[connectionFault(error)]} (${error.message})`;
}

/** What is known of an error that `fetch` threw: its cause, which says more. */
export function toFault(error: unknown): { readonly code: string | undefined; readonly message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { code: codeOf(cause), message: messageOf(cause) };
}
