import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSimulator, type FaultAction, type ListeningSimulator } from '../../src/simulator/index.ts';

const simulator = createSimulator();
let server: ListeningSimulator;

beforeAll(async () => {
  server = await simulator.listen({ tls: true });
});
afterAll(() => server.close());

/** A request over TLS that trusts the simulator's certificate. Gives the status, or Node's code of what went wrong. */
function get(path: string, host = '127.0.0.1'): Promise<number | string | undefined> {
  const { port, certificate: ca } = server;
  return new Promise((resolve) => {
    const sent = request({ host, port, path, agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      response.on('end', () => resolve(response.statusCode));
      response.resume();
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    sent.end();
  });
}

test.each(['127.0.0.1', 'localhost'])('the certificate is good for %s', async (host) => {
  expect(await get('/v1/environments', host)).toBe(401);
});

test('the certificate is for this machine, a week long, and its own authority', () => {
  const certificate = new X509Certificate(server.certificate ?? '');
  expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(certificate.ca).toBe(true);
  const days = (new Date(certificate.validTo).getTime() - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(7.1);
});

test('two simulators have certificates of their own', async () => {
  const other = await createSimulator().listen({ tls: true });
  expect(other.certificate).not.toBe(server.certificate);
  await other.close();
});

test.each<FaultAction>([
  { kind: 'reset-before-reading' },
  { kind: 'reset-after-processing' },
  { kind: 'reset-mid-body' },
])('a reset over TLS breaks the connection off: $kind', async (action) => {
  simulator.setFaults([{ do: action }]);
  expect(await get('/v1/environments')).toBe('ECONNRESET');
  simulator.setFaults([]);
  expect(await get('/v1/environments')).toBe(401);
});
