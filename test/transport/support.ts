import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { afterEach } from 'vitest';
import { makeCertificate } from '../../src/simulator/certificate.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const open = new Set<() => void>();
afterEach(() => {
  for (const close of open) close();
  open.clear();
});

/** Closes a server after the test, with all its connections. */
async function listening(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  open.add(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export interface TestServer {
  readonly port: number;
  readonly url: string;
  /** What arrived, as `GET /path`. */
  readonly seen: string[];
}

/** A server on this machine. Default answer: `{"ok":true}`. */
export async function serve(answer: Answer = (_request, response) => response.end('{"ok":true}')): Promise<TestServer> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    answer(request, response);
  });
  const port = await listening(server);
  return { port, url: `http://127.0.0.1:${port}`, seen };
}

/** The same with TLS, for a host by name. */
export async function serveTls(
  host: string,
  answer: Answer = (_request, response) => response.end('{"ok":true}'),
): Promise<TestServer & { readonly certificate: string }> {
  const seen: string[] = [];
  const certificate = await makeCertificate(host);
  const server = createTlsServer(certificate, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    answer(request, response);
  });
  const port = await listening(server);
  return { port, url: `https://127.0.0.1:${port}`, seen, certificate: certificate.cert };
}

/** A server that does with a connection what it likes, once the head of a request has come. */
export async function serveRaw(answer: (socket: Socket) => void): Promise<TestServer> {
  const seen: string[] = [];
  const server = createTcpServer((socket) => {
    socket.once('data', (data) => {
      seen.push(data.toString('latin1').split('\r\n')[0] ?? '');
      answer(socket);
    });
  });
  const port = await listening(server);
  return { port, url: `http://127.0.0.1:${port}`, seen };
}

export interface TestProxy extends TestServer {
  /** What it was sent to pass on: `GET http://api.test/x`, `CONNECT api.test:443`. */
  readonly seen: string[];
  /** Header fields of what it was sent. */
  readonly headers: IncomingMessage['headers'][];
  /** Connections to it that are open. */
  readonly connections: Set<Socket>;
}

/** A proxy that finds every host at `upstream`, whatever its name; `connect` answers `CONNECT` in its own way. */
export async function startProxy(upstream: number, connectAnswer?: (socket: Socket) => void): Promise<TestProxy> {
  const seen: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const connections = new Set<Socket>();
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    headers.push(incoming.headers);
    const { pathname, search } = new URL(incoming.url ?? '', 'http://relative.test');
    const sent = request(
      {
        port: upstream,
        host: '127.0.0.1',
        method: incoming.method,
        path: pathname + search,
        headers: incoming.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    sent.on('error', () => response.destroy());
    incoming.pipe(sent);
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    headers.push(incoming.headers);
    if (connectAnswer) {
      connectAnswer(socket);
      return;
    }
    const far = connect(upstream, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.pipe(socket);
      socket.pipe(far);
    });
    far.on('error', () => socket.destroy());
    socket.on('close', () => far.destroy());
  });
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  const port = await listening(server);
  return { port, url: `http://127.0.0.1:${port}`, seen, headers, connections };
}
