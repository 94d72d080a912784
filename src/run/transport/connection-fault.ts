import type { Condition } from '../../definition/schema.ts';

/** How a connection failed, in the words of troubleshooting entries. */
export type ConnectionFault = NonNullable<Condition['connection']>;

/** What is known of a request that got no whole answer. */
export interface FaultyConnection {
  readonly code?: string | undefined;
  readonly message: string;
}

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
  // A compressed body that ends early.
  Z_BUF_ERROR: 'interrupted',
  EPROTO: 'tls',
};

/** Codes of the transport's own errors, whose message is a sentence. */
const ownFaults = {
  /** `http://` to another machine. Not sent. */
  EHTTPREFUSED: 'other',
  /** The proxy opened no connection to the host. Not sent. */
  EPROXYREFUSED: 'refused',
  /** The transport was closed before the request left. */
  ENOTSENT: 'other',
  /** The answer is larger than the limit. */
  ERESPONSESIZE: 'other',
  /** The server changed to another protocol (101). */
  EUPGRADED: 'other',
} as const satisfies Readonly<Record<string, ConnectionFault>>;

const unsent: ReadonlySet<string | undefined> = new Set(['EHTTPREFUSED', 'EPROXYREFUSED', 'ENOTSENT']);

/** An error with a code that this module classifies. */
export function connectionError(code: string, message: string): Error & { readonly code: string } {
  return Object.assign(new Error(message), { code });
}

/** The error of a response that is larger than `limit` bytes. */
export function responseTooLarge(limit: number): Error & { readonly code: string } {
  const megabytes = Number((limit / 2 ** 20).toPrecision(3));
  return connectionError('ERESPONSESIZE', `the response is larger than ${megabytes} MB (--max-response-size)`);
}

/** The error of a request that was not sent, since its run ended before. */
export function notSentError() {
  return connectionError('ENOTSENT', 'the request was not sent: the run ended before');
}

/** The error of a request in flight whose run ended. */
export function endedError() {
  return connectionError('ABORTED', 'the run was ended');
}

/** Whether a request certainly did not leave this machine, as its error says. */
export function wasNotSent({ code }: FaultyConnection): boolean {
  return unsent.has(code);
}

/** Classifies an error of Node's network code, of the transport or of the runtime. */
export function connectionFault(error: FaultyConnection): ConnectionFault {
  const code = error.code ?? /\b(E[A-Z_]{4,})\b/.exec(error.message)?.[1] ?? '';
  const known = faults[code] ?? (isOwn(code) ? ownFaults[code] : undefined);
  if (known) return known;
  if (/CERT|TLS|SSL|certificate/i.test(`${code} ${error.message}`)) return 'tls';
  if (/socket hang up|aborted|Parse Error/i.test(error.message)) return 'interrupted';
  return 'other';
}

function isOwn(code: string | undefined): code is keyof typeof ownFaults {
  return code !== undefined && Object.hasOwn(ownFaults, code);
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
export function describeFault(error: FaultyConnection): string {
  return isOwn(error.code) ? error.message : `${sentences[connectionFault(error)]} (${error.message})`;
}
