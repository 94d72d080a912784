import { setTimeout as sleep } from 'node:timers/promises';
import { itemId } from '../../compile/collection.ts';
import type { Step } from '../../definition/definition.ts';
import { messageOf } from '../../errors.ts';
import type { Execution, Hooks } from '../engine/execution.ts';
import { valuesOf } from '../engine/state.ts';
import { expiryOf, renewalMargin } from '../judge/access-token.ts';
import { notReached, toStepResult } from '../judge/step-result.ts';
import type { AttemptResult, StepResult } from '../result/result.ts';
import { adoptExisting } from './adopt-existing.ts';
import { decide, mayHaveCreated } from './attempts.ts';
import { beginCreation, creationOf, settleCreation } from './creations.ts';
import { runGuided } from './guided-step.ts';
import { lackingAfter, nextPosition, noLongerLacking, reasonNotReached } from './path.ts';
import type { Wait } from './retry.ts';
import { learnState, limitsOf, policyOf, type RecordResult, type Session, tellExchange, toPlanned } from './session.ts';
import { withValues } from './start-state.ts';

/** What is remembered of a step while it is tried. */
interface Trial {
  readonly attempts: AttemptResult[];
  /** The token was renewed because it was refused. */
  renewed: boolean;
  /** The token was renewed because it was about to expire. */
  renewedAhead: boolean;
}

/** What came of a step, after all its attempts. */
export interface StepOutcome {
  readonly result: StepResult;
  /** Where its scripts go on. */
  readonly next: Execution['next'];
}

/**
 * Runs steps, from the first on, wherever their scripts go next. Each is tried until it passes or it is decided to stop; a step that
 * did not pass takes with it the steps that need a variable it sets, the others still run. Every step is recorded, also one that
 * was not reached. Whatever is thrown becomes the result of the step.
 */
export async function runSteps(session: Session, steps: readonly Step[], record: RecordResult): Promise<void> {
  const lacking = new Map<string, Step>();
  const results = new Map<Step, StepResult>();
  const keep = (step: Step, result: StepResult) => {
    const whole = withEarlier(results.get(step), result);
    results.set(step, whole);
    record(step, whole);
  };
  let position = 0;
  while (position < steps.length && !session.signal.aborted) {
    const step = steps[position];
    if (!step) break;
    const reason = reasonNotReached(step, lacking, session);
    if (reason !== undefined) {
      keep(step, notReached(step, session.definition, reason));
      lackingAfter(step, session, lacking);
      position += 1;
      continue;
    }
    // Clean-up asks nobody.
    const guide = session.definition.steps.includes(step) ? session.guide : undefined;
    const { result, next } = guide
      ? await runGuided(session, step, guide, runToOutcome)
      : await runToOutcome(session, step);
    keep(step, result);
    if (result.status === 'passed') noLongerLacking(step, lacking);
    else lackingAfter(step, session, lacking);
    const to = nextPosition(steps, position, next, session.definition);
    for (const passedBy of steps.slice(position + 1, to))
      if (!results.has(passedBy)) keep(passedBy, passedByStep(passedBy, step, session));
    position = to;
  }
  session.lane.release();
}

/** A step that scripts ran again: what did not pass the first time is not forgotten. */
function withEarlier(earlier: StepResult | undefined, result: StepResult): StepResult {
  if (!earlier || ['passed', 'skipped', 'not-reached'].includes(earlier.status)) return result;
  return { ...earlier, notes: [...earlier.notes, `a script ran it again: ${result.status}`] };
}

function passedByStep(step: Step, from: Step, { definition }: Session): StepResult {
  const reason = `"${from.name}" went on elsewhere (setNextRequest)`;
  return { ...notReached(step, definition, reason), status: 'skipped' };
}

/** Runs one step on its own, with its attempts. Undefined when there was no time left for it. */
export async function runStep(session: Session, step: Step): Promise<StepResult | undefined> {
  let last: StepResult | undefined;
  await runSteps(session, [step], (_step, result) => {
    last = result;
  });
  return last;
}

/** Runs a step with its attempts. `approve` is asked before the first is sent; when it rejects, nothing is. */
async function runToOutcome(session: Session, step: Step, approve?: Hooks['beforeSend']): Promise<StepOutcome> {
  const trial: Trial = { attempts: [], renewed: false, renewedAhead: false };
  try {
    const { result, next } = await tryStep(session, step, trial, approve);
    return { result: { ...result, attempts: trial.attempts }, next };
  } catch (error) {
    const result = notReached(step, session.definition, messageOf(error));
    return { result: { ...result, status: 'error', attempts: trial.attempts }, next: undefined };
  }
}

async function tryStep(session: Session, step: Step, trial: Trial, approve: Hooks['beforeSend']): Promise<StepOutcome> {
  let ask = approve;
  for (;;) {
    takeSharedToken(session);
    // A new token that is about to expire all the same is used: renewing it again would not end.
    if (!trial.renewedAhead && isTokenExpiring(session, step)) {
      trial.renewedAhead = true;
      if (!(await renewToken(session, 'it was about to expire')))
        return { result: unrenewed(step, session), next: undefined };
    }
    const { result, execution } = await attempt(session, step, ask);
    ask = undefined;
    if (result.status === 'passed' || result.status === 'skipped' || execution.refusal !== undefined)
      return { result, next: execution.next };
    const after = await afterAttempt(session, step, result, execution, trial);
    if (after !== 'again') return { result: after, next: execution.next };
  }
}

/** One execution of a step, with what it means. What it creates is written down before it is sent, and what became of it after. */
async function attempt(
  session: Session,
  step: Step,
  approve: Hooks['beforeSend'],
): Promise<{ readonly result: StepResult; readonly execution: Execution }> {
  session.emit({ kind: 'step-started', step: toPlanned(step) });
  const before = valuesOf(session.state);
  const execution = await session.lane.execute(
    itemId(session.definition, step),
    session.state,
    limitsOf(session, step),
    {
      beforeSend: async (request, state) => {
        await approve?.(request, state);
        beginCreation(session, step, state);
      },
      onState: (state) => learnState(session, state),
    },
  );
  if (execution.refusal !== undefined) {
    const result = notReached(step, session.definition, messageOf(execution.refusal));
    return { result: { ...result, status: 'error' }, execution };
  }
  const result = toStepResult(step, session.definition, execution, before, session.startedAt);
  learnState(session, execution.state);
  session.state = execution.state;
  tellExchange(session, step, result);
  const creation = creationOf(session, step);
  if (step.creates && creation?.state === 'pending') {
    const id = createdId(step, result, execution);
    if (id !== undefined) settleCreation(session, creation, { state: 'present', id });
    else if (!creation.repeated && !mayHaveCreated(step, execution))
      settleCreation(session, creation, { state: 'refused' });
  }
  return { result, execution };
}

/**
 * The id of what an answer says was created; undefined when it says none. One in a body that does not match its schema is not believed
 * where the thing can be looked up by its name.
 */
function createdId({ creates }: Step, { captures, checks }: StepResult, { state }: Execution): string | undefined {
  if (!creates || !captures.some(({ variable }) => variable === creates.id)) return undefined;
  const isDoubtful = creates.find && checks.some(({ kind, status }) => kind === 'schema' && status === 'failed');
  return isDoubtful ? undefined : valuesOf(state)[creates.id];
}

/** What is done after an attempt that did not pass: the step is tried again, or this is its result. */
async function afterAttempt(
  session: Session,
  step: Step,
  result: StepResult,
  execution: Execution,
  trial: Trial,
): Promise<StepResult | 'again'> {
  if (session.signal.aborted) return result;
  const mayExist = creationOf(session, step)?.state === 'pending';
  const policy = policyOf(session, step);
  const decision = decide({
    step,
    result,
    execution,
    attempt: trial.attempts.length + 1,
    retries: session.retries,
    policy,
    usesToken: usesToken(session, step),
    renewed: trial.renewed,
    mayExist,
    createdAt: session.creations.findLast(({ state }) => state === 'present')?.at,
    now: Date.now(),
    random: Math.random(),
  });
  if (decision.kind === 'renew') {
    trial.renewed = true;
    trial.attempts.push(attemptOf(result, decision.because));
    return (await renewToken(session, decision.because)) ? 'again' : result;
  }
  if (decision.kind === 'retry') {
    session.retries += 1;
    trial.attempts.push(attemptOf(result, decision.because, decision.wait));
    session.emit({
      kind: 'step-retried',
      step: toPlanned(step),
      attempt: trial.attempts.length + 1,
      attempts: policy.attempts,
      because: decision.because,
      waitMs: decision.wait.milliseconds,
    });
    await sleep(decision.wait.milliseconds, undefined, { signal: session.signal }).catch(() => {});
  }
  const otherwise = decision.kind === 'retry' ? 'again' : result;
  if (!mayExist) return otherwise;
  const found = await adoptExisting(session, step, result, renewToken);
  if (found === 'absent') return otherwise;
  if (found === 'unknown') return { ...result, status: 'error', reason: lostAnswer(result) };
  // An answer that came, but broken, stays a failure, although it is known now what it created.
  const answered = result.response !== undefined && step.expect.status.includes(result.response.status);
  return answered ? result : found;
}

function lostAnswer({ reason, response }: StepResult): string {
  const fault = reason ?? `${response?.status ?? ''} ${response?.reason ?? ''}`.trim();
  return `${fault}; whether it was created could not be looked up, so it is not created again`;
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

/** Gets a new token with the step that gets one, or from the run when it shares its token. Says whether that worked. */
export async function renewToken(session: Session, because: string): Promise<boolean> {
  const { tokenStep, sharedToken } = session;
  if (!tokenStep) return false;
  if (sharedToken) {
    const renewed = await sharedToken.renew(valuesOf(session.state)[tokenStep.variable] ?? '', because);
    takeSharedToken(session);
    return renewed;
  }
  const { result } = await runToOutcome(session, tokenStep.step);
  if (result.status !== 'passed') return false;
  session.renewals.push(because);
  session.emit({ kind: 'token-renewed', because });
  return true;
}

/** Another iteration may have had the token renewed. */
function takeSharedToken(session: Session): void {
  const { tokenStep, sharedToken } = session;
  if (!tokenStep || !sharedToken) return;
  const token = sharedToken.current();
  if (valuesOf(session.state)[tokenStep.variable] !== token)
    session.state = withValues(session.state, session.definition, { [tokenStep.variable]: token });
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

function isTokenExpiring(session: Session, step: Step): boolean {
  if (!usesToken(session, step)) return false;
  const expiry = expiryOf(valuesOf(session.state)[session.tokenStep?.variable ?? ''] ?? '');
  return expiry !== undefined && expiry - Date.now() < renewalMargin;
}
