import { type AddressInfo, connect, createServer } from 'node:net';

/** Secrets that were seen on the wire. */
export interface Seen {
  /** Base64 of Basic authorizations. */
  readonly basic: ReadonlySet<string>;
  /** Access tokens, whole or as far as they came. */
  readonly tokens: ReadonlySet<string>;
  /** Passwords of users, one of each attempt. */
  readonly passwords: ReadonlySet<string>;
}

/** A stretch of wire between the program and the simulator that remembers what goes through. */
export interface Wire {
  readonly url: string;
  seen(): Seen;
  close(): Promise<void>;
}

/**
 * Passes bytes on to a port of this machine, both ways, and breaks off where the other side breaks off. Of what goes there,
 * `rewrite` may be sent otherwise; what is remembered is what was sent.
 */
export async function tap(port: number, rewrite: { readonly from: string; readonly to: string }): Promise<Wire> {
  const chunks: Buffer[][] = [];
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      const kept: Buffer[] = [];
      chunks.push(kept);
      from.on('data', (chunk: Buffer) => {
        kept.push(chunk);
        to.write(to === upstream ? chunk.toString('latin1').replace(rewrite.from, () => rewrite.to) : chunk, 'latin1');
      });
      from.on('end', () => to.end());
      from.on('error', () => to.resetAndDestroy());
      from.on('close', (broken) => (broken ? to.resetAndDestroy() : to.end()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => {
      const text = chunks.map((kept) => Buffer.concat(kept).toString()).join('\n');
      const all = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, found = '']) => found));
      return {
        basic: all(/^authorization: basic (\S+)/gim),
        tokens: new Set([...all(/^authorization: bearer (\S+)/gim), ...all(/"access_token":"([^"\s]+)/g)]),
        passwords: new Set(
          [...all(/^\{\s*"value":\s*"((?:[^"\\]|\\.)*)"/gm)].map((inner) => JSON.parse(`"${inner}"`) as string),
        ),
      };
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
