import { administrators, parentEnvironment } from '../../authorization/access.ts';
import {
  type Answer,
  type AuthorizedCall,
  isDisputed,
  ok,
  parameter,
  platformRoute,
  type Route,
} from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import { notFound } from '../../refusal.ts';
import type { Role, RoleAssignment, WorkerApp } from '../../state/model.ts';
import { roleCatalog, roleNames } from '../../state/role-catalog.ts';

/** The roles there are, and those of a worker app: read only. */
export const roleRoutes: readonly Route[] = [
  platformRoute('GET', '/roles', listRoles, ['limit']),
  platformRoute('GET', '/roles/:roleId', readRole),
  platformRoute('GET', '/environments/:environmentId/applications/:applicationId/roleAssignments', listRoleAssignments),
];

/** Recorded: `self` has no query, and all roles come at once. */
function listRoles(call: AuthorizedCall): Answer {
  const size = roleNames.length;
  return ok({
    _links: links(call.origin, { self: '/roles' }),
    _embedded: { roles: roleNames.map((name) => roleBody(call.origin, name)) },
    ...(isDisputed(call, 'roles-without-count') ? {} : { count: size, size }),
  });
}

function readRole(call: AuthorizedCall): Answer {
  const name = roleNames.find((role) => roleCatalog[role].id === parameter(call, 'roleId'));
  if (name === undefined) throw notFound();
  return ok(roleBody(call.origin, name));
}

function roleBody(origin: string, name: Role): JsonObject {
  const { id, applicableTo, permissions, canAssign } = roleCatalog[name];
  return {
    _links: links(origin, { self: `/roles/${id}` }),
    id,
    name,
    description: name,
    applicableTo,
    permissions: permissions.map((permission) => ({ ...permission })),
    ...(canAssign === undefined ? {} : { canAssign: canAssign.map((role) => ({ id: roleCatalog[role].id })) }),
  };
}

function listRoleAssignments(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, administrators);
  const app = environment.workerApps.get(parameter(call, 'applicationId'));
  if (app === undefined) throw notFound();
  const path = `/environments/${environment.id}/applications/${app.id}/roleAssignments`;
  const bodies = app.roles.map((assignment, index) => assignmentBody(call, assignment, assignmentId(app, index)));
  return ok({
    _links: links(call.origin, { self: path }),
    _embedded: { roleAssignments: bodies },
    count: bodies.length,
    size: bodies.length,
  });
}

function assignmentBody(call: AuthorizedCall, { role, scope }: RoleAssignment, id: string): JsonObject {
  return {
    id,
    environment: { id: parameter(call, 'environmentId') },
    readOnly: false,
    role: { id: roleCatalog[role].id },
    scope: { id: scope.id, type: scope.type },
  };
}

/** The same each time: the number of the assignment in the last digits of the app's id. */
function assignmentId({ id }: WorkerApp, index: number): string {
  return `${id.slice(0, -3)}${(index + 1).toString(16).padStart(3, '0')}`;
}
