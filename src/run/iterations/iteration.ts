import type { Step } from '../../definition/definition.ts';

import { type CleanUpMode, cleanUpAfter, wantsCleanUp } from '../clean-up/clean-up.ts';
import { createCookies } from '../engine/cookies.ts';
import { type State, valuesOf } from '../engine/state.ts';
import { notReached } from '../judge/step-result.ts';
import type { CleanUpItem, IterationResult, StepResult } from '../result/result.ts';
import { type CountedStep, isFine, worstStatus } from '../result/tally.ts';
import { adoptExisting } from '../steps/adopt-existing.ts';
import { createdThings } from '../steps/creations.ts';
import { abortReason, type RecordedResult, recorder } from '../steps/record.ts';
import { iterationSession, type Session, type SessionCreation, type SharedToken } from '../steps/session.ts';
import { withValues } from '../steps/start-state.ts';
import { renewToken, runSteps } from '../steps/step-loop.ts';

/** Values that an iteration begins with, beside those of the run. */
export interface IterationRow {
  /** From 1. */
  readonly number: number;
  /** Line of the file it comes from. */
  readonly line?: number;
  /** Texts, numbers, booleans, lists and objects. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** An iteration that has ended. */
export interface FinishedIteration {
  readonly result: IterationResult;
  readonly counted: readonly CountedStep[];
  /** None of an iteration that passed, unless those of all iterations are kept. */
  readonly steps: readonly StepResult[];
  /** What clean-up did. */
  readonly cleaned: readonly CleanUpItem[];
}

/** What all iterations of a run have in common. */
export interface IterationContext {
  readonly run: Session;
  readonly steps: readonly Step[];
  /** How many iterations the run has, in all shards together: what scripts see as `pm.info.iterationCount`. */
  readonly total: number;
  /** The state that goes from one iteration to the next, in a collection that shares it; undefined when they are apart. */
  readonly shared: { state: State } | undefined;
  /** Ends the run when it takes too long. */
  readonly deadline: AbortSignal;
  /** For iterations whose token a step of the run gets. */
  readonly sharedToken: SharedToken | undefined;
  /** When an iteration removes what it created. */
  readonly cleanUp: CleanUpMode;
  /** Whether the steps of every iteration are kept, or of those only that did not pass. */
  readonly keepsAll: boolean;
}

/** Milliseconds until a result is prepared: by then the next request is under way, and nobody waits for it. */
const meanwhile = 10;

/** What it throws is thrown again when the result is asked for. */
function prepare({ told }: RecordedResult): void {
  try {
    told();
  } catch {}
}

/** Runs an iteration. `earlier` is what the run that is resumed created in it. */
export async function runIteration(
  context: IterationContext,
  row: IterationRow,
  earlier: readonly SessionCreation[],
): Promise<FinishedIteration> {
  const { run, steps, deadline, sharedToken } = context;
  const startedAt = Date.now();
  const session = iterationSession(run, row.number, stateFor(context, row), sharedToken);
  const results = new Map<Step, RecordedResult>();
  const record = recorder(session, deadline, (step, recorded) => {
    results.set(step, recorded);
    if (context.keepsAll) setTimeout(prepare, meanwhile, recorded);
  });
  try {
    session.creations.push(...earlier);
    const known = new Set(run.creations);
    await adoptEarlier(session, earlier, record);
    await runSteps(
      session,
      steps.filter((step) => !results.has(step)),
      record,
    );
    for (const step of steps) {
      const reason = session.signal.aborted ? abortReason(session, deadline) : 'the iteration ended before it';
      if (!results.has(step)) record(step, notReached(step, session.definition, reason));
    }
    const inOrder = steps.flatMap((step) => results.get(step) ?? []);
    const counted = inOrder.map((recorded) => recorded.counted);
    const status = worstStatus(counted.map((one) => one.status));
    const told = context.keepsAll || status !== 'passed' ? inOrder.map((recorded) => recorded.told()) : [];
    const creations = session.creations.filter((creation) => !known.has(creation));
    const cleaned = wantsCleanUp(context.cleanUp, status) ? (await cleanUpAfter({ ...session, creations })).items : [];
    const result: IterationResult = {
      iteration: row.number,
      ...(row.line !== undefined && { line: row.line }),
      status,
      durationMs: Date.now() - startedAt,
      created: createdThings({ creations }),
      ...failureOf(told),
    };
    return { result: session.secrets.redactor().data(result), counted, steps: told, cleaned };
  } finally {
    if (context.shared) context.shared.state = session.state;
    session.secrets.end();
  }
}

/** What an iteration begins with: the state of the run, or of the iteration before when they share it, with its row. */
function stateFor({ run, steps, shared, total }: IterationContext, row: IterationRow): State {
  const from = shared?.state ?? { ...run.state, cookies: createCookies() };
  return {
    ...withValues(from, run.definition, uniqueRunIds(run, steps, row.number)),
    row: row.values,
    iteration: { index: row.number - 1, count: total },
  };
}

/** Looks up what this iteration created, or may have created, in the run that is resumed, and adopts it. */
async function adoptEarlier(
  session: Session,
  creations: readonly SessionCreation[],
  record: ReturnType<typeof recorder>,
): Promise<void> {
  for (const { step, state } of creations) {
    if (state !== 'present' && state !== 'pending') continue;
    const found = await adoptExisting(session, step, notReached(step, session.definition), renewToken);
    if (typeof found === 'object' && found.status === 'passed') record(step, found);
  }
}

/** A run id that was made once for all names one thing; in an iteration its number is added, so that names stay unique. */
function uniqueRunIds(run: Session, repeated: readonly Step[], number: number): Record<string, string> {
  const once = run.definition.steps.filter((step) => !repeated.includes(step));
  const made = once.flatMap(({ generate }) => generate.filter(({ runId }) => runId).map(({ variable }) => variable));
  const values = valuesOf(run.state);
  return Object.fromEntries(made.map((variable) => [variable, `${values[variable] ?? ''}-${number}`]));
}

function failureOf(results: readonly StepResult[]): Pick<IterationResult, 'failure'> {
  const step = results.find(({ status }) => !isFine(status));
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
