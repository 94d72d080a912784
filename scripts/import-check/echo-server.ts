import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { makeCertificate } from '../../src/simulator/certificate.ts';

/** A server that remembers what arrives, a line a request. */
export interface EchoServer {
  /** Address without a slash at the end. */
  readonly url: string;
  /** What has arrived since the last time: `POST /login X-Own: 1 "body"`. */
  take(): string[];
  close(): Promise<void>;
}

/** How a line shows a request. */
interface Shown {
  readonly address: (request: IncomingMessage, protocol: string) => string;
  /** Headers that are left out. */
  readonly without: RegExp;
}

const pathOf = ({ url = '' }: IncomingMessage) => url;
const clientHeaders =
  'host|connection|user-agent|postman-token|accept|accept-encoding|cache-control|content-length|content-type';

/**
 * `short`: the path and the headers that no client makes for itself. `exact`: the path as it came, and the type of the content. `whole`:
 * the whole address, and all headers but those that differ from client to client or from request to request.
 */
const shownAs = {
  short: { address: (request) => decodeURI(pathOf(request)), without: new RegExp(`^(${clientHeaders})$`, 'i') },
  exact: { address: pathOf, without: new RegExp(`^(${clientHeaders.replace('|content-type', '')})$`, 'i') },
  whole: {
    address: (request, protocol) => `${protocol}//${request.headers.host ?? ''}${pathOf(request)}`,
    without: /^(host|connection|user-agent|postman-token)$/i,
  },
} satisfies Record<string, Shown>;

/** The status that a path asks for (`/status/404`); `/flaky` has 503 the first time. */
function statusFor(path: string, flaky: number): number {
  const asked = /^\/status\/(\d{3})/.exec(path)?.[1];
  if (asked !== undefined) return Number(asked);
  if (path.startsWith('/redirect')) return 302;
  return path === '/flaky' && flaky === 1 ? 503 : 200;
}

/** Answers everything with a token; `/text` with a text, `/redirect` with another place, `/cookie` with a cookie. */
export async function startEchoServer(shown: keyof typeof shownAs = 'short'): Promise<EchoServer> {
  const recorder = createRecorder(shownAs[shown]);
  const server = createServer(recorder.listener('http:'));
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    take: recorder.take,
    close: () => close(server),
  };
}

/** The same for `http://` and `https://`, each with a port of its own. */
export interface EchoServers {
  readonly port: number;
  readonly tlsPort: number;
  take(): string[];
  close(): Promise<void>;
}

/** Remembers requests to any host, whole. */
export async function startEchoServers(): Promise<EchoServers> {
  const recorder = createRecorder(shownAs.whole);
  const server = createServer(recorder.listener('http:'));
  const tlsServer = createTlsServer(await makeCertificate('localhost'), recorder.listener('https:'));
  const [port, tlsPort] = await Promise.all([listen(server), listen(tlsServer)]);
  return {
    port,
    tlsPort,
    take: recorder.take,
    close: async () => {
      await Promise.all([close(server), close(tlsServer)]);
    },
  };
}

function createRecorder({ address, without }: Shown) {
  let arrived: string[] = [];
  let flaky = 0;
  const lineOf = (request: IncomingMessage, content: Buffer, protocol: string) => {
    const headers = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 1 || without.test(name) ? [] : [`${name}: ${all[index + 1]}`],
    );
    const body = isUtf8(content) ? JSON.stringify(content.toString()) : content.toString('base64');
    const boundary = /boundary=(\S+)/.exec(request.headers['content-type'] ?? '')?.[1] ?? '\0';
    return [request.method, address(request, protocol), ...headers, ...(content.length === 0 ? [] : [body])]
      .join(' ')
      .replaceAll(boundary, 'BOUNDARY');
  };
  const listener =
    (protocol: string): RequestListener =>
    (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const path = pathOf(request);
        arrived.push(lineOf(request, Buffer.concat(parts), protocol));
        flaky += path === '/flaky' ? 1 : 0;
        response.statusCode = statusFor(path, flaky);
        response.setHeader('Content-Type', path.startsWith('/text') ? 'text/plain' : 'application/json');
        if (path.startsWith('/redirect')) response.setHeader('Location', '/arrived');
        if (path.startsWith('/cookie')) response.setHeader('Set-Cookie', 'session=s1; Path=/');
        response.end(
          path.startsWith('/text') ? 'not JSON' : JSON.stringify({ token: 'T', id: 7, list: [1, { a: 'b' }] }),
        );
      });
    };
  const take = () => {
    const lines = arrived;
    arrived = [];
    flaky = 0;
    return lines;
  };
  return { listener, take };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function close(server: Server & { closeAllConnections(): void }): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
