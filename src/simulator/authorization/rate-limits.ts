import type { Call, Route } from '../http/call.ts';
import { rateLimited } from '../refusal.ts';
import type { Environment, RateLimitGroup } from '../state/model.ts';

/**
 * Counts a request for the license of an environment, which all its environments share. Throws 429 when the group's rate
 * is used up for this second or minute.
 */
export function countRequest(call: Call, { rateGroup }: Route, environment: Environment | undefined): void {
  if (environment === undefined) return;
  const { state, rates, rateLimits } = call.world;
  const license = state.organizations.get(environment.organizationId)?.licenses.get(environment.licenseId);
  const limit = (license?.rateLimits ?? rateLimits)[rateGroup]?.limit;
  if (license === undefined || limit === undefined) return;
  const length = windowMilliseconds(rateGroup);
  const window = Math.floor(call.now.getTime() / length);
  const key = `${license.id} ${rateGroup}`;
  const before = rates.get(key);
  const count = (before?.window === window ? before.count : 0) + 1;
  rates.set(key, { window, count });
  if (count > limit) throw rateLimited(limit, call.now, new Date((window + 1) * length));
}

function windowMilliseconds(group: RateLimitGroup): number {
  return group.endsWith('Rpm') ? 60_000 : 1000;
}
