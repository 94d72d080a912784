import type { Definition, Step } from '../../definition/definition.ts';
import { messageOf } from '../../errors.ts';
import { shapeIn } from '../judge/step-result.ts';
import { unknownValuesIn } from '../judge/unknown-values.ts';
import type { StepResult } from '../result/result.ts';
import { type CountedStep, countedStep } from '../result/tally.ts';
import { redactedResult } from '../secrets/redaction-boundary.ts';
import { recordPassed } from './creations.ts';
import { type RecordResult, type Session, toPlanned } from './session.ts';

/** Why a run ends before its last step. */
export function abortReason({ ending }: Pick<Session, 'ending'>, deadline: AbortSignal): string {
  if (ending.cause !== undefined) return `the run was cut short: ${messageOf(ending.cause)}`;
  return deadline.aborted ? 'the run took longer than it may (--timeout)' : 'the run was interrupted';
}

/** A result that was recorded. */
export interface RecordedResult {
  readonly counted: CountedStep;
  /** The result without secrets. Of most iterations nobody wants it, and it takes as long as all that the runner does beside. */
  told(): StepResult;
}

/**
 * Records the results of a session's steps: gives them to `keep`, tells of them without their secrets, and writes to the ledger
 * what passed. `deadline` is what ends the run when it takes too long.
 */
export function recorder(
  session: Session,
  deadline: AbortSignal,
  keep: (step: Step, recorded: RecordedResult) => void,
): RecordResult {
  const iteration = session.iteration ?? session.firstIteration;
  const isTold = session.iteration === undefined || session.tellsIterations;
  return (step, result) => {
    const broken = session.signal.aborted && !['passed', 'skipped', 'not-reached'].includes(result.status);
    const whole = broken
      ? withoutDiagnosis({ ...result, status: 'error', reason: abortReason(session, deadline) })
      : result;
    let shown: StepResult | undefined;
    const told = () => {
      shown ??= redactedResult({ ...whole, iteration, ...aboutBody(step, session.definition, whole) }, session.secrets);
      return shown;
    };
    keep(step, { counted: countedStep(whole), told });
    if (isTold) session.emit({ kind: 'step-finished', step: toPlanned(step), result: told() });
    if (whole.status === 'passed') recordPassed(session, step, whole);
  };
}

/** What is said of a whole body, of which results keep only the beginning. */
function aboutBody(step: Step, definition: Definition, { response }: StepResult): Partial<StepResult> {
  return { ...shapeIn(step, response), ...unknownValuesIn(step, definition, response) };
}

/** What was broken off by us has no cause to look for. */
function withoutDiagnosis(result: StepResult): StepResult {
  return { ...result, checks: [], diagnoses: [] };
}
