import { type Call, isDisputed } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import { messages } from '../messages.ts';
import { policyOf } from '../passwords/change.ts';
import { isPassword } from '../passwords/hash.ts';
import { secondsUntilUnlock, unlocked, withFailure } from '../passwords/lockout.ts';
import { passwordStatus } from '../passwords/status.ts';
import { invalidData, type Refusal, requestFailed } from '../refusal.ts';
import { foldUsername } from '../state/build.ts';
import type { Environment, Flow, FlowStatus } from '../state/model.ts';

/** What becomes of the flow. */
export type PasswordCheck = Pick<Flow, 'error' | 'status'> & { readonly userId: string };

/**
 * Checks a person's username and password, and counts wrong tries. Throws 400 when they are wrong, or when the user cannot
 * sign on. An unknown username is refused like a wrong password, so that nobody learns who exists (inferred).
 */
export function checkUsernamePassword(
  call: Call,
  environment: Environment,
  { username, password: value }: { readonly username: string; readonly password: string },
): PasswordCheck {
  const { now } = call;
  const user = environment.users.get(environment.usernames.get(foldUsername(username)) ?? '');
  if (user?.password === undefined || user.identityProvider.type !== 'PING_ONE') throw wrongPassword(call);
  if (!user.enabled) {
    throw requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: inferredMessages.userDisabled });
  }
  const { rules } = policyOf(environment, user);
  const seconds = secondsUntilUnlock(user.password, now);
  if (seconds !== undefined) return lockedOut(call, user.id, seconds);
  if (!isPassword(value, user.password.current)) {
    const password = withFailure(user.password, rules, now);
    environment.users.set(user.id, { ...user, password });
    throw wrongPassword(call, rules.lockout.failureCount - (password.failures?.count ?? 0));
  }
  const good = { ...user, password: unlocked(user.password) };
  environment.users.set(user.id, good);
  return { userId: user.id, status: flowStatusOf(passwordStatus(good, rules, now)) };
}

function flowStatusOf(status: string): FlowStatus {
  return status === 'MUST_CHANGE_PASSWORD' || status === 'PASSWORD_EXPIRED' ? status : 'COMPLETED';
}

/** The detail was observed. How many tries are left is known of a user only. */
function wrongPassword(call: Call, failuresRemaining?: number): Refusal {
  const code = isDisputed(call, 'flow-invalid-credentials') ? 'INVALID_CREDENTIALS' : 'INVALID_VALUE';
  const innerError = failuresRemaining === undefined ? {} : { innerError: { failuresRemaining } };
  return invalidData([{ code, target: 'password', message: messages.wrongPassword, ...innerError }]);
}

/** Observed in several clients: the request is answered 200, and the flow has failed. An older sample expects 400. */
function lockedOut(call: Call, userId: string, secondsUntilUnlock: number): PasswordCheck {
  const code = 'PASSWORD_LOCKED_OUT';
  const message = inferredMessages.passwordLocked;
  if (isDisputed(call, 'flow-locked-out-400')) {
    throw requestFailed({ code, message, innerError: { secondsUntilUnlock } }, code);
  }
  return { userId, status: 'FAILED', error: { code, message } };
}
