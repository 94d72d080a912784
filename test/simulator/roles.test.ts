import { describe, expect, test } from 'vitest';
import { grantCreatorRoles, withdrawRoles } from '../../src/simulator/authorization/creator-roles.ts';
import {
  defaultCredentials,
  defaultSeed,
  otherOrganization,
  readState,
  seedApps,
  signOnCredentials,
} from '../../src/simulator/index.ts';
import { buildState } from '../../src/simulator/state/build.ts';
import type { Role } from '../../src/simulator/state/model.ts';
import { clientOf } from './support.ts';

const { orgID, adminEnvID } = defaultCredentials;

/** An app of the administrators' environment, and the environment it is about to have created. */
function creation(appId: string) {
  const state = buildState(defaultSeed());
  const home = state.environments.get(adminEnvID);
  const created = state.environments.get(otherOrganization.adminEnvID);
  const app = home?.workerApps.get(appId);
  if (home === undefined || created === undefined || app === undefined) throw new Error('not in the default seed');
  const environment = { ...created, id: 'created', organizationId: orgID };
  const roles = () => home.workerApps.get(appId)?.roles ?? [];
  return { state, actor: { app, home }, environment, roles, before: app.roles };
}

const scope = { type: 'ENVIRONMENT', id: 'created' };

describe('the creator of an environment', () => {
  test.each([
    {
      given: 'with Environment Admin in the whole organization gets the other two roles',
      app: seedApps.administrator,
      want: ['Identity Data Admin', 'Client Application Developer'],
    },
    {
      given: 'without it gets all three',
      app: seedApps.environmentAdmin,
      want: ['Environment Admin', 'Identity Data Admin', 'Client Application Developer'],
    },
  ])('$given', ({ app, want }) => {
    const { actor, environment, roles, before } = creation(app.clientId);
    grantCreatorRoles(actor, environment);
    expect(roles()).toEqual([...before, ...want.map((role) => ({ role, scope }))]);
  });

  test('keeps no role on it when it is gone', () => {
    const { state, actor, environment, roles, before } = creation(seedApps.administrator.clientId);
    grantCreatorRoles(actor, environment);
    withdrawRoles(state, environment);
    expect(roles()).toEqual(before);
  });
});

test('the roles of an application are listed, with their names', async () => {
  const client = await clientOf();
  const { body: roles } = await client.send('GET', '/v1/roles');
  const names = new Map(roles._embedded.roles.map(({ id, name }: { id: string; name: string }) => [id, name]));
  const path = (app: string) => `/v1/environments/${adminEnvID}/applications/${app}/roleAssignments`;
  const { body } = await client.send('GET', path(seedApps.administrator.clientId));
  expect(
    body._embedded.roleAssignments.map(({ role, scope }: { role: { id: string }; scope: object }) => [
      names.get(role.id),
      scope,
    ]),
  ).toEqual([
    ['Organization Admin', { type: 'ORGANIZATION', id: orgID }],
    ['Environment Admin', { type: 'ORGANIZATION', id: orgID }],
    ['Identity Data Admin', { type: 'ENVIRONMENT', id: adminEnvID }],
    ['Identity Data Admin', { type: 'ENVIRONMENT', id: signOnCredentials.envID }],
  ]);
  expect((await client.send('GET', path('00000000-0000-4000-8000-000000000000'))).status).toBe(404);
});

test('a role is read by its id, which is the same in every tenant', async () => {
  const client = await clientOf();
  const path = '/v1/roles/29ddce68-cd7f-4b2a-b6fc-f7a19553b496';
  expect((await client.send('GET', path)).body).toMatchObject({ name: 'Environment Admin' });
  expect((await client.send('GET', `/v1/roles/${adminEnvID}`)).status).toBe(404);
});

describe('a role of the seed', () => {
  const seedWith = (role: Role, type: 'ENVIRONMENT' | 'ORGANIZATION') => {
    const [organization] = defaultSeed().organizations;
    if (organization === undefined) throw new Error('no organization');
    const id = type === 'ORGANIZATION' ? orgID : adminEnvID;
    const environments = organization.environments.map((environment) => ({
      ...environment,
      workerApps: environment.workerApps.map((app) => ({ ...app, roles: [{ role, scope: { type, id } }] })),
    }));
    return { organizations: [{ ...organization, environments }] };
  };

  test.each<[Role, 'ENVIRONMENT' | 'ORGANIZATION', string]>([
    ['Identity Data Admin', 'ORGANIZATION', 'POPULATION or ENVIRONMENT'],
    ['Identity Data Read Only', 'ORGANIZATION', 'POPULATION or ENVIRONMENT'],
    ['Client Application Developer', 'ORGANIZATION', 'ENVIRONMENT'],
    ['Organization Admin', 'ENVIRONMENT', 'ORGANIZATION'],
  ])('%s is refused at %s, where it cannot be assigned, and holds nowhere', async (role, type, allowed) => {
    const seed = seedWith(role, type);
    const wrong = `${role} cannot be assigned at ${type}, only at ${allowed}`;
    expect(() => readState(JSON.stringify(seed), 'seed.json')).toThrow(wrong);
    const client = await clientOf({ seed });
    expect((await client.send('GET', `/v1/environments/${adminEnvID}`)).status).toBe(403);
  });

  test.each<[Role, 'ENVIRONMENT' | 'ORGANIZATION', readonly number[]]>([
    ['Identity Data Read Only', 'ENVIRONMENT', [200, 200, 403, 403]],
    ['Configuration Read Only', 'ORGANIZATION', [200, 403, 200, 403]],
    ['Client Application Developer', 'ENVIRONMENT', [403, 403, 200, 200]],
  ])('%s at %s reads what it names', async (role, type, want) => {
    const client = await clientOf({ seed: seedWith(role, type) });
    const application = `applications/${defaultCredentials.adminAppID}`;
    const statuses = ['populations', 'users', 'applications', `${application}/secret`].map(
      async (path) => (await client.send('GET', `/v1/environments/${adminEnvID}/${path}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual(want);
    expect(
      (await client.send('POST', `/v1/environments/${adminEnvID}/users`, { body: { username: 'x' } })).status,
    ).toBe(403);
  });
});

test('the roles of an application are not for everybody', async () => {
  const client = await clientOf({}, seedApps.identityDataAdmin);
  const path = `/v1/environments/${adminEnvID}/applications/${seedApps.administrator.clientId}/roleAssignments`;
  expect((await client.send('GET', path)).status).toBe(403);
});
