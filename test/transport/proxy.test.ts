import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Hold, holdForPace } from '../../src/run/transport/agents.ts';
import { connectionFault, describeFault } from '../../src/run/transport/connection-fault.ts';
import { createTransport, type TransportOptions } from '../../src/run/transport/transport.ts';
import { slow, slowUnless } from '../slow.ts';
import { runNewman } from './newman.ts';
import { serve, serveTls, startProxy } from './support.ts';

const get = (url: string, headers: Record<string, string> = {}) => ({ method: 'GET', url, headers });

/** Newman's own library reads the OS variables as well. */
const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
function withVariables(variables: Record<string, string>): TransportOptions {
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  return { requestTimeout: 10_000, allowedHttpHosts: ['api.test'] };
}
afterEach(() => {
  for (const name of names) delete process.env[name];
});

/** Reads, says nothing, and ends when the other side does. */
const silent = (socket: Socket) => socket.resume().on('end', () => socket.end());

describe('a proxy for http', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('gets requests to other machines (%s)', async (name) => {
    const server = await serve();
    const proxy = await startProxy(server.port);
    const transport = createTransport(withVariables({ [name]: proxy.url.replace('//', '//me:p%40ss@') }));
    const { response } = await transport.send(get('http://api.test:8080/a?b=c', { host: 'other.test' }));
    const again = await transport.send({ ...get('http://api.test/form'), method: 'POST', body: 'x=1' });
    transport.close();
    expect([response?.status, response?.body, again.response?.status]).toEqual([200, '{"ok":true}', 200]);
    expect(proxy.seen).toEqual(['GET http://api.test:8080/a?b=c', 'POST http://api.test/form']);
    expect(proxy.headers[0]?.['proxy-authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(proxy.headers[0]?.host).toBe('other.test');
    expect(server.seen).toEqual(['GET /a?b=c', 'POST /form']);
  });

  for (const newman of ['newman', 'newman-stock'] as const)
    it(`gets those that ${newman} makes, from our agents only`, slowUnless(newman === 'newman'), async () => {
      const server = await serve();
      const proxy = await startProxy(server.port);
      let held = 0;
      const hold: Hold = () => {
        held += 1;
        return sleep(20);
      };
      const transport = createTransport({ ...withVariables({ HTTP_PROXY: proxy.url }), holds: [hold] });
      const post = { method: 'POST', url: 'http://api.test/b', header: [], body: { mode: 'raw', raw: '{"name":"ä"}' } };
      const expecting = { ...post, url: 'http://api.test/c', header: [{ key: 'Expect', value: '100-continue' }] };
      const answers = await runNewman(transport, ['http://api.test/a', post, expecting, 'http://other.test/'], newman);
      transport.close();
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, undefined]);
      expect(proxy.seen).toEqual(['GET http://api.test/a', 'POST http://api.test/b', 'POST http://api.test/c']);
      expect(held).toBe(3);
      expect(answers[3]?.error?.message).toBe(
        'http://other.test is not encrypted; use https://, or allow it with --allow-http other.test',
      );
    });

  it('sees nothing of what goes to this machine', slow, async () => {
    const server = await serve();
    const proxy = await startProxy(server.port);
    const transport = createTransport(
      withVariables({ HTTP_PROXY: proxy.url, http_proxy: proxy.url, https_proxy: proxy.url }),
    );
    const urls = ['localhost', '127.0.0.1', 'api.localhost'].map((host) => `http://${host}:${server.port}/`);
    for (const url of urls) expect((await transport.send(get(url))).response?.status).toBe(200);
    const answers = await runNewman(transport, urls, 'newman', `pm.sendRequest('${server.url}/sent', () => {})`);
    transport.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(server.seen).toHaveLength(7);
    expect(proxy.seen).toEqual([]);
  });

  for (const name of ['NO_PROXY', 'no_proxy'])
    it(`sees nothing of hosts in ${name}`, slowUnless(name === 'NO_PROXY'), async () => {
      const server = await serve();
      const proxy = await startProxy(server.port);
      const transport = createTransport(withVariables({ HTTP_PROXY: proxy.url, [name]: 'other.test, .test' }));
      const { error } = await transport.send(get('http://api.test/'));
      const [answer] = await runNewman(transport, ['http://api.test/']);
      transport.close();
      expect([error, answer?.error].map((fault) => fault && connectionFault(fault))).toEqual([
        'unknown-host',
        'unknown-host',
      ]);
      expect(proxy.seen).toEqual([]);
    });
});

describe('a proxy for https', () => {
  it('opens a tunnel for both, and the certificate of the host is checked through it', slow, async () => {
    const server = await serveTls('api.test');
    const proxy = await startProxy(server.port);
    const transport = createTransport(withVariables({ HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') }));
    const { error } = await transport.send(get('https://api.test/'));
    const [answer] = await runNewman(transport, ['https://api.test/']);
    transport.close();
    expect([error, answer?.error].map((fault) => fault && connectionFault(fault))).toEqual(['tls', 'tls']);
    expect(proxy.seen).toEqual(['CONNECT api.test:443', 'CONNECT api.test:443']);
    expect(proxy.headers[0]?.['proxy-authorization']).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
    expect(server.seen).toEqual([]);
  });

  for (const [reply, said] of [
    [
      'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
      'it answered 407 Proxy Authentication Required',
    ],
    ['HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno', 'it answered 502 Bad Gateway'],
    ['', 'Proxy connection ended before receiving CONNECT response'],
  ] as const)
    it('that opens no tunnel is an error, not an answer of the host', slowUnless(reply.includes('407')), async () => {
      const proxy = await startProxy(1, (socket) => socket.end(reply));
      const transport = createTransport(withVariables({ HTTPS_PROXY: proxy.url }));
      const { error } = await transport.send(get('https://api.test/'));
      const [answer] = await runNewman(transport, ['https://api.test/']);
      transport.close();
      for (const fault of [error, answer?.error]) {
        expect(fault && describeFault(fault)).toBe(`the proxy ${proxy.url} opens no connection to api.test: ${said}`);
        expect(fault && connectionFault(fault)).toBe('refused');
      }
    });

  it('that is not there is named', async () => {
    const transport = createTransport(withVariables({ HTTPS_PROXY: 'http://me:secret@127.0.0.1:9' }));
    const { error } = await transport.send(get('https://api.test/'));
    transport.close();
    expect(error && describeFault(error)).toBe(
      'the connection was refused (the proxy http://127.0.0.1:9 opens no connection to api.test: connect ECONNREFUSED 127.0.0.1:9)',
    );
  });

  it('that says nothing ends by the deadline, and its connection with it', slow, async () => {
    const proxy = await startProxy(1, silent);
    const transport = createTransport({ ...withVariables({ HTTPS_PROXY: proxy.url }), requestTimeout: 300 });
    const { error } = await transport.send(get('https://api.test/'));
    expect(error && connectionFault(error)).toBe('timeout');
    const [answer] = await runNewman(transport, ['https://api.test/']);
    expect(answer?.error && connectionFault(answer.error)).toBe('timeout');
    await sleep(50);
    expect(proxy.connections.size).toBe(0);
    transport.close();
  });

  it('that says nothing: closing ends the request, and its connection with it', slow, async () => {
    const proxy = await startProxy(1, silent);
    const transport = createTransport(withVariables({ HTTPS_PROXY: proxy.url }));
    let closedAt = 0;
    void vi
      .waitUntil(() => proxy.seen.length === 2, 9000)
      .then(() => {
        closedAt = Date.now();
        transport.close();
      });
    const [{ error }, [answer]] = await Promise.all([
      transport.send(get('https://api.test/')),
      runNewman(transport, ['https://api.test/']),
    ]);
    expect(Date.now() - closedAt).toBeLessThan(1000);
    expect([error?.code, answer?.error?.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
    await sleep(50);
    expect(proxy.connections.size).toBe(0);
  });
});

it('the pace holds through proxies, over all requests together', slow, async () => {
  const server = await serve();
  const proxy = await startProxy(server.port);
  const transport = createTransport({ ...withVariables({ HTTP_PROXY: proxy.url }), holds: [holdForPace(10)] });
  const startedAt = Date.now();
  await runNewman(transport, ['http://api.test/', 'http://api.test/', 'http://api.test/']);
  await transport.send(get('http://api.test/'));
  transport.close();
  expect(proxy.seen).toHaveLength(4);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(290);
});
