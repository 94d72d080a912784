import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { slow } from '../slow.ts';
import type { NewmanAnswer } from './newman.ts';
import { serve, serveTls, startProxy, type TestServer } from './support.ts';

interface Outcome {
  readonly outcome: NewmanAnswer & { readonly response?: { readonly status: number } };
  readonly milliseconds: number;
  readonly peakMiB: number;
  readonly addedMiB: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Sends a request in a process of its own (`child.ts`). */
function inProcess(argv: readonly string[], osVariables: Record<string, string> = {}) {
  const running = promisify(execFile)(process.execPath, ['--import', 'tsx', 'test/transport/child.ts', ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...osVariables },
  });
  const outcome = running.then(({ stdout }) => JSON.parse(stdout) as Outcome);
  return { outcome, close: () => running.child.kill('SIGUSR2') };
}

const ways = ['send', 'newman'];

describe('a gzip bomb takes little memory', slow, () => {
  // Members that follow each other are one body (RFC 1952, section 2.2).
  const member = gzipSync(Buffer.alloc(2 ** 24));

  it.each([64, 1024].flatMap((size) => [...ways, 'newman-stock'].map((way) => [size, way] as const)))(
    '%d MiB, %s',
    async (size, way) => {
      const server = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(Buffer.concat(Array<Buffer>(size / 16).fill(member)));
      });
      const { outcome, milliseconds, peakMiB, addedMiB } = await inProcess([server.url, way]).outcome;
      const facts = `peak ${Math.round(peakMiB)} MiB, ${Math.round(addedMiB)} of it for the answer`;
      console.log(`${size} MiB as gzip, ${way}: ${facts}, ${milliseconds} ms`);
      expect(outcome.error?.message).toMatch(/^the response is larger than 5 MB|^Maximum response size reached$/);
      expect(addedMiB).toBeLessThan(100);
      expect(peakMiB).toBeLessThan(300);
    },
  );
});

/** A certificate in a file, for `NODE_EXTRA_CA_CERTS`. */
async function trust({ certificate, port }: TestServer & { readonly certificate: string }) {
  const file = join(tmpdir(), `transport-${port}.pem`);
  await writeFile(file, certificate);
  return { NODE_EXTRA_CA_CERTS: file };
}

describe('through a tunnel', slow, () => {
  it.each(ways)('certificates that a person trusts are trusted (%s)', async (way) => {
    const server = await serveTls('api.test');
    const proxy = await startProxy(server.port);
    const osVariables = { ...(await trust(server)), https_proxy: proxy.url };
    const { outcome } = await inProcess(['https://api.test/', way], osVariables).outcome;
    expect(outcome.response?.status ?? outcome.status).toBe(200);
    expect(proxy.seen).toEqual(['CONNECT api.test:443']);
    expect(server.seen).toEqual(['GET /']);
  });

  it.each(ways)('a request that is not answered ends when the transport is closed (%s)', async (way) => {
    let arrive = (_at: number) => {};
    const arrived = new Promise<number>((resolve) => {
      arrive = resolve;
    });
    const server = await serveTls('api.test', () => arrive(Date.now()));
    const proxy = await startProxy(server.port);
    const running = inProcess(['https://api.test/', way], { ...(await trust(server)), HTTPS_PROXY: proxy.url });
    const closedAt = await arrived;
    running.close();
    const { outcome } = await running.outcome;
    expect(outcome.error?.code).toBe('ECONNRESET');
    expect(Date.now() - closedAt).toBeLessThan(5000);
  });
});
