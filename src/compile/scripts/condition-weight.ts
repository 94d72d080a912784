import type { Condition } from '../../definition/schema.ts';

/**
 * How much each part of a condition tells. A status may have many causes; a detail, a variable or a broken connection has few.
 * A response that violates its schema explains why captures and values are missing, so it weighs more than they do; what was
 * not sent at all explains everything.
 */
const weights: Readonly<Record<keyof Condition, number>> = {
  check: 1,
  status: 1,
  code: 6,
  detail: 4,
  target: 4,
  oauthError: 4,
  description: 4,
  variable: 4,
  message: 4,
  token: 4,
  unsatisfied: 8,
  body: 5,
  connection: 8,
};

/** What the check of a schema weighs more, unless the response reports an error: that need not have the shape of a success. */
export const schemaWeight = 10;

const checkWeights: Readonly<Partial<Record<NonNullable<Condition['check']>, number>>> = {
  schema: schemaWeight,
  ready: 20,
};

/** What is no JSON explains more than an error does, of which the code says more. */
const notJsonWeight = 3;

/** How telling a condition is, as a number without a unit: of those that hold, the one that weighs most has the likeliest cause. */
export function weightOf(when: Condition): number {
  const parts = Object.keys(when) as (keyof Condition)[];
  const sum = parts.reduce((total, part) => total + weights[part], 0);
  return sum + (when.body === 'not-json' ? notJsonWeight : 0) + ((when.check && checkWeights[when.check]) ?? 0);
}
