import { Type } from 'typebox';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route } from '../../http/call.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import { inferredMessages } from '../../inferred.ts';
import { messages } from '../../messages.ts';
import { policyOf } from '../../passwords/change.ts';
import { isPassword } from '../../passwords/hash.ts';
import { secondsUntilUnlock, unlocked, withFailure } from '../../passwords/lockout.ts';
import { recoverPassword, recoverySchema, sendRecoveryCode } from '../../passwords/recovery.ts';
import { invalidData, requestFailed, unsupportedMediaType } from '../../refusal.ts';
import type { Environment, Password, User } from '../../state/model.ts';
import { closed, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { internalUser, passwordPath, passwordStateBody } from './password-state.ts';

/** What POST does to a password; the media type names the action. */
export const passwordActionRoutes: readonly Route[] = [platformRoute('POST', passwordPath, act)];

const checkInput = validatorOf(Type.Object({ password: text() }, closed));

const recoverInput = validatorOf(recoverySchema);

function act(call: AuthorizedCall): Answer | Promise<Answer> {
  internalUser(call);
  const type = mediaTypeOf(call.request.headers);
  if (type === passwordMediaType('check')) return check(call, type);
  if (isAction(type, 'forceChange')) return forceChange(call);
  if (isAction(type, 'unlock')) return unlock(call);
  if (isAction(type, 'sendRecoveryCode')) return sendCode(call);
  if (type === passwordMediaType('recover')) return recover(call, type);
  throw unsupportedMediaType();
}

/** Documented with and without `+json`; media types ignore case. */
function isAction(type: string | undefined, name: string): boolean {
  return type === passwordMediaType(name) || type === passwordMediaType(name).replace('+json', '');
}

function passwordMediaType(name: string): string {
  return `application/vnd.pingidentity.password.${name}+json`.toLowerCase();
}

/** Documented: 200 with a right password that may be used, changed or is over; 400 without one or when it is locked. */
async function check(call: AuthorizedCall, mediaType: string): Promise<Answer> {
  const input = await readBody(call, checkInput, [mediaType]);
  const { environment, user } = internalUser(call);
  const password = passwordOf(user);
  if (secondsUntilUnlock(password, call.now) !== undefined) {
    throw requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: inferredMessages.passwordLocked });
  }
  if (isPassword(input.password, password.current)) return stored(call, environment, user, unlocked(password));
  const { rules } = policyOf(environment, user);
  const failed = withFailure(password, rules, call.now);
  stored(call, environment, user, failed);
  const innerError = { failuresRemaining: rules.lockout.failureCount - (failed.failures?.count ?? 0) };
  throw invalidData([{ code: 'INVALID_VALUE', target: 'password', message: messages.wrongPassword, innerError }]);
}

/** Documented: no body; MUST_CHANGE_PASSWORD, the password itself stays, and is unlocked. */
function forceChange(call: AuthorizedCall): Answer {
  const { environment, user } = internalUser(call);
  return stored(call, environment, user, { ...unlocked(passwordOf(user)), mustChange: true });
}

/** Documented: no body; 200. */
function unlock(call: AuthorizedCall): Answer {
  const { environment, user } = internalUser(call);
  return stored(call, environment, user, unlocked(passwordOf(user)));
}

/** Documented: a code goes to the user by e-mail. */
function sendCode(call: AuthorizedCall): Answer {
  const { environment, user } = internalUser(call);
  sendRecoveryCode(environment, user, call.now);
  return ok(passwordStateBody(call, environment, user));
}

async function recover(call: AuthorizedCall, mediaType: string): Promise<Answer> {
  const input = await readBody(call, recoverInput, [mediaType]);
  const { environment, user } = internalUser(call);
  return ok(passwordStateBody(call, environment, recoverPassword(call, environment, user, input)));
}

function stored(call: AuthorizedCall, environment: Environment, user: User, password: Password): Answer {
  const updated = { ...user, password };
  environment.users.set(user.id, updated);
  return ok(passwordStateBody(call, environment, updated));
}

function passwordOf(user: User): Password {
  if (user.password === undefined) throw requestFailed({ code: 'NO_PASSWORD', message: inferredMessages.noPassword });
  return user.password;
}
