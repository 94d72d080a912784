import { describe, expect, test } from 'vitest';
import { type Client, clientOf, createEnvironment } from './support.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
const notFound = {
  code: 'NOT_FOUND',
  message: 'The request could not be completed. The requested resource was not found.',
};

async function withEnvironment() {
  const client = await clientOf();
  const environment = await createEnvironment(client);
  return { client, environment, populations: `${environment}/populations` };
}

async function create(client: Client, populations: string, body: unknown) {
  const answer = await client.send('POST', populations, { body });
  return { ...answer, path: `${populations}/${answer.body.id}` };
}

describe('creating a population is refused', () => {
  test.each([
    { given: 'without a name', body: {}, want: { code: 'REQUIRED_VALUE', target: 'name' } },
    { given: 'with an empty name', body: { name: '' }, want: { code: 'EMPTY_VALUE', target: 'name' } },
    {
      given: 'with a name that is taken',
      body: { name: 'Default' },
      want: {
        code: 'UNIQUENESS_VIOLATION',
        target: 'name',
        message: 'is unique but a non-unique value is provided',
      },
    },
    {
      given: 'with an unknown password policy',
      body: { name: 'A', passwordPolicy: { id: unknownId } },
      want: { code: 'INVALID_VALUE', target: 'passwordPolicy.id' },
    },
    {
      given: 'with an unknown theme',
      body: { name: 'A', theme: { id: unknownId } },
      want: { code: 'INVALID_VALUE', target: 'theme.id' },
    },
    {
      given: 'with a language that is no language tag',
      body: { name: 'A', preferredLanguage: 'not a language' },
      want: { code: 'INVALID_VALUE', target: 'preferredLanguage' },
    },
    {
      given: 'with a default that is no boolean',
      body: { name: 'A', default: 'yes' },
      want: { code: 'INVALID_VALUE', target: 'default' },
    },
    {
      given: 'with an empty alternative identifier',
      body: { name: 'A', alternativeIdentifiers: ['x', ''] },
      want: { code: 'EMPTY_VALUE', target: 'alternativeIdentifiers[1]' },
    },
  ])('$given', async ({ body, want }) => {
    const { client, populations } = await withEnvironment();
    const answer = await client.send('POST', populations, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [want] } });
    expect(answer.body.details).toHaveLength(1);
  });
});

describe('a population', () => {
  test('is created with a password policy, which its links then name', async () => {
    const { client, environment, populations } = await withEnvironment();
    const policies = await client.send('GET', `${environment}/passwordPolicies`);
    const { id } = policies.body._embedded.passwordPolicies[2];
    const body = { name: 'A', passwordPolicy: { id }, preferredLanguage: 'fr-CA', alternativeIdentifiers: ['B'] };
    const created = await create(client, populations, body);
    expect(created).toMatchObject({ status: 201, body });
    expect(created.body._links.passwordPolicy.href).toBe(`http://simulator.test${environment}/passwordPolicies/${id}`);
    const policy = await client.send('GET', `${environment}/passwordPolicies/${id}`);
    expect(policy.body.populationCount).toBe(1);
    expect((await client.send('GET', created.path)).body).toEqual(created.body);
  });

  test('takes over as the default', async () => {
    const { client, populations } = await withEnvironment();
    await create(client, populations, { name: 'A', default: true });
    const { body } = await client.send('GET', populations);
    expect(body._embedded.populations).toMatchObject([
      { name: 'Default', default: false },
      { name: 'A', default: true },
    ]);
  });

  test('that is the default stays it when it is replaced', async () => {
    const { client, populations } = await withEnvironment();
    const { body } = await client.send('GET', populations);
    const path = `${populations}/${body._embedded.populations[0].id}`;
    const replaced = await client.send('PUT', path, { body: { name: 'Renamed', default: false } });
    expect(replaced).toMatchObject({ status: 200, body: { name: 'Renamed', default: true } });
  });

  test('is replaced: what is left out is gone', async () => {
    const { client, populations } = await withEnvironment();
    const { path, body } = await create(client, populations, { name: 'A', description: 'Old' });
    const replaced = await client.send('PUT', path, { body: { name: 'A' } });
    expect(replaced).toMatchObject({ status: 200, body: { id: body.id, name: 'A', createdAt: body.createdAt } });
    expect(replaced.body).not.toHaveProperty('description');
    const taken = await client.send('PUT', path, { body: { name: 'Default' } });
    expect(taken).toMatchObject({ status: 400, body: { details: [{ code: 'UNIQUENESS_VIOLATION' }] } });
  });

  test('is deleted when it is empty', async () => {
    const { client, populations } = await withEnvironment();
    const { path } = await create(client, populations, { name: 'A' });
    expect(await client.send('DELETE', path)).toMatchObject({ status: 204, body: undefined });
    expect(await client.send('GET', path)).toMatchObject({ status: 404, body: notFound });
  });

  test('counts its users, and is not deleted while it has some', async () => {
    const { client, environment, populations } = await withEnvironment();
    const { path, body } = await create(client, populations, { name: 'A' });
    await client.send('POST', `${environment}/users`, { body: { username: 'u', population: { id: body.id } } });
    expect((await client.send('GET', path)).body.userCount).toBe(1);
    const refused = await client.send('DELETE', path);
    expect(refused).toMatchObject({ status: 400, body: { details: [{ code: 'CONSTRAINT_VIOLATION' }] } });
    expect(refused.body.message).toMatch(/^The request could not be completed/);
  });

  test('that is the default is not deleted', async () => {
    const { client, populations } = await withEnvironment();
    const { path } = await create(client, populations, { name: 'A', default: true });
    const refused = await client.send('DELETE', path);
    expect(refused.body.details).toEqual([
      { code: 'CONSTRAINT_VIOLATION', message: 'The default population cannot be deleted.' },
    ]);
  });

  test('that is the last one is not deleted', async () => {
    const { client, populations } = await withEnvironment();
    const { body } = await client.send('GET', populations);
    const refused = await client.send('DELETE', `${populations}/${body._embedded.populations[0].id}`);
    expect(refused.status).toBe(400);
    expect(refused.body.details).toEqual([
      { code: 'CONSTRAINT_VIOLATION', message: expect.stringContaining('must contain at least one population') },
    ]);
  });

  test.each(['GET', 'PUT', 'DELETE'])('that is unknown is not found by %s', async (method) => {
    const { client, populations } = await withEnvironment();
    const answer = await client.send(method, `${populations}/${unknownId}`, method === 'PUT' ? { body: {} } : {});
    expect(answer).toMatchObject({ status: 404, body: notFound });
  });

  test('of one environment is not found in another', async () => {
    const { client, populations } = await withEnvironment();
    const { body } = await create(client, populations, { name: 'A' });
    const other = await createEnvironment(client, { name: 'Other' });
    expect((await client.send('GET', `${other}/populations/${body.id}`)).status).toBe(404);
  });
});
