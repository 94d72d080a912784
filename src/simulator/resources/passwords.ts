import { Type } from 'typebox';
import { identityRoles, parentEnvironment, userIn } from '../authorization/access.ts';
import { readBody } from '../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../http/call.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import { links } from '../http/origin.ts';
import { inferredChoices, inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { messages, passwordMessages } from '../messages.ts';
import { newPassword, passwordProblem, policyOf, sameAsCurrentProblem } from '../passwords/change.ts';
import { invalidData, notSimulated, platformRefusal, unsupportedMediaType } from '../refusal.ts';
import type { Environment, User } from '../state/model.ts';
import { closed, text } from '../validation/texts.ts';
import { validatorOf } from '../validation/validator.ts';
import { environmentPath } from './environment-body.ts';
import { passwordPolicyBody } from './password-policies.ts';
import { userPath } from './user-body.ts';

const path = '/environments/:environmentId/users/:userId/password';

/** A user's password: its state, and setting it as an administrator. */
export const passwordRoutes: readonly Route[] = [
  platformRoute('GET', path, readState),
  platformRoute('PUT', path, changePassword),
  platformRoute('POST', path, actOnPassword),
];

const setMediaType = 'application/vnd.pingidentity.password.set+json';

/** Actions PingOne documents on this path that the simulator does not have; the rest of their media types. */
const otherActions: Readonly<Record<'POST' | 'PUT', readonly string[]>> = {
  PUT: ['reset', 'setValue'],
  POST: ['check', 'recover', 'sendRecoveryCode', 'forceChange', 'unlock'],
};

const setInput = validatorOf(
  Type.Object(
    {
      value: text(),
      forceChange: Type.Optional(Type.Boolean()),
      bypassPolicy: Type.Optional(Type.Boolean()),
      external: Type.Optional(Type.Object({ gateway: Type.Optional(Type.Object({})) }, closed)),
    },
    closed,
  ),
);

const wording = { target: inferredChoices.passwordSetTarget, message: messages.passwordOnSet };

function readState(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityRoles);
  const user = userIn(call, environment);
  const body = stateBody(call, environment, user);
  if (call.url.searchParams.get('expand') !== 'passwordPolicy') return ok(body);
  const passwordPolicy = passwordPolicyBody(call.origin, environment, policyOf(environment, user));
  return ok({ ...body, _embedded: { passwordPolicy } });
}

async function changePassword(call: AuthorizedCall): Promise<Answer> {
  internalUser(call);
  refuseOtherActions(call, 'PUT');
  const input = await readBody(call, setInput, [setMediaType]);
  const { environment, user } = internalUser(call);
  if (input.external?.gateway !== undefined) {
    const message = inferredMessages.notSimulated('LDAP gateways');
    throw invalidData([{ code: 'INVALID_VALUE', target: 'external.gateway', message }]);
  }
  const problem = input.bypassPolicy
    ? sameAsCurrentProblem(user, input.value, wording, passwordMessages.history)
    : passwordProblem(environment, user, input.value, call.now, wording);
  if (problem !== undefined) throw invalidData([problem]);
  const password = newPassword(user, input.value, input.forceChange, timestamp(call));
  const updated = { ...user, password };
  environment.users.set(user.id, updated);
  return ok(stateBody(call, environment, updated));
}

/** No POST action is simulated: each is refused by name, any other media type as PingOne does. */
function actOnPassword(call: AuthorizedCall): Answer {
  internalUser(call);
  refuseOtherActions(call, 'POST');
  throw unsupportedMediaType();
}

function refuseOtherActions(call: AuthorizedCall, method: 'POST' | 'PUT'): void {
  const type = mediaTypeOf(call.request.headers);
  const action = otherActions[method].find((name) => {
    const mediaType = `application/vnd.pingidentity.password.${name}`.toLowerCase();
    return type === mediaType || type === `${mediaType}+json`;
  });
  if (action !== undefined) throw notSimulated(`the action password.${action}`);
}

/** The user of the path. Throws 400 REQUEST_FAILED for one whose identity provider keeps the password (documented). */
function internalUser(call: AuthorizedCall): { readonly environment: Environment; readonly user: User } {
  const environment = parentEnvironment(call, identityRoles);
  const user = userIn(call, environment);
  if (isExternal(user)) throw platformRefusal(400, 'REQUEST_FAILED', inferredMessages.externalUserPassword);
  return { environment, user };
}

function isExternal(user: User): boolean {
  return user.identityProvider.type !== 'PING_ONE';
}

function stateBody(call: AuthorizedCall, environment: Environment, user: User): JsonObject {
  const self = `${userPath(environment, user)}/password`;
  const policy = policyOf(environment, user);
  return {
    _links: links(call.origin, {
      self,
      environment: environmentPath(environment.id),
      user: userPath(environment, user),
      passwordPolicy: `${environmentPath(environment.id)}/passwordPolicies/${policy.id}`,
      'password.check': self,
      'password.reset': self,
      'password.set': self,
      'password.recover': self,
    }),
    environment: { id: environment.id },
    user: { id: user.id },
    passwordPolicy: { id: policy.id },
    status: statusOf(user, policy.rules.maxAgeDays, call.now),
    lastChangedAt: user.password?.lastChangedAt,
  };
}

function statusOf(user: User, maxAgeDays: number | undefined, now: Date): string {
  if (isExternal(user)) return 'EXTERNAL';
  if (user.password === undefined) return 'NO_PASSWORD';
  if (user.password.mustChange) return 'MUST_CHANGE_PASSWORD';
  if (maxAgeDays === undefined) return 'OK';
  const expiresAt = new Date(user.password.lastChangedAt).getTime() + maxAgeDays * 24 * 60 * 60 * 1000;
  return now.getTime() < expiresAt ? 'OK' : 'PASSWORD_EXPIRED';
}
