import { describe, expect, test } from 'vitest';
import { defaultCredentials, seedLicenses } from '../../src/simulator/index.ts';
import { inDocumentedOrder } from './strict-schemas.ts';
import { clientOf, createEnvironment } from './support.ts';

const { orgID, licenseID } = defaultCredentials;
const path = `/v1/organizations/${orgID}/licenses`;
const origin = 'http://simulator.test';
const { terminated, full, future, europe, expired, internal } = seedLicenses;

interface License {
  readonly id: string;
  readonly mfa: Record<string, boolean>;
}

test('a licence has every section and flag of the documented list', async () => {
  const client = await clientOf();
  const { body } = await client.send('GET', `${path}/${licenseID}`);
  expect(Object.keys(body)).toEqual(inDocumentedOrder('license', body));
  const sizes = Object.fromEntries(
    Object.entries(body)
      .filter(([, section]) => typeof section === 'object')
      .map(([name, section]) => [name, Object.keys(section as object).length]),
  );
  expect(sizes).toEqual({
    _links: 2,
    advancedServices: 1,
    authorize: 3,
    credentials: 2,
    environments: 7,
    fraud: 6,
    gateways: 3,
    intelligence: 9,
    mfa: 17,
    orchestrate: 3,
    organization: 1,
    users: 15,
    verify: 30,
  });
  expect(body).toMatchObject({
    _links: {
      organization: { href: `${origin}/v1/organizations/${orgID}` },
      self: { href: `${origin}${path}/${licenseID}` },
    },
    advancedServices: { pingId: { included: true, type: 'FULL' } },
    assignedEnvironmentsCount: 7,
    beginsAt: '2020-07-08T19:15:57.324Z',
    environments: { allowAddResources: true, allowProduction: true, max: 50, regions: ['AP', 'NORTH_AMERICA', 'EU'] },
    id: licenseID,
    name: 'INTERNAL',
    organization: { id: orgID },
    package: 'INTERNAL',
    status: 'ACTIVE',
  });
});

test('the list is unsorted, its first licence cannot be used, and flags differ between entries', async () => {
  const { body } = await (await clientOf()).send('GET', path);
  expect(body._links).toEqual({ self: { href: origin + path } });
  expect(body).toMatchObject({ count: 6, size: 6 });
  const [first, second] = body._embedded.licenses as License[];
  expect(first).toMatchObject({ status: 'TERMINATED', terminatesAt: '2020-10-30T00:00:00.000Z' });
  expect(first?.mfa).toHaveProperty('allowWhatsAppOtp');
  expect(second?.mfa).not.toHaveProperty('allowWhatsAppOtp');
  expect(second).not.toHaveProperty('terminatesAt');
});

describe('the list of licences', () => {
  const all = [terminated, full, future, europe, expired, internal];
  test.each([
    { query: '', want: all },
    { query: '?filter=status eq "active"', want: [full, europe, internal] },
    { query: '?filter=status eq "FUTURE"', want: [future] },
    { query: '?filter=beginsAt lt "2021-01-01T00:00:00Z"', want: [terminated, internal] },
    { query: '?filter=status eq "ACTIVE" and beginsAt lt "2021-01-01T00:00:00Z"', want: [internal] },
    { query: '?filter=status eq "nonsense"', want: [] },
    { query: '?order=beginsAt', want: [internal, terminated, full, europe, expired, future] },
    { query: '?order=-beginsAt', want: [future, expired, full, europe, terminated, internal] },
  ])('$query', async ({ query, want }) => {
    const { status, body } = await (await clientOf()).send('GET', path + query);
    expect(status).toBe(200);
    expect(body._embedded.licenses.map(({ id }: License) => id)).toEqual(want);
    expect(body).toMatchObject({ count: want.length, size: want.length });
  });

  test.each([
    { query: '?filter=name eq "INTERNAL"', code: 'INVALID_FILTER', target: 'filter' },
    { query: '?filter=status sw "A"', code: 'INVALID_FILTER', target: 'filter' },
    { query: '?filter=status eq "ACTIVE" or status eq "FUTURE"', code: 'INVALID_FILTER', target: 'filter' },
    { query: '?order=name', code: 'INVALID_PARAMETER', target: 'order' },
    { query: '?order=__proto__', code: 'INVALID_PARAMETER', target: 'order' },
  ])('refuses $query', async ({ query, code, target }) => {
    const answer = await (await clientOf()).send('GET', path + query);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', details: [{ code, target }] } });
  });
});

test('an unknown licence is not found', async () => {
  const answer = await (await clientOf()).send('GET', `${path}/11111111-1111-4111-8111-111111111111`);
  expect(answer.status).toBe(404);
  expect(answer.body).toEqual({
    id: expect.any(String),
    code: 'NOT_FOUND',
    message: 'The request could not be completed. The requested resource was not found.',
  });
});

test('the number of assigned environments goes up with a creation and down with a deletion', async () => {
  const client = await clientOf();
  const count = async () => (await client.send('GET', `${path}/${licenseID}`)).body.assignedEnvironmentsCount;
  const environment = await createEnvironment(client);
  expect(await count()).toBe(8);
  await client.send('DELETE', environment);
  expect(await count()).toBe(7);
});

test('organizations are listed and read', async () => {
  const client = await clientOf();
  const one = await client.send('GET', `/v1/organizations/${orgID}`);
  expect(one).toMatchObject({ status: 200, body: { id: orgID, name: 'Simulated Organization' } });
  const list = await client.send('GET', '/v1/organizations');
  expect(list.body).toMatchObject({ _embedded: { organizations: [one.body] }, count: 1, size: 1 });
});
