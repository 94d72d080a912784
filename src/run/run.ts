import type { PostmanCollection } from '../compile/collection.ts';
import type { Definition, Step } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import { UsageError } from '../errors.ts';
import { cleanUp } from './clean-up.ts';
import { errorToThrow, resultToTell } from './door.ts';
import type { NewmanModule } from './engine.ts';
import type { Ledger, LedgerContent } from './ledger.ts';
import { missingValues } from './plan.ts';
import type { Secrets } from './redact.ts';
import { creationsOf } from './replay.ts';
import type { CleanUpResult, Outcome, RunComparison, RunEvent, RunResult, StepResult, Target } from './result.ts';
import { stepsToRepeat } from './resume.ts';
import type { RetryPolicy } from './retry.ts';
import { createdThings, createSession, type RecordResult, recordPassed, type Session, toPlanned } from './session.ts';
import { notReached } from './step-result.ts';
import { runSteps, takeOver } from './steps.ts';
import { tool } from './tool.ts';

/** When a run removes what it created. */
export type CleanUpMode = 'always' | 'on-failure' | 'never';

/** What to run, where, and how long it may take. */
export interface RunOptions {
  readonly definition: Definition;
  /** The compiled collection of the definition. */
  readonly collection: PostmanCollection;
  /** Values of the variables to begin with. */
  readonly values: Readonly<Record<string, string>>;
  readonly targetKind: Target['kind'];
  /** Milliseconds for one request. Default: 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds for the whole run, without clean-up. Default: 600,000. */
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
  /** Called with what happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Called at the end with every variable and its value, secrets among them: for a person who asks for them by name. */
  readonly onValues?: (values: Readonly<Record<string, string>>) => void;
  /** Where the secrets of the run are remembered, for whoever must redact something beside it. Default: in the run only. */
  readonly secrets?: Secrets;
  /** Called with the result when it is complete: how it compares with earlier runs. */
  readonly compare?: ((result: RunResult) => RunComparison) | undefined;
  /** Newman's package to use. Default: the one this project depends on. */
  readonly newman?: NewmanModule;
}

export const defaultRequestTimeout = 30_000;
export const defaultRunTimeout = 600_000;
/** Milliseconds that clean-up may take after the run has ended. */
export const cleanUpTimeout = 300_000;

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
  const deadline = AbortSignal.timeout(options.runTimeout ?? defaultRunTimeout);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const session = createSession({
    definition,
    collection: options.collection,
    values,
    requestTimeout: options.requestTimeout ?? defaultRequestTimeout,
    signal,
    newman: options.newman,
    retry: options.retry,
    ledger: options.ledger,
    onEvent: options.onEvent ?? (() => {}),
    secrets: options.secrets,
  });
  try {
    return await runSession(session, options, deadline);
  } catch (error) {
    throw errorToThrow(error, session.secrets);
  }
}

async function runSession(session: Session, options: RunOptions, deadline: AbortSignal): Promise<RunResult> {
  const { definition, signal } = session;
  const { steps } = definition;
  const startedAt = new Date();
  const target: Target = { kind: options.targetKind, origins: originsOf(definition, options.values) };
  session.emit({ kind: 'run-started', collection: definition.name, target, steps: steps.map(toPlanned) });

  const results = new Map<string, StepResult>();
  const record = (step: Step, result: StepResult) => {
    const broken = signal.aborted && result.status !== 'passed' && result.status !== 'not-reached';
    const whole = broken ? withoutDiagnosis({ ...result, status: 'error', reason: abortReason(deadline) }) : result;
    const shown = resultToTell(whole, session.secrets);
    results.set(step.id, shown);
    session.emit({ kind: 'step-finished', step: toPlanned(step), result: shown });
    if (shown.status === 'passed') recordPassed(session, step, shown);
  };
  await runSteps(session, options.resume ? await resume(session, options.resume, record) : steps, record);
  for (const step of steps) {
    if (!results.has(step.id))
      record(step, notReached(step, definition, signal.aborted ? abortReason(deadline) : 'the run ended before it'));
  }

  const outcome = outcomeOf([...results.values()], signal.aborted);
  const cleaned = wantsCleanUp(options.cleanUp ?? 'never', outcome) ? await cleanUpAfter(session) : undefined;
  const complete: RunResult = session.secrets.redactor().data({
    version: 1,
    tool,
    collection: {
      id: definition.id,
      name: definition.name,
      ...(definition.folder !== undefined && { folder: definition.folder }),
    },
    target,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    outcome,
    iterations: 1,
    steps: steps.map((step) => results.get(step.id) ?? notReached(step, definition)),
    renewals: session.renewals,
    created: createdThings(session),
    ...(cleaned && { cleanUp: cleaned }),
  });
  const comparison = options.compare?.(complete);
  const result: RunResult = { ...complete, ...(comparison && { comparison }) };
  options.onValues?.(session.values);
  session.emit({ kind: 'run-finished', result });
  return result;
}

/**
 * Takes up where an earlier run stopped: its good steps are not run again but for the one that gets the token, and those
 * whose secrets and cookies are needed and not stored; what an attempt may have created is looked up. Gives the steps that
 * are left.
 */
async function resume(session: Session, content: LedgerContent, record: RecordResult): Promise<readonly Step[]> {
  const { definition, tokenStep } = session;
  const passed = new Set(content.passed.map(({ step }) => step));
  session.creations.push(...creationsOf(content, definition.steps));
  session.values = { ...session.values, ...content.passed.at(-1)?.values };
  let left = definition.steps.filter((step) => !passed.has(step.id) && step !== tokenStep?.step);
  const repeated = stepsToRepeat(definition, content, left, tokenStep?.step);
  for (const step of definition.steps) {
    if (!passed.has(step.id) || step === tokenStep?.step || repeated.includes(step)) continue;
    record(step, {
      ...notReached(step, definition),
      status: 'passed',
      notes: ['it passed in the run that is resumed'],
    });
  }
  const withRepeated = () => definition.steps.filter((step) => left.includes(step) || repeated.includes(step));
  if (!tokenStep) return withRepeated();
  let signedOn = false;
  await runSteps(session, [tokenStep.step], (step, result) => {
    signedOn = result.status === 'passed';
    if (signedOn) record(step, result);
  });
  if (!signedOn) return [tokenStep.step, ...withRepeated()];
  const [next] = left;
  if (next && session.creations.some(({ step, state }) => step === next && state !== 'removed')) {
    const found = await takeOver(session, next, notReached(next, definition));
    if (typeof found === 'object' && found.status === 'passed') {
      record(next, found);
      left = left.slice(1);
    }
  }
  return withRepeated();
}

function wantsCleanUp(mode: CleanUpMode, outcome: Outcome): boolean {
  return mode === 'always' || (mode === 'on-failure' && outcome !== 'passed');
}

/** Clean-up has a time of its own, so that it runs also after the run was ended. */
async function cleanUpAfter(session: Session): Promise<CleanUpResult> {
  session.signal = AbortSignal.timeout(cleanUpTimeout);
  return cleanUp(session);
}

/** What was broken off by us has no cause to look for. */
function withoutDiagnosis(result: StepResult): StepResult {
  return { ...result, checks: [], diagnoses: [] };
}

function refuseHoles({ definition, values }: RunOptions): void {
  const missing = missingValues(definition, definition.steps, values);
  if (missing.length > 0) throw new UsageError(missing.map(({ message }) => message).join('\n'));
}

/** Origins of the base addresses, each once. */
export function originsOf(definition: Definition, values: Readonly<Record<string, string>>): string[] {
  const addresses = definition.variables
    .filter((variable) => variable.format === 'base-url')
    .map(({ name }) => substitute(values[name] ?? '', (inner) => values[inner]))
    .filter((address) => URL.canParse(address));
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

function abortReason(deadline: AbortSignal): string {
  return deadline.aborted ? 'the run took longer than it may (--timeout)' : 'the run was interrupted';
}

function outcomeOf(results: readonly StepResult[], aborted: boolean): Outcome {
  // Of nothing, all passes: a run without a step has shown nothing.
  if (results.length > 0 && results.every((result) => result.status === 'passed')) return 'passed';
  if (aborted) return 'interrupted';
  return results.some((result) => result.status === 'error') ? 'error' : 'failed';
}
