import type { RequestLogEntry } from '../api.ts';
import { bodyOf, readText } from '../http/body.ts';
import { headerPairs, type Reply } from '../http/respond.ts';

/** A header as it was sent. */
export type HeaderPair = readonly [name: string, value: string];

/** A request with its answer as they went over the wire, WITH SECRETS: `hide-secrets.ts` takes them out. */
export interface Exchange extends RequestLogEntry {
  /** Counted from 1 since the start. */
  readonly number: number;
  readonly url: string;
  readonly requestHeaders: readonly HeaderPair[];
  /** Absent: there was none, or nobody read it. */
  readonly requestBody?: string;
  readonly responseHeaders: readonly HeaderPair[];
  readonly responseBody?: string;
}

export interface ExchangeLog {
  add(entry: RequestLogEntry, request: Request, reply: Reply | undefined): void;
  /** The last ones, oldest first. */
  recent(): readonly Exchange[];
  clear(): void;
}

/** How many requests are remembered, and how much of a body. */
const most = 100;
const mostCharacters = 20_000;

/** Remembers the last requests, and takes nothing apart before somebody looks. */
export function createExchangeLog(): ExchangeLog {
  const last: Remembered[] = [];
  let number = 0;
  return {
    add: (entry, request, reply) => {
      number += 1;
      last.push(remembered(number, entry, request, reply));
      if (last.length > most) last.shift();
    },
    recent: () => last.map(exchangeOf),
    clear: () => {
      last.length = 0;
    },
  };
}

interface Remembered {
  readonly entry: RequestLogEntry & { readonly number: number; readonly url: string };
  readonly headers: Headers;
  readonly reply?: Reply;
  requestBody?: string;
}

/** Does not hold the request, and with it a connection. */
function remembered(number: number, entry: RequestLogEntry, request: Request, reply: Reply | undefined): Remembered {
  const made: Remembered = {
    entry: { ...entry, number, url: request.url },
    headers: request.headers,
    ...(reply && { reply: { ...reply, ...(reply.body !== undefined && { body: shortened(reply.body) }) } }),
  };
  const body = bodyOf(request);
  if (body !== undefined) made.requestBody = shortened(body);
  // Refused before it was read, such as for its media type.
  else if (reply && request.method !== 'GET' && request.method !== 'HEAD')
    void readText(request).then((late) => {
      if (late) made.requestBody = shortened(late);
    });
  return made;
}

/** A copy: a slice would hold all of the text. */
function shortened(text: string): string {
  return text.length <= mostCharacters ? text : Buffer.from(text.slice(0, mostCharacters)).toString();
}

function exchangeOf({ entry, headers, reply, requestBody }: Remembered): Exchange {
  return {
    ...entry,
    requestHeaders: [...headers],
    ...(requestBody !== undefined && { requestBody }),
    responseHeaders: reply ? headerPairs(reply.headers) : [],
    ...(reply?.body !== undefined && { responseBody: reply.body }),
  };
}
