import { type Static, Type } from 'typebox';
import { identityReaders, parentEnvironment, userIn } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  expansions,
  isDisputed,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import { inferredMessages } from '../../inferred.ts';
import { passwordMessages } from '../../messages.ts';
import { newPassword, onSet, passwordProblem, policyOf, sameAsCurrentProblem } from '../../passwords/change.ts';
import { changeOwnPassword } from '../../passwords/own-change.ts';
import { invalidData } from '../../refusal.ts';
import type { Environment, Password, User } from '../../state/model.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { passwordPolicyBody } from './password-policies.ts';
import { internalUser, passwordPath, passwordStateBody } from './password-state.ts';

/** A user's password: its state, and setting it as an administrator. For POST see `password-actions.ts`. */
export const passwordRoutes: readonly Route[] = [
  platformRoute('GET', passwordPath, readState, ['expand']),
  platformRoute('PUT', passwordPath, changePassword),
];

const setMediaType = 'application/vnd.pingidentity.password.set+json';
const setValueMediaType = 'application/vnd.pingidentity.password.setvalue+json';
const resetMediaType = 'application/vnd.pingidentity.password.reset+json';

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

const setValueSchema = Type.Object(
  {
    value: Type.Optional(text()),
    forceChange: Type.Optional(Type.Boolean()),
    bypassPolicy: Type.Optional(Type.Boolean()),
  },
  closed,
);
const setValueInput = validatorOf(setValueSchema);

const resetInput = validatorOf(Type.Object({ newPassword: text(), currentPassword: Type.Optional(text()) }, closed));

function readState(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  const user = userIn(call, environment);
  const body = passwordStateBody(call, environment, user);
  if (expansions(call, ['passwordPolicy']).length === 0) return ok(body);
  const passwordPolicy = passwordPolicyBody(call.origin, environment, policyOf(environment, user));
  return ok({ ...body, _embedded: { passwordPolicy } });
}

async function changePassword(call: AuthorizedCall): Promise<Answer> {
  internalUser(call);
  const type = mediaTypeOf(call.request.headers);
  if (type === setValueMediaType) return setValue(call);
  return type === resetMediaType ? resetPassword(call) : setPassword(call);
}

async function setPassword(call: AuthorizedCall): Promise<Answer> {
  const input = await readBody(call, setInput, [setMediaType]);
  const { environment, user } = internalUser(call);
  if (input.forceChange === undefined && isDisputed(call, 'force-change-required')) {
    throw invalidData([{ code: 'REQUIRED_VALUE', target: 'forceChange', message: inferredMessages.required }]);
  }
  if (input.external?.gateway !== undefined) {
    const message = inferredMessages.notSimulated('LDAP gateways');
    throw invalidData([{ code: 'INVALID_VALUE', target: 'external.gateway', message }]);
  }
  return setTo(call, environment, user, input);
}

function setTo(
  call: AuthorizedCall,
  environment: Environment,
  user: User,
  input: Pick<Static<typeof setValueSchema>, 'bypassPolicy' | 'forceChange'> & { readonly value: string },
): Answer {
  const problem = input.bypassPolicy
    ? sameAsCurrentProblem(user, input.value, onSet, passwordMessages.history)
    : passwordProblem(environment, user, input.value, call.now, onSet);
  if (problem !== undefined) throw invalidData([problem]);
  return stored(call, environment, user, newPassword(user, input.value, input.forceChange, timestamp(call)));
}

/**
 * Documented: without the current password it is an administrator's reset, which no policy checks and which must be changed;
 * with it, it is the user's own change, which the whole policy checks. PingOne wants the user's own token for the latter.
 */
async function resetPassword(call: AuthorizedCall): Promise<Answer> {
  const { newPassword: value, currentPassword } = await readBody(call, resetInput, [resetMediaType]);
  const { environment, user } = internalUser(call);
  if (currentPassword === undefined)
    return stored(call, environment, user, newPassword(user, value, true, timestamp(call)));
  const changed = changeOwnPassword(call, environment, user, { currentPassword, newPassword: value });
  return ok(passwordStateBody(call, environment, changed));
}

/** Documented: as it is set, and without a value the user has no password. */
async function setValue(call: AuthorizedCall): Promise<Answer> {
  const input = await readBody(call, setValueInput, [setValueMediaType]);
  const { environment, user } = internalUser(call);
  const { value } = input;
  if (value === undefined) {
    const { password: _none, ...rest } = user;
    environment.users.set(user.id, rest);
    return ok(passwordStateBody(call, environment, rest));
  }
  return setTo(call, environment, user, { ...input, value });
}

function stored(call: AuthorizedCall, environment: Environment, user: User, password: Password): Answer {
  const updated = { ...user, password };
  environment.users.set(user.id, updated);
  return ok(passwordStateBody(call, environment, updated));
}
