import type { Actor } from '../http/call.ts';
import type { Environment, Role, RoleAssignment, State, WorkerApp } from '../state/model.ts';

/**
 * Gives the creating app its roles on a new environment (documented): Environment Admin, unless it holds that for the
 * whole organization, Identity Data Admin and Client Application Developer.
 */
export function grantCreatorRoles({ home, app }: Actor, environment: Environment): void {
  const environmentAdmin = app.roles.some(
    ({ role, scope }) => role === 'Environment Admin' && scope.id === environment.organizationId,
  );
  const granted: readonly Role[] = [
    ...(environmentAdmin ? [] : (['Environment Admin'] as const)),
    'Identity Data Admin',
    'Client Application Developer',
  ];
  const scope: RoleAssignment['scope'] = { type: 'ENVIRONMENT', id: environment.id };
  setRoles(home, app, (roles) => [...roles, ...granted.map((role) => ({ role, scope }))]);
}

/** Forgets all roles on an environment that is gone. */
export function withdrawRoles(state: State, environment: Environment): void {
  for (const home of state.environments.values()) {
    for (const app of home.workerApps.values()) {
      setRoles(home, app, (roles) => roles.filter(({ scope }) => scope.id !== environment.id));
    }
  }
}

function setRoles(
  home: Environment,
  app: WorkerApp,
  change: (roles: readonly RoleAssignment[]) => readonly RoleAssignment[],
): void {
  const current = home.workerApps.get(app.id) ?? app;
  home.workerApps.set(app.id, { ...current, roles: change(current.roles) });
}
