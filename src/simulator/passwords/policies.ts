import type { PasswordRules } from '../state/model.ts';

/** One of the policies PingOne makes with every environment. */
export interface StandardPolicy {
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
  readonly rules: PasswordRules;
}

const oneOfEachClass = {
  '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1,
  '0123456789': 1,
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1,
  abcdefghijklmnopqrstuvwxyz: 1,
};
const lockout = { failureCount: 5, durationSeconds: 900 };
const history = { count: 6, retentionDays: 365 };
const length = { min: 8, max: 255 };

/** The three policies of a new environment, in PingOne's order; keys in the order of its bodies. */
export const standardPolicies: readonly StandardPolicy[] = [
  {
    name: 'Standard',
    description: 'A standard policy that incorporates industry best practices',
    default: true,
    rules: {
      excludesProfileData: true,
      notSimilarToCurrent: true,
      excludesCommonlyUsed: true,
      maxAgeDays: 182,
      minAgeDays: 1,
      maxRepeatedCharacters: 2,
      minUniqueCharacters: 5,
      history,
      lockout,
      length,
      minCharacters: oneOfEachClass,
    },
  },
  {
    name: 'Passphrase',
    description: 'A policy that encourages the use of passphrases',
    default: false,
    rules: {
      excludesProfileData: true,
      notSimilarToCurrent: true,
      excludesCommonlyUsed: true,
      minComplexity: 7,
      maxAgeDays: 182,
      minAgeDays: 1,
      history,
      lockout,
    },
  },
  {
    name: 'Basic',
    description: 'A relaxed standard policy to allow for maximum customer flexibility.',
    default: false,
    rules: {
      excludesProfileData: false,
      notSimilarToCurrent: false,
      excludesCommonlyUsed: true,
      lockout,
      length,
      minCharacters: oneOfEachClass,
    },
  },
];
