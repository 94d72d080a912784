import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultCredentials, signOnCredentials } from '../../src/simulator/index.ts';
import { createApplication } from './sign-on.ts';
import { complaintsAbout } from './strict.ts';
import { clientOf } from './support.ts';

/** Answers in the shape of those that were recorded from the real service in 2022; ids, names and times are made up. */
interface Recorded {
  readonly request: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; what they find they compare.
  readonly body: any;
}

const folder = join(import.meta.dirname, 'recorded');
const recorded = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded;
const names = readdirSync(folder).map((file) => file.replace('.json', ''));

const { adminEnvID } = defaultCredentials;
const below = (path: string) => `/v1/environments/${adminEnvID}${path}`;

test.each(names)('%s fits the strict schemas, and the collection’s where it is of their kind', (name) => {
  const { request, status, headers, body } = recorded(name);
  const [method = '', address = ''] = request.split(' ');
  const answer = { method, path: new URL(address).pathname, status, headers: new Headers(headers), body };
  expect(complaintsAbout(answer)).toEqual([]);
});

describe('the simulator answers as recorded', () => {
  test.each([
    { name: 'roles', path: '/v1/roles?limit=100', keys: ['roles'] },
    { name: 'environment', path: below(''), keys: [] },
    { name: 'users', path: `/v1/environments/${signOnCredentials.envID}/users?limit=100`, keys: ['users'] },
    { name: 'applications', path: below('/applications?limit=100'), keys: ['applications'] },
    {
      name: 'groups-of-a-group-none',
      path: below('/groups?limit=100&filter=memberOfGroups%5Bid%20eq%20%22x%22%5D'),
      keys: [],
    },
  ])('$name: the same headers, keys and links', async ({ name, path, keys }) => {
    const client = await clientOf();
    const want = recorded(name);
    const { headers, body } = await client.send('GET', path);
    for (const header of Object.keys(want.headers)) expect(headers.has(header), header).toBe(true);
    expect(headers.get('access-control-allow-methods')).toBe(want.headers['access-control-allow-methods']);
    expect(headers.get('content-type')).toBe(want.headers['content-type']);
    expect(Object.keys(body)).toEqual(Object.keys(want.body));
    expect(Object.keys(body._links)).toEqual(Object.keys(want.body._links));
    const query = (href: string) =>
      new URL(href).search.replace(/%22[^%]*%22/g, '%22…%22').replace(/%20and%20.*?%5D/, '%5D');
    expect(query(body._links.self.href)).toBe(query(want.body._links.self.href));
    for (const key of keys) {
      const item = (items: readonly { type?: string }[]) =>
        items.find(({ type }) => type === undefined || type === 'WORKER');
      const [own, theirs] = [item(body._embedded[key]), item(want.body._embedded[key])];
      const optional = ['lastSignOn', 'name'];
      const shown = (one: object = {}) =>
        Object.keys(one).filter((name) => !(key === 'users' && optional.includes(name)));
      expect(shown(own)).toEqual(shown(theirs));
      expect(Object.keys((own as { _links: object })._links)).toEqual(
        Object.keys((theirs as unknown as { _links: object })._links),
      );
    }
  });

  test('roles: the same ids, names and scopes, in the same order', async () => {
    const { body } = await (await clientOf()).send('GET', '/v1/roles');
    const facts = (roles: readonly Record<string, unknown>[]) =>
      roles.map(({ id, name, description, applicableTo, canAssign }) => ({
        id,
        name,
        description,
        applicableTo,
        canAssign,
      }));
    expect(facts(body._embedded.roles)).toEqual(facts(recorded('roles').body._embedded.roles));
  });

  test('applications: the platform’s own, word for word', async () => {
    const client = await clientOf();
    await createApplication(client);
    const { body } = await client.send('GET', below('/applications'));
    const facts = (applications: readonly Record<string, unknown>[]) =>
      applications
        .filter(({ type }) => String(type).startsWith('PING_ONE'))
        .map(({ _links, id, environment, icon, createdAt, updatedAt, ...rest }) => [
          Object.keys(_links as object),
          rest,
        ]);
    expect(facts(body._embedded.applications)).toEqual(facts(recorded('applications').body._embedded.applications));
  });

  test('environment: that of the administrators is PRODUCTION, described in the service’s words', async () => {
    const { body } = await (await clientOf()).send('GET', below(''));
    const { name, type, description } = recorded('environment').body;
    expect(body).toMatchObject({ name, type, description });
  });
});
