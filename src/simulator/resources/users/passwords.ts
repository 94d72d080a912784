import { Type } from 'typebox';
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
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { messages, passwordMessages } from '../../messages.ts';
import { newPassword, passwordProblem, policyOf, sameAsCurrentProblem } from '../../passwords/change.ts';
import { isPassword } from '../../passwords/hash.ts';
import { invalidData, requestFailed } from '../../refusal.ts';
import type { Environment, Password, User } from '../../state/model.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { refuseMissingActions } from './password-actions.ts';
import { passwordPolicyBody } from './password-policies.ts';
import { internalUser, passwordPath, passwordStateBody } from './password-state.ts';

/** A user's password: its state, and setting it as an administrator. For POST see `password-actions.ts`. */
export const passwordRoutes: readonly Route[] = [
  platformRoute('GET', passwordPath, readState, ['expand']),
  platformRoute('PUT', passwordPath, changePassword),
];

const setMediaType = 'application/vnd.pingidentity.password.set+json';
const resetMediaType = 'application/vnd.pingidentity.password.reset+json';

/** Actions PingOne documents for PUT that the simulator does not have. */
const missingActions: readonly string[] = ['setValue'];

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

const resetInput = validatorOf(Type.Object({ newPassword: text(), currentPassword: Type.Optional(text()) }, closed));

const wording = { target: inferredChoices.passwordSetTarget, message: messages.passwordOnSet };

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
  refuseMissingActions(type, missingActions);
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
  const problem = input.bypassPolicy
    ? sameAsCurrentProblem(user, input.value, wording, passwordMessages.history)
    : passwordProblem(environment, user, input.value, call.now, wording);
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
  if (currentPassword !== undefined) refuseOwnChange(call, environment, user, value, currentPassword);
  const mustChange = currentPassword === undefined;
  return stored(call, environment, user, newPassword(user, value, mustChange, timestamp(call)));
}

function refuseOwnChange(
  call: AuthorizedCall,
  environment: Environment,
  user: User,
  value: string,
  currentPassword: string,
): void {
  const { password } = user;
  if (password === undefined || !isPassword(currentPassword, password.current)) {
    const message = messages.wrongCurrentPassword;
    throw invalidData([{ code: 'INVALID_VALUE', target: 'currentPassword', message }]);
  }
  const { minAgeDays = 0 } = policyOf(environment, user).rules;
  const changeableAt = new Date(password.lastChangedAt).getTime() + minAgeDays * 24 * 60 * 60 * 1000;
  if (!password.mustChange && call.now.getTime() < changeableAt) {
    throw requestFailed({ code: 'PASSWORD_TOO_YOUNG', message: inferredMessages.passwordTooYoung });
  }
  const problem = passwordProblem(environment, user, value, call.now, wording, currentPassword);
  if (problem !== undefined) throw invalidData([problem]);
}

function stored(call: AuthorizedCall, environment: Environment, user: User, password: Password): Answer {
  const updated = { ...user, password };
  environment.users.set(user.id, updated);
  return ok(passwordStateBody(call, environment, updated));
}
