import type { Definition, Step } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { settersOf } from '../scripts/planned-checks.ts';
import { type Criterion, statusCondition } from './criteria.ts';

/** A Failure Action Object of Arazzo that sends the request again. */
export interface RetryAction {
  readonly name: string;
  readonly type: 'retry';
  readonly retryAfter: number;
  readonly retryLimit: number;
  readonly criteria: readonly Criterion[];
}

/** Place of the first step that creates something. */
const firstCreation = perDefinition(({ steps, cleanUp }: Definition): number => {
  const first = [...steps, ...cleanUp.steps].findIndex(({ creates }) => creates);
  return first < 0 ? Number.POSITIVE_INFINITY : first;
});

/** Statuses that may be gone at the next attempt. */
const busy = [408, 429, 500, 502, 503, 504];

/**
 * What a definition says of retries, as far as it can be said: a fixed wait in place of a growing one. A request that creates
 * something is sent again only when it was certainly not carried out: Arazzo cannot look for what a lost answer created.
 */
export function retryActions(step: Step, definition: Definition): RetryAction[] {
  const retry = { ...definition.retry, ...step.retry };
  const { attempts = Object.keys(retry).length > 0 ? 5 : 1, baseDelay = 1, propagation = 0 } = retry;
  const { positions } = settersOf(definition);
  const followsCreation = firstCreation(definition) < (positions.get(step) ?? 0);
  const action = (name: string, after: number, limit: number, statuses: readonly number[]): RetryAction[] => {
    const unexpected = statuses.filter((status) => !step.expect.status.includes(status));
    if (unexpected.length === 0 || limit < 1) return [];
    const criteria = [{ condition: statusCondition(unexpected) }];
    return [{ name, type: 'retry', retryAfter: after, retryLimit: limit, criteria }];
  };
  return [
    ...action('retry-when-busy', baseDelay, attempts - 1, step.creates ? [429] : busy),
    ...(followsCreation
      ? action('retry-until-known', Math.min(5, propagation), Math.ceil(propagation / 5), [403, 404])
      : []),
  ];
}
