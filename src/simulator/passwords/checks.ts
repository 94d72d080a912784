import { inferredChoices, inferredPasswordMessages } from '../inferred.ts';
import { passwordMessages } from '../messages.ts';
import type { PasswordRules, UserAttributes } from '../state/model.ts';
import { isCommonPassword } from './common.ts';

/** A rule of a password policy, by the key PingOne uses in `unsatisfiedRequirements`. */
export type RequirementKey =
  | 'excludesCommonlyUsed'
  | 'excludesProfileData'
  | 'history'
  | 'length'
  | 'maxRepeatedCharacters'
  | 'minCharacters'
  | 'minComplexity'
  | 'minUniqueCharacters'
  | 'notSimilarToCurrent';

/** A check that a password did not pass. */
export interface UnsatisfiedRequirement {
  readonly key: RequirementKey;
  readonly message: string;
}

/** What a password is compared with. */
export interface PasswordCircumstances {
  readonly attributes: UserAttributes;
  /** The current password in clear, when the request gives it. */
  readonly current?: string;
  /** Whether a password is in the history that the policy keeps, or is the current one. */
  readonly wasUsed: (password: string) => boolean;
}

/** All checks that a clear-text password fails, one entry a check, in the order PingOne was seen to list them. */
export function unsatisfiedRequirements(
  rules: PasswordRules,
  password: string,
  circumstances: PasswordCircumstances,
): readonly UnsatisfiedRequirement[] {
  return [
    ...missingClasses(rules, password),
    ...commonlyUsed(rules, password),
    ...wrongLength(rules, password),
    ...repeatedCharacters(rules, password),
    ...fewUniqueCharacters(rules, password),
    ...profileData(rules, password, circumstances.attributes),
    ...lowComplexity(rules, password),
    ...similarToCurrent(rules, password, circumstances.current),
    ...usedBefore(password, circumstances),
  ];
}

type Found = readonly UnsatisfiedRequirement[];
const none: Found = [];

function missingClasses({ minCharacters = {} }: PasswordRules, password: string): Found {
  const characters = [...password];
  return Object.entries(minCharacters)
    .filter(([set, minimum]) => characters.filter((character) => set.includes(character)).length < minimum)
    .map(([set, minimum]) => ({ key: 'minCharacters', message: passwordMessages.minCharacters(set, minimum) }));
}

function commonlyUsed({ excludesCommonlyUsed }: PasswordRules, password: string): Found {
  if (!excludesCommonlyUsed || !isCommonPassword(password)) return none;
  return [{ key: 'excludesCommonlyUsed', message: passwordMessages.excludesCommonlyUsed }];
}

function wrongLength({ length }: PasswordRules, password: string): Found {
  if (length === undefined) return none;
  const size = [...password].length;
  if (size < length.min) return [{ key: 'length', message: passwordMessages.length(length.min) }];
  return size > length.max ? [{ key: 'length', message: inferredPasswordMessages.tooLong(length.max) }] : none;
}

function repeatedCharacters({ maxRepeatedCharacters }: PasswordRules, password: string): Found {
  if (maxRepeatedCharacters === undefined) return none;
  let run = 0;
  let previous = '';
  for (const character of password) {
    run = character === previous ? run + 1 : 1;
    previous = character;
    if (run > maxRepeatedCharacters) {
      return [{ key: 'maxRepeatedCharacters', message: passwordMessages.maxRepeatedCharacters(maxRepeatedCharacters) }];
    }
  }
  return none;
}

function fewUniqueCharacters({ minUniqueCharacters }: PasswordRules, password: string): Found {
  if (minUniqueCharacters === undefined || new Set(password).size >= minUniqueCharacters) return none;
  return [{ key: 'minUniqueCharacters', message: passwordMessages.minUniqueCharacters(minUniqueCharacters) }];
}

/** Shortest piece of a profile that counts; two letters would be in every other password. */
const shortestProfilePart = 3;

function profileData({ excludesProfileData }: PasswordRules, password: string, attributes: UserAttributes): Found {
  if (!excludesProfileData) return none;
  const { username, email, name = {} } = attributes;
  const parts = [username, email, email?.split('@')[0], ...Object.values(name)];
  const text = password.toLowerCase();
  const contained = parts.some(
    (part) => part !== undefined && part.length >= shortestProfilePart && text.includes(part.toLowerCase()),
  );
  return contained ? [{ key: 'excludesProfileData', message: inferredPasswordMessages.excludesProfileData }] : none;
}

function lowComplexity({ minComplexity }: PasswordRules, password: string): Found {
  if (minComplexity === undefined || searchDays(password) >= minComplexity) return none;
  return [{ key: 'minComplexity', message: inferredPasswordMessages.minComplexity }];
}

/** Days to try all passwords of this length over the alphabets it uses ("password haystack"). */
function searchDays(password: string): number {
  const alphabets: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^a-zA-Z\d]/, 33],
  ];
  const alphabet = alphabets.reduce((sum, [used, size]) => sum + (used.test(password) ? size : 0), 0);
  let candidates = 0;
  for (const _character of password) candidates = (candidates + 1) * alphabet;
  return candidates / inferredChoices.guessesPerSecond / (24 * 60 * 60);
}

/** Least number of changed characters between a password and the one before. */
const leastDistance = 3;

function similarToCurrent({ notSimilarToCurrent }: PasswordRules, password: string, current?: string): Found {
  // The very same password is the business of `history`, which PingOne was seen to name alone.
  if (!notSimilarToCurrent || current === undefined || password === current) return none;
  if (isDistantBy(leastDistance, password, current)) return none;
  return [{ key: 'notSimilarToCurrent', message: inferredPasswordMessages.notSimilarToCurrent }];
}

/**
 * Whether the edit (Levenshtein) distance of two texts is at least `least`. Looks only at the band of the table that can
 * hold a smaller distance, so that long passphrases cost no more than their length.
 */
function isDistantBy(least: number, one: string, other: string): boolean {
  const [left, right] = [[...one], [...other]];
  if (Math.abs(left.length - right.length) >= least) return true;
  let row = new Map(right.slice(0, least).map((_, index) => [index + 1, index + 1]));
  row.set(0, 0);
  for (const [index, character] of left.entries()) {
    const next = new Map<number, number>();
    const first = Math.max(0, index + 1 - least);
    for (let column = first; column <= Math.min(right.length, index + 1 + least); column += 1) {
      const replaced = (row.get(column - 1) ?? least) + Number(character !== right[column - 1]);
      const removed = (row.get(column) ?? least) + 1;
      const added = (next.get(column - 1) ?? least) + 1;
      next.set(column, column === 0 ? index + 1 : Math.min(replaced, removed, added));
    }
    row = next;
  }
  return (row.get(right.length) ?? least) >= least;
}

function usedBefore(password: string, { wasUsed }: PasswordCircumstances): Found {
  return wasUsed(password) ? [{ key: 'history', message: passwordMessages.history }] : none;
}
