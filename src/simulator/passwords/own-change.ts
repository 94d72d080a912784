import { type Static, Type } from 'typebox';
import { type Call, timestamp } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import { messages } from '../messages.ts';
import { invalidData, requestFailed } from '../refusal.ts';
import type { Environment, User } from '../state/model.ts';
import { closed, text } from '../validation/texts.ts';
import { newPassword, onSet, passwordProblem, policyOf } from './change.ts';
import { isPassword } from './hash.ts';

export const ownChangeSchema = Type.Object({ currentPassword: text(), newPassword: text() }, closed);

/** The user with the password that they have changed themselves: the whole policy checks it. Throws 400 when it is refused. */
export function changeOwnPassword(
  call: Call,
  environment: Environment,
  user: User,
  { currentPassword, newPassword: value }: Static<typeof ownChangeSchema>,
): User {
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
  const problem = passwordProblem(environment, user, value, call.now, onSet, currentPassword);
  if (problem !== undefined) throw invalidData([problem]);
  const changed = { ...user, password: newPassword(user, value, false, timestamp(call)) };
  environment.users.set(user.id, changed);
  return changed;
}
