import { expect, test } from 'vitest';
import type { PropagationDelays } from '../../src/simulator/index.ts';
import { clientOf, clockAt, createEnvironment } from './support.ts';

async function delayed(delays: PropagationDelays) {
  const clock = clockAt('2026-11-23T10:00:00.000Z');
  const client = await clientOf({ delays, now: clock.now });
  const path = await createEnvironment(client);
  const status = async (method: string, at: string, body?: unknown) =>
    (await client.send(method, at, body === undefined ? {} : { body })).status;
  return { clock, client, path, status };
}

test('roles on a new environment hold only after their delay: 403 until then', async () => {
  const { clock, path, status } = await delayed({ rolesSeconds: 5 });
  const population = { name: 'Shared' };
  expect(await status('GET', path)).toBe(403);
  expect(await status('POST', `${path}/populations`, population)).toBe(403);
  clock.advance(5000);
  expect(await status('GET', path)).toBe(200);
  expect(await status('POST', `${path}/populations`, population)).toBe(201);
});

test('a new environment is visible only after its delay: 404 until then, and not in lists', async () => {
  const { clock, client, path, status } = await delayed({ visibilitySeconds: 5 });
  const list = '/v1/environments?filter=name%20sw%20%22Test%22';
  expect(await status('GET', path)).toBe(404);
  expect(await status('POST', `${path}/populations`, { name: 'Shared' })).toBe(404);
  expect((await client.send('GET', list)).body.count).toBe(0);
  clock.advance(5000);
  expect(await status('GET', path)).toBe(200);
  expect((await client.send('GET', list)).body.count).toBe(1);
});

test('so are new populations and users, and their names are taken all the same', async () => {
  const { clock, client, path, status } = await delayed({ visibilitySeconds: 5 });
  clock.advance(5000);
  const { body: population } = await client.send('POST', `${path}/populations`, { body: { name: 'Shared' } });
  const { body: user } = await client.send('POST', `${path}/users`, { body: { username: 'ann' } });
  expect(await status('GET', `${path}/populations/${population.id}`)).toBe(404);
  expect(await status('GET', `${path}/users/${user.id}`)).toBe(404);
  expect((await client.send('GET', `${path}/users`)).body.count).toBe(0);
  expect(await status('POST', `${path}/users`, { username: 'ann' })).toBe(400);
  clock.advance(5000);
  expect(await status('GET', `${path}/populations/${population.id}`)).toBe(200);
  expect(await status('GET', `${path}/users/${user.id}`)).toBe(200);
});

test('a deleted environment can be read for a while; a second DELETE finds nothing', async () => {
  const { clock, path, status } = await delayed({ deletionSeconds: 5 });
  expect(await status('DELETE', path)).toBe(204);
  expect(await status('GET', path)).toBe(200);
  expect(await status('GET', `${path}/populations`)).toBe(200);
  expect(await status('DELETE', path)).toBe(404);
  clock.advance(5000);
  expect(await status('GET', path)).toBe(404);
});
