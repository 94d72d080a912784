import { describe, expect, test } from 'vitest';
import type { RequestLogEntry } from '../../src/simulator/index.ts';
import { clientOf, createEnvironment, createUser, setPassword } from './support.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
const general = 'The request could not be completed. One or more validation errors were in the request.';
const anyText = '^[\\p{L}\\p{M}\\p{Zs}\\p{S}\\p{N}\\p{P}]*$';
const personalName = "^[\\p{L}\\p{M}\\p{N}' .-]*$";
const malformedEmail = { code: 'INVALID_VALUE', target: 'email', message: 'must be a well-formed email address' };
const blank = { code: 'EMPTY_VALUE', target: 'username', message: 'must not be blank' };
const required = (target: string) => ({ code: 'REQUIRED_VALUE', target, message: 'must not be null' });
const empty = (target: string) => ({ code: 'EMPTY_VALUE', target, message: 'must not be empty' });
const tooLong = (target: string, limit: number) => ({
  code: 'SIZE_LIMIT_EXCEEDED',
  target,
  message: `size must be at most ${limit}`,
  innerError: { maximumValue: limit },
});
const wrongPattern = (target: string, allowedPattern: string) => ({
  code: 'INVALID_VALUE',
  target,
  message: 'must match the allowed pattern',
  innerError: { allowedPattern },
});
const wrongType = (target: string, type: string) => ({
  code: 'INVALID_VALUE',
  target,
  message: `must be of type ${type}`,
});
const x = (length: number) => 'x'.repeat(length);

async function withEnvironment() {
  const client = await clientOf();
  const environment = await createEnvironment(client);
  return { client, environment, users: `${environment}/users` };
}

describe('creating a user is refused', () => {
  test.each([
    { given: { username: undefined }, want: [required('username')] },
    { given: { username: null }, want: [required('username')] },
    { given: { username: '' }, want: [blank] },
    { given: { username: ' \t ' }, want: [blank] },
    { given: { username: x(129) }, want: [tooLong('username', 128)] },
    { given: { username: 'line\nbreak' }, want: [wrongPattern('username', anyText)] },
    { given: { username: ['a'] }, want: [wrongType('username', 'string')] },
    { given: { email: 5 }, want: [wrongType('email', 'string')] },
    { given: { name: 'Ann' }, want: [wrongType('name', 'object')] },
    { given: { name: { given: '' } }, want: [empty('name.given')] },
    {
      given: { name: { given: x(257), middle: x(257) } },
      want: [tooLong('name.given', 256), tooLong('name.middle', 256)],
    },
    { given: { name: { family: 'O_Neil' } }, want: [wrongPattern('name.family', personalName)] },
    { given: { name: { formatted: 'Ann (Lee)' } }, want: [wrongPattern('name.formatted', personalName)] },
    {
      given: { nickname: x(257), title: '\n', type: '', locale: x(257) },
      want: [tooLong('nickname', 256), wrongPattern('title', anyText), empty('type'), tooLong('locale', 256)],
    },
    {
      given: { mobilePhone: 'none', primaryPhone: '5'.repeat(33) },
      want: [wrongPattern('mobilePhone', '\\d'), tooLong('primaryPhone', 32)],
    },
    { given: { externalId: x(1025) }, want: [tooLong('externalId', 1024)] },
    { given: { externalId: '' }, want: [empty('externalId')] },
    {
      given: {
        address: { countryCode: 'usa', locality: x(257), region: x(257), streetAddress: x(257), postalCode: x(41) },
      },
      want: [
        wrongPattern('address.countryCode', '^[A-Z]{2}$'),
        tooLong('address.locality', 256),
        tooLong('address.region', 256),
        tooLong('address.streetAddress', 256),
        tooLong('address.postalCode', 40),
      ],
    },
    { given: { timezone: 'CET' }, want: [wrongPattern('timezone', '^\\w+\\/\\w+$')] },
    {
      given: { population: { id: unknownId } },
      want: [{ code: 'INVALID_VALUE', target: 'population.id', message: 'The referenced resource does not exist.' }],
    },
    { given: { population: {} }, want: [required('population.id')] },
    {
      given: { username: ' ', email: 'nobody', timezone: 'x' },
      want: [blank, malformedEmail, wrongPattern('timezone', '^\\w+\\/\\w+$')],
    },
  ])('with $given', async ({ given, want }) => {
    const { client, users } = await withEnvironment();
    const answer = await client.send('POST', users, { body: { username: 'ann', ...given } });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_DATA', message: general });
    const byTarget = (one: { target?: string }, other: { target?: string }) =>
      String(one.target).localeCompare(String(other.target));
    expect(answer.body.details.toSorted(byTarget)).toEqual(want.toSorted(byTarget));
  });

  test.each(['nobody', 'a b@example.com', '@example.com', 'a@', 'a@b@c', ''])(
    'with the e-mail address "%s"',
    async (email) => {
      const { client, users } = await withEnvironment();
      const answer = await client.send('POST', users, { body: { username: 'ann', email } });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        id: answer.headers.get('correlation-id'),
        code: 'INVALID_DATA',
        message: 'Validation Error : [email must be a well-formed email address]',
        details: [malformedEmail],
      });
    },
  );

  test.each(['ann', 'ANN'])('with the username %s when there is an "ann"', async (username) => {
    const { client, users } = await withEnvironment();
    await client.send('POST', users, { body: { username: 'ann' } });
    const answer = await client.send('POST', users, { body: { username } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_DATA',
        message: general,
        details: [
          { code: 'UNIQUENESS_VIOLATION', target: 'username', message: 'is unique but a non-unique value is provided' },
        ],
      },
    });
  });

  test('with a password that the policy refuses, in the words PingOne was seen to use', async () => {
    const { client, users } = await withEnvironment();
    const answer = await client.send('POST', users, { body: { username: 'ann', password: { value: 'aaa' } } });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        details: [
          {
            code: 'INVALID_VALUE',
            target: 'password',
            message: 'User password did not satisfy password policy requirements',
          },
        ],
      },
    });
    expect((await client.send('GET', users)).body.count).toBe(0);
  });
});

describe('a user', () => {
  test('is created with all attributes, and read as it was created', async () => {
    const { client, users } = await withEnvironment();
    const body = {
      username: 'Änn 中 O’Neil #1',
      email: 'ann@example.com',
      name: { given: 'Ann', middle: 'B.', family: "O'Neil-Lee", formatted: 'Ann B. Neil' },
      nickname: 'Annie',
      title: 'Dr.',
      type: 'Employee',
      locale: 'en-GB',
      mobilePhone: '+1 (512) 555-0100',
      primaryPhone: '5125550101',
      externalId: 'E-1',
      address: { countryCode: 'US', locality: 'Austin', region: 'TX', streetAddress: '1 Main', postalCode: '78701' },
      timezone: 'America/Chicago',
    };
    const created = await client.send('POST', users, { body });
    expect(created).toMatchObject({ status: 201, body });
    const read = await client.send('GET', `${users}/${created.body.id}`);
    expect(read).toMatchObject({ status: 200 });
    expect(read.body).toEqual(created.body);
  });

  test('goes to the default population when none is named', async () => {
    const { client, environment, users } = await withEnvironment();
    const { body } = await client.send('GET', `${environment}/populations`);
    const created = await client.send('POST', users, { body: { username: 'ann' } });
    expect(created.body.population.id).toBe(body._embedded.populations[0].id);
  });

  test('may share an e-mail address with another user', async () => {
    const { client, users } = await withEnvironment();
    const statuses = ['ann', 'bob'].map(
      async (username) => (await client.send('POST', users, { body: { username, email: 'both@example.com' } })).status,
    );
    expect(await Promise.all(statuses)).toEqual([201, 201]);
  });

  test.each(['application/json', 'application/vnd.pingidentity.user.import+json'])(
    'is created with a password by %s, which is never shown',
    async (type) => {
      const { client, users } = await withEnvironment();
      const body = { username: 'ann', password: { value: 'Kn0t-so-weak!', forceChange: true } };
      const created = await client.send('POST', users, { body, headers: { 'Content-Type': type } });
      expect(created.status).toBe(201);
      expect(JSON.stringify(created.body)).not.toContain('Kn0t');
      const state = await client.send('GET', `${users}/${created.body.id}/password`);
      expect(state.body.status).toBe('MUST_CHANGE_PASSWORD');
    },
  );

  test('is replaced: what is left out is gone, population and password stay', async () => {
    const client = await clientOf();
    const user = await createUser(client, { nickname: 'Annie' });
    await setPassword(client, user, { value: 'Kn0t-so-weak!' });
    const before = (await client.send('GET', user)).body;
    const body = { username: 'renamed', population: { id: unknownId } };
    const replaced = await client.send('PUT', user, { body });
    expect(replaced).toMatchObject({ status: 200, body: { username: 'renamed', population: before.population } });
    for (const key of ['email', 'nickname']) expect(replaced.body).not.toHaveProperty(key);
    expect((await client.send('GET', `${user}/password`)).body.status).toBe('OK');
  });

  test('is changed by PATCH: only what is sent, one level deep', async () => {
    const client = await clientOf();
    const user = await createUser(client, { name: { given: 'Ann', family: 'Lee' }, nickname: 'Annie' });
    const changed = await client.send('PATCH', user, {
      body: { name: { given: 'Anna' }, nickname: null, title: 'Dr.' },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { username: 'sharedTestUser', name: { given: 'Anna', family: 'Lee' }, nickname: 'Annie', title: 'Dr.' },
    });
  });

  test.each(['PUT', 'PATCH'])('frees its username when %s renames it', async (method) => {
    const client = await clientOf();
    const user = await createUser(client);
    const users = user.slice(0, user.lastIndexOf('/'));
    expect((await client.send(method, user, { body: { username: 'renamed' } })).status).toBe(200);
    expect((await client.send('POST', users, { body: { username: 'sharedTestUser' } })).status).toBe(201);
    const taken = await client.send(method, user, { body: { username: 'SHAREDTESTUSER' } });
    expect(taken).toMatchObject({ status: 400, body: { details: [{ code: 'UNIQUENESS_VIOLATION' }] } });
  });

  test('frees its username when it is deleted', async () => {
    const client = await clientOf();
    const user = await createUser(client);
    expect(await client.send('DELETE', user)).toMatchObject({ status: 204, body: undefined });
    const users = user.slice(0, user.lastIndexOf('/'));
    expect((await client.send('POST', users, { body: { username: 'sharedTestUser' } })).status).toBe(201);
  });

  test.each([
    ['GET', '', undefined],
    ['PUT', '', { username: 'x' }],
    ['PATCH', '', {}],
    ['DELETE', '', undefined],
    ['GET', '/password', undefined],
    ['PUT', '/password', { value: 'x' }],
    ['GET', '/mfaEnabled', undefined],
    ['POST', '/devices', {}],
  ])('that is unknown is not found by %s %s', async (method, path, body) => {
    const { client, users } = await withEnvironment();
    const answer = await client.send(method, `${users}/${unknownId}${path}`, body === undefined ? {} : { body });
    expect(answer).toMatchObject({
      status: 404,
      body: {
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      },
    });
  });
});

describe('expand', () => {
  test.each([
    { expand: 'population', want: ['population'] },
    { expand: 'password', want: ['password'] },
    { expand: 'password,population', want: ['population', 'password'] },
  ])('$expand embeds $want in one user', async ({ expand, want }) => {
    const client = await clientOf();
    const user = await createUser(client);
    const plain = (await client.send('GET', user)).body;
    const { _embedded, ...rest } = (await client.send('GET', `${user}?expand=${expand}`)).body;
    expect(rest).toEqual(plain);
    expect(Object.keys(_embedded)).toEqual(want);
    if (_embedded.population) expect(_embedded.population.id).toBe(plain.population.id);
    if (_embedded.password) expect(_embedded.password.status).toBe('NO_PASSWORD');
  });

  test('of something else embeds nothing, and is logged', async () => {
    const log: RequestLogEntry[] = [];
    const client = await clientOf({ onRequest: (entry) => log.push(entry) });
    const user = await createUser(client);
    expect((await client.send('GET', `${user}?expand=groups`)).body).not.toHaveProperty('_embedded');
    expect(log.at(-1)?.note).toBe('not simulated: expand=groups');
  });
});

test('a list of users shows the links that were recorded, one user more of them', async () => {
  const client = await clientOf();
  const user = await createUser(client);
  const { _embedded } = (await client.send('GET', user.replace(/\/[^/]+$/, ''))).body;
  expect(Object.keys(_embedded.users[0]._links)).toHaveLength(8);
  expect(Object.keys((await client.send('GET', user)).body._links)).toHaveLength(13);
});
