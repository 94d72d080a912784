import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type DisputedAnswer,
  defaultCredentials,
  defaultSeed,
  disputedAnswers,
  seedApps,
  signOnCredentials,
} from '../../src/simulator/index.ts';
import { beginFlow, createApplication, submit } from './sign-on.ts';
import {
  type Client,
  clientOf,
  createEnvironment,
  createUser,
  environmentInput,
  setPassword,
  signIn,
} from './support.ts';

const users = `/v1/environments/${signOnCredentials.envID}/users`;

/** What each name switches, as one fact of an answer: first the answer that is believed, then the other. */
const facts: Readonly<
  Record<DisputedAnswer, { ask: (client: Client) => Promise<unknown>; want: readonly [unknown, unknown] }>
> = {
  'documented-headers': {
    ask: async (client) => (await client.send('GET', users)).headers.get('x-content-type-options'),
    want: [null, 'nosniff'],
  },
  'email-required': {
    ask: async (client) => (await client.send('POST', users, { body: { username: 'ann' } })).status,
    want: [201, 400],
  },
  'email-unique': {
    ask: async (client) => {
      await client.send('POST', users, { body: { username: 'ann', email: 'ann@example.com' } });
      return (await client.send('POST', users, { body: { username: 'bob', email: 'Ann@example.com' } })).status;
    },
    want: [201, 400],
  },
  'environment-admin-without-users': {
    ask: async ({ simulator }) => {
      const client = await signIn(simulator, seedApps.environmentAdmin);
      const path = `/v1/environments/${defaultCredentials.adminEnvID}`;
      expect((await client.send('GET', `${path}/populations`)).status).toBe(200);
      return (await client.send('GET', `${path}/users`)).status;
    },
    want: [200, 403],
  },
  'flow-cookie-400': {
    ask: async (client) => {
      const flow = await beginFlow(client, await createApplication(client));
      return (await submit(client, { ...flow, cookie: '' })).status;
    },
    want: [401, 400],
  },
  'flow-invalid-credentials': {
    ask: async (client) => {
      const flow = await beginFlow(client, await createApplication(client));
      return (await submit(client, flow, { password: 'no' })).body.details[0].code;
    },
    want: ['INVALID_VALUE', 'INVALID_CREDENTIALS'],
  },
  'flow-locked-out-400': {
    ask: async (client) => {
      const flow = await beginFlow(client, await createApplication(client));
      for (let n = 0; n < 5; n += 1) await submit(client, flow, { password: 'no' });
      const { status, body } = await submit(client, flow);
      return [status, body.code, body.details?.[0].code, body.error?.code];
    },
    want: [
      [200, undefined, undefined, 'PASSWORD_LOCKED_OUT'],
      [400, 'PASSWORD_LOCKED_OUT', 'PASSWORD_LOCKED_OUT', undefined],
    ],
  },
  'force-change-required': {
    ask: async (client) => (await setPassword(client, await createUser(client), { value: 'Kn0t-so-weak!' })).status,
    want: [200, 400],
  },
  'hard-deleted-allowed-at': {
    ask: async (client) => {
      const path = await createEnvironment(client, { type: 'PRODUCTION' });
      const { body } = await client.send('PUT', `${path}/status`, { body: { status: 'DELETE_PENDING' } });
      return Object.keys(body).find((key) => key.startsWith('hardDelete'));
    },
    want: ['hardDeleteAllowedAt', 'hardDeletedAllowedAt'],
  },
  'license-required': {
    ask: async ({ simulator }) => {
      const client = await signIn(simulator, seedApps.otherOrganization);
      const { license: _license, ...body } = environmentInput;
      return (await client.send('POST', '/v1/environments', { body })).status;
    },
    want: [201, 400],
  },
  'name-sw-only': {
    ask: async (client) => (await client.send('GET', '/v1/environments?filter=name%20eq%20%22x%22')).status,
    want: [200, 400],
  },
  'population-required': {
    ask: async (client) =>
      (await client.send('POST', users, { body: { username: 'ann', email: 'a@example.com' } })).status,
    want: [201, 400],
  },
  'roles-without-count': {
    ask: async (client) => (await client.send('GET', '/v1/roles')).body.count,
    want: [6, undefined],
  },
  'user-page-200': {
    ask: async (client) => {
      const { body } = await client.send('GET', `${users}?limit=1000`);
      return body.size;
    },
    want: [205, 200],
  },
};

/** The default seed with 205 users where people sign on. */
const seed = {
  organizations: defaultSeed().organizations.map((organization) => ({
    ...organization,
    environments: organization.environments.map((environment) => ({
      ...environment,
      users:
        environment.users?.concat(
          Array.from({ length: 204 }, (_, index) => ({
            id: `3d1f0000-0000-4000-8000-${String(index).padStart(12, '0')}`,
            username: `user ${index}`,
          })),
        ) ?? [],
    })),
  })),
};

test.each(Object.keys(disputedAnswers) as DisputedAnswer[])('%s gives the other answer', async (name) => {
  const { ask, want } = facts[name];
  expect(await ask(await clientOf({ seed }))).toEqual(want[0]);
  expect(await ask(await clientOf({ seed, disputed: [name] }))).toEqual(want[1]);
});

test('the README lists exactly the disputed answers there are', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../src/simulator/README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| `([a-z0-9-]+)` \| [^|]+ \| `disputed`/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(Object.keys(disputedAnswers).toSorted());
});
