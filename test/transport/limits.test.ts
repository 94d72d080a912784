import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { connectionFault, describeFault, wasNotSent } from '../../src/run/transport/connection-fault.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
import { slow, slowUnless } from '../slow.ts';
import { runNewman } from './newman.ts';
import { serve, serveRaw } from './support.ts';

const get = (url: string) => ({ method: 'GET', url, headers: {} });
const osVariables = {};

/** What a server does with a request that it will never answer as it should. */
const slowServers: Readonly<Record<string, Parameters<typeof serveRaw>[0]>> = {
  'says nothing': () => {},
  'drips its body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
    const timer = setInterval(() => socket.write(' '), 30);
    socket.on('close', () => clearInterval(timer));
  },
  'drips its headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
    const timer = setInterval(() => socket.write('x'), 30);
    socket.on('close', () => clearInterval(timer));
  },
  'drips interim answers': (socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 30);
    socket.on('close', () => clearInterval(timer));
  },
  'stops in the middle of a body': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"'),
  'stops in the middle of a gzip body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n');
    socket.write(gzipSync('{"ok":true}').subarray(0, 10));
  },
};

describe('a request ends by its deadline when the server', () => {
  const first = 'says nothing';
  async function expectDeadline(name: string): Promise<void> {
    const server = await serveRaw(slowServers[name] ?? (() => {}));
    const transport = createTransport({ requestTimeout: 400, osVariables });
    const startedAt = Date.now();
    const { error } = await transport.send(get(server.url));
    expect(Date.now() - startedAt).toBeLessThan(1000);
    const answers = [
      ...(await runNewman(transport, [server.url])),
      ...(await runNewman(transport, [server.url], 'newman-stock')),
    ];
    transport.close();
    expect([error, ...answers.map((answer) => answer.error)]).toEqual(
      Array(3).fill(expect.objectContaining({ code: 'ETIMEDOUT', message: 'no complete answer within 0.4 seconds' })),
    );
    expect(error && connectionFault(error)).toBe('timeout');
  }
  for (const name of Object.keys(slowServers)) it(name, slowUnless(name === first), () => expectDeadline(name));
});

it('time that a request is held does not count', slow, async () => {
  const server = await serve();
  const transport = createTransport({ requestTimeout: 200, osVariables, holds: [() => sleep(500), () => undefined] });
  const { response } = await transport.send(get(server.url));
  const [answer] = await runNewman(transport, [server.url]);
  transport.close();
  expect([response?.status, answer?.status]).toEqual([200, 200]);
});

for (const rest of ['Connection: upgrade\r\nUpgrade: foo\r\n\r\nfoo', '\r\n'])
  it(
    `a server that changes to another protocol is an error at once (${JSON.stringify(rest)})`,
    slowUnless(rest === '\r\n'),
    async () => {
      const server = await serveRaw((socket) => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rest}`));
      const transport = createTransport({ requestTimeout: 10_000, osVariables });
      const { error } = await transport.send(get(server.url));
      const answers = [
        ...(await runNewman(transport, [server.url, server.url])),
        ...(await runNewman(transport, [server.url], 'newman-stock')),
      ];
      transport.close();
      for (const fault of [error, ...answers.map((answer) => answer.error)])
        expect(fault && describeFault(fault)).toBe('the server changed to another protocol (101) and gave no answer');
      expect(answers).toHaveLength(3);
    },
  );

describe('a response', () => {
  const codings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, identity: (text: string) => text };

  it.each(Object.entries(codings))('in %s is decoded', async (coding, encode) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding, 'x-a': 'b' }).end(encode('{"name":"ä"}'));
    });
    const transport = createTransport({ requestTimeout: 5000, osVariables });
    const { response } = await transport.send(get(server.url));
    const head = await transport.send({ ...get(server.url), method: 'HEAD' });
    transport.close();
    expect(response).toMatchObject({ status: 200, reason: 'OK', body: '{"name":"ä"}' });
    expect(response?.headers).toContainEqual({ name: 'x-a', value: 'b' });
    expect(head.response).toMatchObject({ status: 200, body: '' });
  });

  it.each(Object.entries(codings))(
    'in %s that is too large is refused, as large as it is after decoding',
    slow,
    async (coding, encode) => {
      const server = await serve((request, response) => {
        const body = ' '.repeat(request.url === '/large' ? 2 ** 20 + 1 : 2 ** 20);
        response.writeHead(200, { 'content-encoding': coding }).end(encode(body));
      });
      const transport = createTransport({ requestTimeout: 5000, osVariables, maxResponseSize: 2 ** 20 });
      const results = [await transport.send(get(server.url)), await transport.send(get(`${server.url}/large`))];
      const urls = [server.url, `${server.url}/large`, server.url];
      const answers = [...(await runNewman(transport, urls)), ...(await runNewman(transport, urls, 'newman-stock'))];
      transport.close();
      expect(results[0]?.response?.body).toHaveLength(2 ** 20);
      expect(results[1]?.error?.code).toBe('ERESPONSESIZE');
      expect(results[1]?.error && describeFault(results[1].error)).toBe(
        'the response is larger than 1 MB (--max-response-size)',
      );
      const runtimeSays = { code: undefined, message: 'Maximum response size reached' };
      const wanted = [undefined, runtimeSays, undefined];
      expect(answers.map(({ error }) => error)).toEqual([...wanted, ...wanted]);
    },
  );

  it('that breaks off is an error', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/gzip')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}').subarray(0, 12));
      else response.writeHead(200, { 'content-length': 10 }).write('{', () => response.destroy());
    });
    const transport = createTransport({ requestTimeout: 5000, osVariables });
    for (const path of ['/', '/gzip']) {
      const { error } = await transport.send(get(`${server.url}${path}`));
      expect(error && connectionFault(error)).toBe('interrupted');
    }
    transport.close();
  });

  it('that leads elsewhere is not followed', async () => {
    const server = await serve((_request, response) => response.writeHead(302, { location: '/b' }).end());
    const transport = createTransport({ requestTimeout: 5000, osVariables });
    expect((await transport.send(get(server.url))).response?.status).toBe(302);
    transport.close();
    expect(server.seen).toEqual(['GET /']);
  });
});

describe('http:// to other machines', () => {
  it('is refused, also for addresses in scripts, and nothing is sent', slow, async () => {
    const transport = createTransport({ requestTimeout: 5000, osVariables, allowedHttpHosts: ['Allowed.Test', '::2'] });
    const script = `pm.sendRequest('http://192.0.2.1/', (error) => console.log(error.message))`;
    const [first, ofScript] = await runNewman(transport, ['http://api.test:8080/'], 'newman', script);
    const { error } = await transport.send(get('http://[2001:db8::1]/'));
    const allowed = await Promise.all(['allowed.test', '[::2]'].map((host) => transport.send(get(`http://${host}/`))));
    transport.close();
    expect([first?.error?.code, ofScript?.error?.code, error?.code]).toEqual(Array(3).fill('EHTTPREFUSED'));
    expect(error && describeFault(error)).toBe(
      'http://[2001:db8::1] is not encrypted; use https://, or allow it with --allow-http 2001:db8::1',
    );
    expect(error && [connectionFault(error), wasNotSent(error)]).toEqual(['other', true]);
    for (const result of allowed) expect(result.error?.code).not.toBe('EHTTPREFUSED');
  });

  it('is not refused on this machine', async () => {
    const server = await serve();
    const transport = createTransport({ requestTimeout: 5000, osVariables });
    for (const host of ['localhost', '127.0.0.1', 'a.b.localhost'])
      expect((await transport.send(get(`http://${host}:${server.port}/`))).response?.status).toBe(200);
    transport.close();
  });
});

describe('a request ends', () => {
  it('when its signal is aborted, also while it is held', async () => {
    const server = await serve(() => {});
    const transport = createTransport({
      requestTimeout: 5000,
      osVariables,
      holds: [() => (server.seen.length > 0 ? new Promise(() => {}) : undefined)],
    });
    for (const _ of ['sent', 'held']) {
      const { error } = await transport.send(get(server.url), { signal: AbortSignal.timeout(300) });
      expect(error).toEqual({ code: 'ABORT_ERR', message: 'the request was aborted' });
    }
    expect((await transport.send(get(server.url), { signal: AbortSignal.abort() })).error?.code).toBe('ABORT_ERR');
    transport.close();
    expect(server.seen).toEqual(['GET /']);
  });

  it('when the transport is closed, also while it is held; later ones go out', slow, async () => {
    const server = await serve((request, response) => {
      if (request.url === '/later') response.end();
    });
    let holds = 0;
    const transport = createTransport({
      requestTimeout: 5000,
      osVariables,
      holds: [
        () => {
          holds += 1;
          return holds === 2 ? sleep(600) : undefined;
        },
      ],
    });
    const results = [transport.send(get(server.url)), transport.send(get(`${server.url}/held`))];
    await sleep(300);
    transport.close();
    const errors = (await Promise.all(results)).map(({ error }) => error);
    expect(errors.map((error) => error?.code)).toEqual(['ECONNRESET', 'ENOTSENT']);
    expect(errors.map((error) => error && wasNotSent(error))).toEqual([false, true]);
    expect((await transport.send(get(`${server.url}/later`))).response?.status).toBe(200);
    await sleep(600);
    transport.close();
    expect(server.seen).toEqual(['GET /', 'GET /later']);
  });

  it('when what holds it fails, with its error', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const transport = createTransport({ requestTimeout: 5000, osVariables, holds: [() => Promise.reject(full)] });
    expect((await transport.send(get('http://localhost:9/'))).error).toEqual({
      code: 'ENOTSENT',
      message: full.message,
    });
    transport.close();
  });
});

it('reads again on a new connection when the server had closed the one that was kept open', async () => {
  let connections = 0;
  const server = await serveRaw((socket) => {
    connections += 1;
    const ofFirst = connections === 1;
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    socket.on('data', () => (ofFirst ? socket.resetAndDestroy() : undefined));
  });
  const transport = createTransport({ requestTimeout: 5000, osVariables });
  expect((await transport.send(get(server.url))).response?.status).toBe(200);
  expect((await transport.send(get(server.url))).response?.status).toBe(200);
  transport.close();
  expect(connections).toBe(2);
});

it.each([
  ['not an address', 'Invalid URL'],
  ['ftp://api.test/', 'expected an address that begins with https://, not ftp:'],
])('an address that is none is an error: %s', async (url, message) => {
  const transport = createTransport({ requestTimeout: 5000, osVariables });
  expect((await transport.send(get(url))).error?.message).toBe(message);
});
