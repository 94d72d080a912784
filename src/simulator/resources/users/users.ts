import { identityReaders, identityWriters, parentEnvironment, userIn } from '../../authorization/access.ts';
import { jsonMediaTypes, readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  expansions,
  isDisputed,
  listQuery,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { messages } from '../../messages.ts';
import { mfaSettingsOf } from '../../mfa/settings.ts';
import { newPassword, passwordProblem } from '../../passwords/change.ts';
import { type Detail, invalidData } from '../../refusal.ts';
import { foldUsername } from '../../state/build.ts';
import type { Environment, User, UserAttributes } from '../../state/model.ts';
import { populationBody } from '../environments/populations.ts';
import { listOf, newlyStored, remember, unknownReference } from '../stored-items.ts';
import { includedGroups, userFilterIn } from './group-members.ts';
import { passwordStateBody } from './password-state.ts';
import { listedUserBody, userBody, userPath } from './user-body.ts';
import { type UserCreation, userChange, userCreation, userReplacement } from './user-input.ts';

/** Users of an environment. For passwords see `passwords.ts`. */
export const userRoutes: readonly Route[] = [
  platformRoute('POST', '/environments/:environmentId/users', createUser),
  platformRoute('GET', '/environments/:environmentId/users', listUsers, listQuery),
  platformRoute('GET', '/environments/:environmentId/users/:userId', readUser, ['expand', 'include']),
  platformRoute('PUT', '/environments/:environmentId/users/:userId', replaceUser),
  platformRoute('PATCH', '/environments/:environmentId/users/:userId', changeUser),
  platformRoute('DELETE', '/environments/:environmentId/users/:userId', deleteUser),
];

/** Importing is creating by another media type; both take a password here. */
const creationMediaTypes = [...jsonMediaTypes, 'application/vnd.pingidentity.user.import+json'];

async function createUser(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, identityWriters(call));
  const input = await readBody(call, userCreation, creationMediaTypes);
  const environment = parentEnvironment(call, identityWriters(call));
  const { password, population, mfaEnabled, ...attributes } = input;
  const populationId = population?.id ?? defaultPopulationId(environment);
  const user: User = {
    ...newlyStored(call),
    populationId,
    identityProvider: { type: 'PING_ONE' },
    mfaEnabled: mfaEnabled ?? mfaSettingsOf(environment).mfaEnabled,
    enabled: true,
    attributes,
    devices: new Map(),
  };
  const problems = [
    ...usernameProblems(environment, attributes.username),
    ...disputedProblems(call, environment, input),
    ...(environment.populations.has(populationId) ? [] : [unknownReference('population.id')]),
    ...passwordProblems(call, environment, user, password),
  ];
  if (problems.length > 0) throw invalidData(problems);
  const stored =
    password === undefined
      ? user
      : { ...user, password: newPassword(user, password.value, password.forceChange, user.createdAt) };
  store(environment, stored);
  rememberUser(call, 'created', environment, stored);
  return created(userBody(call.origin, environment, stored), link(call.origin, userPath(environment, stored)).href);
}

function listUsers(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  const render = (user: User) => listedUserBody(call.origin, environment, user);
  const size = isDisputed(call, 'user-page-200') ? { standard: 200, maximum: 200 } : inferredChoices.userPage;
  return listOf(call, 'users', environment.users.values(), userFilterIn(environment), size, render);
}

function readUser(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  const user = userIn(call, environment);
  const body = { ...userBody(call.origin, environment, user), ...includedGroups(call, environment, user) };
  const wanted = expansions(call, ['population', 'password']);
  if (wanted.length === 0) return ok(body);
  const population = environment.populations.get(user.populationId);
  const _embedded = {
    ...(wanted.includes('population') && population !== undefined
      ? { population: populationBody(call.origin, environment, population) }
      : {}),
    ...(wanted.includes('password') ? { password: passwordStateBody(call, environment, user) } : {}),
  };
  return ok({ ...body, _embedded });
}

async function replaceUser(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, identityWriters(call)));
  const attributes = await readBody(call, userReplacement);
  return updateAttributes(call, () => attributes);
}

async function changeUser(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, identityWriters(call)));
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
  const environment = parentEnvironment(call, identityWriters(call));
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
  const environment = parentEnvironment(call, identityWriters(call));
  const user = userIn(call, environment);
  const attributes = update(user.attributes);
  const problems = [
    ...usernameProblems(environment, attributes.username, user.id),
    ...emailProblems(call, environment, attributes.email, user.id),
  ];
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

/** What some sources say about a new user and others do not. */
function disputedProblems(
  call: AuthorizedCall,
  environment: Environment,
  { email, population }: UserCreation,
): readonly Detail[] {
  const missing = (target: string): Detail => ({ code: 'REQUIRED_VALUE', target, message: inferredMessages.required });
  return [
    ...(email === undefined && isDisputed(call, 'email-required') ? [missing('email')] : []),
    ...(population === undefined && isDisputed(call, 'population-required') ? [missing('population')] : []),
    ...emailProblems(call, environment, email),
  ];
}

function emailProblems(
  call: AuthorizedCall,
  environment: Environment,
  email: string | undefined,
  self?: string,
): readonly Detail[] {
  if (email === undefined || !isDisputed(call, 'email-unique')) return [];
  const isTaken = [...environment.users.values()].some(
    ({ id, attributes }) => id !== self && attributes.email?.toLowerCase() === email.toLowerCase(),
  );
  return isTaken ? [{ code: 'UNIQUENESS_VIOLATION', target: 'email', message: messages.notUnique }] : [];
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
