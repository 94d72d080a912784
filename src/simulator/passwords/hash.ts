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
