import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultCredentials, defaultSeed, seedLicenses } from '../../src/simulator/index.ts';
import { type Client, clientOf, countedIds, createEnvironment } from './support.ts';

interface Named {
  readonly id: string;
  readonly name?: string;
  readonly username?: string;
}

const origin = 'http://simulator.test';
let client: Client;
let environment: string;
let populationId: string;

beforeAll(async () => {
  client = await clientOf();
  environment = await createEnvironment(client, { name: 'Alpha one' });
  await createEnvironment(client, { name: 'alpha two' });
  await createEnvironment(client, { name: 'Beta' });
  const population = await client.send('POST', `${environment}/populations`, { body: { name: 'Staff' } });
  populationId = population.body.id;
  const users = [
    { username: 'ann', email: 'ann@example.com', name: { given: 'Ann', family: 'Lee' } },
    { username: 'Anton', email: 'anton@example.org', name: { given: 'Anton', formatted: 'Anton L.' } },
    { username: 'bob', population: { id: populationId } },
    { username: 'carl "the" 1st', name: { middle: 'X' } },
  ];
  for (const body of users) await client.send('POST', `${environment}/users`, { body });
});

async function names(path: string, list: string, query: Record<string, string>): Promise<readonly unknown[]> {
  const { status, body } = await client.send('GET', `${path}?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body._embedded[list].map((item: Named) => item.name ?? item.username);
}

const usernames = (filter: string) =>
  client
    .send('GET', `${environment}/users?${new URLSearchParams({ filter })}`)
    .then(({ body }) => body._embedded?.users.map((user: Named) => user.username));

describe('filters of environments', () => {
  test.each([
    { filter: 'name sw "Alpha"', want: ['Alpha one', 'alpha two'] },
    { filter: 'name sw "b"', want: ['Beta'] },
    { filter: 'name sw "alpha two" and name sw "ALPHA"', want: ['alpha two'] },
    { filter: `license.id eq "${defaultCredentials.licenseID}" and name sw "Beta"`, want: ['Beta'] },
    { filter: `license.id eq "${seedLicenses.full}"`, want: [] },
    { filter: `organization.id eq "${defaultCredentials.orgID}" and (name sw "B")`, want: ['Beta'] },
    { filter: `id eq "${defaultCredentials.adminEnvID}"`, want: ['Administrators'] },
    { filter: 'name SW "Beta"', want: ['Beta'] },
  ])('$filter', async ({ filter, want }) => {
    expect(await names('/v1/environments', 'environments', { filter })).toEqual(want);
  });
});

describe('filters of populations', () => {
  test.each([
    { filter: 'name sw "s"', want: ['Staff'] },
    { filter: 'name sw "zz"', want: [] },
    { filter: 'name eq "staff"', want: ['Staff'] },
    { filter: '(name eq "Staff") or (name eq "Nobody")', want: ['Staff'] },
    { filter: '(name eq "Nobody") OR ((name eq "Default"))', want: ['Default'] },
  ])('$filter', async ({ filter, want }) => {
    expect(await names(`${environment}/populations`, 'populations', { filter })).toEqual(want);
  });

  test('id eq', async () => {
    const filter = `id eq "${populationId}"`;
    expect(await names(`${environment}/populations`, 'populations', { filter })).toEqual(['Staff']);
  });
});

describe('filters of users', () => {
  test.each([
    { filter: 'username eq "ANN"', want: ['ann'] },
    { filter: 'username sw "an"', want: ['ann', 'Anton'] },
    { filter: 'email eq "ann@example.com"', want: ['ann'] },
    { filter: 'email sw "an" and name.given sw "Anto"', want: ['Anton'] },
    { filter: 'username eq "ann" or username eq "bob"', want: ['ann', 'bob'] },
    { filter: 'username eq "bob" or username eq "ann" and email sw "zzz"', want: ['bob'] },
    { filter: '(username eq "bob" or username eq "ann") and email sw "ann"', want: ['ann'] },
    { filter: 'name.family eq "Lee"', want: ['ann'] },
    { filter: 'name.formatted sw "Anton"', want: ['Anton'] },
    { filter: 'name.middle eq "x"', want: ['carl "the" 1st'] },
    { filter: 'username eq "carl \\"the\\" 1st"', want: ['carl "the" 1st'] },
    { filter: 'memberOfGroups[id eq "8e2a9b63-1d4a-4cf7-8b25-a16c3d9e7f02"]', want: [] },
    { filter: 'memberOfGroups[id eq "8e2a9b63-1d4a-4cf7-8b25-a16c3d9e7f02" and type eq "DIRECT"]', want: [] },
    { filter: 'name.given ew "ton" and name.given co "nt"', want: ['Anton'] },
    { filter: '((username eq "ann")) and enabled eq true', want: ['ann'] },
    { filter: 'username eq "ann" and enabled eq false', want: [] },
    { filter: 'photo.href eq "x" or accountId eq "x" or name.honorificPrefix sw "x"', want: [] },
    { filter: 'username eq "nobody"', want: [] },
  ])('$filter', async ({ filter, want }) => {
    expect(await usernames(filter)).toEqual(want);
  });

  test('id eq, in parentheses', async () => {
    const { _embedded } = (await client.send('GET', `${environment}/users`)).body;
    const [first] = _embedded.users;
    expect(await usernames(`((id eq "${first.id}"))`)).toEqual([first.username]);
  });

  test('population.id eq', async () => {
    expect(await usernames(`population.id eq "${populationId}"`)).toEqual(['bob']);
  });

  test('without a match give an empty list', async () => {
    const { body } = await client.send('GET', `${environment}/users?filter=username%20eq%20%22nobody%22`);
    expect(body).toEqual({
      _links: { self: { href: `${origin}${environment}/users?filter=username%20eq%20%22nobody%22` } },
      _embedded: { users: [] },
      count: 0,
      size: 0,
    });
  });
});

describe('a filter is refused', () => {
  const environments = '/v1/environments';
  test.each([
    [environments, 'name co "Alpha"'],
    [environments, 'region eq "NA"'],
    [environments, 'id sw "a"'],
    [environments, 'not (name sw "A")'],
    [environments, 'name pr'],
    [environments, 'description sw "A"'],
    [environments, 'Name sw "A"'],
    [environments, 'constructor sw "A"'],
    [environments, '__proto__ sw "A"'],
    [environments, 'name sw 5'],
    [environments, 'name sw'],
    [environments, 'name sw "A" and'],
    [environments, 'name sw "A" name sw "B"'],
    [environments, 'name sw "A'],
    [environments, "name sw 'A'"],
    [environments, ''],
    [environments, `${'('.repeat(100_000)}name sw "A"`],
    ['users', 'lifecycle.status eq "A"'],
    ['users', 'nickname co "A"'],
    ['users', 'username ne "A"'],
    ['users', 'population.id sw "A"'],
    ['users', 'memberOfGroups[name eq "A"]'],
    ['users', 'memberOfGroups[id sw "A"]'],
    ['users', 'memberOfGroups eq "A"'],
    ['users', 'emails[type eq "work"]'],
    ['populations', 'name co "Staff"'],
    ['populations', 'description sw "S"'],
  ])('%s: %s', async (path, filter) => {
    const at = path.startsWith('/') ? path : `${environment}/${path}`;
    const answer = await client.send('GET', `${at}?${new URLSearchParams({ filter })}`);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request could not be completed. The request was malformed or invalid.',
        details: [{ code: 'INVALID_FILTER', target: 'filter' }],
      },
    });
  });

  test('with what the resource supports', async () => {
    const { body } = await client.send('GET', '/v1/environments?filter=x');
    expect(body.details[0].innerError).toEqual({
      supportedAttributes: ['name', 'id', 'organization.id', 'license.id', 'status'],
      supportedOperators: ['sw', 'eq', 'and', 'or'],
    });
  });
});

describe('pages', () => {
  test('are cut by limit and linked forwards and backwards', async () => {
    const first = await client.send('GET', '/v1/environments?limit=2');
    expect(first.body).toMatchObject({ count: 5, size: 2 });
    expect(Object.keys(first.body._links)).toEqual(['self', 'next']);
    expect(first.body._links.self.href).toBe(`${origin}/v1/environments?limit=2`);
    const second = await client.send('GET', first.body._links.next.href);
    expect(second.body).toMatchObject({ count: 5, size: 2 });
    expect(Object.keys(second.body._links)).toEqual(['self', 'next', 'prev']);
    const third = await client.send('GET', second.body._links.next.href);
    expect(third.body).toMatchObject({ count: 5, size: 1 });
    expect(Object.keys(third.body._links)).toEqual(['self', 'prev']);
    const back = await client.send('GET', second.body._links.prev.href);
    expect(back.body._embedded).toEqual(first.body._embedded);
  });

  test.each([
    { query: 'order=name', want: ['Administrators', 'Alpha one', 'Beta', 'Sign-on test', 'alpha two'] },
    { query: 'order=-name', want: ['alpha two', 'Sign-on test', 'Beta', 'Alpha one', 'Administrators'] },
    { query: 'order=-createdAt&limit=1', want: ['Beta'] },
    { query: 'limit=999999', want: ['Administrators', 'Sign-on test', 'Alpha one', 'alpha two', 'Beta'] },
  ])('of $query', async ({ query, want }) => {
    const { body } = await client.send('GET', `/v1/environments?${query}`);
    expect(body._embedded.environments.map(({ name }: Named) => name)).toEqual(want);
  });

  test.each([
    { query: 'limit=0', want: { code: 'OUT_OF_RANGE', target: 'limit' } },
    {
      query: 'limit=-1',
      want: { code: 'OUT_OF_RANGE', innerError: { rangeMinimumValue: 1, rangeMaximumValue: 5000 } },
    },
    { query: 'limit=ten', want: { code: 'INVALID_PARAMETER', target: 'limit' } },
    { query: 'limit=', want: { code: 'INVALID_PARAMETER', target: 'limit' } },
    { query: 'order=region', want: { code: 'INVALID_PARAMETER', target: 'order' } },
    { query: 'cursor=abc', want: { code: 'INVALID_PARAMETER', target: 'cursor' } },
    { query: 'cursor=', want: { code: 'INVALID_PARAMETER', target: 'cursor' } },
    { query: 'cursor=bnVsbA', want: { code: 'INVALID_PARAMETER', target: 'cursor' } },
  ])('are refused for $query', async ({ query, want }) => {
    const answer = await client.send('GET', `/v1/environments?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', details: [want] } });
  });

  test('are never longer than the resource allows', async () => {
    const uuid = countedIds();
    const users = Array.from({ length: 1001 }, (_, index) => ({ id: uuid(), username: `user-${index}` }));
    const organizations = defaultSeed().organizations.map((organization) => ({
      ...organization,
      environments: organization.environments.map((one) => ({ ...one, users })),
    }));
    const crowded = await clientOf({ seed: { organizations } });
    const { body } = await crowded.send('GET', `/v1/environments/${defaultCredentials.adminEnvID}/users?limit=5000`);
    expect(body).toMatchObject({ count: 1001, size: 1000 });
  });

  test('do not go on with the cursor of another list', async () => {
    const { body } = await client.send('GET', '/v1/environments?limit=1');
    const cursor = new URL(body._links.next.href).searchParams.get('cursor');
    const filtered = `/v1/environments?cursor=${cursor}&filter=${encodeURIComponent('name sw "A"')}`;
    expect((await client.send('GET', filtered)).status).toBe(400);
    expect((await client.send('GET', `${environment}/users?cursor=${cursor}`)).status).toBe(400);
  });

  test('neither repeat nor skip anybody when users come and go between them', async () => {
    const populated = await createEnvironment(client, { name: 'Paged' });
    const ids: string[] = [];
    for (let number = 1; number <= 5; number += 1) {
      const { body } = await client.send('POST', `${populated}/users`, { body: { username: `user${number}` } });
      ids.push(body.id);
    }
    const first = await client.send('GET', `${populated}/users?limit=2`);
    await client.send('DELETE', `${populated}/users/${ids[0]}`);
    await client.send('DELETE', `${populated}/users/${ids[1]}`);
    await client.send('PATCH', `${populated}/users/${ids[3]}`, { body: { nickname: 'changed' } });
    const second = await client.send('GET', first.body._links.next.href);
    expect(second.body._embedded.users.map(({ username }: Named) => username)).toEqual(['user3', 'user4']);
    await client.send('DELETE', populated);
  });

  test('together hold every item once, in order, whatever their size and order', async () => {
    const counted = await clientOf();
    const many = await createEnvironment(counted);
    for (let number = 0; number < 23; number += 1) {
      await counted.send('POST', `${many}/populations`, { body: { name: `Population ${(number * 7) % 23}` } });
    }
    const all = (await counted.send('GET', `${many}/populations`)).body._embedded.populations;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (limit) => {
        const seen: Named[] = [];
        let address: string | undefined = `${many}/populations?limit=${limit}`;
        while (address !== undefined) {
          const { body } = await counted.send('GET', address);
          expect(body.size).toBeLessThanOrEqual(limit);
          seen.push(...body._embedded.populations);
          address = body._links.next?.href;
        }
        expect(seen).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });
});
