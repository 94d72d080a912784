import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { groupReaders, groupWriters, parentEnvironment } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  inclusions,
  listQuery,
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
import { type FilterRules, filterOf } from '../../lists/filter.ts';
import { pageOf } from '../../lists/page.ts';
import { messages } from '../../messages.ts';
import { type Detail, invalidData, notFound, Refusal, requestFailed } from '../../refusal.ts';
import type { Environment, Group } from '../../state/model.ts';
import { closed, description, reference, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { listOf, newlyStored, remember, unknownReference } from '../stored-items.ts';
import { memberCountsIn } from './group-members.ts';
import { userFilter } from './user-filter.ts';

const path = '/environments/:environmentId/groups';

/** Groups of an environment. For who is in them see `memberships.ts`. */
export const groupRoutes: readonly Route[] = [
  platformRoute('POST', path, createGroup),
  platformRoute('GET', path, listGroups, [...listQuery, 'include']),
  platformRoute('GET', `${path}/:groupId`, readGroup, ['include']),
  platformRoute('PUT', `${path}/:groupId`, replaceGroup),
  platformRoute('DELETE', `${path}/:groupId`, deleteGroup),
  platformRoute('GET', `${path}/:groupId/memberOfGroups`, listParents, listQuery),
];

/** Documented. */
const maximumGroups = 100_000;

const schema = Type.Object(
  {
    name: text(),
    description,
    externalId: Type.Optional(text()),
    customData: Type.Optional(Type.Object({})),
    population: Type.Optional(reference),
    userFilter: Type.Optional(text()),
  },
  closed,
);

type GroupInput = Static<typeof schema>;
const groupInput = validatorOf(schema);

const groupFilter: FilterRules<Group> = {
  attributes: {
    id: { operators: ['eq'], value: ({ id }) => id },
    name: { operators: ['eq', 'sw'], value: ({ name }) => name },
    externalId: { operators: ['eq', 'sw'], value: ({ externalId }) => externalId },
    'population.id': { operators: ['eq'], value: ({ populationId }) => populationId },
  },
  // Groups in groups are not simulated.
  lists: { memberOfGroups: { attributes: ['id', 'type'], values: () => [] } },
  joins: ['and', 'or'],
};

/** The group of the path. Throws 404. */
export function groupIn(call: AuthorizedCall, environment: Environment): Group {
  const group = environment.groups.get(parameter(call, 'groupId'));
  if (group === undefined || !isVisible(call, group)) throw notFound();
  return group;
}

async function createGroup(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, groupWriters);
  const input = await readBody(call, groupInput);
  const environment = parentEnvironment(call, groupWriters);
  if (environment.groups.size >= maximumGroups) {
    const innerError = { maximumAllowed: maximumGroups };
    throw requestFailed({ code: 'LIMIT_EXCEEDED', message: inferredMessages.tooManyGroups, innerError });
  }
  const populationId = input.population?.id;
  refuseProblems(environment, input, populationId);
  const group: Group = {
    ...newlyStored(call),
    ...fieldsOf(input),
    ...(populationId === undefined ? {} : { populationId }),
  };
  environment.groups.set(group.id, group);
  remember(call, 'created', 'group', { ...group, environmentId: environment.id });
  const location = link(call.origin, groupPath(environment, group)).href;
  return created(groupBody(call, environment, group), location);
}

function listGroups(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, groupReaders);
  const countsOf = memberCountsIn(environment);
  const withTotal = inclusions(call, ['totalMemberCounts']).length > 0;
  const render = (group: Group) => renderGroup(call.origin, environment, group, countsOf(group), withTotal);
  return listOf(call, 'groups', environment.groups.values(), groupFilter, inferredChoices.groupPage, render, {
    query: 'sorted',
  });
}

function readGroup(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, groupReaders);
  const group = groupIn(call, environment);
  const withTotal = inclusions(call, ['totalMemberCounts']).length > 0;
  return ok(renderGroup(call.origin, environment, group, memberCountsIn(environment)(group), withTotal));
}

async function replaceGroup(call: AuthorizedCall): Promise<Answer> {
  groupIn(call, parentEnvironment(call, groupWriters));
  const input = await readBody(call, groupInput);
  const environment = parentEnvironment(call, groupWriters);
  const { id, sequence, createdAt, populationId } = groupIn(call, environment);
  refuseProblems(environment, input, populationId, id);
  const group: Group = {
    id,
    sequence,
    createdAt,
    updatedAt: timestamp(call),
    ...fieldsOf(input),
    // Documented: it stays what it was when the group was created.
    ...(populationId === undefined ? {} : { populationId }),
  };
  environment.groups.set(id, group);
  return ok(groupBody(call, environment, group));
}

function deleteGroup(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, groupWriters);
  const group = groupIn(call, environment);
  environment.groups.delete(group.id);
  for (const user of environment.users.values()) {
    if (!user.groupIds?.includes(group.id)) continue;
    environment.users.set(user.id, { ...user, groupIds: user.groupIds.filter((id) => id !== group.id) });
  }
  remember(call, 'deleted', 'group', { ...group, environmentId: environment.id });
  return noContent;
}

/** Clients ask in which groups a group is. The simulator has none of these, and says so with an empty list. */
function listParents(call: AuthorizedCall): Answer {
  groupIn(call, parentEnvironment(call, groupReaders));
  return ok(pageOf(call, 'groupMemberships', [], inferredChoices.groupPage, () => ({}), { query: 'sorted' }));
}

function refuseProblems(
  environment: Environment,
  { name, userFilter: filter }: GroupInput,
  populationId: string | undefined,
  self?: string,
): void {
  const problems: Detail[] = [];
  if (populationId !== undefined && !environment.populations.has(populationId)) {
    problems.push(unknownReference('population.id'));
  }
  if (isNameTaken(environment, name, populationId, self)) {
    problems.push({ code: 'UNIQUENESS_VIOLATION', target: 'name', message: messages.notUnique });
  }
  if (filter !== undefined && !isFilter(filter)) {
    problems.push({ code: 'INVALID_VALUE', target: 'userFilter', message: inferredMessages.invalidFilter });
  }
  if (problems.length > 0) throw invalidData(problems);
}

/** Populations may have groups of the same name, but not of the name of a group of the environment (documented). */
function isNameTaken({ groups }: Environment, name: string, populationId?: string, self?: string): boolean {
  return [...groups.values()].some(
    (other) =>
      other.name === name &&
      other.id !== self &&
      (other.populationId === undefined || populationId === undefined || other.populationId === populationId),
  );
}

function isFilter(filter: string): boolean {
  try {
    filterOf(filter, userFilter);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function fieldsOf({ name, description, externalId, customData, userFilter: filter }: GroupInput) {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(customData === undefined ? {} : { customData: customData as JsonObject }),
    ...(filter === undefined ? {} : { userFilter: filter }),
  };
}

function groupPath(environment: Environment, { id }: Group): string {
  return `${environmentPath(environment.id)}/groups/${id}`;
}

/** A group as the API shows it. */
export function groupBody({ origin }: AuthorizedCall, environment: Environment, group: Group): JsonObject {
  return renderGroup(origin, environment, group, memberCountsIn(environment)(group), false);
}

function renderGroup(
  origin: string,
  environment: Environment,
  group: Group,
  { direct, total }: ReturnType<ReturnType<typeof memberCountsIn>>,
  withTotal: boolean,
): JsonObject {
  const { id, name, description, externalId, populationId, customData, createdAt, updatedAt } = group;
  return {
    _links: links(origin, { self: groupPath(environment, group) }),
    id,
    environment: { id: environment.id },
    name,
    description,
    externalId,
    ...(populationId === undefined ? {} : { population: { id: populationId } }),
    userFilter: group.userFilter,
    customData,
    directMemberCounts: { users: direct, groups: 0 },
    ...(withTotal ? { totalMemberCounts: { users: total, groups: 0 } } : {}),
    createdAt,
    updatedAt,
    checkSum: checkSumOf(group),
  };
}

/** Recorded as ten or eleven digits; of what is inferred. */
function checkSumOf(group: Group): string {
  return String(10_000_000_000 + createHash('sha256').update(JSON.stringify(group)).digest().readUInt32BE());
}
