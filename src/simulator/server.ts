import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { makeCertificate } from './certificate.ts';
import type { Delivery } from './http/delivery.ts';
import { headerPairs, type Reply } from './http/respond.ts';
import { deliverOverWire } from './http/wire.ts';

/** The port `npm run simulator` uses when none is chosen. */
export const DEFAULT_PORT = 8642;

/** Where to listen. */
export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** HTTPS, with a certificate made for the occasion. Default false. */
  readonly tls?: boolean;
}

/** A simulator that can be reached over HTTP. */
export interface ListeningSimulator {
  /** Base address without a final slash, such as `http://127.0.0.1:8642`. */
  readonly url: string;
  readonly port: number;
  /** With TLS: the certificate that clients must trust, PEM. */
  readonly certificate?: string;
  /** Stops listening and ends all connections at once, also those kept alive. */
  close(): Promise<void>;
}

/** The simulator could not listen; the message says why and what to do. `cause` is Node's error. */
export class ListenError extends Error {
  /** Node's code, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.code = code;
  }
}

/** Serves a simulator over HTTP; `malformedRequest` answers what is no request. Rejects with a `ListenError`. */
export async function listen(
  exchange: (request: Request, gone?: () => AbortSignal) => Promise<Delivery>,
  malformedRequest: () => Reply,
  { port = 0, host = '127.0.0.1', tls = false }: ListenOptions = {},
): Promise<ListeningSimulator> {
  const listener = requestListener(exchange, malformedRequest);
  const certificate = tls ? await makeCertificate(host) : undefined;
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.on('clientError', (error, socket) => answerNoRequest(error, socket, malformedRequest));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((cause: Error) => {
    throw listenError(cause, host, port);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    ...(certificate === undefined ? {} : { certificate: certificate.cert }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** hono's adapter makes the `Request`; the reply goes straight to the connection, where faults can reach it. */
function requestListener(
  exchange: (request: Request, gone?: () => AbortSignal) => Promise<Delivery>,
  malformedRequest: () => Reply,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const answer = async (request: Request, { outgoing }: { readonly outgoing: ServerResponse }) => {
    const gone = () => signalOf(outgoing);
    await deliverOverWire(await exchange(request, gone), outgoing);
    return RESPONSE_ALREADY_SENT;
  };
  return getRequestListener((request, bindings) => answer(request, bindings as { outgoing: ServerResponse }), {
    // A library must not replace the `Request` and `Response` of the program it runs in.
    overrideGlobalObjects: false,
    // Only for what never becomes a request, such as a malformed Host header.
    errorHandler: () => {
      const { status, headers, body } = malformedRequest();
      return new Response(body ?? null, { status, headers: headerPairs(headers) });
    },
  });
}

/** What is no HTTP, or has headers beyond all bounds: an answer in platform form instead of Node's bare one. */
function answerNoRequest(error: Error, socket: Duplex, malformedRequest: () => Reply): void {
  if (!socket.writable || ('code' in error && error.code === 'ECONNRESET')) {
    socket.destroy();
    return;
  }
  const { status, headers, body = '' } = malformedRequest();
  const lines = headerPairs({ ...headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
}

/** Aborted when the connection ends. Made only when somebody wants to wait: it is dear. */
function signalOf(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (outgoing.destroyed) gone.abort();
  else outgoing.once('close', () => gone.abort());
  return gone.signal;
}

function listenError(cause: Error, host: string, port: number): ListenError {
  const code = 'code' in cause ? String(cause.code) : 'UNKNOWN';
  return new ListenError(
    reasonOf(code, host, port) ?? `Could not listen on ${host}:${port}: ${cause.message}.`,
    code,
    cause,
  );
}

function reasonOf(code: string, host: string, port: number): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is already in use on ${host}. Stop the program that uses it, or choose another port.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose a port above 1023.`;
    case 'ERR_SOCKET_BAD_PORT':
      return `Port ${port} is no port. Choose one from 0 (any free port) to 65535.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine. Use 127.0.0.1 or leave the host out.`;
    default:
      return undefined;
  }
}
