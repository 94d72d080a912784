import { type AuthorizedCall, type Call, isDisputed, parameter } from '../http/call.ts';
import { environmentNotFound, insufficientPermissions, notFound } from '../refusal.ts';
import type { Environment, License, Organization, Population, Role, User } from '../state/model.ts';
import { isAssignable } from '../state/role-catalog.ts';
import { isVisible, rolesHold, seenEnvironment } from './propagation.ts';

/** Roles that may see an environment; see the README for what is documented and what is inferred. */
export const environmentReaders: readonly Role[] = [
  ...(['Organization Admin', 'Environment Admin', 'Identity Data Admin'] as const),
  ...(['Identity Data Read Only', 'Configuration Read Only'] as const),
];
/** Roles that may write what products an environment has (inferred). */
export const productWriters: readonly Role[] = ['Organization Admin', 'Environment Admin'];
/** Roles that may read which roles an application has (inferred). */
export const administrators: readonly Role[] = ['Organization Admin', 'Environment Admin'];
/** Roles that may change populations (documented). */
export const populationWriters: readonly Role[] = ['Environment Admin'];
/** Roles that may read populations and password policies (inferred). */
export const directoryReaders: readonly Role[] = [
  ...(['Environment Admin', 'Identity Data Admin'] as const),
  ...(['Identity Data Read Only', 'Configuration Read Only'] as const),
];

/** Roles that may change users and their passwords (documented). Sources contradict each other about Environment Admin. */
export function identityWriters(call: Call): readonly Role[] {
  return isDisputed(call, 'environment-admin-without-users')
    ? ['Identity Data Admin']
    : ['Environment Admin', 'Identity Data Admin'];
}

/** Roles that may read users. */
export function identityReaders(call: Call): readonly Role[] {
  return [...identityWriters(call), 'Identity Data Read Only'];
}

/** Roles that may change groups and who is in them (documented). */
export const groupWriters: readonly Role[] = ['Identity Data Admin'];
/** Roles that may read groups (documented, the read-only ones inferred). */
export const groupReaders: readonly Role[] = [
  ...(['Identity Data Admin', 'Environment Admin', 'Client Application Developer'] as const),
  ...(['Identity Data Read Only', 'Configuration Read Only'] as const),
];

/** Roles that may work with applications (documented for the secret, inferred for the rest). */
export const applicationRoles: readonly Role[] = ['Environment Admin', 'Client Application Developer'];
/** Roles that may read applications, but not their secrets (inferred). */
export const applicationReaders: readonly Role[] = [...applicationRoles, 'Configuration Read Only'];

/** Whether the actor has one of these roles in the environment or in its whole organization. */
export function hasRole(call: AuthorizedCall, environment: Environment, roles: readonly Role[]): boolean {
  if (!rolesHold(call, environment)) return false;
  return call.actor.app.roles.some(
    (assignment) =>
      roles.includes(assignment.role) &&
      isAssignable(assignment) &&
      (assignment.scope.id === environment.id || assignment.scope.id === environment.organizationId),
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
