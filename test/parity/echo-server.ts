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

/** Answers everything with a token, `/flaky` with 503 the first time. */
export async function startEchoServer(): Promise<EchoServer> {
  let arrived: string[] = [];
  let flaky = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const headers = request.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 1 || ownHeaders.test(name) ? [] : [`${name}: ${all[index + 1]}`],
      );
      const body = Buffer.concat(parts).toString();
      const shown = body === '' ? [] : [JSON.stringify(body)];
      arrived.push([request.method, decodeURI(request.url ?? ''), ...headers, ...shown].join(' '));
      flaky += request.url === '/flaky' ? 1 : 0;
      response.statusCode = request.url === '/flaky' && flaky === 1 ? 503 : 200;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ token: 'T' }));
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
