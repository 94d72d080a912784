import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** An answer of the server, as it goes on the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** A server that keeps what arrives to the byte. */
export interface WireServer {
  readonly url: string;
  /** The same server at another port. */
  readonly otherUrl: string;
  /** Answers the next requests, one after the other, the last one again and again. */
  answerWith(answers: readonly WireAnswer[]): void;
  /** What has arrived since the last time. */
  take(): string[];
  close(): Promise<void>;
}

export async function startWireServer(): Promise<WireServer> {
  let answers: readonly WireAnswer[] = [];
  let received: string[] = [];
  const sockets = new Set<Socket>();
  const converse = (socket: Socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk;
      for (;;) {
        const head = text.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
        if (text.length < head + 4 + length) return;
        const request = text.slice(0, head + 4 + length);
        text = text.slice(head + 4 + length);
        received.push(request);
        const [first, ...others] = answers;
        if (others.length > 0) answers = others;
        if (first) socket.write(written(first, request.startsWith('HEAD ')));
      }
    });
  };
  const servers = [createServer(converse), createServer(converse)];
  const [url = '', otherUrl = ''] = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  return {
    url,
    otherUrl,
    answerWith: (next) => {
      answers = next;
    },
    take: () => {
      const taken = received;
      received = [];
      return taken;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function written({ status, headers, body }: WireAnswer, isHead: boolean): Buffer {
  const lines = [`HTTP/1.1 ${status} Said so`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const hasNone = status === 204 || status === 304;
  if (!hasNone) lines.push(`Content-Length: ${body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return hasNone || isHead ? head : Buffer.concat([head, body]);
}
