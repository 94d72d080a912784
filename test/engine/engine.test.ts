import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCookies } from '../../src/run/engine/cookies.ts';
import type { Hooks, Limits } from '../../src/run/engine/execution.ts';
import { createEngine } from '../../src/run/engine/newman.ts';
import { type State, valuesOf } from '../../src/run/engine/state.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
import { slow, slowUnless } from '../slow.ts';

let server: Server;
let url: string;
const received: string[] = [];
const answers: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.end('{"ok":true}'),
  '/hang': () => {},
  '/drip': (response) => {
    response.writeHead(200, { 'content-length': '100000' });
    const drip = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(drip));
  },
  '/switch': (response) => {
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  },
  '/big': (response) => response.end('x'.repeat(3_000_000)),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    (answers[request.url?.split('?')[0] ?? ''] ?? answers['/ok'])?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const limits: Limits = { requestTimeout: 5000, scriptTimeout: 5000, followRedirects: true };

function newState(more: Partial<State> = {}): State {
  return {
    environment: { name: 'Test', values: [{ key: 'base', value: url }] },
    collection: [],
    globals: [],
    run: [],
    row: {},
    iteration: { index: 0, count: 1 },
    cookies: createCookies(),
    ...more,
  };
}

interface Scripts {
  readonly before?: string;
  readonly after?: string;
  readonly path?: string;
}

function collectionOf(scripts: Readonly<Record<string, Scripts>>): Record<string, unknown> {
  const event = (listen: string, exec: string | undefined) =>
    exec === undefined ? [] : [{ listen, script: { type: 'text/javascript', exec: [exec] } }];
  return {
    info: { name: 'engine', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: Object.entries(scripts).map(([id, { before, after, path = '/ok' }]) => ({
      id,
      name: id,
      event: [...event('prerequest', before), ...event('test', after)],
      request: { method: 'GET', url: `{{base}}${path}` },
    })),
  };
}

function newTransport(requestTimeout = limits.requestTimeout) {
  return createTransport({ requestTimeout, maxResponseSize: 1e6 });
}

/** Runs one request on an engine of its own. */
async function execute(scripts: Scripts, more: Partial<Limits> = {}, hooks?: Hooks, state = newState()) {
  const engine = createEngine({
    collection: collectionOf({ one: scripts }),
    transport: newTransport(more.requestTimeout),
  });
  received.length = 0;
  try {
    return await engine.lane().execute('one', state, { ...limits, ...more }, hooks);
  } finally {
    engine.close();
  }
}

it('reports the request and the response of the step, not those of requests that its scripts send', slow, async () => {
  const sends = `pm.sendRequest(pm.environment.get('base') + '/other', () => {});`;
  answers['/other'] = (other) => other.end('other');
  const { request, response } = await execute({ before: sends, path: '/ok?x=1', after: sends });
  expect(received).toEqual(['GET /other', 'GET /ok?x=1', 'GET /other']);
  expect(request?.url).toBe(`${url}/ok?x=1`);
  expect(response?.body).toBe('{"ok":true}');
});

it('reports a request that could not be sent also when a script after it sends one', async () => {
  const { response, error } = await execute({
    path: '/ok',
    before: `pm.request.headers.add({ key: 'X-\u00c4', value: '1' });`,
    after: `pm.sendRequest(pm.environment.get('base') + '/other', () => {});`,
  });
  expect(received).toEqual(['GET /other']);
  expect(response).toBe(undefined);
  expect(error?.message).toContain('Header name');
});

it('gives scripts the scopes and types of the state, and gives back what they made of them', async () => {
  const state = newState({
    environment: {
      name: 'Team',
      values: [
        { key: 'base', value: url },
        { key: 'list', value: [1, { a: null }] },
        { key: 'pin', value: 'p', type: 'secret' },
      ],
    },
    collection: [{ key: 'both', value: 'collection' }],
    globals: [{ key: 'both', value: 'global' }],
    run: [{ key: 'made', value: 7 }],
    row: { user: 'ada', admin: true },
    iteration: { index: 2, count: 5 },
  });
  const { state: after, console: lines } = await execute(
    {
      before: `console.log([pm.environment.name, pm.environment.get('list'), pm.collectionVariables.get('both'), pm.globals.get('both'),
        pm.variables.get('made'), pm.iterationData.get('user'), data.admin, pm.info.iteration, pm.info.iterationCount]);
        pm.environment.set('n', 5); pm.collectionVariables.set('both', false); pm.globals.set('g', [1]); pm.environment.unset('list');`,
      after: `pm.variables.set('late', { x: 1 });`,
    },
    {},
    undefined,
    state,
  );
  expect(JSON.parse(lines.find((line) => line.startsWith('[')) ?? '')).toEqual([
    'Team',
    [1, { a: null }],
    'collection',
    'global',
    7,
    'ada',
    true,
    2,
    5,
  ]);
  expect(after.environment).toEqual({
    name: 'Team',
    values: [
      { key: 'base', value: url },
      { key: 'pin', value: 'p', type: 'secret' },
      { key: 'n', value: 5 },
    ],
  });
  expect(after.collection).toEqual([{ key: 'both', value: false }]);
  expect(after.globals).toEqual([
    { key: 'both', value: 'global' },
    { key: 'g', value: [1] },
  ]);
  expect(after.run).toEqual([
    { key: 'made', value: 7 },
    { key: 'late', value: { x: 1 } },
  ]);
});

for (const [path, what] of [
  ['/hang', 'no answer'],
  ['/drip', 'a byte now and then'],
  ['/switch', 'a switch of protocols'],
] as const)
  it(`ends a request to ${path} (${what}) when its time is over`, slowUnless(path === '/hang'), async () => {
    const startedAt = Date.now();
    const { error, response } = await execute({ path }, { requestTimeout: 500 });
    expect(error?.code).toBe(path === '/switch' ? 'EUPGRADED' : 'ETIMEDOUT');
    expect(response).toBeUndefined();
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });

it('gives up an answer that is larger than it may be', slow, async () => {
  const { error, response } = await execute({ path: '/big' });
  expect(response).toBeUndefined();
  expect(error).toBeDefined();
});

for (const place of ['before', 'after'] as const)
  it(`ends a script that never ends (${place} the request)`, slowUnless(place === 'after'), async () => {
    const { scriptErrors, request } = await execute({ [place]: 'while (true) {}' }, { scriptTimeout: 500 });
    expect(scriptErrors.map(({ message }) => message)).toEqual([
      expect.stringContaining('did not end within 0.5 seconds'),
    ]);
    // After a pre-request script that was ended by force nothing is sent.
    expect(request === undefined).toBe(place === 'before');
    expect(received.length).toBe(place === 'before' ? 0 : 1);
  });

it('goes on with the next request after a script was ended', slow, async () => {
  const collection = collectionOf({
    endless: { before: 'while (true) {}' },
    good: { after: `pm.test('t', () => {})` },
  });
  const engine = createEngine({ collection, transport: newTransport() });
  const lane = engine.lane();
  const first = await lane.execute('endless', newState(), { ...limits, scriptTimeout: 300 });
  const second = await lane.execute('good', first.state, limits);
  engine.close();
  expect(second.assertions).toEqual([{ name: 't', message: undefined }]);
});

it('lets a script take the time that it may', slow, async () => {
  const { scriptErrors, state } = await execute({
    before: `setTimeout(() => pm.environment.set('late', 1), 300)`,
  });
  expect(scriptErrors).toEqual([]);
  expect(valuesOf(state).late).toBe('1');
});

it('writes anything to the console, and goes on', slow, async () => {
  const { console: lines, assertions } = await execute({
    before: `const o = {}; o.o = o; console.log(o); console.log(10n); console.log('x'.repeat(100000)); console.log(undefined, null, NaN, () => 1);`,
    after: `pm.test('goes on', () => {});`,
  });
  expect(lines.length).toBe(4);
  expect(lines[2]?.length).toBeLessThan(21_000);
  expect(assertions).toEqual([{ name: 'goes on', message: undefined }]);
});

it('says where scripts go on, also when a check of the same request fails', slow, async () => {
  const { next, assertions } = await execute({
    before: `pm.execution.setNextRequest('first');`,
    after: `pm.execution.setNextRequest(null); pm.test('no', () => { throw new Error('no'); });`,
  });
  expect(next).toEqual({ to: null });
  expect(assertions[0]?.message).toBe('no');
});

it('does not run a request again that goes on with itself', slow, async () => {
  const { next } = await execute({ after: `pm.execution.setNextRequest('one');` });
  expect(next).toEqual({ to: 'one' });
  expect(received).toEqual(['GET /ok']);
});

it('sends nothing when a script skips the request', async () => {
  const { skipped, request } = await execute({ before: 'pm.execution.skipRequest();' });
  expect(skipped).toBe(true);
  expect(request).toBeUndefined();
  expect(received).toEqual([]);
});

it('ends when what a script sent has its answer, also when that script skips the request', slow, async () => {
  const { skipped } = await execute({
    before: `pm.sendRequest(pm.environment.get('base') + '/other', () => {}); pm.execution.skipRequest();`,
  });
  expect(skipped).toBe(true);
  expect(received).toEqual(['GET /other']);
});

it('waits before sending, with the request as it will go and the state then', async () => {
  const seen: unknown[] = [];
  const { request } = await execute(
    { before: `pm.environment.set('x', 1)`, path: '/ok?x={{x}}' },
    {},
    {
      beforeSend: async (going, state) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        seen.push(going.url.replace(url, ''), valuesOf(state).x, received.length);
      },
    },
  );
  expect(seen).toEqual(['/ok?x=1', '1', 0]);
  expect(request?.url).toBe(`${url}/ok?x=1`);
});

it('sends nothing when who is asked before sending refuses', slow, async () => {
  const refusal = new Error('the disk is full');
  const execution = await execute(
    { after: 'pm.environment.set("never", 1)' },
    {},
    {
      beforeSend: () => Promise.reject(refusal),
    },
  );
  expect(execution).toMatchObject({ refusal, request: undefined, error: undefined });
  expect(received).toEqual([]);
});

it('ends soon when it is to end, whatever goes on', slow, async () => {
  const all = [{ path: '/hang' }, { before: 'while (true) {}' }, { before: 'setTimeout(() => {}, 60000)' }];
  const startedAt = Date.now();
  const endings = await Promise.all(
    all.map((scripts) =>
      execute(scripts, { signal: AbortSignal.timeout(1500), requestTimeout: 60_000, scriptTimeout: 60_000 }),
    ),
  );
  expect(Date.now() - startedAt).toBeLessThan(15_000);
  expect(endings.map(({ response }) => response)).toEqual([undefined, undefined, undefined]);
});

it('ends only the script that sets a variable which cannot be sent', slow, async () => {
  const { scriptErrors, response } = await execute(
    { after: `pm.environment.set('big', 10n);` },
    { scriptTimeout: 3000 },
  );
  expect(response?.status).toBe(200);
  expect(scriptErrors.length).toBeGreaterThan(0);
});

it('has lanes whose states and scripts are apart', async () => {
  const collection = collectionOf({
    one: {
      before: `if (typeof leaked !== 'undefined') throw new Error('leaked'); leaked = 1; pm.globals.set('lane', pm.iterationData.get('lane'));`,
    },
  });
  const engine = createEngine({ collection, transport: newTransport() });
  const results = await Promise.all(
    [1, 2].map((lane) => engine.lane().execute('one', newState({ row: { lane } }), limits)),
  );
  engine.close();
  expect(results.map(({ state }) => state.globals)).toEqual([1, 2].map((value) => [{ key: 'lane', value }]));
  expect(results.flatMap(({ scriptErrors }) => scriptErrors)).toEqual([]);
});

it('runs a script again that ended because of a script of another lane', slow, async () => {
  const collection = collectionOf({
    endless: { before: 'while (true) {}' },
    good: { before: `setTimeout(() => pm.environment.set('done', 1), 200)`, after: `pm.test('t', () => {})` },
  });
  const engine = createEngine({ collection, transport: newTransport() });
  // More lanes than there are sandboxes.
  const endless = Array.from({ length: 16 }, () =>
    engine.lane().execute('endless', newState(), { ...limits, scriptTimeout: 400 }),
  );
  const good = await engine.lane().execute('good', newState(), { ...limits, scriptTimeout: 60_000 });
  await Promise.all(endless);
  engine.close();
  expect(good.assertions).toEqual([{ name: 't', message: undefined }]);
  expect(valuesOf(good.state).done).toBe('1');
});
