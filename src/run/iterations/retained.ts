import type { CleanUpItem, CleanUpResult, CreatedThing, IterationResult, RunFigures } from '../result/result.ts';
import type { FinishedIteration } from './iteration.ts';

/** What is kept of iterations when they have ended: bounded, however many there are. */
export interface Retained {
  add(iteration: FinishedIteration): void;
  /** Those of which all steps are kept, in the order of their numbers. */
  readonly iterations: readonly FinishedIteration[];
  /** Whether nothing was left out. */
  isComplete(): boolean;
  counts(): RunFigures['iterations'];
  /** Each outcome that there was. */
  statuses(): IterationResult['status'][];
  readonly created: readonly CreatedThing[];
  /** How many things were created, those that are not kept too. */
  createdCount(): number;
  /** Clean-up of the iterations with that of the run; undefined when there was none. */
  cleanUp(ofRun: CleanUpResult | undefined): CleanUpResult | undefined;
}

/** Iterations, and things created or removed in them, of which the details are kept. Of more, there are figures. */
const mostRetained = 100;

/** Whether the steps of so many iterations are all kept; else those of iterations that passed are not. */
export function retainsAll(total: number): boolean {
  return total <= mostRetained;
}

/** Keeps all of up to 100 iterations; of more, the first 100 that did not pass. `total` is how many there are to be. */
export function createRetained(total: number): Retained {
  const iterations: FinishedIteration[] = [];
  const created: CreatedThing[] = [];
  const cleaned: CleanUpItem[] = [];
  const counts = { all: 0, passed: 0, failed: 0, error: 0 };
  let things = 0;
  let wasCleaned = false;
  let left = 0;
  const fits = retainsAll(total);
  return {
    add(iteration) {
      const { status } = iteration.result;
      counts.all += 1;
      counts[status] += 1;
      if (fits || (status !== 'passed' && iterations.length < mostRetained)) insert(iterations, iteration);
      for (const thing of iteration.result.created) {
        things += 1;
        if (created.length < mostRetained) created.push(thing);
      }
      for (const item of iteration.cleaned) {
        wasCleaned = true;
        if (item.status === 'left') left += 1;
        if (cleaned.length < mostRetained) cleaned.push(item);
      }
    },
    iterations,
    isComplete: () => fits && things <= mostRetained,
    counts: () => ({ ...counts }),
    statuses: () => (['passed', 'failed', 'error'] as const).filter((status) => counts[status] > 0),
    created,
    createdCount: () => things,
    cleanUp: (ofRun) =>
      ofRun || wasCleaned
        ? { items: [...cleaned, ...(ofRun?.items ?? [])], complete: left === 0 && ofRun?.complete !== false }
        : undefined,
  };
}

/** Several iterations go on at once, so that they do not end in their order. */
function insert(iterations: FinishedIteration[], iteration: FinishedIteration): void {
  const after = iterations.findIndex(({ result }) => result.iteration > iteration.result.iteration);
  iterations.splice(after === -1 ? iterations.length : after, 0, iteration);
}
