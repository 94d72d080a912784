import type { RunFigures, RunResult, StepResult, Totals } from '../run/result/result.ts';
import { iterationCounts, tallyOf } from '../run/result/tally.ts';
import { counted, duration, ofTarget } from './text/words.ts';

/** Totals of all iterations. */
export function totalsOf(result: RunResult): Totals {
  return result.figures?.totals ?? tallyOf(result).totals();
}

/** `6 steps: 3 passed, 1 failed, 1 skipped, 1 not reached in 1.3 s`. */
export function stepsLine(result: RunResult): string {
  const { steps } = totalsOf(result);
  const parts = [
    ...outcomeParts(steps),
    ...(steps.skipped > 0 ? [`${steps.skipped} skipped`] : []),
    ...(steps['not-reached'] > 0 ? [`${steps['not-reached']} not reached`] : []),
  ];
  return `${counted(steps.all, 'step')}: ${parts.join(', ')} in ${duration(result.durationMs)}`;
}

/** What passed, and what else there was. */
function outcomeParts({ passed, failed, error }: Omit<RunFigures['iterations'], 'all'>): string[] {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(error > 0 ? [`${error} could not complete`] : []),
  ];
}

/** `24 of 25 checks held, 5 responses match their schema`. */
export function checksLine(result: RunResult): string {
  const { checks, matchingSchemas } = totalsOf(result);
  const matching =
    matchingSchemas === 1 ? '1 response matches its schema' : `${matchingSchemas} responses match their schema`;
  return `${checks.passed} of ${counted(checks.all, 'check')} held, ${matching}`;
}

/** `1000 iterations: 990 passed, 10 failed; 18.2 a second`. */
export function iterationsLine(result: RunResult): string {
  const counts = iterationCounts(result);
  const rate = (counts.all * 1000) / Math.max(1, result.durationMs);
  return `${counted(counts.all, 'iteration')}: ${outcomeParts(counts).join(', ')}; ${rate.toFixed(1)} a second`;
}

/** `1000 rows: 300 had passed before, 10 were not run`; undefined when this run was to do all of them, and did. */
export function rowsLine({ rows }: RunResult): string | undefined {
  if (!rows) return undefined;
  const { all, earlier, passed, failed, error } = rows;
  const notRun = all - earlier - passed - failed - error;
  if (earlier === 0 && notRun <= 0) return undefined;
  return `${counted(all, 'row')}: ${[
    ...(earlier > 0 ? [`${earlier} had passed in the run that was resumed`] : []),
    `${passed} passed${earlier > 0 ? ' in this one' : ''}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(error > 0 ? [`${error} could not complete`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ')}`;
}

/** `Clean-up: 1 removed, nothing left`; undefined when there was none. */
export function cleanUpLine(result: RunResult): string | undefined {
  if (!result.cleanUp) return undefined;
  const { removed, left } = totalsOf(result).cleanUp;
  return `Clean-up: ${removed} removed, ${left === 0 ? 'nothing left' : `${left} left`}`;
}

/** Whether all is as it should be: everything passed, and clean-up left nothing. */
export function isGood({ outcome, cleanUp }: Pick<RunResult, 'outcome' | 'cleanUp'>): boolean {
  return (outcome === 'passed' || outcome === 'empty') && cleanUp?.complete !== false;
}

/** The outcome in words, for a heading. */
export function outcomeWords({ outcome, cleanUp }: Pick<RunResult, 'outcome' | 'cleanUp'>): string {
  const words = {
    passed: 'passed',
    failed: 'failed',
    error: 'could not complete',
    interrupted: 'interrupted',
    empty: 'had nothing to do',
  }[outcome];
  return cleanUp?.complete === false ? `${words}, and clean-up left something` : words;
}

/** The name of a step, with its target and its iteration when there are several. */
export function stepTitle(step: StepResult, { iterations }: Pick<RunResult, 'iterations'>): string {
  const { name, iteration } = step;
  return ofTarget(step, iterations > 1 ? `${name} (iteration ${iteration})` : name);
}

/** Why a step was not run: `skipped: …` or `not reached: …`; undefined when it was. */
export function notRunWords(
  { status, reason }: Pick<StepResult, 'status' | 'reason'>,
  otherwise = '',
): string | undefined {
  if (status !== 'skipped' && status !== 'not-reached') return undefined;
  return `${status === 'skipped' ? 'skipped' : 'not reached'}: ${reason ?? otherwise}`;
}
