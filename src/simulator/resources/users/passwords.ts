import { Type } from 'typebox';
import { identityRoles, parentEnvironment, userIn } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { messages, passwordMessages } from '../../messages.ts';
import { newPassword, passwordProblem, policyOf, sameAsCurrentProblem } from '../../passwords/change.ts';
import { invalidData } from '../../refusal.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { refuseMissingActions } from './password-actions.ts';
import { passwordPolicyBody } from './password-policies.ts';
import { internalUser, passwordPath, passwordStateBody } from './password-state.ts';

/** A user's password: its state, and setting it as an administrator. For POST see `password-actions.ts`. */
export const passwordRoutes: readonly Route[] = [
  platformRoute('GET', passwordPath, readState),
  platformRoute('PUT', passwordPath, changePassword),
];

const setMediaType = 'application/vnd.pingidentity.password.set+json';

/** Actions PingOne documents for PUT that the simulator does not have. */
const missingActions: readonly string[] = ['reset', 'setValue'];

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
  const body = passwordStateBody(call, environment, user);
  if (call.url.searchParams.get('expand') !== 'passwordPolicy') return ok(body);
  const passwordPolicy = passwordPolicyBody(call.origin, environment, policyOf(environment, user));
  return ok({ ...body, _embedded: { passwordPolicy } });
}

async function changePassword(call: AuthorizedCall): Promise<Answer> {
  internalUser(call);
  refuseMissingActions(mediaTypeOf(call.request.headers), missingActions);
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
  return ok(passwordStateBody(call, environment, updated));
}
