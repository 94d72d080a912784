import { Type } from 'typebox';
import { groupWriters, identityReaders, parentEnvironment, userIn } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  expansions,
  noContent,
  ok,
  parameter,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { pageOf } from '../../lists/page.ts';
import { invalidData, notFound, requestFailed } from '../../refusal.ts';
import type { Environment, User } from '../../state/model.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { unknownReference } from '../stored-items.ts';
import { isEligible, type Membership, membershipsIn } from './group-members.ts';
import { groupBody } from './groups.ts';
import { userPath } from './user-body.ts';

const path = '/environments/:environmentId/users/:userId/memberOfGroups';

/** The groups of a user. */
export const membershipRoutes: readonly Route[] = [
  platformRoute('POST', path, addToGroup),
  platformRoute('GET', path, listMemberships, ['cursor', 'expand', 'limit']),
  platformRoute('GET', `${path}/:groupId`, readMembership, ['expand']),
  platformRoute('DELETE', `${path}/:groupId`, removeFromGroup),
];

const membershipInput = validatorOf(Type.Object({ id: text() }, closed));

async function addToGroup(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, groupWriters));
  const input = await readBody(call, membershipInput);
  const environment = parentEnvironment(call, groupWriters);
  const user = userIn(call, environment);
  const group = environment.groups.get(input.id);
  if (group === undefined || !isVisible(call, group)) throw invalidData([unknownReference('id')]);
  const { groupIds = [] } = user;
  if (groupIds.includes(group.id)) {
    throw invalidData([{ code: 'UNIQUENESS_VIOLATION', target: 'id', message: inferredMessages.alreadyMember }]);
  }
  if (!isEligible(group, user)) {
    throw invalidData([{ code: 'CONSTRAINT_VIOLATION', target: 'id', message: inferredMessages.otherPopulation }]);
  }
  const member = { ...user, groupIds: [...groupIds, group.id], updatedAt: timestamp(call) };
  environment.users.set(user.id, member);
  const membership: Membership = { group, type: 'DIRECT' };
  return created(
    membershipBody(call, environment, member, membership),
    link(call.origin, membershipPath(environment, member, membership)).href,
  );
}

function listMemberships(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  const user = userIn(call, environment);
  const memberships = membershipsIn(environment)(user).map((one) => ({ ...one, sequence: one.group.sequence }));
  const render = (membership: Membership) => membershipBody(call, environment, user, membership);
  return ok(pageOf(call, 'groupMemberships', memberships, inferredChoices.groupPage, render));
}

function readMembership(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  const user = userIn(call, environment);
  return ok(membershipBody(call, environment, user, membershipOf(call, environment, user)));
}

function removeFromGroup(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, groupWriters);
  const user = userIn(call, environment);
  const { group, type } = membershipOf(call, environment, user);
  if (type === 'INDIRECT') {
    throw requestFailed({ code: 'CONSTRAINT_VIOLATION', message: inferredMessages.memberByFilter });
  }
  const groupIds = (user.groupIds ?? []).filter((id) => id !== group.id);
  environment.users.set(user.id, { ...user, groupIds, updatedAt: timestamp(call) });
  return noContent;
}

/** The membership of the path. Throws 404. */
function membershipOf(call: AuthorizedCall, environment: Environment, user: User): Membership {
  const groupId = parameter(call, 'groupId');
  const membership = membershipsIn(environment)(user).find(({ group }) => group.id === groupId);
  if (membership === undefined) throw notFound();
  return membership;
}

function membershipPath(environment: Environment, user: User, { group }: Membership): string {
  return `${userPath(environment, user)}/memberOfGroups/${group.id}`;
}

function membershipBody(
  call: AuthorizedCall,
  environment: Environment,
  user: User,
  membership: Membership,
): JsonObject {
  const { group, type } = membership;
  const parent = environmentPath(environment.id);
  const isExpanded = call.request.method === 'GET' && expansions(call, ['group']).length > 0;
  return {
    _links: links(call.origin, {
      self: membershipPath(environment, user, membership),
      user: userPath(environment, user),
      environment: parent,
      group: `${parent}/groups/${group.id}`,
    }),
    ...(isExpanded ? { _embedded: { group: groupBody(call, environment, group) } } : {}),
    id: group.id,
    environment: { id: environment.id },
    name: group.name,
    type,
  };
}
