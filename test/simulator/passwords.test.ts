import { describe, expect, test } from 'vitest';
import { defaultCredentials, defaultSeed, seedLicenses } from '../../src/simulator/index.ts';
import {
  type Client,
  clientOf,
  clockAt,
  createEnvironment,
  createUser,
  day,
  passwordSet,
  setPassword,
} from './support.ts';

const good = 'Kn0t-so-weak!';
const unsupported =
  'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.';
const history =
  'The provided new password cannot be the same as the current password or any password in the password history.';

async function withUser(attributes: Record<string, unknown> = {}) {
  const clock = clockAt('2026-11-23T10:00:00.000Z');
  const client = await clientOf({ now: clock.now, tokenLifetimeSeconds: 1e9 });
  const user = await createUser(client, attributes);
  return { clock, client, user, set: (body: unknown) => setPassword(client, user, body) };
}

/** A user in a population with the policy of this name. */
async function withPolicy(name: string) {
  const client = await clientOf();
  const environment = await createEnvironment(client);
  const { body } = await client.send('GET', `${environment}/passwordPolicies`);
  const passwordPolicy = body._embedded.passwordPolicies.find((policy: { name: string }) => policy.name === name);
  const population = await client.send('POST', `${environment}/populations`, { body: { name, passwordPolicy } });
  const input = { username: 'sharedTestUser', population: { id: population.body.id } };
  const user = await client.send('POST', `${environment}/users`, { body: input });
  const path = `${environment}/users/${user.body.id}`;
  return { set: (value: string) => setPassword(client, path, { value }), policyId: passwordPolicy.id };
}

describe('the password state', () => {
  test('is NO_PASSWORD without lastChangedAt before the first password', async () => {
    const { client, user } = await withUser();
    const { body, status } = await client.send('GET', `${user}/password`);
    expect(status).toBe(200);
    expect(body.status).toBe('NO_PASSWORD');
    expect(body).not.toHaveProperty('lastChangedAt');
  });

  test('is what setting the password gave', async () => {
    const { client, user, set } = await withUser();
    const answer = await set({ value: good, forceChange: false });
    expect(answer).toMatchObject({ status: 200, body: { status: 'OK', lastChangedAt: '2026-11-23T10:00:00.000Z' } });
    expect((await client.send('GET', `${user}/password`)).body).toEqual(answer.body);
    expect(JSON.stringify(answer.body)).not.toContain(good);
  });

  test('is MUST_CHANGE_PASSWORD after forceChange, until the next password without it', async () => {
    const { set } = await withUser();
    expect((await set({ value: good, forceChange: true })).body.status).toBe('MUST_CHANGE_PASSWORD');
    expect((await set({ value: 'An0ther-one!' })).body.status).toBe('OK');
  });

  test('is PASSWORD_EXPIRED when the password is as old as the policy allows', async () => {
    const { clock, client, user, set } = await withUser();
    await set({ value: good });
    clock.advance(182 * day - 1);
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('OK');
    clock.advance(1);
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('PASSWORD_EXPIRED');
  });

  test('shows the policy when asked to expand it', async () => {
    const { client, user } = await withUser();
    const { body } = await client.send('GET', `${user}/password?expand=passwordPolicy`);
    expect(body._embedded.passwordPolicy).toMatchObject({ id: body.passwordPolicy.id, name: 'Standard' });
  });
});

describe('setting a password is refused', () => {
  test.each([
    { body: {}, want: { code: 'REQUIRED_VALUE', target: 'value' } },
    { body: { value: null }, want: { code: 'REQUIRED_VALUE', target: 'value' } },
    { body: { value: '' }, want: { code: 'EMPTY_VALUE', target: 'value' } },
    { body: { value: 12345678 }, want: { code: 'INVALID_VALUE', target: 'value' } },
    { body: { value: good, forceChange: 'no' }, want: { code: 'INVALID_VALUE', target: 'forceChange' } },
    { body: { value: good, bypassPolicy: 1 }, want: { code: 'INVALID_VALUE', target: 'bypassPolicy' } },
    {
      body: { value: good, external: { gateway: { id: 'x' } } },
      want: { code: 'INVALID_VALUE', target: 'external.gateway' },
    },
  ])('with $body', async ({ body, want }) => {
    const { client, user, set } = await withUser();
    expect(await set(body)).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [want] } });
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('NO_PASSWORD');
  });

  test.each([
    ['PUT', 'application/json'],
    ['PUT', 'text/plain'],
    ['PUT', undefined],
    ['PUT', `${passwordSet}; charset=iso-8859-1`],
    ['POST', passwordSet],
    ['POST', 'application/json'],
  ])('by %s with the media type %s', async (method, type) => {
    const { client, user } = await withUser();
    const text = new TextEncoder().encode(JSON.stringify({ value: good }));
    const headers = { ...(type === undefined ? {} : { 'Content-Type': type }) };
    const answer = await client.send(method, `${user}/password`, type === undefined ? { headers } : { text, headers });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'INVALID_REQUEST',
      message: unsupported,
    });
  });

  test('for a user of an external identity provider', async () => {
    const seed = defaultSeed();
    const [organization] = seed.organizations;
    const userId = '7d1f8a52-0c39-4be6-9a14-f05b2c8d6e01';
    const providerId = '9f3b0c74-2e5b-4d08-9c36-b27d4eaf8003';
    const environment = {
      id: '8e2a9b63-1d4a-4cf7-8b25-a16c3d9e7f02',
      name: 'External',
      type: 'SANDBOX' as const,
      licenseId: seedLicenses.internal,
      workerApps: [],
      users: [{ id: userId, username: 'external', identityProvider: { type: 'SAML', id: providerId } }],
    };
    if (organization === undefined) throw new Error('the default seed has organizations');
    const organizations = [{ ...organization, environments: [...organization.environments, environment] }];
    const client = await clientOf({ seed: { organizations } });
    const user = `/v1/environments/${environment.id}/users/${userId}`;
    expect(await setPassword(client, user, { value: good })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED' },
    });
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('EXTERNAL');
    expect((await client.send('GET', user)).body.identityProvider).toEqual({ type: 'SAML', id: providerId });
  });

  test('when it breaks the policy, with every failed check and one text a rule', async () => {
    const { set } = await withUser();
    const answer = await set({ value: 'aaa' });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'INVALID_DATA',
      message: 'The request could not be completed. One or more validation errors were in the request.',
      details: [
        {
          code: 'INVALID_VALUE',
          target: 'newPassword',
          message: 'New password did not satisfy password policy requirements',
          innerError: {
            unsatisfiedRequirements: [
              'minCharacters',
              'minCharacters',
              'minCharacters',
              'length',
              'maxRepeatedCharacters',
              'minUniqueCharacters',
            ],
            minCharacters:
              "The provided password did not contain enough characters from the character set 'ZYXWVUTSRQPONMLKJIHGFEDCBA'.  The minimum number of characters from that set that must be present in user passwords is 1",
            length: 'The provided password is shorter than the minimum required length of 8 characters',
            maxRepeatedCharacters:
              'The provided password is not acceptable because it contains a character repeated more than 2 times in a row',
            minUniqueCharacters:
              'The provided password does not contain enough unique characters.  The minimum number of unique characters that may appear in a user password is 5',
          },
        },
      ],
    });
  });
});

describe('the password rules', () => {
  const attributes = {
    username: 'sharedTestUser',
    email: 'jdoe-77@example.com',
    name: { given: 'Ann', middle: 'K', family: 'Lee' },
  };
  test.each([
    { given: 'Sh0rt-!', want: ['length'] },
    { given: `${'Abc1-'.repeat(51)}x`, want: ['length'] },
    { given: 'Abc1-'.repeat(51), want: [] },
    { given: 'no-upper-case-1', want: ['minCharacters'] },
    { given: 'NO-LOWER-CASE-1', want: ['minCharacters'] },
    { given: 'No-digit-at-all', want: ['minCharacters'] },
    { given: 'NoSpecial1Here', want: ['minCharacters'] },
    { given: 'Only\\"\'`7quotes', want: ['minCharacters'] },
    { given: 'Thrice-aaa-7', want: ['maxRepeatedCharacters'] },
    { given: 'Aa1-Aa1-', want: ['minUniqueCharacters'] },
    { given: 'Password1!', want: ['excludesCommonlyUsed'] },
    { given: 'P@ssw0rd', want: ['excludesCommonlyUsed'] },
    { given: 'x-SHAREDtestuser-7', want: ['excludesProfileData'] },
    { given: 'My-JDOE-77-pw', want: ['excludesProfileData'] },
    { given: 'jdoe-77@EXAMPLE.com', want: ['excludesProfileData'] },
    { given: 'Susanne-77', want: ['excludesProfileData'] },
    { given: 'Sleepy-77x', want: ['excludesProfileData'] },
    { given: 'Kn0t-so-weak!', want: [] },
    { given: 'Twice-aa-7', want: [] },
    { given: 'Aa1-Bé日', want: ['length'] },
    { given: 'Aa1-Bé日😀', want: [] },
  ])('Standard: $given → $want', async ({ given, want }) => {
    const { set } = await withUser(attributes);
    const { status, body } = await set({ value: given });
    expect(body.details?.[0].innerError.unsatisfiedRequirements ?? []).toEqual(want);
    expect(status).toBe(want.length === 0 ? 200 : 400);
  });

  test.each([
    { policy: 'Passphrase', given: 'correct horse battery staple', want: [] },
    { policy: 'Passphrase', given: 'tiny', want: ['minComplexity'] },
    { policy: 'Passphrase', given: 'password', want: ['excludesCommonlyUsed', 'minComplexity'] },
    { policy: 'Passphrase', given: 'xx sharedtestuser xx', want: ['excludesProfileData'] },
    { policy: 'Passphrase', given: 'Aa1-Bb2-', want: [] },
    { policy: 'Basic', given: 'sharedTestUser-7', want: [] },
    { policy: 'Basic', given: 'Aaaa1-Aaaa1-', want: [] },
    { policy: 'Basic', given: 'aaaa1-aaaa1-', want: ['minCharacters'] },
    { policy: 'Basic', given: 'Password1!', want: ['excludesCommonlyUsed'] },
  ])('$policy, by population: $given → $want', async ({ policy, given, want }) => {
    const { set, policyId } = await withPolicy(policy);
    const { status, body } = await set(given);
    expect(body.details?.[0].innerError.unsatisfiedRequirements ?? []).toEqual(want);
    expect(status).toBe(want.length === 0 ? 200 : 400);
    if (status === 200) expect(body.passwordPolicy.id).toBe(policyId);
  });

  test.each([
    { given: 'Kn0t-so-weak?', want: ['notSimilarToCurrent'] },
    { given: 'Kn0t-so-weaker!', want: ['notSimilarToCurrent'] },
    { given: 'Kn0t-so-weakest!', want: [] },
    { given: 'Xy0t-so-weak?', want: [] },
    { given: good, want: ['history'] },
  ])('compare with the current password where the user gives it: $given → $want', async ({ given, want }) => {
    const { client, user, set, clock } = await withUser();
    await set({ value: good });
    clock.advance(day);
    const { body } = await reset(client, user, { currentPassword: good, newPassword: given });
    expect(body.details?.[0].innerError.unsatisfiedRequirements ?? []).toEqual(want);
  });

  test('do not compare it where an administrator sets one', async () => {
    const { set } = await withUser();
    await set({ value: good });
    expect((await set({ value: 'Kn0t-so-weak?' })).status).toBe(200);
  });
});

describe('the password history', () => {
  const passwords = Array.from(
    { length: 8 },
    (_, index) => `${'abcdefgh'[index]}${index}-Rolling-${'QRSTUVWX'[index]}!`,
  );

  test('refuses the current password and the six before it, not the seventh', async () => {
    const { set } = await withUser();
    for (const value of passwords) expect((await set({ value })).status).toBe(200);
    const [seventh, ...sixBefore] = passwords;
    for (const value of sixBefore) {
      const { body } = await set({ value });
      expect(body.details[0].innerError).toMatchObject({ history });
      expect(body.details[0].innerError.unsatisfiedRequirements).toContain('history');
    }
    expect((await set({ value: seventh })).status).toBe(200);
  });

  test('forgets after 365 days', async () => {
    const { clock, set } = await withUser();
    await set({ value: good });
    await set({ value: 'An0ther-one!' });
    clock.advance(365 * day);
    expect((await set({ value: good })).status).toBe(400);
    clock.advance(1);
    expect((await set({ value: good })).status).toBe(200);
  });

  test('of a policy without one still refuses the current password', async () => {
    const { set } = await withPolicy('Basic');
    expect((await set(good)).status).toBe(200);
    expect((await set(good)).body.details[0].innerError).toEqual({ unsatisfiedRequirements: ['history'], history });
    expect((await set('An0ther-one!')).status).toBe(200);
    expect((await set(good)).status).toBe(200);
  });
});

describe('resetting a password', () => {
  test('as an administrator is not checked by the policy, unlocks, and asks for another', async () => {
    const { client, user, set } = await withUser();
    await set({ value: good });
    const check = { body: { password: 'no' }, headers: { 'Content-Type': mediaType('check') } };
    for (let n = 0; n < 5; n += 1) await client.send('POST', `${user}/password`, check);
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('PASSWORD_LOCKED_OUT');
    expect(await reset(client, user, { newPassword: 'weak' })).toMatchObject({
      status: 200,
      body: { status: 'MUST_CHANGE_PASSWORD' },
    });
    const { body } = await client.send('POST', `${user}/password`, { ...check, body: { password: 'weak' } });
    expect(body.status).toBe('MUST_CHANGE_PASSWORD');
  });

  test('as the user wants the right current password, of a certain age', async () => {
    const { client, user, set, clock } = await withUser();
    await set({ value: good });
    const change = { currentPassword: good, newPassword: 'An0ther-one!' };
    expect(await reset(client, user, { ...change, currentPassword: 'no' })).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'currentPassword' }] },
    });
    expect(await reset(client, user, change)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'PASSWORD_TOO_YOUNG' }] },
    });
    clock.advance(day);
    expect(await reset(client, user, change)).toMatchObject({ status: 200, body: { status: 'OK' } });
  });
});

describe('a password', () => {
  test('that bypasses the policy may be weak, but not the current one', async () => {
    const { set } = await withUser();
    expect((await set({ value: 'weak', bypassPolicy: true })).status).toBe(200);
    const again = await set({ value: 'weak', bypassPolicy: true });
    expect(again).toMatchObject({ status: 400, body: { details: [{ innerError: { history } }] } });
    expect((await set({ value: 'weak', bypassPolicy: false })).status).toBe(400);
  });

  test('that is pre-encoded is not checked', async () => {
    const { set } = await withUser();
    expect((await set({ value: '{SSHA512}c2FsdGVk' })).status).toBe(200);
    expect((await set({ value: '{}weak' })).status).toBe(400);
    expect((await set({ value: '{SSHA512}' })).status).toBe(400);
  });
});

function mediaType(action: string): string {
  return `application/vnd.pingidentity.password.${action}+json`;
}

function reset(client: Client, user: string, body: unknown) {
  return client.send('PUT', `${user}/password`, { body, headers: { 'Content-Type': mediaType('reset') } });
}

describe('password policies', () => {
  const classes = {
    '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1,
    '0123456789': 1,
    ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1,
    abcdefghijklmnopqrstuvwxyz: 1,
  };
  const lockout = { failureCount: 5, durationSeconds: 900 };
  const aging = { maxAgeDays: 182, minAgeDays: 1, history: { count: 6, retentionDays: 365 } };
  const rules = [
    {
      name: 'Standard',
      description: 'A standard policy that incorporates industry best practices',
      excludesProfileData: true,
      notSimilarToCurrent: true,
      excludesCommonlyUsed: true,
      ...aging,
      maxRepeatedCharacters: 2,
      minUniqueCharacters: 5,
      lockout,
      length: { min: 8, max: 255 },
      minCharacters: classes,
      default: true,
    },
    {
      name: 'Passphrase',
      description: 'A policy that encourages the use of passphrases',
      excludesProfileData: true,
      notSimilarToCurrent: true,
      excludesCommonlyUsed: true,
      minComplexity: 7,
      ...aging,
      lockout,
      default: false,
    },
    {
      name: 'Basic',
      description: 'A relaxed standard policy to allow for maximum customer flexibility.',
      excludesProfileData: false,
      notSimilarToCurrent: false,
      excludesCommonlyUsed: true,
      lockout,
      length: { min: 8, max: 255 },
      minCharacters: classes,
      default: false,
    },
  ];

  test('are listed whole, and each is read as it is listed', async () => {
    const client = await clientOf();
    const path = `/v1/environments/${defaultCredentials.adminEnvID}/passwordPolicies`;
    const list = await client.send('GET', path);
    expect(list.body).toMatchObject({ _links: { self: { href: `http://simulator.test${path}` } }, count: 3, size: 3 });
    const policies: { id: string }[] = list.body._embedded.passwordPolicies;
    expect(policies).toEqual(
      rules.map((rule, index) => ({
        _links: {
          self: { href: `http://simulator.test${path}/${policies[index]?.id}` },
          environment: { href: `http://simulator.test/v1/environments/${defaultCredentials.adminEnvID}` },
        },
        id: expect.any(String),
        environment: { id: defaultCredentials.adminEnvID },
        ...rule,
        populationCount: 0,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      })),
    );
    for (const policy of policies) expect((await client.send('GET', `${path}/${policy.id}`)).body).toEqual(policy);
    expect((await client.send('GET', `${path}/11111111-1111-4111-8111-111111111111`)).status).toBe(404);
  });

  const own = { name: 'Own', excludesProfileData: false, notSimilarToCurrent: false, excludesCommonlyUsed: true };

  test('are created, replaced and deleted, and hold for the users of a population that names them', async () => {
    const client = await clientOf();
    const environment = `/v1/environments/${defaultCredentials.adminEnvID}`;
    const created = await client.send('POST', `${environment}/passwordPolicies`, {
      body: { ...own, lockout: { failureCount: 2, durationSeconds: 60 } },
    });
    expect(created).toMatchObject({ status: 201, body: { ...own, default: false, populationCount: 0 } });
    const path = `${environment}/passwordPolicies/${created.body.id}`;
    expect((await client.send('POST', `${environment}/passwordPolicies`, { body: own })).body.details).toMatchObject([
      { code: 'UNIQUENESS_VIOLATION', target: 'name' },
    ]);

    const population = await client.send('POST', `${environment}/populations`, {
      body: { name: 'Under it', passwordPolicy: { id: created.body.id } },
    });
    const { id } = (
      await client.send('POST', `${environment}/users`, {
        body: { username: 'ann', population: { id: population.body.id } },
      })
    ).body;
    const user = `${environment}/users/${id}`;
    expect((await setPassword(client, user, { value: 'weak' })).body.passwordPolicy).toEqual({ id: created.body.id });
    const changed = await client.send('PUT', path, { body: { ...own, length: { min: 12, max: 255 } } });
    expect(changed).toMatchObject({ status: 200, body: { length: { min: 12 }, lockout: { failureCount: 5 } } });
    expect((await setPassword(client, user, { value: 'weak again' })).status).toBe(400);
    expect((await client.send('DELETE', path)).body.details).toMatchObject([{ code: 'CONSTRAINT_VIOLATION' }]);
    await client.send('DELETE', user);
    await client.send('DELETE', `${environment}/populations/${population.body.id}`);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.send('GET', path)).status).toBe(404);
  });

  test('are one the default, which cannot be deleted', async () => {
    const client = await clientOf();
    const path = `/v1/environments/${defaultCredentials.adminEnvID}/passwordPolicies`;
    const { id } = (await client.send('POST', path, { body: { ...own, default: true } })).body;
    const list = await client.send('GET', path);
    const defaults = list.body._embedded.passwordPolicies.filter((policy: { default: boolean }) => policy.default);
    expect(defaults).toMatchObject([{ id }]);
    expect((await client.send('DELETE', `${path}/${id}`)).status).toBe(400);
    expect((await client.send('PUT', `${path}/${id}`, { body: own })).body.default).toBe(true);
  });
});
