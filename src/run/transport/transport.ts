import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isLoopbackHost } from '../../environment/plain-http.ts';
import { codeOf, messageOf } from '../../errors.ts';
import type { HeaderField } from '../result/result.ts';
import { type Agents, createAgents, type GuardedAgents, type Hold } from './agents.ts';
import { connectionError, type FaultyConnection } from './connection-fault.ts';
import { acceptedCodings, readDecodedBody } from './decoded-body.ts';
import { readProxySettings } from './proxy.ts';

/** Bytes of a response after decoding, unless somebody says otherwise: 5 MiB. */
export const defaultMaxResponseSize = 5 * 2 ** 20;

/** What requests of our own name as their client. */
export const userAgent = 'pingone-tutorial';

/** How requests go out. */
export interface TransportOptions {
  /** What each request waits for before it leaves, one after the other. Default: nothing. */
  readonly holds?: readonly Hold[];
  /** Milliseconds for one request, from when it may leave to the last byte of its answer. */
  readonly requestTimeout: number;
  /** Bytes of a response after decoding. Default: 5 MiB. */
  readonly maxResponseSize?: number | undefined;
  /** Other machines that `http://` is allowed to, by name. Default: none. */
  readonly allowedHttpHosts?: readonly string[] | undefined;
  /** `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, in both spellings. Read once. Default: `process.env`. */
  readonly osVariables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The way out for every request of a run: of the engine, look-ups, doctor, sweep and clean-up. */
export interface Transport {
  /** For requests that others make. Holds, proxy, deadline and the refusal of `http://` are theirs; the size of a response is not. */
  readonly agents: Agents;
  /** Bytes of a response after decoding. */
  readonly maxResponseSize: number;
  /** Whether requests may wait before they leave. */
  readonly hasHolds: boolean;
  /** Sends a request and reads the whole answer. Follows no redirect. Never rejects: what went wrong is in the result. */
  send(request: TransportRequest, options?: SendOptions): Promise<TransportResult>;
  /** Ends all connections, and requests that are held or in flight. Later requests get connections of their own. */
  close(): void;
}

export interface SendOptions {
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Sends it once more when the server had closed a connection that was kept open, and nothing of the request was read: GET and HEAD
   * only. Default: true.
   */
  readonly repeatsStale?: boolean | undefined;
}

export interface TransportRequest {
  readonly method: string;
  readonly url: string;
  /** Path and query as they go on the wire. Default: those of `url`, as the WHATWG standard writes them. */
  readonly path?: string | undefined;
  /** Several values of a name are lines of their own. `Host`, `Accept-Encoding` and `User-Agent` are added where they are missing. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | undefined;
}

/** An answer, whole and decoded. */
export interface TransportResponse {
  readonly status: number;
  readonly reason: string;
  /** With their names as they came. */
  readonly headers: readonly HeaderField[];
  readonly body: string;
  readonly timings: RequestTimings;
}

/** Moments of a request, in milliseconds from its start; a negative or missing one did not happen. */
export interface RequestTimings {
  /** It got its connection. Before, it may have waited until it might leave. */
  readonly socket?: number;
  readonly lookup?: number;
  readonly connect?: number;
  readonly secureConnect?: number;
  readonly response?: number;
  readonly end?: number;
}

/** An answer, or why there is none. */
export type TransportResult =
  | { readonly response: TransportResponse; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: FaultyConnection };

/** Makes the way out. Throws `UsageError` when a proxy variable is malformed. Costs next to nothing where no proxy is set. */
export function createTransport({
  holds = [],
  requestTimeout,
  maxResponseSize = defaultMaxResponseSize,
  allowedHttpHosts = [],
  osVariables = process.env,
}: TransportOptions): Transport {
  const proxies = readProxySettings(osVariables);
  const agents = createAgents({ holds, proxies, requestTimeout, allowedHttpHosts });
  return {
    agents,
    maxResponseSize,
    hasHolds: holds.length > 0,
    send: async (request, { signal, repeatsStale = true } = {}) => {
      const sending = { request, agents, maxResponseSize, signal };
      const first = await sendOnce(sending);
      return first.isStale && repeatsStale && !signal?.aborted ? (await sendOnce(sending)).result : first.result;
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Sending {
  readonly request: TransportRequest;
  readonly agents: GuardedAgents;
  readonly maxResponseSize: number;
  readonly signal: AbortSignal | undefined;
}

interface SentOnce {
  readonly result: TransportResult;
  /** The server had closed a connection that was kept open: nothing of the request was read. */
  readonly isStale: boolean;
}

async function sendOnce({ request, agents, maxResponseSize, signal }: Sending): Promise<SentOnce> {
  let started: ClientRequest | undefined;
  let failure: Error | undefined;
  let hasAnswer = false;
  const clock = createClock();
  const aborted = () => connectionError('ABORT_ERR', 'the request was aborted');
  const abort = () => {
    if (started) agents.end(started, aborted());
  };
  try {
    if (signal?.aborted) throw aborted();
    signal?.addEventListener('abort', abort);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      started = startRequest(request, agents);
      clock.watch(started);
      started.on('response', resolve);
      started.on('error', (error) => {
        failure ??= error;
        reject(error);
      });
      started.end(request.body);
    });
    hasAnswer = true;
    const body = await readDecodedBody(answer, request.method, maxResponseSize);
    return { result: { response: { ...toResponse(answer, body), timings: clock.stop() } }, isStale: false };
  } catch (thrown) {
    // While an answer is read, the error of the request says why reading failed.
    const error = failure ?? thrown;
    const isSafe = request.method === 'GET' || request.method === 'HEAD';
    const isReset = codeOf(error) === 'ECONNRESET' && started?.reusedSocket === true;
    return { result: { error: toFault(error) }, isStale: isSafe && isReset && !hasAnswer };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Takes the moments of a request. */
function createClock() {
  const began = performance.now();
  const moments: { -readonly [Moment in keyof RequestTimings]: number } = {};
  const take = (moment: keyof RequestTimings) => {
    moments[moment] ??= performance.now() - began;
  };
  return {
    watch(request: ClientRequest): void {
      request.once('socket', (socket) => {
        take('socket');
        if (!socket.connecting) return;
        for (const moment of ['lookup', 'connect', 'secureConnect'] as const) socket.once(moment, () => take(moment));
      });
      request.once('response', () => take('response'));
    },
    stop(): RequestTimings {
      take('end');
      return moments;
    },
  };
}

function startRequest({ method, url, path, headers }: TransportRequest, agents: Agents): ClientRequest {
  const address = new URL(url);
  const { protocol, host, hostname } = address;
  if (protocol !== 'https:' && protocol !== 'http:')
    throw connectionError('ERR_INVALID_URL', `expected an address that begins with https://, not ${protocol}`);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const added = Object.entries({ host, 'accept-encoding': acceptedCodings, 'user-agent': userAgent });
  const options = {
    method,
    ...(path !== undefined && { path }),
    headers: { ...Object.fromEntries(added.filter(([name]) => !given.has(name))), ...headers },
    // Names below localhost are this machine, whatever a name server says.
    ...(hostname.endsWith('.localhost') && isLoopbackHost(hostname) && { hostname: 'localhost' }),
  };
  return protocol === 'https:'
    ? httpsRequest(address, { ...options, agent: agents.https })
    : httpRequest(address, { ...options, agent: agents.http });
}

function toResponse(
  { statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage,
  body: string,
): Omit<TransportResponse, 'timings'> {
  const headers: HeaderField[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.push({ name: rawHeaders[index] ?? '', value: rawHeaders[index + 1] ?? '' });
  return { status: statusCode, reason: statusMessage, headers, body };
}

function toFault(error: unknown): FaultyConnection {
  return { code: codeOf(error), message: messageOf(error) };
}
