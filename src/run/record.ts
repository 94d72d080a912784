import type { Step } from '../definition/definition.ts';
import { resultToTell } from './door.ts';
import type { StepResult } from './result.ts';
import { type RecordResult, recordPassed, type Session, toPlanned } from './session.ts';

/** Why a run ends before its last step. */
export function abortReason(deadline: AbortSignal): string {
  return deadline.aborted ? 'the run took longer than it may (--timeout)' : 'the run was interrupted';
}

/**
 * Records the results of a session's steps: takes the secrets out, gives them to `keep`, tells of them, and writes to the
 * ledger what passed. `deadline` is what ends the run when it takes too long.
 */
export function recorder(
  session: Session,
  deadline: AbortSignal,
  keep: (step: Step, shown: StepResult) => void,
): RecordResult {
  const iteration = session.iteration ?? 1;
  return (step, result) => {
    const broken = session.signal.aborted && result.status !== 'passed' && result.status !== 'not-reached';
    const whole = broken ? withoutDiagnosis({ ...result, status: 'error', reason: abortReason(deadline) }) : result;
    const shown = resultToTell({ ...whole, iteration }, session.secrets);
    keep(step, shown);
    session.emit({ kind: 'step-finished', step: toPlanned(step), result: shown });
    if (shown.status === 'passed') recordPassed(session, step, shown);
  };
}

/** What was broken off by us has no cause to look for. */
function withoutDiagnosis(result: StepResult): StepResult {
  return { ...result, checks: [], diagnoses: [] };
}
