import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSimulator, defaultSeed, readState, SimulatorFileError } from '../../src/simulator/index.ts';
import { clientOf, createUser, send, setPassword, signIn } from './support.ts';

const value = 'Kn0t-so-weak!';
const seedFile = join(import.meta.dirname, 'seed.yaml');
const exampleSeed = readFileSync(seedFile, 'utf8');

function problemsOf(text: string): readonly string[] {
  try {
    readState(text, 'state.yaml');
    return [];
  } catch (error) {
    if (error instanceof SimulatorFileError) return error.problems;
    throw error;
  }
}

describe('a dump', () => {
  test('holds all that exists, and brings it back in another simulator', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    await setPassword(client, user, { value });
    await client.send('POST', `${user}/devices`, { body: { type: 'EMAIL', email: 'a@example.com' } });
    const dump = client.simulator.dump();
    const other = createSimulator({ seed: readState(JSON.stringify(dump), 'dump.json') });
    expect(other.dump()).toEqual(dump);
    expect(other.snapshot()).toEqual(client.simulator.snapshot());
    const read = (path: string, simulator = client.simulator) =>
      send(simulator, 'GET', path, { token: client.token }).then(({ body }) => body);
    for (const path of [user, `${user}/password`, `${user}/devices`, '/v1/environments']) {
      expect(await read(path, other)).toEqual(await read(path));
    }
  });

  test('holds no password in clear, only salted hashes', async () => {
    const client = await clientOf();
    await setPassword(client, await createUser(client), { value });
    const text = JSON.stringify(client.simulator.dump());
    expect(text).toContain('"digest"');
    expect(text).not.toContain(value);
    expect(text).not.toContain(client.token);
  });

  test('is a copy: neither side changes the other', async () => {
    const client = await clientOf();
    const before = client.simulator.dump();
    const kept = structuredClone(before);
    await createUser(client);
    expect(before).toEqual(kept);
    const other = createSimulator({ seed: before });
    await createUser({
      ...client,
      simulator: other,
      send: (method, path, options = {}) => send(other, method, path, { token: client.token, ...options }),
    });
    expect(before).toEqual(kept);
  });

  test('still knows that a password is the current one', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    await setPassword(client, user, { value });
    client.simulator.load(client.simulator.dump());
    const { body } = await setPassword(client, user, { value });
    expect(body.details[0].innerError.unsatisfiedRequirements).toEqual(['history']);
  });

  test('of an earlier version loads, and all that is in it works', async () => {
    const text = readFileSync(join(import.meta.dirname, 'earlier-dump.json'), 'utf8');
    const environmentId = '11111111-0000-4000-8000-000000000003';
    const client = await signIn(createSimulator({ seed: readState(text, 'earlier-dump.json') }), {
      environmentId,
      clientId: '11111111-0000-4000-8000-000000000004',
      secret: 'example-client-secret',
    });
    const environment = `/v1/environments/${environmentId}`;
    const user = `${environment}/users/11111111-0000-4000-8000-000000000005`;
    expect((await client.send('GET', `${user}?expand=password`)).body._embedded.password.status).toBe('OK');
    expect((await client.send('GET', `${user}/devices`)).body.size).toBe(1);
    const { _embedded } = (await client.send('GET', `${environment}/applications`)).body;
    expect(_embedded.applications.map(({ type }: { type: string }) => type)).toEqual([
      ...['PING_ONE_ADMIN_CONSOLE', 'PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE', 'WORKER', 'WEB_APP'],
    ]);
    const query = { client_id: _embedded.applications[4].id, response_type: 'code', scope: 'openid' };
    const authorize = `/${environmentId}/as/authorize?${new URLSearchParams({ ...query, response_mode: 'pi.flow' })}`;
    expect((await client.send('GET', authorize)).status).toBe(200);
    const again = createSimulator({ seed: readState(JSON.stringify(client.simulator.dump()), 'again.json') });
    expect(again.dump()).toEqual(client.simulator.dump());
  });

  test('is what load takes; reset still goes back to the seed, and the history starts again', async () => {
    const client = await clientOf();
    const empty = client.simulator.dump();
    const user = await createUser(client);
    const full = client.simulator.dump();
    client.simulator.reset();
    expect(client.simulator.dump()).toEqual(empty);
    client.simulator.load(full);
    expect(client.simulator.history()).toEqual([]);
    expect((await client.send('GET', user)).status).toBe(200);
    client.simulator.reset();
    expect((await client.send('GET', user)).status).not.toBe(200);
  });
});

describe('a seed file', () => {
  test('is read from YAML, and its worker signs in', async () => {
    const simulator = createSimulator({ seed: readState(exampleSeed, seedFile) });
    const client = await signIn(simulator, {
      environmentId: '11111111-0000-4000-8000-000000000003',
      clientId: '11111111-0000-4000-8000-000000000004',
      secret: 'example-client-secret',
    });
    const { body } = await client.send('GET', '/v1/environments/11111111-0000-4000-8000-000000000003/users');
    expect(body._embedded.users).toMatchObject([{ username: 'ann' }]);
  });

  test('may be the default seed as JSON', () => {
    expect(readState(JSON.stringify(defaultSeed()), 'seed.json')).toEqual(defaultSeed());
  });

  test.each([
    [
      'a typing mistake',
      exampleSeed.replace('licenseId:', 'licenceId:'),
      [
        'state.yaml:19:9: the key "licenseId" is missing',
        'state.yaml:22:9: unknown key "licenceId"; known keys: id, name, description, type, licenseId, workerApps, populations, groups, users',
      ],
    ],
    [
      'a wrong region and a wrong time',
      exampleSeed.replace('region: EU', 'region: EUROPE').replace('2026-01-01T00:00:00.000Z', 'today'),
      [
        'state.yaml:5:13: region must be one of AP, AU, CA, EU, NA, SG',
        'state.yaml:11:19: beginsAt must be a time such as "2026-01-31T00:00:00.000Z"',
      ],
    ],
    [
      'ids that lead nowhere or are used twice',
      exampleSeed
        .replace('licenseId: 11111111-0000-4000-8000-000000000002', 'licenseId: 22222222-0000-4000-8000-000000000002')
        .replace('000000000005', '000000000004'),
      [
        'state.yaml:22:20: no licence has the id 22222222-0000-4000-8000-000000000002',
        'state.yaml:35:19: the id 11111111-0000-4000-8000-000000000004 is used twice',
      ],
    ],
    [
      'a dump of another form',
      'dump: 2\n',
      [
        'state.yaml:1:1: the key "sequence" is missing',
        'state.yaml:1:1: the key "organizations" is missing',
        'state.yaml:1:1: the key "environments" is missing',
        'state.yaml:1:7: dump must be 1, the form of dumps this program knows',
      ],
    ],
  ])('is refused with file, line and column for %s', (_given, text, want) => {
    expect(problemsOf(text)).toEqual(want);
  });
});
