import { hash } from 'node:crypto';

/**
 * An id in UUID form that depends on `parts` only, so that compiling twice gives the same file.
 * Version 8 of RFC 9562 (custom): the first 122 free bits of a SHA-256.
 */
export function stableId(...parts: readonly string[]): string {
  const hex = hash('sha256', JSON.stringify(parts));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
