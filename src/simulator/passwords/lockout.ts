import type { Password, PasswordRules } from '../state/model.ts';

/** Seconds until a password that was locked for too many wrong tries can be tried again; undefined: it is not locked. */
export function secondsUntilUnlock(password: Password, now: Date): number | undefined {
  const lockedUntil = password.failures?.lockedUntil;
  if (lockedUntil === undefined) return undefined;
  const seconds = Math.ceil((new Date(lockedUntil).getTime() - now.getTime()) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** The password after one more wrong try; so many as the policy says in a row lock it for the policy's time. */
export function withFailure(password: Password, { lockout }: PasswordRules, now: Date): Password {
  const isOver = password.failures?.lockedUntil !== undefined;
  const count = (isOver ? 0 : (password.failures?.count ?? 0)) + 1;
  const lockedUntil = new Date(now.getTime() + lockout.durationSeconds * 1000).toISOString();
  return { ...password, failures: { count, ...(count < lockout.failureCount ? {} : { lockedUntil }) } };
}

/** The password with its wrong tries forgotten, and so unlocked. */
export function unlocked({ failures: _forgotten, ...password }: Password): Password {
  return password;
}
