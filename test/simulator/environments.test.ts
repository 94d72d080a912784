import { describe, expect, test } from 'vitest';
import {
  defaultCredentials,
  defaultSeed,
  otherOrganization,
  type SimulatorSeed,
  seedApps,
  seedLicenses,
} from '../../src/simulator/index.ts';
import { clientOf, clockAt, createEnvironment, day, environmentInput, signIn } from './support.ts';

const { adminEnvID, licenseID } = defaultCredentials;
const unknownId = '11111111-1111-4111-8111-111111111111';
const invalidData = 'The request could not be completed. One or more validation errors were in the request.';
const licenseFull = {
  code: 'INVALID_VALUE',
  target: 'license',
  message: 'License specified to be assigned to this environment cannot be assigned to additional environments.',
};
const required = (target: string) => ({ code: 'REQUIRED_VALUE', target, message: 'must not be null' });
const invalidValue = (target: string, allowedValues?: readonly string[]) =>
  expect.objectContaining({ code: 'INVALID_VALUE', target, ...(allowedValues && { innerError: { allowedValues } }) });

describe('creating an environment is refused', () => {
  test.each([
    { given: 'without anything', change: null, want: ['name', 'type', 'region', 'license'].map(required) },
    { given: 'without a name', change: { name: undefined }, want: [required('name')] },
    { given: 'with a name that is null', change: { name: null }, want: [required('name')] },
    {
      given: 'with an empty name',
      change: { name: '' },
      want: [{ code: 'EMPTY_VALUE', target: 'name', message: 'must not be empty' }],
    },
    { given: 'with a name that is a number', change: { name: 5 }, want: [invalidValue('name')] },
    { given: 'without a licence', change: { license: undefined }, want: [required('license')] },
    { given: 'without a licence id', change: { license: {} }, want: [required('license.id')] },
    { given: 'with an unknown licence', change: { license: { id: unknownId } }, want: [invalidValue('license')] },
    { given: 'with a full licence', change: { license: { id: seedLicenses.full } }, want: [licenseFull] },
    { given: 'with an expired licence', change: { license: { id: seedLicenses.expired } }, want: [licenseFull] },
    { given: 'with a terminated licence', change: { license: { id: seedLicenses.terminated } }, want: [licenseFull] },
    {
      given: 'with a licence that has not begun',
      change: { license: { id: seedLicenses.future } },
      want: [licenseFull],
    },
    {
      given: 'with a licence for another region',
      change: { license: { id: seedLicenses.europe } },
      want: [invalidValue('region', ['EU'])],
    },
    {
      given: "with a region that is not the organization's",
      change: { region: 'EU' },
      want: [invalidValue('region', ['NA'])],
    },
    {
      given: 'with a region that does not exist',
      change: { region: 'NORTH_AMERICA' },
      want: [invalidValue('region', ['AP', 'AU', 'CA', 'EU', 'NA', 'SG'])],
    },
    {
      given: 'with a type that does not exist',
      change: { type: 'TRIAL' },
      want: [invalidValue('type', ['PRODUCTION', 'SANDBOX'])],
    },
    {
      given: 'as PRODUCTION with a licence that does not allow it',
      change: { type: 'PRODUCTION', license: { id: seedLicenses.full } },
      want: [licenseFull, invalidValue('type')],
    },
    { given: 'with an icon that is no URL', change: { icon: 'javascript:alert(1)' }, want: [invalidValue('icon')] },
    { given: 'with an unknown subtype', change: { subtype: 'PLAYGROUND' }, want: [invalidValue('subtype')] },
    {
      given: 'with more than 100 products',
      change: { billOfMaterials: { products: Array.from({ length: 101 }, () => ({ type: 'PING_ONE_BASE' })) } },
      want: [
        {
          code: 'SIZE_LIMIT_EXCEEDED',
          target: 'billOfMaterials.products',
          message: 'size must be at most 100',
          innerError: { maximumValue: 100 },
        },
      ],
    },
    {
      given: 'with a product without a type',
      change: { billOfMaterials: { products: [{ type: 'PING_ONE_BASE' }, { description: 'x' }] } },
      want: [required('billOfMaterials.products[1].type')],
    },
    {
      given: 'with several problems, all at once',
      change: { name: '', region: 'XX', type: undefined },
      want: [
        required('type'),
        { code: 'EMPTY_VALUE', target: 'name', message: 'must not be empty' },
        invalidValue('region'),
      ],
    },
  ])('$given', async ({ change, want }) => {
    const client = await clientOf();
    const body = change === null ? {} : { ...environmentInput, ...change };
    const answer = await client.send('POST', '/v1/environments', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'INVALID_DATA',
      message: invalidData,
      details: want,
    });
  });

  test('with a name that is taken', async () => {
    const client = await clientOf();
    await createEnvironment(client);
    const answer = await client.send('POST', '/v1/environments', { body: environmentInput });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'INVALID_DATA',
      details: [
        { code: 'UNIQUENESS_VIOLATION', target: 'name', message: 'is unique but a non-unique value is provided' },
      ],
    });
  });

  test('when the organization has reached its limit', async () => {
    const seed = defaultSeed();
    const organizations = seed.organizations.map((organization) => ({ ...organization, maximumEnvironments: 1 }));
    const client = await clientOf({ seed: { organizations } });
    const answer = await client.send('POST', '/v1/environments', { body: environmentInput });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'ACCESS_FAILED', details: [{ code: 'LICENSE_EXCEEDED', innerError: { quotaLimit: 1 } }] },
    });
  });

  test('not because of environments that wait for deletion', async () => {
    const organizations = defaultSeed().organizations.map((organization) => ({
      ...organization,
      maximumEnvironments: organization.environments.length + 1,
    }));
    const client = await clientOf({ seed: { organizations } });
    const path = await createEnvironment(client, { type: 'PRODUCTION' });
    const another = { ...environmentInput, name: 'Another' };
    expect((await client.send('POST', '/v1/environments', { body: another })).status).toBe(403);
    await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } });
    expect((await client.send('POST', '/v1/environments', { body: another })).status).toBe(201);
  });

  test.each([
    { given: 'is ACTIVE but begins tomorrow', change: { beginsAt: '2026-11-24T10:00:00.000Z' }, status: 400 },
    { given: 'is ACTIVE but ended just now', change: { expiresAt: '2026-11-23T10:00:00.000Z' }, status: 400 },
    { given: 'is EXPIRED whatever its dates', change: { status: 'EXPIRED' as const }, status: 400 },
    { given: 'begins just now', change: { beginsAt: '2026-11-23T10:00:00.000Z' }, status: 201 },
  ])('or not, with a licence that $given: $status', async ({ change, status }) => {
    const organizations = defaultSeed().organizations.map((organization) => ({
      ...organization,
      licenses: organization.licenses.map((license) => ({ ...license, ...change })),
    }));
    const client = await clientOf({ seed: { organizations }, now: clockAt('2026-11-23T10:00:00.000Z').now });
    expect((await client.send('POST', '/v1/environments', { body: environmentInput })).status).toBe(status);
  });

  test('when it fills the licence, for the next one', async () => {
    const client = await clientOf({}, seedApps.otherOrganization);
    const license = { id: otherOrganization.licenseID };
    const statuses: number[] = [];
    for (let number = 1; number <= 10; number += 1) {
      const body = { ...environmentInput, name: `Environment ${number}`, license };
      statuses.push((await client.send('POST', '/v1/environments', { body })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 201), 400]);
  });
});

describe('creating an environment', () => {
  test('takes the only licence of an organization that has one', async () => {
    const client = await clientOf({}, seedApps.otherOrganization);
    const { license: _license, ...body } = environmentInput;
    const answer = await client.send('POST', '/v1/environments', { body });
    expect(answer).toMatchObject({ status: 201, body: { license: { id: otherOrganization.licenseID } } });
  });

  test('allows a name that another organization has', async () => {
    const client = await clientOf();
    await createEnvironment(client);
    const other = await signIn(client.simulator, seedApps.otherOrganization);
    const body = { ...environmentInput, license: { id: otherOrganization.licenseID } };
    expect((await other.send('POST', '/v1/environments', { body })).status).toBe(201);
  });

  test('ignores read-only and unknown properties and takes null as absent', async () => {
    const client = await clientOf();
    const readOnly = { id: unknownId, createdAt: 'x', organization: { id: unknownId }, _links: 5, unknown: { a: 1 } };
    const body = { ...environmentInput, ...readOnly, description: null, icon: null };
    const answer = await client.send('POST', '/v1/environments', { body });
    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe(unknownId);
    expect(answer.body).not.toHaveProperty('description');
    expect(answer.body).not.toHaveProperty('unknown');
    expect(answer.body.organization.id).toBe(defaultCredentials.orgID);
  });

  test('keeps what the creator asked for', async () => {
    const client = await clientOf();
    const billOfMaterials = {
      solutionType: 'CUSTOMER',
      products: [
        { type: 'PING_ONE_MFA' },
        {
          type: 'OTHER_PRODUCT',
          description: 'Another',
          console: { href: 'https://example.com' },
          bookmarks: [{ name: 'Docs', href: 'https://example.com/docs' }],
          tags: ['a'],
        },
      ],
    };
    const change = { icon: 'https://example.com/icon.png', subtype: 'QA', type: 'PRODUCTION', billOfMaterials };
    const { body } = await client.send('POST', '/v1/environments', { body: { ...environmentInput, ...change } });
    expect(body).toMatchObject({
      icon: 'https://example.com/icon.png',
      subtype: 'QA',
      type: 'PRODUCTION',
      billOfMaterials: {
        solutionType: 'CUSTOMER',
        products: [{ type: 'PING_ONE_MFA', description: 'PingOne MFA' }, billOfMaterials.products[1]],
      },
    });
  });

  test('makes a default population and three password policies in it', async () => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    const populations = await client.send('GET', `${path}/populations`);
    expect(populations.body._embedded.populations).toMatchObject([{ name: 'Default', default: true, userCount: 0 }]);
    const policies = await client.send('GET', `${path}/passwordPolicies`);
    expect(policies.body._embedded.passwordPolicies).toMatchObject([
      { name: 'Standard', default: true },
      { name: 'Passphrase', default: false },
      { name: 'Basic', default: false },
    ]);
  });
});

describe('an environment', () => {
  test('is read as it was created', async () => {
    const client = await clientOf();
    const created = await client.send('POST', '/v1/environments', { body: environmentInput });
    const { billOfMaterials, ...rest } = created.body;
    expect(billOfMaterials.products).toHaveLength(7);
    const path = `/v1/environments/${created.body.id}`;
    expect((await client.send('GET', path)).body).toEqual(rest);
    expect((await client.send('GET', `${path}?expand=billOfMaterials`)).body).toEqual(created.body);
    const list = (query: string) => client.send('GET', `/v1/environments?filter=id%20eq%20%22${rest.id}%22${query}`);
    expect((await list('')).body._embedded.environments).toEqual([rest]);
    expect((await list('&expand=billOfMaterials')).body._embedded.environments).toEqual([created.body]);
  });

  test('has a bill of materials that is read and replaced by itself', async () => {
    const client = await clientOf();
    const path = `${await createEnvironment(client)}/billOfMaterials`;
    const before = (await client.send('GET', path)).body;
    expect(before.products.map(({ type }: { type: string }) => type)).toContain('PING_ONE_MFA');
    const products = [{ type: 'PING_ONE_BASE' }, { type: 'PING_ONE_NEW' }];
    const replaced = await client.send('PUT', path, { body: { solutionType: 'CUSTOMER', products } });
    expect(replaced).toMatchObject({ status: 200, body: { solutionType: 'CUSTOMER', products } });
    expect(replaced.body.createdAt).toBe(before.createdAt);
    expect((await client.send('GET', path)).body).toEqual(replaced.body);
    expect(await client.send('PUT', path, { body: { products: [{}] } })).toMatchObject({
      status: 400,
      body: { details: [{ code: 'REQUIRED_VALUE', target: 'products[0].type' }] },
    });
    const identityOnly = await signIn(client.simulator, seedApps.identityDataAdmin);
    expect((await identityOnly.send('PUT', path, { body: { products } })).status).toBe(403);
  });

  test('of an organization of Asia Pacific may be in Australia, where the license allows it', async () => {
    const seed = asiaPacific(['AP', 'AU']);
    const create = async (given: SimulatorSeed, region: string) =>
      (await clientOf({ seed: given })).send('POST', '/v1/environments', { body: { ...environmentInput, region } });
    expect((await create(seed, 'AU')).status).toBe(201);
    expect((await create(seed, 'AP')).status).toBe(201);
    expect(await create(seed, 'NA')).toMatchObject({
      status: 400,
      body: { details: [{ target: 'region', innerError: { allowedValues: ['AP', 'AU'] } }] },
    });
    expect(await create(asiaPacific(['AP']), 'AU')).toMatchObject({
      status: 400,
      body: { details: [{ target: 'region', innerError: { allowedValues: ['AP'] } }] },
    });
  });

  test('takes no description with symbols', async () => {
    const client = await clientOf();
    const body = { ...environmentInput, description: 'a < b' };
    expect(await client.send('POST', '/v1/environments', { body })).toMatchObject({
      status: 400,
      body: { details: [{ target: 'description', message: expect.stringContaining('$ + < = > ^ ` | ~') }] },
    });
  });

  test.each(['GET', 'PUT', 'DELETE'])('that is unknown is not found by %s', async (method) => {
    const client = await clientOf();
    const body = method === 'PUT' ? { body: environmentInput } : {};
    const answer = await client.send(method, `/v1/environments/${unknownId}`, body);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'NOT_FOUND',
      message: `Unable to find environment with ID: '${unknownId}'`,
    });
  });

  test('of type SANDBOX is deleted at once, and a second time it is not found', async () => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    const deleted = await client.send('DELETE', path);
    expect(deleted).toMatchObject({ status: 204, body: undefined });
    expect(deleted.headers.get('content-type')).toBeNull();
    expect((await client.send('DELETE', path)).status).toBe(404);
    expect((await client.send('GET', `${path}/users`)).status).toBe(403);
  });

  test('is not deleted by a worker that lives in it', async () => {
    expect((await (await clientOf()).send('DELETE', `/v1/environments/${adminEnvID}`)).status).toBe(403);
  });

  test('is replaced: what is left out is gone, licence and products stay', async () => {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const client = await clientOf({ now: clock.now });
    const path = await createEnvironment(client);
    const before = (await client.send('GET', path)).body;
    clock.advance(1000);
    const body = { name: 'Renamed', type: 'SANDBOX', region: 'NA' };
    const { description: _description, ...kept } = before;
    expect(await client.send('PUT', path, { body })).toMatchObject({ status: 200 });
    expect((await client.send('GET', path)).body).toEqual({
      ...kept,
      name: 'Renamed',
      updatedAt: '2026-11-23T10:00:01.000Z',
    });
  });

  test.each([
    { change: { name: 'Administrators' }, code: 'UNIQUENESS_VIOLATION', target: 'name' },
    { change: { region: 'EU' }, code: 'INVALID_VALUE', target: 'region' },
    { change: { type: 'PRODUCTION' }, code: 'INVALID_VALUE', target: 'type' },
    { change: { license: { id: seedLicenses.full } }, code: 'INVALID_VALUE', target: 'license' },
    { change: { license: { id: unknownId } }, code: 'INVALID_VALUE', target: 'license' },
    { change: { name: undefined }, code: 'REQUIRED_VALUE', target: 'name' },
  ])('is not replaced with $change', async ({ change, code, target }) => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    const answer = await client.send('PUT', path, { body: { ...environmentInput, ...change } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [{ code, target }] } });
  });

  test('may keep its own name when it is replaced', async () => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    expect((await client.send('PUT', path, { body: environmentInput })).status).toBe(200);
  });
});

describe('an environment of type PRODUCTION', () => {
  const license = `/v1/organizations/${defaultCredentials.orgID}/licenses/${licenseID}`;

  async function production() {
    const clock = clockAt('2026-11-23T10:00:00.000Z');
    const client = await clientOf({ now: clock.now, tokenLifetimeSeconds: 1e9 });
    const path = await createEnvironment(client, { type: 'PRODUCTION' });
    return { clock, client, path };
  }

  test('is deleted only after a soft deletion and its waiting period', async () => {
    const { clock, client, path } = await production();
    const refused = { status: 400, body: { code: 'INVALID_DATA', details: [{ code: 'CONSTRAINT_VIOLATION' }] } };
    expect(await client.send('DELETE', path)).toMatchObject(refused);

    const pending = await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } });
    expect(pending).toMatchObject({
      status: 200,
      body: {
        status: 'DELETE_PENDING',
        softDeletedAt: '2026-11-23T10:00:00.000Z',
        hardDeleteAllowedAt: '2026-12-23T10:00:00.000Z',
      },
    });
    expect((await client.send('GET', license)).body.assignedEnvironmentsCount).toBe(7);
    expect(await client.send('DELETE', path)).toMatchObject(refused);

    clock.advance(30 * day);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.send('GET', license)).body.assignedEnvironmentsCount).toBe(7);
  });

  test('is restored from a soft deletion, with a licence', async () => {
    const { client, path } = await production();
    await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } });
    const full = { status: 'ACTIVE', license: { id: seedLicenses.full } };
    expect((await client.send('PUT', `${path}/status`, { body: full })).status).toBe(400);
    const active = await client.send('PUT', `${path}/status`, {
      body: { status: 'ACTIVE', license: { id: licenseID } },
    });
    expect(active.status).toBe(200);
    for (const key of ['status', 'softDeletedAt', 'hardDeleteAllowedAt']) expect(active.body).not.toHaveProperty(key);
    expect((await client.send('GET', license)).body.assignedEnvironmentsCount).toBe(8);
  });

  test('is deleted at once when it is made a SANDBOX first', async () => {
    const { client, path } = await production();
    const changed = await client.send('PUT', `${path}/type`, { body: { type: 'SANDBOX' } });
    expect(changed).toMatchObject({ status: 200, body: { type: 'SANDBOX' } });
    expect((await client.send('DELETE', path)).status).toBe(204);
  });

  test('is what a SANDBOX becomes only where the licence allows it', async () => {
    const seed = defaultSeed();
    const organizations = seed.organizations.map((organization) => ({
      ...organization,
      licenses: organization.licenses.map((one) => ({ ...one, allowProduction: false })),
    }));
    const client = await clientOf({ seed: { organizations } });
    const path = await createEnvironment(client);
    const answer = await client.send('PUT', `${path}/type`, { body: { type: 'PRODUCTION' } });
    expect(answer).toMatchObject({ status: 400, body: { details: [{ code: 'INVALID_VALUE', target: 'type' }] } });
  });

  test('is the only kind that can be soft-deleted', async () => {
    const client = await clientOf();
    const path = await createEnvironment(client);
    const answer = await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } });
    expect(answer).toMatchObject({ status: 400, body: { details: [{ code: 'INVALID_VALUE', target: 'status' }] } });
  });

  test.each([
    { path: 'status', body: { status: 'GONE' }, target: 'status', code: 'INVALID_VALUE' },
    { path: 'status', body: {}, target: 'status', code: 'REQUIRED_VALUE' },
    { path: 'type', body: { type: 5 }, target: 'type', code: 'INVALID_VALUE' },
  ])('does not take $body as $path', async ({ path: sub, body, target, code }) => {
    const { client, path } = await production();
    const answer = await client.send('PUT', `${path}/${sub}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [{ code, target }] } });
  });

  test('may wait for deletion a hundred times in an organization, not more', async () => {
    const seed = defaultSeed();
    const organizations = seed.organizations.map((organization) => ({
      ...organization,
      licenses: organization.licenses.map((one) => ({ ...one, maximumEnvironments: 1000 })),
    }));
    const client = await clientOf({ seed: { organizations } });
    const statuses: number[] = [];
    for (let number = 1; number <= 101; number += 1) {
      const path = await createEnvironment(client, { name: `Environment ${number}`, type: 'PRODUCTION' });
      statuses.push((await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 100 }, () => 200), 400]);
  });
});

/** The default seed as an organization of Asia Pacific, with these regions in its licenses. */
function asiaPacific(regions: readonly ('AP' | 'AU')[]): SimulatorSeed {
  const { organizations } = defaultSeed();
  return {
    organizations: organizations.map((one) => ({
      ...one,
      region: 'AP',
      licenses: one.licenses.map((license) => ({ ...license, regions })),
    })),
  };
}
