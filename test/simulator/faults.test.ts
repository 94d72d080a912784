import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Fault, type FaultAction, faultKinds, seedApps } from '../../src/simulator/index.ts';
import { basic } from './support.ts';
import { overTheWire, type WireClient, wireClient } from './wire.ts';

const opened: WireClient[] = [];
const seenKinds = new Set<string>();

async function faulty(faults: readonly Fault[], options = {}): Promise<WireClient> {
  const client = await wireClient(faults, options);
  opened.push(client);
  return client;
}

/** A client of a simulator with one fault for step 3. */
const atCreation = (action: FaultAction) => faulty([{ match: { step: 3, attempt: 1 }, do: action }]);

afterEach(async () => {
  for (const { simulator, server } of opened.splice(0)) {
    for (const { kind } of simulator.faultLog()) seenKinds.add(kind);
    await server.close();
  }
});

const created = ({ simulator }: WireClient) => simulator.history().filter(({ action }) => action === 'created').length;

describe('a status fault gives PingOne’s own body for', () => {
  test.each([
    [400, 'INVALID_REQUEST'],
    [401, 'ACCESS_FAILED'],
    [403, 'ACCESS_FAILED'],
    [404, 'NOT_FOUND'],
    [408, 'REQUEST_FAILED'],
    [409, 'REQUEST_FAILED'],
    [415, 'INVALID_REQUEST'],
    [429, 'REQUEST_LIMITED'],
    [500, 'UNEXPECTED_ERROR'],
  ])('%d, code %s', async (status, code) => {
    const client = await atCreation({ kind: 'status', status });
    const seen = await client.createEnvironment();
    expect(seen).toMatchObject({ status, error: undefined });
    expect(JSON.parse(seen.text)).toMatchObject({ id: seen.headers['correlation-id'], code });
    expect(created(client)).toBe(0);
  });

  test.each([502, 503, 504])('%d: none, as documented', async (status) => {
    const client = await atCreation({ kind: 'status', status });
    expect(await client.createEnvironment()).toMatchObject({ status, text: '', error: undefined });
  });

  test.each([
    [400, 'invalid_request'],
    [401, 'invalid_client'],
  ])('%d at the token endpoint, error %s', async (status, error) => {
    const client = await faulty([{ match: { step: 1 }, do: { kind: 'status', status } }]);
    const seen = await client.token();
    expect(seen.status).toBe(status);
    expect(JSON.parse(seen.text)).toMatchObject({ error });
  });
});

describe('a status fault', () => {
  test('gives Retry-After in seconds on 429', async () => {
    const client = await atCreation({ kind: 'status', status: 429, retryAfter: 7 });
    expect((await client.createEnvironment()).headers['retry-after']).toBe('7');
  });

  test('gives Retry-After as an HTTP date on 503', async () => {
    const now = new Date();
    const client = await faulty([{ match: { step: 3 }, do: { kind: 'status', status: 503, retryAfter: 120 } }], {
      now: () => now,
    });
    const text = (await client.createEnvironment()).headers['retry-after'];
    expect(text).toBe(new Date(now.getTime() + 120_000).toUTCString());
  });

  test('gives a Retry-After as it is written, also one that is nonsense', async () => {
    const client = await atCreation({ kind: 'status', status: 503, retryAfter: 'soon' });
    expect((await client.createEnvironment()).headers['retry-after']).toBe('soon');
  });

  test('may have a body and headers of its own', async () => {
    const client = await atCreation({ kind: 'status', status: 502, body: { hello: 1 }, headers: { 'X-Proxy': 'a' } });
    const seen = await client.createEnvironment();
    expect([JSON.parse(seen.text), seen.headers['x-proxy']]).toEqual([{ hello: 1 }, 'a']);
  });

  test('may come after the request was carried out', async () => {
    const client = await atCreation({ kind: 'status', status: 504, processed: true });
    expect((await client.createEnvironment()).status).toBe(504);
    expect(created(client)).toBe(1);
  });
});

describe('a token expires', () => {
  test('after so many uses; a fresh token is good again', async () => {
    const client = await faulty([{ do: { kind: 'token-expiry', afterUses: 2 } }]);
    const statuses = [];
    for (let use = 0; use < 4; use += 1) statuses.push((await client.send('GET', '/environments')).status);
    expect(statuses).toEqual([200, 200, 401, 401]);
    const { access_token } = JSON.parse((await client.token()).text);
    const headers = { Authorization: `Bearer ${access_token}` };
    const seen = await client.send('GET', '/environments', undefined, { headers });
    expect(seen.status).toBe(200);
  });

  test('after so many seconds, with PingOne’s 401', async () => {
    let time = Date.now();
    const client = await faulty([{ do: { kind: 'token-expiry', afterSeconds: 60 } }], { now: () => new Date(time) });
    time += 58_000;
    expect((await client.send('GET', '/environments')).status).toBe(200);
    time += 3_000;
    const seen = await client.send('GET', '/environments');
    expect(seen.status).toBe(401);
    expect(JSON.parse(seen.text).details[0]).toMatchObject({ code: 'INVALID_TOKEN' });
  });
});

describe('what was just created is not known everywhere', () => {
  const population = { name: 'Shared-Test-User-Population' };

  test('403 for so many requests below it, then as ever', async () => {
    const client = await faulty([{ match: { step: 4 }, do: { kind: 'not-propagated', requests: 2 } }]);
    const { id } = JSON.parse((await client.createEnvironment()).text);
    const statuses = [];
    for (let n = 0; n < 3; n += 1)
      statuses.push((await client.send('POST', `/environments/${id}/populations`, population)).status);
    expect(statuses).toEqual([403, 403, 201]);
  });

  test('404 of a just-created parent for so many seconds', async () => {
    let time = Date.now();
    const client = await faulty([{ match: { step: 4 }, do: { kind: 'not-propagated', status: 404, seconds: 5 } }], {
      now: () => new Date(time),
    });
    const { id } = JSON.parse((await client.createEnvironment()).text);
    const send = () => client.send('POST', `/environments/${id}/populations`, population);
    const seen = await send();
    expect([seen.status, JSON.parse(seen.text).code]).toEqual([404, 'NOT_FOUND']);
    time += 5_000;
    expect((await send()).status).toBe(201);
  });

  test('never for what was there before', async () => {
    const client = await faulty([{ do: { kind: 'not-propagated', seconds: 1000 } }]);
    const seen = await client.send('GET', `/environments/${seedApps.administrator.environmentId}`);
    expect(seen.status).toBe(200);
    expect(client.simulator.faultLog()).toEqual([]);
  });
});

describe('time', () => {
  test('a delay holds the answer back', async () => {
    const client = await atCreation({ kind: 'delay', milliseconds: 200 });
    const seen = await client.createEnvironment();
    expect(seen.status).toBe(201);
    expect(seen.milliseconds).toBeGreaterThan(190);
  });

  test('a delay after the request is carried out makes a client that gives up lose an answer', async () => {
    const client = await atCreation({ kind: 'delay', milliseconds: 2000, processed: true });
    expect((await client.createEnvironment('Late', { timeout: 200 })).error).toBe('timeout');
    expect(created(client)).toBe(1);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('a hang never answers (carried out: %s)', async (processed, count) => {
    const client = await atCreation({ kind: 'hang', processed });
    const seen = await client.createEnvironment('Hung', { timeout: 300 });
    expect(seen).toMatchObject({ status: undefined, error: 'timeout' });
    expect(created(client)).toBe(count);
  });

  test('a hanging request ends when the simulator closes', async () => {
    const client = await atCreation({ kind: 'hang' });
    const hung = client.createEnvironment('Hung');
    await expect.poll(() => client.simulator.faultLog().length).toBe(1);
    await client.server.close();
    expect((await hung).error).toBe('ECONNRESET');
  });

  test('a slow drip sends the body piece by piece', async () => {
    const client = await atCreation({ kind: 'slow-drip', bytes: 1000, milliseconds: 40 });
    const seen = await client.createEnvironment();
    expect(JSON.parse(seen.text).name).toBe('Test environment');
    expect(seen.pieces).toBeGreaterThan(2);
    expect(seen.milliseconds).toBeGreaterThan(80);
  });
});

describe('a reset', () => {
  test('before reading: nothing was carried out', async () => {
    const client = await atCreation({ kind: 'reset-before-reading' });
    expect(await client.createEnvironment()).toMatchObject({ status: undefined, error: 'ECONNRESET' });
    expect(created(client)).toBe(0);
  });

  test('after processing: the answer is lost, the environment is there', async () => {
    const client = await atCreation({ kind: 'reset-after-processing' });
    expect(await client.createEnvironment('Lost')).toMatchObject({ status: undefined, error: 'ECONNRESET' });
    expect(client.simulator.history()).toMatchObject([{ action: 'created', type: 'environment', name: 'Lost' }]);
    const again = await client.createEnvironment('Lost');
    expect(JSON.parse(again.text).details[0].code).toBe('UNIQUENESS_VIOLATION');
  });

  test('in the middle of the body: status and half of it arrive', async () => {
    const client = await atCreation({ kind: 'reset-mid-body' });
    const seen = await client.createEnvironment();
    expect(seen).toMatchObject({ status: 201, error: 'ECONNRESET' });
    expect(seen.text.length).toBeGreaterThan(10);
    expect(() => JSON.parse(seen.text)).toThrow();
    expect(Number(seen.headers['content-length'])).toBeGreaterThan(seen.text.length);
    expect(created(client)).toBe(1);
  });

  test('before reading, of a client that sends ten megabytes', async () => {
    const client = await atCreation({ kind: 'reset-before-reading' });
    const seen = await client.send('POST', '/environments', { name: 'x'.repeat(10_000_000) });
    expect(['ECONNRESET', 'EPIPE']).toContain(seen.error);
    expect((await client.send('GET', '/environments')).status).toBe(200);
  });

  test('is a TCP reset, also seen by a plain socket', async () => {
    const client = await faulty([{ do: { kind: 'reset-before-reading' } }]);
    const error = await new Promise((resolve) => {
      const socket = connect(client.server.port, '127.0.0.1', () =>
        socket.write('GET /v1/environments HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      socket.on('error', (reason: NodeJS.ErrnoException) => resolve(reason.code));
      socket.on('close', () => resolve('closed in order'));
    });
    expect(error).toBe('ECONNRESET');
  });
});

describe('a damaged answer', () => {
  test('truncated JSON is complete for HTTP and broken for JSON', async () => {
    const seen = await (await atCreation({ kind: 'truncated-json' })).createEnvironment();
    expect(seen).toMatchObject({ status: 201, error: undefined });
    expect(seen.text.startsWith('{"_links"')).toBe(true);
    expect(() => JSON.parse(seen.text)).toThrow();
  });

  test('invalid JSON under the media type of JSON', async () => {
    const seen = await (await atCreation({ kind: 'invalid-json', text: '{"id": oops}' })).createEnvironment();
    expect(seen).toMatchObject({ status: 201, text: '{"id": oops}' });
    expect(seen.headers['content-type']).toContain('json');
  });

  test('a wrong content type', async () => {
    const seen = await (await atCreation({ kind: 'content-type', value: 'text/plain' })).createEnvironment();
    expect(seen.headers['content-type']).toBe('text/plain');
    expect(JSON.parse(seen.text).name).toBe('Test environment');
  });

  test.each<[string, FaultAction, unknown]>([
    ['a missing field', { kind: 'missing-field', pointer: '/id' }, undefined],
    ['a mistyped text', { kind: 'mistyped-field', pointer: '/id' }, 12_345],
    ['a mistyped field with a value of its own', { kind: 'mistyped-field', pointer: '/id', value: [] }, []],
    ['an extra field that replaces one', { kind: 'extra-field', pointer: '/id', value: 'x' }, 'x'],
  ])('%s', async (_given, action, id) => {
    const body = JSON.parse((await (await atCreation(action)).createEnvironment()).text);
    expect(body.id).toEqual(id);
    expect(body.name).toBe('Test environment');
  });

  test('a field deep in a list', async () => {
    const pointer = '/billOfMaterials/products/0/type';
    const seen = await (await atCreation({ kind: 'missing-field', pointer })).createEnvironment();
    expect(JSON.parse(seen.text).billOfMaterials.products[0]).not.toHaveProperty('type');
  });

  test('an extra field', async () => {
    const seen = await (await atCreation({ kind: 'extra-field', pointer: '/license/colour' })).createEnvironment();
    expect(JSON.parse(seen.text).license).toMatchObject({ colour: 'unexpected' });
  });

  test('a huge body that is still JSON', async () => {
    const seen = await (await atCreation({ kind: 'huge-body', bytes: 5_000_000 })).createEnvironment();
    expect(seen.text.length).toBeGreaterThan(5_000_000);
    expect(JSON.parse(seen.text)).toMatchObject({ name: 'Test environment' });
  });

  test('nothing is damaged where there is no body', async () => {
    const client = await faulty([{ match: { method: 'DELETE' }, do: { kind: 'truncated-json' } }]);
    const { id } = JSON.parse((await client.createEnvironment()).text);
    expect(await client.send('DELETE', `/environments/${id}`)).toMatchObject({ status: 204, text: '' });
  });
});

describe('a fault is for', () => {
  const status: FaultAction = { kind: 'status', status: 500 };
  const environments = '/environments';

  async function statuses(fault: Fault, count = 5): Promise<readonly (number | undefined)[]> {
    const client = await faulty([fault]);
    const seen = [];
    for (let n = 0; n < count; n += 1) seen.push((await client.send('GET', environments)).status);
    return seen;
  }

  test.each<[string, Fault['match'], readonly number[]]>([
    ['every request when it says nothing', undefined, [500, 500, 500, 500, 500]],
    ['one attempt', { attempt: 2 }, [200, 500, 200, 200, 200]],
    ['several attempts', { attempt: [1, 3] }, [500, 200, 500, 200, 200]],
    ['attempts from one to another', { attempt: { from: 2, to: 3 } }, [200, 500, 500, 200, 200]],
    ['all attempts from one on', { attempt: { from: 4 } }, [200, 200, 200, 500, 500]],
    ['a method', { method: 'GET' }, [500, 500, 500, 500, 500]],
    ['another method', { method: ['POST', 'PUT'] }, [200, 200, 200, 200, 200]],
    ['a path', { path: '/v1/environments' }, [500, 500, 500, 500, 500]],
    ['another path', { path: '/v1/environments/*' }, [200, 200, 200, 200, 200]],
    ['any path below', { path: '/v1/**' }, [500, 500, 500, 500, 500]],
    ['any path that goes on so', { path: '/**/env*s' }, [500, 500, 500, 500, 500]],
    ['no more than a segment', { path: '/*s' }, [200, 200, 200, 200, 200]],
    ['no path, in no time', { path: `${'/**'.repeat(40)}x${'**s'.repeat(40)}!` }, [200, 200, 200, 200, 200]],
    ['a step', { step: [3, 4] }, [200, 200, 200, 200, 200]],
    ['no request by probability 0', { probability: 0 }, [200, 200, 200, 200, 200]],
    ['every request by probability 1', { probability: 1 }, [500, 500, 500, 500, 500]],
  ])('%s', async (_given, match, want) => {
    expect(await statuses({ ...(match === undefined ? {} : { match }), do: status })).toEqual(want);
  });

  test('the same requests with the same seed, others with another', async () => {
    const client = await faulty([]);
    const run = async (seed: number) => {
      client.simulator.setFaults([{ match: { probability: 0.5 }, do: status }], seed);
      const seen = [];
      for (let n = 0; n < 30; n += 1) seen.push((await client.send('GET', environments)).status);
      return seen;
    };
    const first = await run(7);
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  test('each step of the tutorial by its number', async () => {
    const client = await faulty([
      { match: { step: [1, 2, 3, 4, 5, 6, 7, 8] }, do: { kind: 'delay', milliseconds: 0 } },
    ]);
    await client.token();
    const { orgID, user } = { orgID: '6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01', user: 'sharedTestUser' };
    await client.send('GET', `/organizations/${orgID}/licenses`);
    const { id } = JSON.parse((await client.createEnvironment()).text);
    await client.send('POST', `/environments/${id}/populations`, { name: 'Shared' });
    const { id: userId } = JSON.parse(
      (await client.send('POST', `/environments/${id}/users`, { username: user })).text,
    );
    await client.send('PUT', `/environments/${id}/users/${userId}/password`, { value: 'Kn0t-so-weak!' });
    await client.send('PUT', `/environments/${id}/users/${userId}/mfaEnabled`, { mfaEnabled: true });
    await client.send('POST', `/environments/${id}/users/${userId}/devices`, { type: 'EMAIL', email: 'a@example.com' });
    await client.send('DELETE', `/environments/${id}`);
    expect(client.simulator.faultLog().map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(client.simulator.history().map(({ action, type }) => `${action} ${type}`)).toEqual([
      'created environment',
      'created population',
      'created user',
      'created device',
      'deleted environment',
    ]);
  });
});

describe('several faults', () => {
  test('delays add up, and the first other fault decides', async () => {
    const client = await faulty([
      { do: { kind: 'delay', milliseconds: 60 } },
      { do: { kind: 'status', status: 500 } },
      { do: { kind: 'delay', milliseconds: 60 } },
      { do: { kind: 'status', status: 502 } },
    ]);
    const seen = await client.send('GET', '/environments');
    expect(seen.status).toBe(500);
    expect(seen.milliseconds).toBeGreaterThan(110);
    expect(client.simulator.faults().map(({ fired }) => fired)).toEqual([1, 1, 1, 0]);
  });

  test('each counts its own attempts, also those another fault takes', async () => {
    const client = await faulty([
      { match: { attempt: 1 }, do: { kind: 'status', status: 500 } },
      { match: { attempt: 2 }, do: { kind: 'status', status: 502 } },
    ]);
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await client.send('GET', '/environments')).status);
    expect(statuses).toEqual([500, 502, 200]);
  });
});

describe('the log of faults', () => {
  test('says which fault fired, when, for which request, and nothing secret', async () => {
    const client = await faulty([
      { name: 'lost answer', match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } },
    ]);
    await client.createEnvironment();
    expect(client.simulator.faultLog()).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        fault: 0,
        name: 'lost answer',
        kind: 'reset-after-processing',
        method: 'POST',
        path: '/v1/environments',
        step: 3,
        attempt: 1,
        correlationId: client.simulator.history()[0]?.correlationId,
      },
    ]);
  });

  test('is told as it happens, and each fault is noted with its request', async () => {
    const told: unknown[] = [];
    const client = await faulty([], {
      onFault: ({ kind }: { kind: string }) => told.push(kind),
      onRequest: ({ status, note }: { status: number; note?: string }) => told.push([status, note]),
    });
    client.simulator.setFaults([{ do: { kind: 'reset-before-reading' } }]);
    told.length = 0;
    await client.send('GET', '/environments');
    expect(told).toEqual(['reset-before-reading', [0, 'fault: reset-before-reading']]);
  });

  test('starts again with setFaults and with reset, and so do the counts', async () => {
    const client = await faulty([{ match: { attempt: 1 }, do: { kind: 'status', status: 500 } }]);
    const status = async () => (await client.send('GET', '/environments')).status;
    expect([await status(), await status()]).toEqual([500, 200]);
    client.simulator.reset();
    expect(client.simulator.faultLog()).toEqual([]);
    expect([await status(), await status()]).toEqual([500, 200]);
    client.simulator.setFaults([]);
    expect(await status()).toBe(200);
    expect(client.simulator.faultLog()).toEqual([]);
  });
});

test('a fault at the token endpoint reaches a client with a wrong secret, too', async () => {
  const client = await faulty([{ match: { path: '/*/as/token' }, do: { kind: 'status', status: 503 } }]);
  const seen = await overTheWire(`${client.server.url}/${seedApps.administrator.environmentId}/as/token`, {
    method: 'POST',
    headers: { Authorization: basic('a', 'b') },
  });
  expect(seen.status).toBe(503);
});

test('each kind of fault was seen on the wire by the tests above', () => {
  expect([...seenKinds].toSorted()).toEqual([...faultKinds].toSorted());
});
