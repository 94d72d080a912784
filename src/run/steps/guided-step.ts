import type { Step } from '../../definition/definition.ts';
import { changedStep, givenVariables } from '../../definition/request.ts';
import { substitute } from '../../definition/variables.ts';
import { withoutValues } from '../../environment/scope.ts';
import { copyOfCookies } from '../engine/cookies.ts';
import type { EngineRequest, Execution, Hooks } from '../engine/execution.ts';
import { type State, valuesOf } from '../engine/state.ts';
import { notReached } from '../judge/step-result.ts';
import { toBodyText } from '../result/body-text.ts';
import type { SentRequest, StepResult } from '../result/result.ts';
import { redactedEvent, redactedResult } from '../secrets/redaction-boundary.ts';
import type { Approval, Guide, Preview, Sending, Shown } from './guide.ts';
import { type Session, toPlanned } from './session.ts';
import { withValues } from './start-state.ts';

/** What came of a step, and where its scripts go on. */
interface Outcome {
  readonly result: StepResult;
  readonly next: Execution['next'];
}

type RunStep = (session: Session, step: Step, approve: Hooks['beforeSend']) => Promise<Outcome>;

/**
 * Runs a step as often as the guide wishes. What passes is its result; what does not pass after that leaves the run as it was, as an
 * experiment should. What a request creates is in the ledger each time.
 */
export async function runGuided(session: Session, step: Step, guide: Guide, run: RunStep): Promise<Outcome> {
  let sending: Sending = {};
  let kept: Outcome | undefined;
  const unsent = (): Outcome => ({ result: notReached(step, session.definition), next: undefined });
  for (;;) {
    const tried = withChange(session, step, sending);
    let approval = undefined as Approval | undefined;
    const outcome = await run(tried.session, tried.step, async (request, state) => {
      approval = await guide.beforeSend({
        ...sending,
        ...shownOf(tried),
        unchanged: step,
        ...preview(tried, request, state),
      });
      if (approval.kind !== 'send') throw new NotApproved();
    });
    session.recorded = tried.session.recorded;
    session.retries = tried.session.retries;
    if (tried.session.lane !== session.lane) tried.session.lane.release();
    if (approval?.kind === 'change') {
      sending = { change: approval.change, experiment: approval.experiment ?? sending.experiment };
      continue;
    }
    if (approval?.kind === 'quit') return kept ?? unsent();
    const hasPassed = outcome.result.status === 'passed';
    const isKept = sending.experiment ? hasPassed && changesRun(tried.step) : hasPassed || !kept;
    if (isKept) {
      session.state = tried.session.state;
      kept = { ...outcome, result: withNote(outcome.result, sending) };
    }
    if (session.signal.aborted) return kept ?? unsent();
    const shown = { ...sending, ...shownOf(tried), unchanged: step, ...answer(tried, outcome.result), isKept };
    const wish = await guide.afterAnswer(shown);
    if (wish.kind === 'quit') return kept ?? unsent();
    if (wish.kind === 'go-on' && kept) return kept;
    // After an experiment the step itself is still to be sent.
    sending = wish.kind === 'again' ? wish : {};
  }
}

/** Nothing is sent: the guide wants something else. */
class NotApproved extends Error {}

interface Tried {
  readonly session: Session;
  readonly step: Step;
}

/** A step with a change, and a session of its own for it: one attempt, with cookies that are a copy. */
function withChange(session: Session, step: Step, { change }: Sending): Tried {
  const cookies = copyOfCookies(session.state.cookies);
  if (!change) return { step, session: { ...session, state: { ...session.state, cookies } } };
  const changed = changedStep(step, change);
  const steps = session.definition.steps.map((one) => (one === step ? changed : one));
  const definition = { ...session.definition, steps };
  const before = valuesOf(session.state);
  const values = Object.fromEntries(
    Object.entries(givenVariables(change)).map(([name, text]) => [name, substitute(text, (inner) => before[inner])]),
  );
  const given = withValues(session.state, definition, values);
  return {
    step: changed,
    session: {
      ...session,
      definition,
      lane: session.engine.lane(definition),
      policyOverrides: { ...session.policyOverrides, attempts: 1 },
      tokenStep: undefined,
      state: { ...given, run: withoutValues(given.run, Object.keys(values)), cookies },
    },
  };
}

/** Whether later steps need what came of an experiment: not when it reads, or creates something else. */
function changesRun({ request, creates }: Step): boolean {
  return request.method !== 'GET' && !creates;
}

function withNote(result: StepResult, { change, experiment }: Sending): StepResult {
  if (!change) return result;
  const note = experiment ? `sent as an experiment: ${experiment.title}` : 'sent with a change that was made by hand';
  return { ...result, notes: [...result.notes, note] };
}

function shownOf({ session, step }: Tried): Pick<Shown, 'step' | 'definition'> {
  return { step, definition: session.definition };
}

function preview({ session, step }: Tried, request: EngineRequest, state: State): Pick<Preview, 'request' | 'values'> {
  const { method, url, headers, body } = request;
  const sent = { method, url, headers, ...(body !== undefined && { body: toBodyText(body) }) };
  session.secrets.learn(valuesOf(state));
  const event = redactedEvent({ kind: 'exchange', step: toPlanned(step), startMs: 0, request: sent }, session.secrets);
  return { request: (event as { request: SentRequest }).request, values: publicValues(session, state) };
}

function answer({ session }: Tried, result: StepResult): Pick<Shown, 'result' | 'values'> {
  return {
    result: redactedResult(result, session.secrets),
    values: publicValues(session, session.state),
  };
}

function publicValues({ secrets }: Session, state: State): Readonly<Record<string, string>> {
  return secrets.publicValues(valuesOf(state));
}
