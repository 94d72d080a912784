import { identityRoles, parentEnvironment, userIn } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { jsonMediaTypes, readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { type FilterRules, filterOf } from '../../lists/filter.ts';
import { pageOf } from '../../lists/page.ts';
import { messages } from '../../messages.ts';
import { newPassword, passwordProblem } from '../../passwords/change.ts';
import { type Detail, invalidData } from '../../refusal.ts';
import { foldUsername, nextSequence } from '../../state/build.ts';
import type { Environment, User, UserAttributes } from '../../state/model.ts';
import { remember } from '../remember.ts';
import { userBody, userPath } from './user-body.ts';
import { type UserCreation, userChange, userCreation, userReplacement } from './user-input.ts';

/** Users of an environment. For passwords see `passwords.ts`. */
export const userRoutes: readonly Route[] = [
  platformRoute('POST', '/environments/:environmentId/users', createUser),
  platformRoute('GET', '/environments/:environmentId/users', listUsers),
  platformRoute('GET', '/environments/:environmentId/users/:userId', readUser),
  platformRoute('PUT', '/environments/:environmentId/users/:userId', replaceUser),
  platformRoute('PATCH', '/environments/:environmentId/users/:userId', changeUser),
  platformRoute('DELETE', '/environments/:environmentId/users/:userId', deleteUser),
];

/** Importing is creating by another media type; both take a password here. */
const creationMediaTypes = [...jsonMediaTypes, 'application/vnd.pingidentity.user.import+json'];

const nameParts = ['given', 'middle', 'family', 'formatted'] as const;

const userFilter: FilterRules<User> = {
  attributes: {
    username: { operators: ['eq', 'sw'], value: ({ attributes }) => attributes.username },
    email: { operators: ['eq', 'sw'], value: ({ attributes }) => attributes.email },
    ...Object.fromEntries(
      nameParts.map((part) => [
        `name.${part}`,
        { operators: ['eq', 'sw'] as const, value: ({ attributes }: User) => attributes.name?.[part] },
      ]),
    ),
    'population.id': { operators: ['eq'], value: ({ populationId }) => populationId },
  },
  // Groups are not simulated, so nobody is a member of one.
  lists: { memberOfGroups: { attribute: 'id', values: () => [] } },
  joins: ['and', 'or'],
};

async function createUser(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, identityRoles);
  const input = await readBody(call, userCreation, creationMediaTypes);
  const environment = parentEnvironment(call, identityRoles);
  const { password, population, ...attributes } = input;
  const populationId = population?.id ?? defaultPopulationId(environment);
  const now = timestamp(call);
  const user: User = {
    id: call.world.uuid(),
    sequence: nextSequence(call.world.state),
    createdAt: now,
    updatedAt: now,
    populationId,
    identityProvider: { type: 'PING_ONE' },
    mfaEnabled: false,
    enabled: true,
    attributes,
    devices: new Map(),
  };
  const problems = [
    ...usernameProblems(environment, attributes.username),
    ...populationProblems(environment, populationId),
    ...passwordProblems(call, environment, user, password),
  ];
  if (problems.length > 0) throw invalidData(problems);
  const stored =
    password === undefined ? user : { ...user, password: newPassword(user, password.value, password.forceChange, now) };
  store(environment, stored);
  rememberUser(call, 'created', environment, stored);
  return created(userBody(call.origin, environment, stored), link(call.origin, userPath(environment, stored)).href);
}

function listUsers(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityRoles);
  const matches = filterOf(call.url.searchParams.get('filter'), userFilter);
  const found = [...environment.users.values()].filter((one) => isVisible(call, one) && matches(one));
  const render = (user: User) => userBody(call.origin, environment, user);
  return ok(pageOf(call, 'users', found, inferredChoices.userPage, render));
}

function readUser(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityRoles);
  return ok(userBody(call.origin, environment, userIn(call, environment)));
}

async function replaceUser(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, identityRoles));
  const attributes = await readBody(call, userReplacement);
  return updateAttributes(call, () => attributes);
}

async function changeUser(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, identityRoles));
  const change = await readBody(call, userChange);
  return updateAttributes(call, (attributes) => ({
    ...attributes,
    ...change,
    username: change.username ?? attributes.username,
    ...mergedPart('name', attributes, change),
    ...mergedPart('address', attributes, change),
  }));
}

function deleteUser(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityRoles);
  const user = userIn(call, environment);
  environment.users.delete(user.id);
  environment.usernames.delete(foldUsername(user.attributes.username));
  rememberUser(call, 'deleted', environment, user);
  return noContent;
}

function rememberUser(call: AuthorizedCall, action: 'created' | 'deleted', environment: Environment, user: User): void {
  remember(call, action, 'user', { id: user.id, name: user.attributes.username, environmentId: environment.id });
}

function updateAttributes(call: AuthorizedCall, update: (current: UserAttributes) => UserAttributes): Answer {
  const environment = parentEnvironment(call, identityRoles);
  const user = userIn(call, environment);
  const attributes = update(user.attributes);
  const problems = usernameProblems(environment, attributes.username, user.id);
  if (problems.length > 0) throw invalidData(problems);
  environment.usernames.delete(foldUsername(user.attributes.username));
  const updated = { ...user, attributes, updatedAt: timestamp(call) };
  store(environment, updated);
  return ok(userBody(call.origin, environment, updated));
}

/** PATCH goes one level deep: a new given name leaves the family name alone (inferred). */
function mergedPart(key: 'address' | 'name', current: UserAttributes, change: Partial<UserAttributes>) {
  const part = change[key];
  if (typeof part !== 'object' || part === null) return {};
  return { [key]: { ...(current[key] as object | undefined), ...part } };
}

function store(environment: Environment, user: User): void {
  environment.users.set(user.id, user);
  environment.usernames.set(foldUsername(user.attributes.username), user.id);
}

function usernameProblems(environment: Environment, username: string, self?: string): readonly Detail[] {
  const owner = environment.usernames.get(foldUsername(username));
  return owner === undefined || owner === self
    ? []
    : [{ code: 'UNIQUENESS_VIOLATION', target: 'username', message: messages.notUnique }];
}

function populationProblems(environment: Environment, populationId: string): readonly Detail[] {
  return environment.populations.has(populationId)
    ? []
    : [{ code: 'INVALID_VALUE', target: 'population.id', message: inferredMessages.unknownReference }];
}

function passwordProblems(
  call: AuthorizedCall,
  environment: Environment,
  user: User,
  password: UserCreation['password'],
): readonly Detail[] {
  if (password === undefined) return [];
  const problem = passwordProblem(environment, user, password.value, call.now, {
    target: 'password',
    message: messages.passwordOnCreate,
  });
  return problem === undefined ? [] : [problem];
}

function defaultPopulationId(environment: Environment): string {
  return [...environment.populations.values()].find((population) => population.default)?.id ?? '';
}
