import { setTimeout as sleep } from 'node:timers/promises';
import { itemId } from '../../compile/collection.ts';
import type { Step } from '../../definition/definition.ts';
import { messageOf } from '../../errors.ts';
import type { Execution } from '../engine/newman.ts';
import { type State, valuesOf } from '../engine/state.ts';
import { expiryOf, renewalMargin } from '../judge/access-token.ts';
import { adopt } from '../judge/adopt.ts';
import { diagnose, noEvidence } from '../judge/diagnose.ts';
import { captureResults, notReached, toStepResult } from '../judge/step-result.ts';
import type { AttemptResult, StepResult } from '../result/result.ts';
import { findByName } from '../transport/look-up.ts';
import { decide, mayHaveCreated } from './attempts.ts';
import { blockedSteps } from './plan.ts';
import type { Wait } from './retry.ts';
import {
  beginCreation,
  creationOf,
  policyOf,
  type RecordResult,
  type Session,
  serviceRequest,
  settleCreation,
  tellExchange,
  toPlanned,
} from './session.ts';

/** Why a segment of the run ended before its last step. */
type Interruption =
  | { readonly kind: 'attempt'; readonly step: Step; readonly execution: Execution; readonly result: StepResult }
  | { readonly kind: 'renewal-due'; readonly step: Step }
  | { readonly kind: 'unrecorded'; readonly step: Step; readonly reason: string };

/** What is remembered of a step while it is tried. */
interface Trial {
  readonly attempts: AttemptResult[];
  /** The token was renewed because it was refused. */
  renewed: boolean;
  /** The token was renewed because it was about to expire. */
  renewedAhead: boolean;
  /** An attempt's answer was lost: what the step creates may exist. */
  mayExist: boolean;
}

type Trials = Map<Step, Trial>;

function trialOf(trials: Trials, step: Step): Trial {
  const trial = trials.get(step) ?? { attempts: [], renewed: false, renewedAhead: false, mayExist: false };
  trials.set(step, trial);
  return trial;
}

/**
 * Runs steps in order, as a sequence of attempts over the remaining ones: after an attempt that did not pass, it is decided
 * whether to wait and try again, to renew the token first, to take over what exists already, or to stop. A step that stops
 * takes with it the steps that need a variable it sets; the others still run. Each step is recorded once.
 */
export async function runSteps(session: Session, steps: readonly Step[], record: RecordResult): Promise<void> {
  const trials: Trials = new Map();
  let remaining = steps;
  let last: Step | undefined;
  const recorded = (step: Step, result: StepResult) => {
    last = step;
    record(step, { ...result, attempts: trialOf(trials, step).attempts });
  };
  while (remaining.length > 0 && !session.signal.aborted) {
    const interruption = await runSegment(session, remaining, trials, recorded);
    if (!interruption) {
      remaining = nextCollection(remaining, last);
      continue;
    }
    const { step } = interruption;
    const rest = remaining.slice(remaining.indexOf(step));
    const trial = trialOf(trials, step);
    if (interruption.kind === 'renewal-due') {
      trial.renewedAhead = true;
      remaining = (await renewToken(session, 'it was about to expire'))
        ? rest
        : stop(session, step, rest, recorded, unrenewed(step, session));
      continue;
    }
    if (interruption.kind === 'unrecorded') {
      remaining = stop(session, step, rest, recorded, {
        ...notReached(step, session.definition),
        status: 'error',
        reason: interruption.reason,
      });
      continue;
    }
    const next = await afterAttempt(session, interruption, trial);
    if (next.kind === 'again') remaining = rest;
    else if (next.kind === 'passed') {
      recorded(step, next.result);
      remaining = rest.slice(1);
    } else remaining = stop(session, step, rest, recorded, next.result);
  }
}

/**
 * What is left when a script has ended the run after `last`: the steps of the collections that follow. The last step of a
 * compiled collection ends the run, so that its clean-up folder is not reached.
 */
function nextCollection(remaining: readonly Step[], last: Step | undefined): readonly Step[] {
  if (last === undefined) return [];
  const rest = remaining.slice(remaining.indexOf(last) + 1);
  return rest[0]?.origin?.id === last.origin?.id ? [] : rest;
}

/** Runs one step on its own, with its retries. Undefined when there was no time left for it. */
export async function runStep(session: Session, step: Step): Promise<StepResult | undefined> {
  let last: StepResult | undefined;
  await runSteps(session, [step], (_step, result) => {
    last = result;
  });
  return last;
}

type Next =
  | { readonly kind: 'again' }
  | { readonly kind: 'passed'; readonly result: StepResult }
  | { readonly kind: 'stop'; readonly result: StepResult };

async function afterAttempt(
  session: Session,
  { step, execution, result }: Extract<Interruption, { kind: 'attempt' }>,
  trial: Trial,
): Promise<Next> {
  if (session.signal.aborted) return { kind: 'stop', result };
  if (mayHaveCreated(step, execution)) trial.mayExist = true;
  const policy = policyOf(session, step);
  const decision = decide({
    step,
    result,
    execution,
    attempt: trial.attempts.length + 1,
    retries: session.retries,
    policy,
    canRenew: !trial.renewed && usesToken(session, step),
    mayExist: trial.mayExist,
    createdAt: session.creations.findLast(({ state }) => state === 'present')?.at,
    now: Date.now(),
    random: Math.random(),
  });
  if (decision.kind === 'renew') {
    trial.renewed = true;
    trial.attempts.push(attemptOf(result, decision.because));
    return (await renewToken(session, decision.because)) ? { kind: 'again' } : { kind: 'stop', result };
  }
  if (decision.kind === 'retry') {
    session.retries += 1;
    trial.attempts.push(attemptOf(result, decision.because, decision.wait));
    const attempt = trial.attempts.length + 1;
    session.emit({
      kind: 'step-retried',
      step: toPlanned(step),
      attempt,
      attempts: policy.attempts,
      because: decision.because,
      waitMs: decision.wait.milliseconds,
    });
    await sleep(decision.wait.milliseconds, undefined, { signal: session.signal }).catch(() => {});
  }
  const isKnown = creationOf(session, step)?.state === 'present';
  if (!trial.mayExist || isKnown) return decision.kind === 'retry' ? { kind: 'again' } : { kind: 'stop', result };
  const found = await takeOver(session, step, result);
  if (found === 'absent') return decision.kind === 'retry' ? { kind: 'again' } : { kind: 'stop', result };
  if (found === 'unknown') return { kind: 'stop', result: { ...result, status: 'error', reason: lostAnswer(result) } };
  // An answer that came, but broken, stays a failure, although it is known now what it created.
  const answered = result.response !== undefined && step.expect.status.includes(result.response.status);
  return answered
    ? { kind: 'stop', result }
    : found.status === 'passed'
      ? { kind: 'passed', result: found }
      : { kind: 'stop', result: found };
}

function lostAnswer({ reason, response }: StepResult): string {
  const fault = reason ?? `${response?.status ?? ''} ${response?.reason ?? ''}`.trim();
  return `${fault}; whether it was created could not be looked up, so it is not created again`;
}

/**
 * Looks for what a lost answer may have created, a few times, and takes it over. `lost` is the result of the attempt whose
 * answer was lost.
 */
export async function takeOver(
  session: Session,
  step: Step,
  lost: StepResult,
): Promise<StepResult | 'absent' | 'unknown'> {
  const creation = creationOf(session, step);
  const { find } = step.creates ?? {};
  if (!creation || !find) return 'unknown';
  const { attempts, baseDelay } = policyOf(session, step);
  for (let attempt = 1; ; attempt += 1) {
    const values = { ...creation.values, ...tokenValue(session) };
    const found = await findByName(find, creation.name, serviceRequest(session, values));
    if (found.kind === 'absent') {
      creation.state = 'absent';
      return 'absent';
    }
    if (found.kind === 'found') {
      const before = session.values;
      const adopted = adopt(step, session.definition, found.item, stateOf(session, values));
      session.values = valuesOf(adopted.state);
      session.secrets.learn(session.values);
      settleCreation(session, creation, { state: 'present', id: session.values[step.creates?.id ?? ''] ?? '' });
      const captures = captureResults(step, session.definition, session.values, before);
      const { reason: _, response: __, ...base } = lost;
      const passed = adopted.checks.every((check) => check.status === 'passed');
      const notes = [...lost.notes, 'the answer was lost; it was found by its name and taken over'];
      return {
        ...base,
        status: passed ? 'passed' : 'failed',
        checks: adopted.checks,
        captures,
        notes,
        diagnoses: passed ? [] : diagnose(step, session.definition, { ...noEvidence, checks: adopted.checks }),
        adopted: true,
      };
    }
    if (attempt >= attempts || session.signal.aborted) return 'unknown';
    await sleep(baseDelay * 2 ** (attempt - 1), undefined, { signal: session.signal }).catch(() => {});
  }
}

/** For now: the variables of a session, which it has in one record, as the state that a step is judged with. */
function stateOf({ definition, cookies }: Session, values: Readonly<Record<string, string>>): State {
  const ofCollection = new Set(
    definition.variables.filter(({ scope }) => scope === 'collection').map(({ name }) => name),
  );
  const all = Object.entries(values).map(([key, value]) => ({ key, value }));
  return {
    environment: { values: all.filter(({ key }) => !ofCollection.has(key)) },
    collection: all.filter(({ key }) => ofCollection.has(key)),
    globals: [],
    run: [],
    row: {},
    iteration: { index: 0, count: 1 },
    cookies,
  };
}

function tokenValue({ tokenStep, values }: Session): Record<string, string> {
  return tokenStep ? { [tokenStep.variable]: values[tokenStep.variable] ?? '' } : {};
}

function attemptOf({ status, durationMs, startMs, response }: StepResult, because: string, wait?: Wait): AttemptResult {
  return {
    status: status === 'error' ? 'error' : 'failed',
    durationMs,
    ...(startMs !== undefined && { startMs }),
    ...(response && { responseStatus: response.status }),
    ...(response?.correlationId !== undefined && { correlationId: response.correlationId }),
    because,
    waitMs: wait?.milliseconds ?? 0,
    waitFrom: wait?.from ?? 'none',
  };
}

/** Records a step that did not pass, and the steps that cannot run without it. Gives those that still can. */
function stop(
  session: Session,
  step: Step,
  rest: readonly Step[],
  record: RecordResult,
  result: StepResult,
): readonly Step[] {
  record(step, result);
  if (session.signal.aborted) return [];
  const later = rest.slice(1);
  const blocked = blockedSteps(later, step, session.given);
  for (const [id, { variable, setter }] of blocked) {
    const lost = later.find((candidate) => candidate.id === id);
    if (lost)
      record(lost, notReached(lost, session.definition, `it needs ${variable}, which "${setter.name}" did not set`));
  }
  return later.filter(({ id }) => !blocked.has(id));
}

/** Gets a new token with the step that gets one, or from the run when it shares its token. Says whether that worked. */
export async function renewToken(session: Session, because: string): Promise<boolean> {
  const { tokenStep, sharedToken } = session;
  if (!tokenStep) return false;
  if (sharedToken) {
    const renewed = await sharedToken.renew(session.values[tokenStep.variable] ?? '', because);
    takeSharedToken(session);
    return renewed;
  }
  if ((await runStep(session, tokenStep.step))?.status !== 'passed') return false;
  session.renewals.push(because);
  session.emit({ kind: 'token-renewed', because });
  return true;
}

/** Another iteration may have had the token renewed. */
function takeSharedToken(session: Session): void {
  const { tokenStep, sharedToken } = session;
  if (tokenStep && sharedToken) session.values = { ...session.values, [tokenStep.variable]: sharedToken.current() };
}

function unrenewed(step: Step, { definition }: Session): StepResult {
  return {
    ...notReached(step, definition),
    status: 'error',
    reason: 'the token was about to expire, and a new one could not be obtained',
  };
}

/** The step is authorized with a token that another step gets. */
function usesToken({ tokenStep }: Session, step: Step): boolean {
  return tokenStep !== undefined && step !== tokenStep.step && step.needs.includes(tokenStep.variable);
}

function isTokenExpiring(session: Session, step: Step, values: Readonly<Record<string, string>>): boolean {
  if (!usesToken(session, step)) return false;
  const expiry = expiryOf(values[session.tokenStep?.variable ?? ''] ?? '');
  return expiry !== undefined && expiry - Date.now() < renewalMargin;
}

/** Runs the remaining steps until one does not pass. */
async function runSegment(
  session: Session,
  remaining: readonly Step[],
  trials: Trials,
  record: RecordResult,
): Promise<Interruption | undefined> {
  const { definition } = session;
  let interruption: Interruption | undefined;
  takeSharedToken(session);
  session.values = await session.engine.runItems({
    items: remaining.map((step) => itemId(definition, step)),
    values: session.values,
    cookies: session.cookies,
    requestTimeout: session.requestTimeout,
    signal: session.signal,
    onValues: (values) => session.secrets.learn(values),
    onStart: (id) => {
      const step = session.steps.get(id);
      if (step) session.emit({ kind: 'step-started', step: toPlanned(step) });
    },
    onReady: (id, values) => {
      const step = session.steps.get(id);
      if (!step) return true;
      // A new token that is about to expire all the same is used: renewing it again would not end.
      const isDue = !trialOf(trials, step).renewedAhead && isTokenExpiring(session, step, values);
      if (isDue) interruption = { kind: 'renewal-due', step };
      else interruption = tryToRecord(session, step, values);
      return interruption === undefined;
    },
    onDone: (execution) => {
      const step = session.steps.get(execution.itemId);
      if (!step) return true;
      const result = observe(session, step, execution);
      if (result.status !== 'passed') interruption = { kind: 'attempt', step, execution, result };
      else record(step, result);
      return result.status === 'passed' && !session.signal.aborted;
    },
  });
  return interruption;
}

function tryToRecord(session: Session, step: Step, values: Readonly<Record<string, string>>): Interruption | undefined {
  try {
    beginCreation(session, step, values);
    return undefined;
  } catch (error) {
    return { kind: 'unrecorded', step, reason: messageOf(error) };
  }
}

/** Result of an attempt; what it created is written down. */
function observe(session: Session, step: Step, execution: Execution): StepResult {
  const result = toStepResult(
    step,
    session.definition,
    execution,
    session.values,
    session.responseChecks,
    session.startedAt,
  );
  tellExchange(session, step, result);
  session.values = execution.values;
  const creation = creationOf(session, step);
  if (step.creates && creation?.state === 'pending') {
    const id = execution.values[step.creates.id] ?? '';
    if (result.captures.some(({ variable }) => variable === step.creates?.id))
      settleCreation(session, creation, { state: 'present', id });
    else if (!mayHaveCreated(step, execution)) settleCreation(session, creation, { state: 'refused' });
  }
  return result;
}
