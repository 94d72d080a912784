import { describe, expect, test } from 'vitest';
import { grantCreatorRoles, withdrawRoles } from '../../src/simulator/authorization/roles.ts';
import { defaultCredentials, defaultSeed, otherOrganization, seedApps } from '../../src/simulator/index.ts';
import { buildState } from '../../src/simulator/state/build.ts';

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
