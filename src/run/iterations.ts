import type { Step } from '../definition/definition.ts';
import { abortReason, recorder } from './record.ts';
import type { CleanUpItem, IterationResult, StepResult } from './result.ts';
import { createdThings, iterationSession, type Session, type SessionCreation, type SharedToken } from './session.ts';
import { notReached } from './step-result.ts';
import { renewToken, runSteps, takeOver } from './steps.ts';
import { worstStatus } from './tally.ts';

/** Which iterations to run, and how. */
export interface IterationPlan {
  /** How many there are. */
  readonly total: number;
  /** What each begins with, in their order; read one by one. Default: `total` without values of their own. */
  readonly rows?: AsyncIterable<IterationRow>;
  /** Variables that rows give, which may so have no value before. Default: none. */
  readonly variables?: ReadonlySet<string>;
  /** How many go on at once. Default: 1. */
  readonly concurrency?: number;
  /** Run every step in each iteration, also those that are marked as once for all. */
  readonly everyStep?: boolean;
  /** Begin no more iterations when this many have not passed. Default: begin all. */
  readonly bail?: number | undefined;
  /** Numbers of the iterations that passed in the run that is resumed. */
  readonly finished?: ReadonlySet<number>;
  /** Called with each iteration when it has ended, before anything else begins in its place. What it throws ends the run. */
  readonly onResult?: (result: IterationResult) => void;
}

/** Values that an iteration begins with, beside those of the run. */
export interface IterationRow {
  /** From 1. */
  readonly number: number;
  /** Line of the file it comes from. */
  readonly line?: number;
  readonly values: Readonly<Record<string, string>>;
}

/** An iteration that has ended. */
export interface FinishedIteration {
  readonly result: IterationResult;
  readonly steps: readonly StepResult[];
  /** What clean-up did. */
  readonly cleaned: readonly CleanUpItem[];
}

/**
 * The steps that each iteration runs: all from the first that is not marked `once`. Those before it run once. A collection that
 * follows another is repeated whole.
 */
export function repeatedSteps(
  steps: readonly Step[],
  { everyStep }: Pick<IterationPlan, 'everyStep'>,
): readonly Step[] {
  return everyStep ? steps : steps.slice(steps.findIndex(({ once }) => !once));
}

export interface IterationContext {
  readonly run: Session;
  readonly plan: IterationPlan;
  readonly steps: readonly Step[];
  /** Ends the run when it takes too long. */
  readonly deadline: AbortSignal;
  /** What the run that is resumed created in iterations that did not pass, by their number. */
  readonly earlier: ReadonlyMap<number, readonly SessionCreation[]>;
  /** Removes what an iteration created, when that is asked for; gives what became of it. */
  cleanUp(session: Session, status: IterationResult['status']): Promise<readonly CleanUpItem[]>;
  onFinished(iteration: FinishedIteration): void;
}

/**
 * Runs the iterations of a plan, several at once when it says so. Each begins with the values of the run and those of its
 * row, and none sees the values of another. They share the connections, the sandbox and, when a step gets it once for all,
 * the token.
 */
export async function runIterations(context: IterationContext): Promise<void> {
  const { run, plan, steps } = context;
  const sharedToken = run.tokenStep && !steps.includes(run.tokenStep.step) ? shareToken(run) : undefined;
  const rows = (plan.rows ?? emptyRows(plan.total))[Symbol.asyncIterator]();
  const startedAt = Date.now();
  const progress = { done: plan.finished?.size ?? 0, failed: 0 };
  const isOver = () => run.signal.aborted || progress.failed >= (plan.bail ?? Infinity);
  const lane = async () => {
    while (!isOver()) {
      const { value: row, done } = await rows.next();
      if (done) return;
      if (plan.finished?.has(row.number)) continue;
      const iteration = await runIteration(context, row, sharedToken);
      progress.done += 1;
      if (iteration.result.status !== 'passed') progress.failed += 1;
      plan.onResult?.(iteration.result);
      context.onFinished(iteration);
      run.emit({
        kind: 'iteration-finished',
        result: iteration.result,
        progress: {
          ...progress,
          total: plan.total,
          elapsedMs: Date.now() - startedAt,
          earlier: plan.finished?.size ?? 0,
        },
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: plan.concurrency ?? 1 }, lane));
  } finally {
    await rows.return?.();
  }
}

async function* emptyRows(total: number): AsyncGenerator<IterationRow, void> {
  for (let number = 1; number <= total; number += 1) yield { number, values: {} };
}

async function runIteration(
  context: IterationContext,
  row: IterationRow,
  sharedToken: SharedToken | undefined,
): Promise<FinishedIteration> {
  const { run, steps, deadline } = context;
  const startedAt = Date.now();
  const values = { ...run.values, ...uniqueRunIds(run, steps, row.number), ...row.values };
  const session = iterationSession(run, row.number, values, sharedToken);
  const results = new Map<Step, StepResult>();
  const record = recorder(session, deadline, (step, shown) => results.set(step, shown));
  try {
    const own: SessionCreation[] = [...(context.earlier.get(row.number) ?? [])];
    session.creations.push(...own);
    const known = new Set(run.creations);
    await takeUp(session, own, record);
    await runSteps(
      session,
      steps.filter((step) => !results.has(step)),
      record,
    );
    for (const step of steps) {
      const reason = session.signal.aborted ? abortReason(deadline) : 'the iteration ended before it';
      if (!results.has(step)) record(step, notReached(step, session.definition, reason));
    }
    const inOrder = steps.flatMap((step) => results.get(step) ?? []);
    const status = worstStatus(inOrder.map((result) => result.status));
    const creations = session.creations.filter((creation) => !known.has(creation));
    const cleaned = await context.cleanUp({ ...session, creations }, status);
    const result: IterationResult = {
      iteration: row.number,
      ...(row.line !== undefined && { line: row.line }),
      status,
      durationMs: Date.now() - startedAt,
      created: createdThings({ creations }),
      ...failureOf(inOrder),
    };
    return { result: session.secrets.redactor().data(result), steps: inOrder, cleaned };
  } finally {
    session.secrets.end();
  }
}

/** Looks up what this iteration created, or may have created, in the run that is resumed, and takes it over. */
async function takeUp(
  session: Session,
  creations: readonly SessionCreation[],
  record: ReturnType<typeof recorder>,
): Promise<void> {
  for (const { step, state } of creations) {
    if (state !== 'present' && state !== 'pending') continue;
    const found = await takeOver(session, step, notReached(step, session.definition));
    if (typeof found === 'object' && found.status === 'passed') record(step, found);
  }
}

/** A run id that was made once for all names one thing; in an iteration its number is added, so that names stay unique. */
function uniqueRunIds(run: Session, repeated: readonly Step[], number: number): Record<string, string> {
  const once = run.definition.steps.filter((step) => !repeated.includes(step));
  const made = once.flatMap(({ generate }) => generate.filter(({ runId }) => runId).map(({ variable }) => variable));
  return Object.fromEntries(made.map((variable) => [variable, `${run.values[variable] ?? ''}-${number}`]));
}

function failureOf(results: readonly StepResult[]): Pick<IterationResult, 'failure'> {
  const step = results.find(({ status }) => status !== 'passed');
  if (!step) return {};
  const [diagnosis] = step.diagnoses;
  return {
    failure: { step: step.id, name: step.name, reason: reasonOf(step), ...(diagnosis && { diagnosis }) },
  };
}

function reasonOf({ reason, response, checks }: StepResult): string {
  if (reason !== undefined) return reason;
  const failed = checks.find(({ status }) => status === 'failed');
  const { problem } = response ?? {};
  const detail = problem?.details[0]?.message ?? problem?.message ?? failed?.message ?? failed?.name;
  const answer = response && `${response.status} ${response.reason}`;
  return [answer, detail].filter(Boolean).join(': ');
}

function shareToken(run: Session): SharedToken {
  let renewing: Promise<boolean> | undefined;
  const current = () => run.values[run.tokenStep?.variable ?? ''] ?? '';
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
