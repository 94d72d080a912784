import type { AuthorizedCall } from '../http/call.ts';
import { parameter } from '../http/call.ts';
import { environmentNotFound, insufficientPermissions, notFound } from '../refusal.ts';
import type { Application, Environment, License, Organization, Population, Role, User } from '../state/model.ts';
import { isVisible, rolesHold, seenEnvironment } from './propagation.ts';

/** Roles that may see an environment; see the README for what is documented and what is inferred. */
export const environmentReaders: readonly Role[] = ['Organization Admin', 'Environment Admin', 'Identity Data Admin'];
/** Roles that may read which roles an application has (inferred). */
export const administrators: readonly Role[] = ['Organization Admin', 'Environment Admin'];
/** Roles that may change populations (documented). */
export const populationWriters: readonly Role[] = ['Environment Admin'];
/** Roles that may change users and their passwords (documented), and read what is around them (inferred). */
export const identityRoles: readonly Role[] = ['Environment Admin', 'Identity Data Admin'];

/** Roles that may work with applications (documented for the secret, inferred for the rest). */
export const applicationRoles: readonly Role[] = ['Environment Admin', 'Client Application Developer'];

/** Whether the actor has one of these roles in the environment or in its whole organization. */
export function hasRole(call: AuthorizedCall, environment: Environment, roles: readonly Role[]): boolean {
  if (!rolesHold(call, environment)) return false;
  return call.actor.app.roles.some(
    ({ role, scope }) =>
      roles.includes(role) && (scope.id === environment.id || scope.id === environment.organizationId),
  );
}

/** The organization of the path. Throws 403 unless the actor is its Organization Admin; also when there is none (inferred). */
export function administeredOrganization(call: AuthorizedCall, id: string): Organization {
  const organization = call.world.state.organizations.get(id);
  if (organization === undefined || !isOrganizationAdmin(call, organization.id)) throw insufficientPermissions();
  return organization;
}

/** Whether the actor is Organization Admin of the whole organization. */
export function isOrganizationAdmin(call: AuthorizedCall, organizationId: string): boolean {
  return call.actor.app.roles.some(({ role, scope }) => role === 'Organization Admin' && scope.id === organizationId);
}

/** The licence of an organization's path. Throws 404. */
export function licenseIn(organization: Organization, id: string): License {
  const license = organization.licenses.get(id);
  if (license === undefined) throw notFound();
  return license;
}

/** The environment that the path ends in. Throws 404 when there is none, 403 without one of the roles. */
export function ownEnvironment(call: AuthorizedCall, roles: readonly Role[]): Environment {
  const id = parameter(call, 'environmentId');
  const environment = seenEnvironment(call, id);
  if (environment === undefined || !isVisible(call, environment)) throw environmentNotFound(id);
  if (!hasRole(call, environment, roles)) throw insufficientPermissions();
  return environment;
}

/**
 * The environment above a sub-resource. Throws 403 without one of the roles, and also when there is no such environment:
 * PingOne documents that a 403 below an environment may mean just that, and that only reading the environment tells.
 */
export function parentEnvironment(call: AuthorizedCall, roles: readonly Role[]): Environment {
  const environment = seenEnvironment(call, parameter(call, 'environmentId'));
  if (environment === undefined || !hasRole(call, environment, roles)) throw insufficientPermissions();
  if (!isVisible(call, environment)) throw notFound();
  return environment;
}

/** The population of the path. Throws 404. */
export function populationIn(call: AuthorizedCall, environment: Environment): Population {
  const population = environment.populations.get(parameter(call, 'populationId'));
  if (population === undefined || !isVisible(call, population)) throw notFound();
  return population;
}

/** The user of the path. Throws 404. */
export function userIn(call: AuthorizedCall, environment: Environment): User {
  const user = environment.users.get(parameter(call, 'userId'));
  if (user === undefined || !isVisible(call, user)) throw notFound();
  return user;
}

/** The application of the path. Throws 404. */
export function applicationIn(call: AuthorizedCall, environment: Environment): Application {
  const application = environment.applications.get(parameter(call, 'applicationId'));
  if (application === undefined || !isVisible(call, application)) throw notFound();
  return application;
}
