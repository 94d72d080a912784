import type { PasswordRules, User } from '../state/model.ts';
import { secondsUntilUnlock } from './lockout.ts';

/** The state of a user's password (documented), under the rules that hold for the user. */
export function passwordStatus(user: User, { maxAgeDays }: PasswordRules, now: Date): string {
  if (user.identityProvider.type !== 'PING_ONE') return 'EXTERNAL';
  if (user.password === undefined) return 'NO_PASSWORD';
  if (secondsUntilUnlock(user.password, now) !== undefined) return 'PASSWORD_LOCKED_OUT';
  if (user.password.mustChange) return 'MUST_CHANGE_PASSWORD';
  if (maxAgeDays === undefined) return 'OK';
  const expiresAt = new Date(user.password.lastChangedAt).getTime() + maxAgeDays * 24 * 60 * 60 * 1000;
  return now.getTime() < expiresAt ? 'OK' : 'PASSWORD_EXPIRED';
}
