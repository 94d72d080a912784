import { inferredChoices } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { messages } from '../messages.ts';
import type { Detail } from '../refusal.ts';
import type { Environment, Password, PasswordPolicy, PasswordRules, User } from '../state/model.ts';
import { unsatisfiedRequirements } from './checks.ts';
import { hashPassword, isPassword } from './hash.ts';

/** How a policy violation is worded: it depends on the request (observed). */
export interface Wording {
  readonly target: string;
  readonly message: string;
}

/** Of a password that takes the place of another. */
export const onSet: Wording = { target: inferredChoices.passwordSetTarget, message: messages.passwordOnSet };

/** The policy that holds for a user: the population's, otherwise the environment's default (documented). */
export function policyOf(environment: Environment, user: User): PasswordPolicy {
  const policies = [...environment.passwordPolicies.values()];
  const assigned = environment.populations.get(user.populationId)?.passwordPolicyId;
  const policy = policies.find(({ id }) => id === assigned) ?? policies.find((candidate) => candidate.default);
  if (policy === undefined) throw new Error(`environment ${environment.id} has no default password policy`);
  return policy;
}

/** A pre-encoded value: a scheme in braces before it (documented, with `{SSHA512}` as the example). */
export function isPreEncoded(value: string): boolean {
  return /^\{[A-Z][A-Z0-9-]*\}./.test(value);
}

/**
 * Why this password is refused for the user; undefined when it is good. A pre-encoded value is not checked (documented).
 * `current` is the current password, where the request gives it: only then can the two be compared (documented).
 */
export function passwordProblem(
  environment: Environment,
  user: User,
  value: string,
  now: Date,
  wording: Wording,
  current?: string,
): Detail | undefined {
  if (isPreEncoded(value)) return undefined;
  const { rules } = policyOf(environment, user);
  const failed = unsatisfiedRequirements(rules, value, {
    attributes: user.attributes,
    ...(current === undefined ? {} : { current }),
    wasUsed: (password) => isCurrent(user, password) || isInHistory(user, rules, password, now),
  });
  return failed.length === 0 ? undefined : violation(wording, failed);
}

/** Why a password is refused even when the policy is bypassed: it is the current one (documented as always enforced). */
export function sameAsCurrentProblem(user: User, value: string, wording: Wording, message: string): Detail | undefined {
  return isCurrent(user, value) ? violation(wording, [{ key: 'history', message }]) : undefined;
}

/** The user's password after a change to `value`. */
export function newPassword(user: User, value: string, mustChange = false, now: string): Password {
  const current = hashPassword(value);
  const before = user.password;
  const history = before === undefined ? [] : [{ hash: before.current, replacedAt: now }, ...before.history];
  return { current, history: history.slice(0, longestHistory), mustChange, lastChangedAt: now };
}

/** How many former passwords are kept; no simulated policy looks further back. */
const longestHistory = 6;

function isCurrent(user: User, value: string): boolean {
  return user.password !== undefined && isPassword(value, user.password.current);
}

function isInHistory(user: User, { history }: PasswordRules, value: string, now: Date): boolean {
  if (history === undefined) return false;
  const oldest = new Date(now.getTime() - history.retentionDays * 24 * 60 * 60 * 1000).toISOString();
  return (user.password?.history ?? [])
    .slice(0, history.count)
    .some(({ hash, replacedAt }) => replacedAt >= oldest && isPassword(value, hash));
}

/** One detail for all failed checks: a key for each, and one text a key (the last check's, as PingOne was seen to do). */
function violation(wording: Wording, failed: readonly { readonly key: string; readonly message: string }[]): Detail {
  const texts: JsonObject = Object.fromEntries(failed.map(({ key, message }) => [key, message]));
  return {
    code: 'INVALID_VALUE',
    ...wording,
    innerError: { unsatisfiedRequirements: failed.map(({ key }) => key), ...texts },
  };
}
