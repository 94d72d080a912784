import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that remembers what arrives, a line a request. */
export interface EchoServer {
  /** Address without a slash at the end. */
  readonly url: string;
  /** What has arrived since the last time: `POST /login X-Own: 1 "body"`. */
  take(): string[];
  close(): Promise<void>;
}

/** Headers that every client makes for itself. */
const ownHeaders =
  /^(host|connection|user-agent|postman-token|accept|accept-encoding|cache-control|content-length|content-type)$/i;

/** The status that a path asks for (`/status/404`); `/flaky` has 503 the first time. */
function statusFor(path: string, flaky: number): number {
  const asked = /^\/status\/(\d{3})/.exec(path)?.[1];
  if (asked !== undefined) return Number(asked);
  if (path.startsWith('/redirect')) return 302;
  return path === '/flaky' && flaky === 1 ? 503 : 200;
}

/**
 * Answers everything with a token; `/text` with a text, `/redirect` with another place, `/cookie` with a cookie. With `exact`, lines have
 * the address as it came, and the type of the content.
 */
export async function startEchoServer({ exact = false } = {}): Promise<EchoServer> {
  let arrived: string[] = [];
  let flaky = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      const isShown = (name: string) => !ownHeaders.test(name) || (exact && /^content-type$/i.test(name));
      const headers = request.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 1 || !isShown(name) ? [] : [`${name}: ${all[index + 1]}`],
      );
      const body = Buffer.concat(parts).toString();
      const boundary = /boundary=(\S+)/.exec(request.headers['content-type'] ?? '')?.[1] ?? '\0';
      const shown = body === '' ? [] : [JSON.stringify(body)];
      const line = [request.method, exact ? path : decodeURI(path), ...headers, ...shown].join(' ');
      arrived.push(line.replaceAll(boundary, 'BOUNDARY'));
      flaky += path === '/flaky' ? 1 : 0;
      response.statusCode = statusFor(path, flaky);
      response.setHeader('Content-Type', path.startsWith('/text') ? 'text/plain' : 'application/json');
      if (path.startsWith('/redirect')) response.setHeader('Location', '/arrived');
      if (path.startsWith('/cookie')) response.setHeader('Set-Cookie', 'session=s1; Path=/');
      response.end(
        path.startsWith('/text') ? 'not JSON' : JSON.stringify({ token: 'T', id: 7, list: [1, { a: 'b' }] }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const lines = arrived;
      arrived = [];
      flaky = 0;
      return lines;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
