import { createHmac, randomBytes } from 'node:crypto';

/** A password that can be recognised but not read. */
export interface PasswordHash {
  readonly salt: string;
  readonly digest: string;
}

/**
 * Salted hash of a password. HMAC-SHA-256 rather than a slow function: hashes never leave this process, and a history
 * of slow ones would cost every password request a noticeable part of a second.
 */
export function hashPassword(value: string, salt = randomBytes(16).toString('base64')): PasswordHash {
  return { salt, digest: digestOf(value, salt) };
}

/** Whether `value` is the password behind `hash`. */
export function isPassword(value: string, hash: PasswordHash): boolean {
  return digestOf(value, hash.salt) === hash.digest;
}

function digestOf(value: string, salt: string): string {
  return createHmac('sha256', salt).update(value).digest('base64');
}

const clearTexts = new WeakMap<PasswordHash, string>();

/**
 * Remembers the clear text of a *current* password, because `notSimilarToCurrent` compares characters and a hash cannot
 * be compared. Kept beside the state, not in it: nothing that reads, dumps or prints the state can reach it, and it is
 * forgotten with the hash (on the next change, on deletion of the user, on reset).
 */
export function rememberClearText(hash: PasswordHash, value: string): void {
  clearTexts.set(hash, value);
}

/** The clear text remembered for a current password; undefined for a pre-encoded one. */
export function clearTextOf(hash: PasswordHash): string | undefined {
  return clearTexts.get(hash);
}

/** Forgets the clear text of a password that is current no more. */
export function forgetClearText(hash: PasswordHash): void {
  clearTexts.delete(hash);
}
