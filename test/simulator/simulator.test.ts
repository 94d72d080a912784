import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSimulator, defaultCredentials, defaultSeed, seedApps } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { clientOf, countedIds, createEnvironment, createUser, send } from './support.ts';

test('a snapshot says what exists, by id and name', async () => {
  const client = await clientOf();
  const user = await createUser(client);
  const [, , , environmentId, , userId] = user.split('/');
  const { organizations, environments } = client.simulator.snapshot();
  expect(organizations.map(({ name }) => name)).toEqual(['Simulated Organization', 'Other Organization']);
  expect(organizations[0]?.licenses.at(-1)).toEqual({
    id: defaultCredentials.licenseID,
    name: 'INTERNAL',
    status: 'ACTIVE',
    assignedEnvironmentsCount: 8,
  });
  const populationId = expect.any(String);
  expect(environments.at(-1)).toEqual({
    id: environmentId,
    name: 'Test environment',
    organizationId: defaultCredentials.orgID,
    type: 'SANDBOX',
    populations: [{ id: populationId, name: 'Default', default: true }],
    users: [{ id: userId, username: 'sharedTestUser', populationId }],
    groups: [],
    applications: [],
  });
});

test('reset brings back the seed, and tokens stay good', async () => {
  const client = await clientOf();
  const before = client.simulator.snapshot();
  const path = await createEnvironment(client);
  expect(client.simulator.snapshot()).not.toEqual(before);
  client.simulator.reset();
  expect(client.simulator.snapshot()).toEqual(before);
  expect((await client.send('GET', path)).status).toBe(404);
  expect((await client.send('GET', '/v1/environments')).body.count).toBe(2);
});

test('two simulators of one process share nothing but the signing key', async () => {
  const [one, other] = [await clientOf(), await clientOf()];
  const path = await createEnvironment(one);
  expect((await other.send('GET', path)).status).toBe(404);
});

test('simulators with the same seed, clock and ids give the same answers', async () => {
  const run = async () => {
    const client = await clientOf({ uuid: countedIds(), now: () => new Date('2026-11-23T10:00:00.000Z') });
    const user = await createUser(client);
    return [client.simulator.snapshot(), (await client.send('GET', user)).body];
  };
  expect(await run()).toEqual(await run());
});

test('the default seed is the same at every call, and the ids of its apps are those published', () => {
  expect(defaultSeed()).toEqual(defaultSeed());
  const apps = defaultSeed().organizations.flatMap(({ environments }) => environments.flatMap((one) => one.workerApps));
  expect(apps.map(({ id, secret }) => [id, secret])).toEqual(
    Object.values(seedApps).map(({ clientId, secret }) => [clientId, secret]),
  );
});

test('requests at the same time do not create two environments of one name', async () => {
  const client = await clientOf();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      client.send('POST', '/v1/environments', {
        body: { name: 'Same', type: 'SANDBOX', region: 'NA', license: { id: defaultCredentials.licenseID } },
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(client.simulator.snapshot().organizations[0]?.licenses.at(-1)?.assignedEnvironmentsCount).toBe(8);
});

test('a thousand simulators are made at once', slow, async () => {
  const simulators = Array.from({ length: 1000 }, () => createSimulator());
  const answers = await Promise.all(simulators.map((simulator) => send(simulator, 'GET', '/v1/environments')));
  expect(answers.every(({ status }) => status === 401)).toBe(true);
});

test('the simulator imports nothing from the rest of the product', () => {
  const root = join(import.meta.dirname, '../../src/simulator');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const [, specifier = ''] of source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)) {
      expect(join(root, file, '..', specifier).startsWith(root), `${file} imports ${specifier}`).toBe(true);
    }
  }
});
