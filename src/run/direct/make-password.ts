import { randomInt } from 'node:crypto';
import { characterClasses } from '../../compile/scripts/password-script.ts';

const alphabet = characterClasses.join('');

/**
 * A password as the compiled script makes it, from `node:crypto`: every text of this length that has all four classes of characters, five
 * different ones, none three times in a row, and nothing of `avoid` is equally likely.
 *
 * @param avoid Texts that it must not hold, nor their parts, whatever their case. Those of one or two characters do not count.
 */
export function makePassword(length: number, avoid: readonly string[]): string {
  const words = avoid
    .map((text) => text.toLowerCase())
    .flatMap((text) => [text, ...text.split(/[^a-z0-9]+/)])
    .filter((text) => text.length > 2);
  for (;;) {
    const password = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    if (isAcceptable(password, words)) return password;
  }
}

function isAcceptable(password: string, words: readonly string[]): boolean {
  const lower = password.toLowerCase();
  return (
    characterClasses.every((set) => Array.from(password).some((character) => set.includes(character))) &&
    new Set(password).size >= 5 &&
    !/(.)\1\1/.test(password) &&
    !words.some((word) => lower.includes(word))
  );
}
