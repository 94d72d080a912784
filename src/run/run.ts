import { group, max } from 'd3-array';
import type { PostmanCollection } from '../compile/collection.ts';
import { baseVariables } from '../compile/scripts/base-addresses.ts';
import type { Definition, Step } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import type { Environment, Scope } from '../environment/scope.ts';
import { messageOf, UsageError } from '../errors.ts';
import { type CleanUpMode, cleanUpAfter, cleanUpTimeout, wantsCleanUp } from './clean-up/clean-up.ts';
import { creationsOf } from './clean-up/leftovers.ts';
import { storedValues } from './clean-up/stored-values.ts';
import type { EngineName } from './engine/execution.ts';
import { valuesOf } from './engine/state.ts';
import { type IterationPlan, ownTotal, repeatedSteps, runIterations } from './iterations/lanes.ts';
import { createRetained, type Retained, retainsAll } from './iterations/retained.ts';
import { notReached } from './judge/step-result.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LedgerContent } from './ledger/read-ledger.ts';
import { stepsToRepeat } from './ledger/steps-to-repeat.ts';
import type {
  CleanUpResult,
  Outcome,
  Rows,
  RunComparison,
  RunEvent,
  RunFigures,
  RunResult,
  StepResult,
  Target,
} from './result/result.ts';
import { type CountedStep, createTally, isFine, type Tally, worstStatus } from './result/tally.ts';
import type { Secrets } from './secrets/redact.ts';
import { redactedError } from './secrets/redaction-boundary.ts';
import { adoptExisting } from './steps/adopt-existing.ts';
import { createdThings } from './steps/creations.ts';
import type { Guide } from './steps/guide.ts';
import { missingValues } from './steps/plan.ts';
import { abortReason, recorder } from './steps/record.ts';
import type { RetryPolicy } from './steps/retry.ts';
import { type RecordResult, type Session, type SessionCreation, toPlanned, withSession } from './steps/session.ts';
import { givenTexts, withValues } from './steps/start-state.ts';
import { renewToken, runSteps } from './steps/step-loop.ts';
import { tool } from './tool.ts';

export type { CleanUpMode };

/** What to run, where, and how long it may take. */
export interface RunOptions {
  readonly definition: Definition;
  /** The compiled collection of the definition. */
  readonly collection: PostmanCollection;
  /** Values of the variables to begin with. */
  readonly values: Readonly<Record<string, string>>;
  /** The environment to begin with, whole: its name, values that nobody declared, and their types. Default: one of `values`. */
  readonly environment?: Environment | undefined;
  /** The variables of the collection to begin with. Default: the collection's own, and what `values` say of them. */
  readonly collectionVariables?: Scope | undefined;
  readonly targetKind: Target['kind'];
  /** Milliseconds for one request. Default: 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds for one script. Default: 10,000. */
  readonly scriptTimeout?: number;
  /** Bytes of a response body after decoding, at most. Default: 5 MiB. */
  readonly maxResponseSize?: number;
  /** Other machines that `http://` is allowed to, by name. Default: none. */
  readonly allowedHttpHosts?: readonly string[];
  /** Milliseconds for the whole run, without clean-up. Default: 600,000; no limit for a run with iterations. */
  readonly runTimeout?: number;
  /** Limits that come before those of the definition. */
  readonly retry?: Partial<RetryPolicy>;
  /** Default: never. */
  readonly cleanUp?: CleanUpMode;
  /** Where creations are written down before they are asked for. Default: nowhere. */
  readonly ledger?: Ledger | undefined;
  /** The ledger of an earlier run to go on with, after its last good step. */
  readonly resume?: LedgerContent | undefined;
  /** Ends the run: the request in flight is broken off, the result says what happened until then. Clean-up still runs. */
  readonly signal?: AbortSignal;
  /** Whether to tell of every request and its answer; nobody who does not listen to them has to wait for it. Default: true. */
  readonly exchanges?: boolean;
  /** Whether to tell what happens within iterations, beside how each ends; the same holds for it. Default: true. */
  readonly iterationEvents?: boolean;
  /** Called with what happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Called at the end with every variable and its value, secrets among them: for a person who asks for them by name. */
  readonly onValues?: (values: Readonly<Record<string, string>>) => void;
  /** Where the secrets of the run are remembered, for whoever must redact something beside it. Default: in the run only. */
  readonly secrets?: Secrets;
  /** What to run again and again. Default: every step is run once. */
  readonly iterations?: IterationPlan;
  /** Goes along with the steps, each before it is sent and after its answer; then the run has no time limit of its own. */
  readonly guide?: Guide;
  /** Requests a second, at most. Default: no limit. */
  readonly rate?: number;
  /** Called with what broke the run off, beside the service: an error of who listens to events or writes results. Without secrets. */
  readonly onProblem?: (error: unknown) => void;
  /** Called with the result when it is complete: how it compares with earlier runs. */
  readonly compare?: ((result: RunResult) => RunComparison) | undefined;
  /** What runs the steps. `direct` runs those that need no JavaScript without Newman. Default: `newman`. */
  readonly engine?: EngineName;
  /** Name of the package to take Newman from. Default: `newman`. */
  readonly newman?: string;
}

export const defaultRequestTimeout = 30_000;
export const defaultRunTimeout = 600_000;
export { cleanUpTimeout };

/**
 * Runs the steps of a definition in order and checks every response. A fault that may pass is tried again, a token is
 * renewed, a lost answer is looked up; a step that does not pass in the end stops the steps that need a variable it sets.
 *
 * Throws `UsageError` before anything is sent when a variable has no value and no step sets it, or when the ledger cannot be
 * written. Whatever happens after that is in the result. Neither it nor an event nor an error holds a secret.
 */
export async function runCollection(options: RunOptions): Promise<RunResult> {
  const { definition, values } = options;
  if (!options.resume) refuseHoles(options);
  const deadline = deadlineOf(options);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const work = async (session: Session) => {
    try {
      return await runSession(session, options, deadline);
    } catch (error) {
      throw redactedError(error, session.secrets);
    }
  };
  return withSession(
    {
      definition,
      collection: options.collection,
      values,
      environment: options.environment,
      collectionVariables: options.collectionVariables,
      requestTimeout: options.requestTimeout ?? defaultRequestTimeout,
      scriptTimeout: options.scriptTimeout,
      maxResponseSize: options.maxResponseSize,
      allowedHttpHosts: options.allowedHttpHosts,
      waitTimeout: waitTimeoutOf(options),
      signal,
      engine: options.engine,
      newman: options.newman,
      retry: options.retry,
      ledger: options.ledger,
      rate: options.rate,
      exchanges: options.exchanges,
      iterationEvents: options.iterationEvents,
      firstIteration: options.iterations?.shard?.index,
      guide: options.guide,
      onEvent: options.onEvent ?? (() => {}),
      secrets: options.secrets,
    },
    work,
  );
}

/** Aborted when the run has taken as long as it may. */
function deadlineOf({ runTimeout, iterations, guide }: RunOptions): AbortSignal {
  const timeout = runTimeout ?? (iterations || guide ? undefined : defaultRunTimeout);
  return timeout === undefined ? new AbortController().signal : AbortSignal.timeout(timeout);
}

/** How long a request may wait for its turn, in milliseconds. */
function waitTimeoutOf({ rate, iterations }: RunOptions): number {
  return rate === undefined ? 0 : Math.ceil(((iterations?.concurrency ?? 1) * 1000) / rate);
}

/** What a run has come to, while it goes on. */
interface Progress {
  readonly results: Map<string, StepResult>;
  readonly retained: Retained;
  /** Of the iterations. */
  readonly tally: Tally;
}

async function runSession(session: Session, options: RunOptions, deadline: AbortSignal): Promise<RunResult> {
  const { definition } = session;
  const startedAt = new Date();
  const target: Target = { kind: options.targetKind, origins: originsOf(definition, options.values) };
  const plan = options.iterations;
  const progress: Progress = {
    results: new Map(),
    retained: createRetained(plan ? ownTotal(plan) : 0),
    tally: createTally(),
  };
  session.emit({
    kind: 'run-started',
    version: 2,
    collection: definition.name,
    target,
    steps: definition.steps.map(toPlanned),
    ...(plan && { iterations: ownTotal(plan) }),
  });
  if (!isEmptyShard(plan)) {
    try {
      await runAllSteps(session, options, deadline, progress);
    } catch (error) {
      session.ending.breakOff(error);
    }
    recordUnreached(session, options, deadline, progress);
  }
  const outcome = outcomeOf(session, progress, plan);
  const cleanUp = wantsCleanUp(options.cleanUp ?? 'never', outcome) ? await cleanUpAfter(session) : undefined;
  const complete = toRunResult(session, progress, { target, startedAt, outcome, cleanUp, plan });
  return finishRun(session, options, complete);
}

/** Whether there are more shards than rows, and this one has none: nothing is run, which is no fault. */
function isEmptyShard(plan: IterationPlan | undefined): boolean {
  return plan?.shard !== undefined && ownTotal(plan) === 0;
}

/** Runs the steps that run once, then the iterations. */
async function runAllSteps(
  session: Session,
  options: RunOptions,
  deadline: AbortSignal,
  { results, retained, tally }: Progress,
): Promise<void> {
  const counted = new Map<string, CountedStep>();
  const { definition } = session;
  const plan = options.iterations;
  const repeated = plan ? repeatedSteps(definition.steps, plan) : [];
  const once = definition.steps.filter((step) => !repeated.includes(step));
  const record = recorder(session, deadline, (step, recorded) => {
    results.set(step.id, recorded.told());
    counted.set(step.id, recorded.counted);
  });
  await runSteps(session, options.resume ? await resume(session, options.resume, once, record) : once, record);
  for (const step of counted.values()) tally.step(step);
  const isReady = once.every(({ id }) => isFine(results.get(id)?.status ?? 'not-reached'));
  if (!plan || !isReady || session.signal.aborted) return;
  await runIterations({
    run: session,
    plan,
    steps: repeated,
    deadline,
    earlier: creationsOfIterations(options.resume, definition),
    cleanUp: options.cleanUp ?? 'never',
    keepsAll: retainsAll(ownTotal(plan)),
    workerRun: {
      collection: options.collection,
      rate: options.rate,
      maxResponseSize: options.maxResponseSize,
      allowedHttpHosts: options.allowedHttpHosts,
      engine: options.engine,
    },
    onFinished: (iteration) => {
      retained.add(iteration);
      for (const step of iteration.counted) tally.step(step);
      tally.cleanUp(iteration.cleaned);
    },
  });
}

/** Records the steps that have no result, with why. */
function recordUnreached(
  session: Session,
  { iterations: plan }: RunOptions,
  deadline: AbortSignal,
  { results, retained, tally }: Progress,
): void {
  const { definition, signal } = session;
  const repeated = plan ? repeatedSteps(definition.steps, plan) : [];
  const wereBegun = retained.counts().all > 0;
  const areDone = plan?.finished !== undefined && plan.finished.size >= ownTotal(plan);
  for (const step of definition.steps) {
    if (results.has(step.id) || ((wereBegun || areDone) && repeated.includes(step))) continue;
    const reason =
      signal.aborted || session.ending.cause !== undefined
        ? abortReason(session, deadline)
        : repeated.includes(step)
          ? 'no iteration was begun, as the steps before them did not all pass'
          : 'the run ended before it';
    recorder(session, deadline, (_step, recorded) => {
      results.set(step.id, recorded.told());
      tally.step(recorded.counted);
    })(step, notReached(step, definition, reason));
  }
}

function outcomeOf(session: Session, { results, retained }: Progress, plan: IterationPlan | undefined): Outcome {
  if (session.ending.cause !== undefined) return 'error';
  if (isEmptyShard(plan)) return 'empty';
  const earlier = plan?.finished?.size ? (['passed'] as const) : [];
  const worst = worstStatus([...[...results.values()].map(({ status }) => status), ...retained.statuses(), ...earlier]);
  return worst !== 'passed' && session.signal.aborted ? 'interrupted' : worst;
}

/** What a result has beside its steps. */
interface RunEnd {
  readonly target: Target;
  readonly startedAt: Date;
  readonly outcome: Outcome;
  readonly cleanUp: CleanUpResult | undefined;
  readonly plan: IterationPlan | undefined;
}

function toRunResult(session: Session, { results, retained, tally }: Progress, { plan, ...end }: RunEnd): RunResult {
  const { definition } = session;
  const created = createdThings(session);
  const ofIterations = { iterations: retained.iterations, created: retained.created };
  tally.cleanUp(end.cleanUp?.items ?? []);
  const figures: RunFigures | undefined = retained.isComplete()
    ? undefined
    : {
        iterations: retained.counts(),
        kept: ofIterations.iterations.length,
        totals: tally.totals(),
        statistics: tally.statistics(),
        created: created.length + retained.createdCount(),
      };
  const cleaned = retained.cleanUp(end.cleanUp);
  return session.secrets.redactor().data({
    version: 2,
    tool,
    collection: collectionOf(definition),
    target: end.target,
    startedAt: end.startedAt.toISOString(),
    durationMs: Date.now() - end.startedAt.getTime(),
    outcome: end.outcome,
    ...(session.ending.cause !== undefined && { problem: messageOf(session.ending.cause) }),
    iterations: Math.max(1, retained.counts().all),
    steps: [
      ...definition.steps.flatMap((step) => results.get(step.id) ?? []),
      ...ofIterations.iterations.flatMap((iteration) => iteration.steps),
    ],
    ...(plan && { rows: rowsOf(plan, retained) }),
    ...(figures && { figures }),
    renewals: session.renewals,
    created: [...created, ...ofIterations.created],
    ...(cleaned && { cleanUp: cleaned }),
    ...(plan?.shard && { shard: plan.shard }),
  });
}

/** What the iterations came to, those that the run that is resumed had finished too. */
function rowsOf(plan: IterationPlan, retained: Retained): Rows {
  const { all: _, ...ended } = retained.counts();
  return { all: ownTotal(plan), earlier: plan.finished?.size ?? 0, ...ended };
}

/** Compares the result, hands out the values, and reports the end. What is thrown there leaves the result as it is, with its cause. */
function finishRun(session: Session, { compare, onValues, onProblem }: RunOptions, complete: RunResult): RunResult {
  const comparison = compare?.(complete);
  const result: RunResult = { ...complete, ...(comparison && { comparison }) };
  onValues?.(valuesOf(session.state));
  session.emit({ kind: 'run-finished', result });
  const { cause } = session.ending;
  if (cause !== undefined) onProblem?.(redactedError(cause, session.secrets));
  if (cause === undefined || result.problem !== undefined) return result;
  return { ...result, outcome: 'error', problem: session.secrets.redactor().text(messageOf(cause)) };
}

/**
 * Takes up where an earlier run stopped: its good steps are not run again but for the one that gets the token, and those
 * whose secrets and cookies are needed and not stored; what an attempt may have created is looked up. Gives the steps that
 * are left.
 */
async function resume(
  session: Session,
  content: LedgerContent,
  steps: readonly Step[],
  record: RecordResult,
): Promise<readonly Step[]> {
  const { definition, tokenStep } = session;
  const passed = new Set(content.passed.map(({ step }) => step));
  const ofRun = content.creations.filter(({ iteration }) => iteration === undefined);
  session.creations.push(...creationsOf({ ...content, creations: ofRun }, definition));
  // Numbers go on after those of all creations, also of those in iterations.
  session.numbers.creation = max(content.creations, ({ creation }) => creation) ?? 0;
  session.state = withValues(session.state, definition, storedValues(definition, content.passed.at(-1)?.values ?? {}));
  let left = steps.filter((step) => !passed.has(step.id) && step !== tokenStep?.step);
  const repeated = stepsToRepeat(definition, content, left, tokenStep?.step);
  for (const step of steps) {
    if (!passed.has(step.id) || step === tokenStep?.step || repeated.includes(step)) continue;
    record(step, {
      ...notReached(step, definition),
      status: 'passed',
      notes: ['it passed in the run that is resumed'],
    });
  }
  const withRepeated = () => steps.filter((step) => left.includes(step) || repeated.includes(step));
  if (!tokenStep || !steps.includes(tokenStep.step)) return withRepeated();
  let signedOn = false;
  await runSteps(session, [tokenStep.step], (step, result) => {
    signedOn = result.status === 'passed';
    if (signedOn) record(step, result);
  });
  if (!signedOn) return [tokenStep.step, ...withRepeated()];
  const [next] = left;
  if (next && session.creations.some(({ step, state }) => step === next && state !== 'removed')) {
    const found = await adoptExisting(session, next, notReached(next, definition), renewToken);
    if (typeof found === 'object' && found.status === 'passed') {
      record(next, found);
      left = left.slice(1);
    }
  }
  return withRepeated();
}

function refuseHoles({ definition, values, environment, iterations }: RunOptions): void {
  const missing = missingValues(
    definition,
    definition.steps,
    givenTexts({ values, environment }),
    iterations?.variables,
  );
  if (missing.length > 0) throw new UsageError(missing.map(({ message }) => message).join('\n'));
}

/** What a result says of the collection. */
export function collectionOf({ id, name, folder, steps }: Definition): RunResult['collection'] {
  return {
    id,
    name,
    ...(folder !== undefined && { folder }),
    descriptions: Object.fromEntries(steps.map((step) => [step.id, step.description])),
  };
}

/** Origins of the base addresses, each once. */
export function originsOf(definition: Definition, values: Readonly<Record<string, string>>): string[] {
  const addresses = baseVariables(definition.variables)
    .map(({ name }) => substitute(values[name] ?? '', (inner) => values[inner]))
    .filter((address) => URL.canParse(address));
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

/** What an earlier run created in iterations and did not remove, by the number of the iteration. */
function creationsOfIterations(
  content: LedgerContent | undefined,
  definition: Definition,
): ReadonlyMap<number, readonly SessionCreation[]> {
  const inIterations = (content?.creations ?? []).filter(({ iteration }) => iteration !== undefined);
  const byNumber = group(inIterations, ({ iteration = 0 }) => iteration);
  if (!content) return new Map();
  return new Map(
    [...byNumber].map(([number, creations]) => [number, creationsOf({ ...content, creations }, definition)]),
  );
}
