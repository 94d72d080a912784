import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { createSimulator, defaultCredentials, type RequestLogEntry } from '../../src/simulator/index.ts';
import { type Client, clientOf, createUser, send } from './support.ts';

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

let client: Client;
let user: string;
const notes: string[] = [];
const onRequest = ({ note = '' }: RequestLogEntry) => void notes.push(note);

beforeEach(async () => {
  client = await clientOf({ onRequest });
  user = await createUser(client);
});

/** Random requests delete things, too. */
async function bringBackUser(): Promise<void> {
  if ((await client.send('GET', user)).status === 200) return;
  client.simulator.reset();
  user = await createUser(client);
}

/** A documented answer: a status PingOne documents and, on an error, one of the documented forms. */
function expectDocumented(answer: Awaited<ReturnType<typeof send>>): void {
  expect([200, 201, 204, 400, 401, 403, 404, 405, 415]).toContain(answer.status);
  expect(answer.headers.get('correlation-id')).toBeTruthy();
  if (answer.status >= 400 && answer.body !== undefined) {
    const { code, message, error } = answer.body;
    expect(typeof (error ?? message)).toBe('string');
    if (error === undefined && answer.status !== 403) expect(typeof code).toBe('string');
  }
  expect(notes.filter((note) => note.includes('bug'))).toEqual([]);
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

test('no path, query, header or body makes the simulator fail or answer what is not documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom(...methods),
        path,
        query,
        headers: header,
        type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...mediaTypes) }, { weight: 1, arbitrary: headerText }),
        body,
      }),
      async ({ method, path, query, headers, type, body }) => {
        const text = new URLSearchParams(query).toString();
        const sent = method === 'GET' || method === 'HEAD' ? {} : { text: body };
        const given = { 'Content-Type': type, ...headers };
        await bringBackUser();
        const at = path.replace(':environment', user.split('/').slice(0, 4).join('/')).replace(':user', user);
        expectDocumented(await client.send(method, `${at}?${text}`, { headers: given, ...sent }));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a field of any type in an otherwise good body is taken or refused with 400', async () => {
  const bodies: readonly [string, () => string, Record<string, unknown>][] = [
    [
      'POST',
      () => '/v1/environments',
      { name: 'x', type: 'SANDBOX', region: 'NA', description: 'd', billOfMaterials: {} },
    ],
    [
      'POST',
      () => user.replace(/\/users.*/, '/populations'),
      { name: 'x', passwordPolicy: {}, preferredLanguage: 'en' },
    ],
    ['PATCH', () => user, { username: 'x', email: 'x@example.com', name: {}, address: {} }],
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies), fc.nat(), value, async ([method, at, good], index, bad) => {
      const keys = Object.keys(good);
      const key = keys[index % keys.length] ?? '';
      const answer = await client.send(method, at(), { body: { ...good, [key]: bad } });
      expectDocumented(answer);
      expect([200, 201, 400]).toContain(answer.status);
    }),
    { numRuns: 1000 },
  );
});

test('any password is taken, or refused with the requirements it does not satisfy', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), async (value) => {
      const headers = { 'Content-Type': 'application/vnd.pingidentity.password.set+json' };
      const answer = await client.send('PUT', `${user}/password`, { body: { value }, headers });
      expectDocumented(answer);
      if (answer.status === 200) return;
      const [{ innerError = {}, code }] = answer.body.details;
      const { unsatisfiedRequirements = [], ...texts } = innerError;
      expect(code).toBe('INVALID_VALUE');
      expect(unsatisfiedRequirements).not.toEqual([]);
      expect(Object.keys(texts).toSorted()).toEqual([...new Set(unsatisfiedRequirements)].toSorted());
    }),
    { numRuns: 500 },
  );
});

test('a body of ten megabytes is read', async () => {
  const body = { username: 'big', unknown: 'x'.repeat(10 * 1024 * 1024) };
  const answer = await client.send('PATCH', user, { body });
  expect(answer).toMatchObject({ status: 200, body: { username: 'big' } });
});

test('a simulator without any organization answers too', async () => {
  const empty = createSimulator({ seed: { organizations: [] } });
  expect((await send(empty, 'GET', '/v1/environments', { token: client.token })).status).toBe(401);
});
