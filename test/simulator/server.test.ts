import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createSimulator, ListenError } from '../../src/simulator/index.ts';

// Taken before anything listens.
const { Request: OriginalRequest, Response: OriginalResponse } = globalThis;

/** Sends bytes as they are and gives all that comes back. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
  });
}

describe('a listening simulator', () => {
  test('is on this machine only, on a free port, unless told otherwise', async () => {
    const server = await createSimulator().listen();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.port).toBeGreaterThan(0);
    await server.close();
  });

  test('writes links with the address it was called by', async () => {
    const server = await createSimulator().listen({ host: 'localhost' });
    const answer = await fetch(`http://localhost:${server.port}/v1/environments`);
    expect(answer.status).toBe(401);
    await server.close();
  });

  test('says in a sentence that its port is in use', async () => {
    const first = await createSimulator().listen();
    const second = createSimulator().listen({ port: first.port });
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `Port ${first.port} is already in use on 127.0.0.1. Stop the program that uses it, or choose another port.`,
    });
    await first.close();
  });

  test('says in a sentence that a host is not this machine', async () => {
    await expect(createSimulator().listen({ host: '192.0.2.1' })).rejects.toThrow(
      '192.0.2.1 is no address of this machine. Use 127.0.0.1 or leave the host out.',
    );
  });

  test('says in a sentence that a port is out of range', async () => {
    await expect(createSimulator().listen({ port: 70_000 })).rejects.toThrow(
      'Port 70000 is no port. Choose one from 0 (any free port) to 65535.',
    );
  });

  test('closes at once, together with connections that are kept alive', async () => {
    const server = await createSimulator().listen();
    const socket = await connected(server.port);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await fetch(`${server.url}/v1/environments`, { headers: { Connection: 'keep-alive' } });
    const started = performance.now();
    await server.close();
    await closed;
    expect(performance.now() - started).toBeLessThan(1000);
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('frees its port when it closes', async () => {
    const first = await createSimulator().listen();
    await first.close();
    const second = await createSimulator().listen({ port: first.port });
    expect(second.port).toBe(first.port);
    await second.close();
  });

  test('leaves the Request and Response of the process alone', async () => {
    const server = await createSimulator().listen();
    await server.close();
    expect(globalThis.Request).toBe(OriginalRequest);
    expect(globalThis.Response).toBe(OriginalResponse);
  });

  test.each([
    [
      'a Host header that is none',
      'GET /v1/environments HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n',
      'HTTP/1.1 400',
    ],
    ['no Host header', 'GET /v1/environments HTTP/1.0\r\n\r\n', 'HTTP/1.1 400'],
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400'],
    [
      'a body broken off',
      'POST /v1/environments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{}',
      'HTTP/1.1 401',
    ],
  ])('answers %s and goes on', async (_given, text, want) => {
    const server = await createSimulator().listen();
    expect(await raw(server.port, text)).toContain(want);
    expect((await fetch(`${server.url}/v1/environments`)).status).toBe(401);
    await server.close();
  });

  test.each([
    ['a malformed Host header', 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n'],
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['headers beyond all bounds', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('answers %s in platform form', async (_given, text) => {
    const server = await createSimulator().listen();
    const answer = await raw(server.port, text);
    expect(answer).toContain('"code":"INVALID_REQUEST"');
    expect(answer).toMatch(/correlation-id: [0-9a-f-]{36}/i);
    await server.close();
  });
});
