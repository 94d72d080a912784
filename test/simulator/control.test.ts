import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTROL_PATH, createSimulator, type ListeningSimulator, seedApps } from '../../src/simulator/index.ts';
import { type Client, createEnvironment, send, signIn } from './support.ts';
import { overTheWire } from './wire.ts';

const faultFile = readFileSync(join(import.meta.dirname, 'faults/lost-answer.yaml'), 'utf8');
const simulator = createSimulator({ control: true });
let server: ListeningSimulator;
let client: Client;

beforeAll(async () => {
  server = await simulator.listen();
});
afterAll(() => server.close());
beforeEach(async () => {
  simulator.setFaults([]);
  simulator.reset();
  client = await signIn(simulator, seedApps.administrator);
});

const control = (method: string, path: string, body?: string, headers = {}) =>
  overTheWire(`${server.url}${CONTROL_PATH}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
const json = async (path: string) => JSON.parse((await control('GET', path)).text);

describe('the control endpoint', () => {
  test('is not there unless switched on', async () => {
    const answer = await send(createSimulator(), 'GET', `${CONTROL_PATH}/status`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of another origin', { origin: 'http://elsewhere.test' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a domain that leads here', { host: 'elsewhere.test' }, 403],
    ['a name of a container', { host: 'simulator:8642' }, 200],
    ['localhost', { host: 'localhost:8642', origin: 'http://localhost:8642' }, 200],
    ['no browser', {}, 200],
  ])('answers %s: %j %i', async (_who, headers, status) => {
    expect((await control('GET', '/faults', undefined, headers)).status).toBe(status);
  });

  test('takes faults as YAML, tells them with how often they fired, and takes them away', async () => {
    expect((await control('PUT', '/faults', faultFile)).status).toBe(200);
    await expect(createEnvironment(client)).rejects.toThrow('fetch failed');
    expect(await json('/faults')).toEqual({
      faults: [
        {
          name: 'lost answer of step 3',
          match: { step: 3, attempt: 1 },
          do: { kind: 'reset-after-processing' },
          fired: 1,
        },
      ],
    });
    expect((await control('DELETE', '/faults')).status).toBe(204);
    expect(await json('/faults')).toEqual({ faults: [] });
  });

  test('gives the log of faults and the history of creations', async () => {
    await control('PUT', '/faults', faultFile);
    await createEnvironment(client).catch(() => undefined);
    expect((await json('/fault-log')).faultLog).toEqual(simulator.faultLog());
    expect((await json('/history')).history).toMatchObject([{ action: 'created', type: 'environment' }]);
  });

  test('names every problem of a fault file', async () => {
    const seen = await control('PUT', '/faults', 'faults: [{ do: { kind: hang, x: 1 } }, {}]');
    expect(seen.status).toBe(400);
    expect(JSON.parse(seen.text).problems).toEqual([
      'body:1:30: unknown key "x"; known keys: kind, processed',
      'body:1:40: the key "do" is missing',
    ]);
  });

  test('dumps, loads and resets the state', async () => {
    const path = await createEnvironment(client);
    const dump = (await control('GET', '/state')).text;
    expect((await control('POST', '/reset')).status).toBe(204);
    expect((await client.send('GET', path)).status).toBe(404);
    expect((await control('PUT', '/state', dump)).status).toBe(204);
    expect((await client.send('GET', path)).status).toBe(200);
    expect((await control('PUT', '/state', '{"organizations": 1}')).status).toBe(400);
    expect((await client.send('GET', path)).status).toBe(200);
  });

  test('gives the last requests with status and time, but not its own', async () => {
    await createEnvironment(client);
    const { requests } = await json('/requests');
    expect(requests).toMatchObject([
      { method: 'POST', path: `/${seedApps.administrator.environmentId}/as/token`, status: 200 },
      { method: 'POST', path: '/v1/environments', status: 201, durationMs: expect.any(Number) },
    ]);
    expect((await json('/status')).requests).toEqual(requests);
  });

  test('is neither slowed nor broken by faults', async () => {
    simulator.setFaults([{ do: { kind: 'reset-before-reading' } }]);
    expect((await control('GET', '/status')).status).toBe(200);
  });

  test.each([
    ['GET', '/nothing', 404],
    ['POST', '/faults', 405],
    ['GET', '/reset', 405],
  ])('%s %s is %d, in words', async (method, path, status) => {
    const seen = await control(method, path);
    expect(seen.status).toBe(status);
    expect(JSON.parse(seen.text).problems[0]).toMatch(/\/_simulator/);
  });

  test('takes no request that a browser sends for another page', async () => {
    const seen = await control('POST', '/reset', undefined, { 'Sec-Fetch-Site': 'cross-site' });
    expect(seen.status).toBe(403);
  });

  test('refuses a body that is no UTF-8', async () => {
    const body = new Uint8Array([0xff, 0xfe]);
    const request = new Request(`http://localhost${CONTROL_PATH}/faults`, { method: 'PUT', body });
    expect((await simulator.fetch(request)).status).toBe(400);
  });
});
