import { randomInt } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { type Call, timestamp } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import { messages } from '../messages.ts';
import { invalidData, type Refusal, requestFailed } from '../refusal.ts';
import type { Environment, RecoveryCode, User } from '../state/model.ts';
import { closed, text } from '../validation/texts.ts';
import { newPassword, onSet, passwordProblem } from './change.ts';
import { secondsUntilUnlock } from './lockout.ts';

/** Documented: eight letters and digits, good for five minutes; five wrong tries use a code up. */
const codeLength = 8;
const codeSeconds = 5 * 60;
const mostFailures = 5;
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export const recoverySchema = Type.Object({ recoveryCode: text(), newPassword: text() }, closed);

/**
 * Gives a user a new recovery code, which PingOne sends by e-mail; here it is in the dump of the state alone. Throws 400 for one who
 * is disabled, has no password, or is locked out (documented).
 */
export function sendRecoveryCode(environment: Environment, user: User, now: Date): void {
  const { enabled, password } = user;
  if (!enabled) throw requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: inferredMessages.userDisabled });
  if (password === undefined) throw requestFailed({ code: 'NO_PASSWORD', message: inferredMessages.noPassword });
  if (secondsUntilUnlock(password, now) !== undefined)
    throw requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: inferredMessages.passwordLocked });
  environment.users.set(user.id, { ...user, recoveryCode: newCode(now) });
}

function newCode(now: Date): RecoveryCode {
  const code = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return { code, expiresAt: new Date(now.getTime() + codeSeconds * 1000).toISOString(), failures: 0 };
}

/** The user with the new password, when the code is the one that was sent; case does not matter (documented). Throws 400 when not. */
export function recoverPassword(
  call: Call,
  environment: Environment,
  user: User | undefined,
  input: Static<typeof recoverySchema>,
): User {
  const sent = user?.recoveryCode;
  if (!user || !sent || sent.expiresAt <= call.now.toISOString()) throw wrongCode(messages.wrongRecoveryCode);
  if (sent.failures >= mostFailures) throw wrongCode(messages.recoveryFailures);
  if (sent.code !== input.recoveryCode.toUpperCase()) {
    environment.users.set(user.id, { ...user, recoveryCode: { ...sent, failures: sent.failures + 1 } });
    throw wrongCode(messages.wrongRecoveryCode);
  }
  const problem = passwordProblem(environment, user, input.newPassword, call.now, onSet);
  if (problem !== undefined) throw invalidData([problem]);
  const { recoveryCode: _used, ...rest } = user;
  const recovered = { ...rest, password: newPassword(user, input.newPassword, false, timestamp(call)) };
  environment.users.set(user.id, recovered);
  return recovered;
}

function wrongCode(message: string): Refusal {
  return invalidData([{ code: 'INVALID_VALUE', target: 'recoveryCode', message }]);
}
