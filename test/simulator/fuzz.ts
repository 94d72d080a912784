import assert from 'node:assert/strict';
import { connect } from 'node:net';
import fc from 'fast-check';
import { createSimulator, defaultCredentials, type RequestLogEntry, seedApps } from '../../src/simulator/index.ts';
import { type Client, clientOf, createUser, passwordSet, type Received, signIn } from './support.ts';

/**
 * Malformed input of every kind. Each function tries so many cases and throws at the first answer that is not documented
 * (`send` also holds every answer to the strict schemas). Short in the tests, long in `scripts/fuzz-simulator.ts`.
 */
const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const mediaTypes = [
  'application/json',
  'application/hal+json',
  'application/x-www-form-urlencoded',
  'application/vnd.pingidentity.password.set+json',
  'application/vnd.pingidentity.user.import+json',
];
const words = [
  '__proto__',
  'constructor',
  'name',
  'username',
  'email',
  'license',
  'id',
  'value',
  'population',
  'toString',
];

/** A signed-in client with a user, which is made anew when a case has deleted it. */
interface Target {
  readonly client: Client;
  readonly notes: readonly string[];
  user(): Promise<string>;
}

async function newTarget(): Promise<Target> {
  const notes: string[] = [];
  const client = await clientOf({ onRequest: ({ note = '' }: RequestLogEntry) => void notes.push(note) });
  let user = await createUser(client);
  return {
    client,
    notes,
    user: async () => {
      if ((await client.send('GET', user)).status !== 200) {
        client.simulator.reset();
        user = await createUser(client);
      }
      notes.length = 0;
      return user;
    },
  };
}

/** A documented answer: a status PingOne documents and, on an error, one of the documented forms. */
function assertDocumented({ notes }: Target, answer: Received): void {
  assert.ok([200, 201, 204, 400, 401, 403, 404, 405, 415].includes(answer.status), `status ${answer.status}`);
  assert.ok(answer.headers.get('correlation-id'));
  assert.deepEqual(
    notes.filter((note) => note.includes('bug')),
    [],
  );
}

/** Paths of which `:user` and `:environment` are replaced when they are sent. */
const path = (() => {
  const segment = fc.oneof(fc.constantFrom(...words), fc.webSegment(), fc.string().map(encodeURIComponent));
  return fc.oneof(
    fc.constantFrom(
      '/v1/environments',
      ':environment',
      ':environment/status',
      ':environment/type',
      ':environment/populations',
      ':environment/users',
      ':user',
      ':user/password',
      ':user/mfaEnabled',
      ':user/devices',
      ':environment/mfaSettings',
      `/${defaultCredentials.adminEnvID}/deviceAuthentications`,
      `/v1/organizations/${defaultCredentials.orgID}/licenses`,
      `/${defaultCredentials.adminEnvID}/as/token`,
    ),
    fc.array(segment, { maxLength: 8 }).map((segments) => `/${segments.join('/')}`),
    fc.array(segment, { maxLength: 4 }).map((segments) => `:environment/${segments.join('/')}`),
    fc.webPath().filter((webPath) => webPath.startsWith('/')),
  );
})();

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, '', ' ', true, -1, 1e308, '\u0000', '\ud800', 'SANDBOX', 'NA', defaultCredentials.licenseID),
    fc.string({ unit: 'binary' }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), tie('any'), { maxKeys: 6 }),
  ),
})).any;

const body = fc.oneof(
  value.map((any) => JSON.stringify(any)),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
);

const headerText = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
const header = fc.dictionary(
  fc.constantFrom('Accept', 'Authorization', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Content-Type'),
  headerText,
  { maxKeys: 2 },
);

const query = fc.dictionary(
  fc.constantFrom('filter', 'limit', 'cursor', 'order', 'expand'),
  fc.oneof(fc.string(), fc.constantFrom('name sw "A"', 'username eq "a" or (', '-1', '10', '-name', 'W10')),
  { maxKeys: 3 },
);

/** Any method, path, query, headers and body. */
export async function fuzzRequests(numRuns: number): Promise<void> {
  const target = await newTarget();
  const given = fc.record({
    method: fc.constantFrom(...methods),
    path,
    query,
    headers: header,
    type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...mediaTypes) }, { weight: 1, arbitrary: headerText }),
    body,
  });
  const property = fc.asyncProperty(given, async ({ method, path, query, headers, type, body }) => {
    const text = new URLSearchParams(query).toString();
    const sent = method === 'GET' || method === 'HEAD' ? {} : { text: body };
    const user = await target.user();
    const at = path.replace(':environment', user.split('/').slice(0, 4).join('/')).replace(':user', user);
    assertDocumented(
      target,
      await target.client.send(method, `${at}?${text}`, { headers: { 'Content-Type': type, ...headers }, ...sent }),
    );
  });
  await fc.assert(property, { numRuns });
}

/** A field of any type in an otherwise good body is taken or refused with 400. */
export async function fuzzFields(numRuns: number): Promise<void> {
  const target = await newTarget();
  const bodies: readonly [string, (user: string) => string, Record<string, unknown>][] = [
    [
      'POST',
      () => '/v1/environments',
      { name: 'x', type: 'SANDBOX', region: 'NA', description: 'd', billOfMaterials: {} },
    ],
    [
      'POST',
      (user) => user.replace(/\/users.*/, '/populations'),
      { name: 'x', passwordPolicy: {}, preferredLanguage: 'en' },
    ],
    ['PATCH', (user) => user, { username: 'x', email: 'x@example.com', name: {}, address: {} }],
  ];
  const property = fc.asyncProperty(
    fc.constantFrom(...bodies),
    fc.nat(),
    value,
    async ([method, at, good], index, bad) => {
      const keys = Object.keys(good);
      const key = keys[index % keys.length] ?? '';
      const user = await target.user();
      const answer = await target.client.send(method, at(user), { body: { ...good, [key]: bad } });
      assertDocumented(target, answer);
      assert.ok([200, 201, 400].includes(answer.status), `status ${answer.status}`);
    },
  );
  await fc.assert(property, { numRuns });
}

/** Any password is taken, or refused with the requirements it does not satisfy. */
export async function fuzzPasswords(numRuns: number): Promise<void> {
  const target = await newTarget();
  const password = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
  const property = fc.asyncProperty(password, async (value) => {
    const headers = { 'Content-Type': passwordSet };
    const answer = await target.client.send('PUT', `${await target.user()}/password`, { body: { value }, headers });
    assertDocumented(target, answer);
    if (answer.status === 200) return;
    const [{ innerError = {}, code }] = answer.body.details;
    const { unsatisfiedRequirements = [], ...texts } = innerError;
    assert.equal(code, 'INVALID_VALUE');
    assert.notDeepEqual(unsatisfiedRequirements, []);
    assert.deepEqual(Object.keys(texts).toSorted(), [...new Set(unsatisfiedRequirements)].toSorted());
  });
  await fc.assert(property, { numRuns });
}

const requestText = fc
  .record({
    method: fc.oneof(fc.constantFrom(...methods), fc.string({ maxLength: 8 })),
    target: fc.oneof(
      fc.constantFrom('/v1/environments', '*', '//', 'http://x/'),
      fc.webPath(),
      fc.string({ unit: 'binary' }),
    ),
    headers: fc.array(
      fc.tuple(
        fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'Authorization', 'Content-Type', 'X', 'Expect'),
        fc.oneof(
          fc.constantFrom('x', '5', '-1', '1e9', 'chunked', '100-continue', '999999999999'),
          fc.string({ unit: 'binary' }),
        ),
      ),
      { maxLength: 5 },
    ),
    body: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('5\r\nhello\r\n0\r\n\r\n', 'zz\r\n')),
  })
  .map(({ method, target, headers, body }) => {
    const lines = headers.map(([name, text]) => `${name}: ${text}\r\n`).join('');
    return Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n${body}`);
  });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

/** Any bytes on a connection: an answer that is no 5xx, or none, and the next request is answered as ever. */
export async function fuzzBytes(numRuns: number): Promise<void> {
  const simulator = createSimulator();
  const server = await simulator.listen();
  const { token } = await signIn(simulator, seedApps.administrator);
  const property = fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: requestText }, bytes), async (sent) => {
    const received = await exchange(server.port, sent);
    assert.match(received, /^(HTTP\/1\.1 (100|2\d\d|4\d\d) |$)/, received.slice(0, 200));
  });
  await fc.assert(property, { numRuns });
  const answer = await fetch(`${server.url}/v1/environments`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await server.close();
}

/** What comes back for these bytes; a connection that goes on waiting is ended from this side. */
function exchange(port: number, sent: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(sent));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (data) => {
      received += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

const depths = [10, 33, 1000, 100_000];

/** Bodies of up to ten megabytes: long texts, long lists, many keys, deep nesting, broken UTF-8, pollution. */
export async function fuzzBigBodies(numRuns: number): Promise<void> {
  const target = await newTarget();
  const size = fc.integer({ min: 1, max: 10 * 1024 * 1024 });
  const big = fc.oneof(
    size.map((length) => JSON.stringify({ username: 'big', nickname: 'x'.repeat(length) })),
    size.map((length) => `{"username":"big","unknown":"${'x'.repeat(length)}"}`),
    size.map((length) => `[${'1,'.repeat(length / 2)}1]`),
    size.map(
      (length) => `{${Array.from({ length: Math.min(length, 200_000) }, (_, key) => `"k${key}":${key}`).join(',')}}`,
    ),
    size.map((length) => 'x'.repeat(length)),
    fc.constantFrom(...depths).map((depth) => `${'{"name":'.repeat(depth)}1${'}'.repeat(depth)}`),
    fc.constantFrom(...depths).map((depth) => '['.repeat(depth)),
    fc.constantFrom('{"__proto__":{"username":"p"}}', '{"constructor":{"prototype":{"polluted":1}},"username":"p"}'),
    fc.uint8Array({ minLength: 1, maxLength: 1000 }).map((array) => new Uint8Array([...array, 0xc3, 0x28])),
  );
  const property = fc.asyncProperty(fc.constantFrom('PATCH', 'PUT', 'POST'), big, async (method, text) => {
    const user = await target.user();
    const at = method === 'POST' ? '/v1/environments' : user;
    assertDocumented(target, await target.client.send(method, at, { text }));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
  await fc.assert(property, { numRuns });
}
