import { administrators, parentEnvironment } from '../../authorization/access.ts';
import { type Answer, type AuthorizedCall, ok, parameter, platformRoute, type Route } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import { inferredChoices } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { notFound } from '../../refusal.ts';
import type { RoleAssignment, WorkerApp } from '../../state/model.ts';

/** The roles there are, and those of a worker app: read only. */
export const roleRoutes: readonly Route[] = [
  platformRoute('GET', '/roles', listRoles),
  platformRoute('GET', '/environments/:environmentId/applications/:applicationId/roleAssignments', listRoleAssignments),
];

function listRoles({ origin }: AuthorizedCall): Answer {
  const roles = Object.entries(inferredChoices.roleIds);
  return ok({
    _links: links(origin, { self: '/roles' }),
    _embedded: {
      roles: roles.map(([name, id]) => ({ id, name })),
    },
    count: roles.length,
    size: roles.length,
  });
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
    role: { id: inferredChoices.roleIds[role] },
    scope: { id: scope.id, type: scope.type },
  };
}

/** The same each time: the number of the assignment in the last digits of the app's id. */
function assignmentId({ id }: WorkerApp, index: number): string {
  return `${id.slice(0, -3)}${(index + 1).toString(16).padStart(3, '0')}`;
}
