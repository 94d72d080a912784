import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createSimulator,
  defaultCredentials,
  readState,
  seedApps,
  signOnCredentials,
} from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { type Client, clientOf, createEnvironment, send, signIn } from './support.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
const { envID, sharedUserID } = signOnCredentials;
const seeded = `/v1/environments/${envID}`;

async function withUser(attributes: object = {}) {
  const client = await clientOf();
  const environment = await createEnvironment(client);
  const groups = `${environment}/groups`;
  const { body } = await client.send('POST', `${environment}/users`, { body: { username: 'ann', ...attributes } });
  return { client, environment, groups, user: `${environment}/users/${body.id}`, userId: body.id as string };
}

async function create(client: Client, groups: string, body: object = { name: 'Managers' }) {
  const answer = await client.send('POST', groups, { body });
  return { ...answer, id: answer.body.id as string, path: `${groups}/${answer.body.id}` };
}

const addTo = (client: Client, user: string, id: string) =>
  client.send('POST', `${user}/memberOfGroups`, { body: { id } });
const usernames = async (client: Client, environment: string, filter: string) =>
  (await client.send('GET', `${environment}/users?${new URLSearchParams({ filter })}`)).body._embedded.users.map(
    ({ username }: { username: string }) => username,
  );

describe('a group', () => {
  test('is created, read, listed, replaced and deleted', async () => {
    const { client, environment, groups } = await withUser();
    const input = { name: 'Managers', description: 'd', externalId: 'w-1', customData: { owner: 'Tom' } };
    const { status, body, path } = await create(client, groups, input);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...input, directMemberCounts: { users: 0, groups: 0 } });
    expect((await client.send('GET', path)).body).toEqual(body);
    expect((await client.send('GET', groups)).body).toMatchObject({ _embedded: { groups: [body] }, count: 1, size: 1 });
    const replaced = (await client.send('PUT', path, { body: { name: 'Leaders' } })).body;
    expect(replaced).toMatchObject({ id: body.id, name: 'Leaders', createdAt: body.createdAt });
    expect(replaced).not.toHaveProperty('description');
    expect(client.simulator.snapshot().environments.at(-1)?.groups).toEqual([{ id: body.id, name: 'Leaders' }]);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.send('GET', path)).status).toBe(404);
    expect((await client.send('DELETE', path)).status).toBe(404);
    const changes = client.simulator.history().filter(({ type }) => type === 'group');
    expect(changes.map(({ action }) => action)).toEqual(['created', 'deleted']);
    await client.send('DELETE', environment);
    expect((await client.send('GET', groups)).status).toBe(403);
  });

  test.each([
    { given: 'without a name', body: {}, want: { code: 'REQUIRED_VALUE', target: 'name' } },
    {
      given: 'with a name that is taken',
      body: { name: 'Taken' },
      want: { code: 'UNIQUENESS_VIOLATION', target: 'name' },
    },
    {
      given: 'with an unknown population',
      body: { name: 'A', population: { id: unknownId } },
      want: { code: 'INVALID_VALUE', target: 'population.id' },
    },
    {
      given: 'with a filter that cannot be read',
      body: { name: 'A', userFilter: 'title is Manager' },
      want: { code: 'INVALID_VALUE', target: 'userFilter' },
    },
  ])('is refused $given', async ({ body, want }) => {
    const { client, groups } = await withUser();
    await create(client, groups, { name: 'Taken' });
    const answer = await client.send('POST', groups, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [want] } });
  });

  test('of a population may have the name of one of another population, not that of one of the environment', async () => {
    const { client, environment, groups } = await withUser();
    const population = async (name: string) => ({
      id: (await client.send('POST', `${environment}/populations`, { body: { name } })).body.id as string,
    });
    const [one, other] = [await population('One'), await population('Other')];
    const statusOf = async (body: object) => (await client.send('POST', groups, { body })).status;
    expect(await statusOf({ name: 'A', population: one })).toBe(201);
    expect(await statusOf({ name: 'A', population: other })).toBe(201);
    expect(await statusOf({ name: 'A', population: other })).toBe(400);
    expect(await statusOf({ name: 'A' })).toBe(400);
    expect(await statusOf({ name: 'B' })).toBe(201);
    expect(await statusOf({ name: 'B', population: one })).toBe(400);
  });

  test('stays in its population, and goes with it', async () => {
    const { client, environment, groups } = await withUser();
    const population = (await client.send('POST', `${environment}/populations`, { body: { name: 'One' } })).body;
    const { path } = await create(client, groups, { name: 'A', population: { id: population.id } });
    const { body } = await client.send('PUT', path, { body: { name: 'A', population: { id: unknownId } } });
    expect(body.population).toEqual({ id: population.id });
    await client.send('DELETE', `${environment}/populations/${population.id}`);
    expect((await client.send('GET', path)).status).toBe(404);
  });

  test.each([
    { filter: 'name eq "sales"', want: ['Sales'] },
    { filter: 'name sw "s"', want: ['Sales', 'Staff'] },
    { filter: '(name eq "Sales") and (externalId sw "W")', want: ['Sales'] },
    { filter: 'name eq "Sales" or name eq "Boards"', want: ['Sales', 'Boards'] },
    { filter: `id eq "${unknownId}"`, want: [] },
    { filter: `memberOfGroups[id eq "${unknownId}" and type eq "DIRECT"]`, want: [] },
  ])('is found by $filter', async ({ filter, want }) => {
    const { client, groups } = await withUser();
    for (const body of [{ name: 'Sales', externalId: 'w1' }, { name: 'Staff' }, { name: 'Boards' }]) {
      await create(client, groups, body);
    }
    const { body } = await client.send('GET', `${groups}?${new URLSearchParams({ filter })}`);
    expect(body._embedded.groups.map(({ name }: { name: string }) => name)).toEqual(want);
  });

  test('is the last of a hundred thousand', slow, async () => {
    const { client, groups, environment } = await withUser();
    const { body } = await create(client, groups);
    const dump = client.simulator.dump();
    const stored = dump.environments.find(({ id }) => environment.endsWith(id));
    const { sequence = 0, createdAt = '', updatedAt = '' } = stored?.groups?.[0] ?? {};
    const id = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const many = Array.from({ length: 99_999 }, (_, index) => ({
      id: id(index),
      name: `g${index}`,
      sequence,
      createdAt,
      updatedAt,
    }));
    client.simulator.load({
      ...dump,
      environments: dump.environments.map((one) =>
        one === stored ? { ...one, groups: [...(one.groups ?? []), ...many] } : one,
      ),
    });
    const refused = await client.send('POST', groups, { body: { name: 'One more' } });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'LIMIT_EXCEEDED', innerError: { maximumAllowed: 100_000 } }] },
    });
    await client.send('DELETE', `${groups}/${body.id}`);
    expect((await client.send('POST', groups, { body: { name: 'One more' } })).status).toBe(201);
  });

  test('is in no other group: nested ones are not simulated', async () => {
    const log: (string | undefined)[] = [];
    const client = await clientOf({ onRequest: ({ note }) => log.push(note) });
    const groups = `${await createEnvironment(client)}/groups`;
    const { path } = await create(client, groups);
    expect((await client.send('GET', `${path}/memberOfGroups`)).body._embedded).toEqual({ groupMemberships: [] });
    expect((await client.send('POST', `${path}/memberOfGroups`, { body: { id: unknownId } })).status).toBe(404);
    expect(log.at(-1)).toContain('not simulated');
  });
});

describe('a member', () => {
  test('is added, is in the lists of both sides, and is removed', async () => {
    const { client, environment, groups, user } = await withUser();
    await client.send('POST', `${environment}/users`, { body: { username: 'bob' } });
    const group = await create(client, groups);
    const { status, body } = await addTo(client, user, group.id);
    expect(status).toBe(201);
    expect(body).toMatchObject({ id: group.id, name: 'Managers', type: 'DIRECT' });
    expect(Object.keys(body._links)).toEqual(['self', 'user', 'environment', 'group']);
    const memberships = `${user}/memberOfGroups`;
    expect((await client.send('GET', memberships)).body).toMatchObject({
      _embedded: { groupMemberships: [body] },
      count: 1,
      size: 1,
    });
    expect((await client.send('GET', `${memberships}/${group.id}`)).body).toEqual(body);
    expect(await usernames(client, environment, `memberOfGroups[id eq "${group.id}"]`)).toEqual(['ann']);
    expect(await usernames(client, environment, `memberOfGroups[id eq "${group.id}" and type eq "DIRECT"]`)).toEqual([
      'ann',
    ]);
    const both = `memberOfGroups[id eq "${group.id}"] and memberOfGroups[id eq "${unknownId}"]`;
    expect(await usernames(client, environment, both)).toEqual([]);
    expect((await client.send('GET', group.path)).body.directMemberCounts).toEqual({ users: 1, groups: 0 });
    expect((await client.send('DELETE', `${memberships}/${group.id}`)).status).toBe(204);
    expect((await client.send('DELETE', `${memberships}/${group.id}`)).status).toBe(404);
    expect(await usernames(client, environment, `memberOfGroups[id eq "${group.id}"]`)).toEqual([]);
  });

  test('shows the group where it is asked to expand it, and the user the ids and names of the groups', async () => {
    const { client, groups, user } = await withUser();
    const group = await create(client, groups);
    await addTo(client, user, group.id);
    const { body } = await client.send('GET', `${user}/memberOfGroups?expand=group&limit=100`);
    expect(body._embedded.groupMemberships[0]._embedded.group).toMatchObject({ id: group.id, name: 'Managers' });
    expect((await client.send('GET', `${user}?include=memberOfGroupIDs`)).body.memberOfGroupIDs).toEqual([group.id]);
    expect((await client.send('GET', `${user}?include=memberOfGroupNames`)).body.memberOfGroupNames).toEqual([
      'Managers',
    ]);
    expect((await client.send('GET', user)).body).not.toHaveProperty('memberOfGroupIDs');
  });

  test.each([
    { given: 'to a group that is not there', id: () => unknownId, want: { code: 'INVALID_VALUE', target: 'id' } },
    { given: 'to no group', id: () => undefined, want: { code: 'REQUIRED_VALUE', target: 'id' } },
    { given: 'a second time', id: (own: string) => own, want: { code: 'UNIQUENESS_VIOLATION', target: 'id' } },
    {
      given: 'to a group of another population',
      id: (_own: string, foreign: string) => foreign,
      want: { code: 'CONSTRAINT_VIOLATION', target: 'id' },
    },
  ])('is not added $given', async ({ id, want }) => {
    const { client, environment, groups, user } = await withUser();
    const population = (await client.send('POST', `${environment}/populations`, { body: { name: 'One' } })).body;
    const own = await create(client, groups);
    const foreign = await create(client, groups, { name: 'Foreign', population: { id: population.id } });
    await addTo(client, user, own.id);
    const body = { id: id(own.id, foreign.id) };
    expect(await client.send('POST', `${user}/memberOfGroups`, { body })).toMatchObject({
      status: 400,
      body: { details: [want] },
    });
  });

  test('by a filter is one as long as it matches, and is not removed', async () => {
    const { client, environment, groups, user } = await withUser({ title: 'Manager' });
    const group = await create(client, groups, { name: 'Managers', userFilter: 'title eq "Manager"' });
    const memberships = `${user}/memberOfGroups`;
    expect((await client.send('GET', memberships)).body._embedded.groupMemberships).toMatchObject([
      { id: group.id, type: 'INDIRECT' },
    ]);
    const { body } = await client.send('GET', `${group.path}?include=totalMemberCounts`);
    expect(body).toMatchObject({ directMemberCounts: { users: 0 }, totalMemberCounts: { users: 1, groups: 0 } });
    expect(await client.send('DELETE', `${memberships}/${group.id}`)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'CONSTRAINT_VIOLATION' }] },
    });
    await client.send('PATCH', user, { body: { title: 'Clerk' } });
    expect(await usernames(client, environment, `memberOfGroups[id eq "${group.id}"]`)).toEqual([]);
  });

  test('goes with the user, and with the group', async () => {
    const { client, groups, user } = await withUser();
    const [one, other] = [await create(client, groups), await create(client, groups, { name: 'Staff' })];
    for (const { id } of [one, other]) await addTo(client, user, id);
    await client.send('DELETE', one.path);
    const { _embedded } = (await client.send('GET', `${user}/memberOfGroups`)).body;
    expect(_embedded.groupMemberships.map(({ name }: { name: string }) => name)).toEqual(['Staff']);
    await client.send('DELETE', user);
    expect((await client.send('GET', other.path)).body.directMemberCounts.users).toBe(0);
  });

  test('stays one when the user is changed, and in a dump', async () => {
    const { client, groups, user } = await withUser();
    const { id } = await create(client, groups, {
      name: 'Managers',
      customData: { a: [1] },
      userFilter: 'title eq "x"',
    });
    await addTo(client, user, id);
    await client.send('PUT', user, { body: { username: 'anna' } });
    const dump = client.simulator.dump();
    const other = createSimulator({ seed: readState(JSON.stringify(dump), 'dump.json') });
    expect(other.dump()).toEqual(dump);
    for (const path of [`${user}/memberOfGroups`, groups]) {
      const read = await send(other, 'GET', path, { token: client.token });
      expect(read.body).toEqual((await client.send('GET', path)).body);
    }
  });
});

describe('roles', () => {
  const statuses = async (client: Client) => {
    const group = await create(client, `${seeded}/groups`);
    const user = `${seeded}/users/${sharedUserID}`;
    return [
      group.status,
      (await client.send('GET', `${seeded}/groups`)).status,
      (await addTo(client, user, group.id ?? unknownId)).status,
      (await client.send('GET', `${user}/memberOfGroups`)).status,
    ];
  };

  test('Identity Data Admin works with groups', async () => {
    expect(await statuses(await clientOf({}, seedApps.identityDataAdmin))).toEqual([201, 200, 201, 200]);
  });

  test('Environment Admin reads them', async () => {
    const { adminEnvID } = defaultCredentials;
    const client = await clientOf({}, seedApps.environmentAdmin);
    expect((await client.send('GET', `/v1/environments/${adminEnvID}/groups`)).status).toBe(200);
    expect((await client.send('POST', `/v1/environments/${adminEnvID}/groups`, { body: { name: 'A' } })).status).toBe(
      403,
    );
  });

  test('without any they are out of reach', async () => {
    const { simulator } = await clientOf();
    const other = await signIn(simulator, seedApps.otherOrganization);
    expect(await statuses(other)).toEqual([403, 403, 403, 403]);
  });
});

test('a seed has groups and who is in them', () => {
  const example = readFileSync(join(import.meta.dirname, 'seed.yaml'), 'utf8');
  const seedWith = (groupId: string) =>
    example
      .replace('        users:\n', `        groups: [{ id: ${envID}, name: Managers }]\n        users:\n`)
      .replace('email: ann@example.com', `email: ann@example.com, groupIds: [${groupId}]`);
  const [environment] = createSimulator({ seed: readState(seedWith(envID), 'seed.yaml') }).dump().environments;
  expect(environment?.groups).toMatchObject([{ id: envID, name: 'Managers' }]);
  expect(environment?.users[0]?.groupIds).toEqual([envID]);
  expect(() => readState(seedWith(unknownId), 'seed.yaml')).toThrow(`no group has the id ${unknownId}`);
});
