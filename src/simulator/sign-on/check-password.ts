import { inferredMessages } from '../inferred.ts';
import { messages } from '../messages.ts';
import { policyOf } from '../passwords/change.ts';
import { isPassword } from '../passwords/hash.ts';
import { secondsUntilUnlock, unlocked, withFailure } from '../passwords/lockout.ts';
import { passwordStatus } from '../passwords/status.ts';
import { invalidData, platformRefusal, type Refusal } from '../refusal.ts';
import { foldUsername } from '../state/build.ts';
import type { Environment, FlowStatus, User } from '../state/model.ts';

/** Who signed on, and what becomes of the flow. */
export interface PasswordCheck {
  readonly userId: string;
  readonly status: FlowStatus;
}

/**
 * Checks a person's username and password, and counts wrong tries. Throws 400 when they are wrong, or when the user cannot
 * sign on. An unknown username is refused like a wrong password, so that nobody learns who exists (inferred).
 */
export function checkUsernamePassword(
  environment: Environment,
  { username, password: value }: { readonly username: string; readonly password: string },
  now: Date,
): PasswordCheck {
  const user = environment.users.get(environment.usernames.get(foldUsername(username)) ?? '');
  if (user?.password === undefined || user.identityProvider.type !== 'PING_ONE') throw wrongPassword();
  if (!user.enabled) throw notUsable(inferredMessages.userDisabled);
  const { password } = user;
  const { rules } = policyOf(environment, user);
  const seconds = secondsUntilUnlock(password, now);
  if (seconds !== undefined) throw lockedOut(seconds);
  const store = (changed: User['password']) =>
    environment.users.set(user.id, changed === undefined ? user : { ...user, password: changed });
  if (!isPassword(value, password.current)) {
    const failed = withFailure(password, rules, now);
    store(failed);
    throw wrongPassword(rules.lockout.failureCount - (failed.failures?.count ?? 0));
  }
  const good = unlocked(password);
  store(good);
  return { userId: user.id, status: flowStatusOf(passwordStatus({ ...user, password: good }, rules, now)) };
}

function flowStatusOf(status: string): FlowStatus {
  return status === 'MUST_CHANGE_PASSWORD' || status === 'PASSWORD_EXPIRED' ? status : 'COMPLETED';
}

/** The detail was observed. How many tries are left is known of a user only. */
function wrongPassword(failuresRemaining?: number): Refusal {
  const innerError = failuresRemaining === undefined ? {} : { innerError: { failuresRemaining } };
  return invalidData([
    { code: 'INVALID_VALUE', target: 'password', message: messages.wrongPasswordAtSignOn, ...innerError },
  ]);
}

/** The top code was observed in a client of PingOne; the rest is inferred. */
function lockedOut(secondsUntilUnlock: number): Refusal {
  return platformRefusal(400, 'PASSWORD_LOCKED_OUT', inferredMessages.passwordLocked, [
    { code: 'ACCOUNT_NOT_USABLE', message: inferredMessages.passwordLocked, innerError: { secondsUntilUnlock } },
  ]);
}

function notUsable(message: string): Refusal {
  return platformRefusal(400, 'REQUEST_FAILED', inferredMessages.requestFailed, [
    { code: 'ACCOUNT_NOT_USABLE', message },
  ]);
}
