import { describe, expect, test } from 'vitest';
import { grantCreatorRoles, withdrawRoles } from '../../src/simulator/authorization/creator-roles.ts';
import { defaultCredentials, defaultSeed, otherOrganization, seedApps } from '../../src/simulator/index.ts';
import { buildState } from '../../src/simulator/state/build.ts';
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
  ]);
  expect((await client.send('GET', path('00000000-0000-4000-8000-000000000000'))).status).toBe(404);
});

test('the roles of an application are not for everybody', async () => {
  const client = await clientOf({}, seedApps.identityDataAdmin);
  const path = `/v1/environments/${adminEnvID}/applications/${seedApps.administrator.clientId}/roleAssignments`;
  expect((await client.send('GET', path)).status).toBe(403);
});
