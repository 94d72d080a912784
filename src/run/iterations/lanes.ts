import type { Step } from '../../definition/definition.ts';
import { valuesOf } from '../engine/state.ts';
import type { IterationResult, Shard } from '../result/result.ts';
import { isRowOf, rowsOfShard } from '../result/shard.ts';
import type { Session, SessionCreation, SharedToken } from '../steps/session.ts';
import { renewToken } from '../steps/step-loop.ts';
import { type FinishedIteration, type IterationContext, type IterationRow, runIteration } from './iteration.ts';
import { createSameNameFinder, type FindOtherRow } from './same-name.ts';
import type { SharedOptions, WorkerChannel } from './worker-messages.ts';
import { createWorkers } from './worker-processes.ts';

/** Which iterations to run, and how. */
export interface IterationPlan {
  /** How many there are, in all shards together. */
  readonly total: number;
  /** Run only those that are of this shard (`isRowOf`); `total`, `rows` and numbers are still those of the whole. Default: all. */
  readonly shard?: Shard | undefined;
  /** What each begins with, in their order; read one by one. Default: `total` without values of their own. */
  readonly rows?: AsyncIterable<IterationRow>;
  /** Finds a row with the same values as another. Default: none is looked for. */
  readonly findOtherRow?: FindOtherRow;
  /** Variables that rows give, which may so have no value before. Default: none. */
  readonly variables?: ReadonlySet<string>;
  /** How many go on at once. Default: 1. */
  readonly concurrency?: number;
  /** Processes among which the iterations are divided. Default: they run in this one. */
  readonly workers?: readonly WorkerChannel[];
  /** Run every step in each iteration, also those that are marked as once for all. */
  readonly everyStep?: boolean;
  /** Begin no more iterations when this many have not passed. Default: begin all. */
  readonly bail?: number | undefined;
  /** Numbers of the iterations that passed in the run that is resumed. */
  readonly finished?: ReadonlySet<number>;
  /** Called with each iteration when it has ended, before anything else begins in its place. What it throws ends the run. */
  readonly onResult?: (result: IterationResult) => void;
}

/**
 * The steps that each iteration runs: all from the first that is not marked `once`. Those before it run once. A collection that
 * follows another is repeated whole.
 */
export function repeatedSteps(
  steps: readonly Step[],
  { everyStep }: Pick<IterationPlan, 'everyStep'>,
): readonly Step[] {
  const first = steps.findIndex(({ once }) => !once);
  return everyStep ? steps : first < 0 ? [] : steps.slice(first);
}

/** How many iterations a plan has for this run. */
export function ownTotal({ total, shard }: Pick<IterationPlan, 'total' | 'shard'>): number {
  return rowsOfShard(total, shard);
}

export interface IterationsContext extends Omit<IterationContext, 'sharedToken' | 'shared' | 'total'> {
  readonly plan: IterationPlan;
  /** What the run that is resumed created in iterations that did not pass, by their number. */
  readonly earlier: ReadonlyMap<number, readonly SessionCreation[]>;
  /** What the processes have to know of the run, when there are any. */
  readonly workerRun: SharedOptions;
  onFinished(iteration: FinishedIteration): void;
}

/**
 * Runs the iterations of a plan, several at once when it says so. Each begins with the values of the run and those of its
 * row, and none sees the values of another. They share the connections, the sandbox and, when a step gets it once for all,
 * the token.
 */
export async function runIterations(iterations: IterationsContext): Promise<void> {
  const { run, plan, steps } = iterations;
  const sharedToken = run.tokenStep && !steps.includes(run.tokenStep.step) ? shareToken(run) : undefined;
  const shared = run.definition.iterations === 'shared' ? { state: run.state } : undefined;
  const context: IterationContext = { ...iterations, sharedToken, shared, total: plan.total };
  const workers = plan.workers && createWorkers(plan.workers, context, iterations.workerRun);
  const rows = (plan.rows ?? emptyRows(plan))[Symbol.asyncIterator]();
  const startedAt = Date.now();
  const progress = { done: plan.finished?.size ?? 0, failed: 0 };
  const withSameName = createSameNameFinder(run, plan.findOtherRow);
  const isOver = () => run.signal.aborted || progress.failed >= (plan.bail ?? Infinity);
  const lane = async () => {
    while (!isOver()) {
      const { value: row, done } = await rows.next();
      if (done) return;
      if (!isRowOf(row.number, plan.shard) || plan.finished?.has(row.number)) continue;
      const earlier = iterations.earlier.get(row.number) ?? [];
      const ended = await (workers ? workers.run(row, earlier) : runIteration(context, row, earlier));
      const iteration = await withSameName(ended, row);
      progress.done += 1;
      if (iteration.result.status !== 'passed') progress.failed += 1;
      iterations.onFinished(iteration);
      plan.onResult?.(iteration.result);
      run.emit({
        kind: 'iteration-finished',
        result: iteration.result,
        progress: {
          ...progress,
          total: ownTotal(plan),
          elapsedMs: Date.now() - startedAt,
          earlier: plan.finished?.size ?? 0,
        },
      });
    }
  };
  // What one lane throws ends all of them, and nothing goes on behind the end of the run.
  const guarded = () => lane().catch((error: unknown) => run.ending.breakOff(error));
  try {
    await Promise.all(Array.from({ length: plan.concurrency ?? 1 }, guarded));
  } finally {
    await workers?.close();
    await rows.return?.();
  }
}

async function* emptyRows({
  total,
  shard = { index: 1, count: 1 },
}: IterationPlan): AsyncGenerator<IterationRow, void> {
  for (let number = shard.index; number <= total; number += shard.count) yield { number, values: {} };
}

function shareToken(run: Session): SharedToken {
  let renewing: Promise<boolean> | undefined;
  const current = () => valuesOf(run.state)[run.tokenStep?.variable ?? ''] ?? '';
  return {
    current,
    renew(used, because) {
      if (!renewing && current() !== used) return Promise.resolve(true);
      renewing ??= renewToken(run, because).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
}
