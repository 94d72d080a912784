import type { CleanUpItem, RunResult, StepResult } from '../run/result.ts';
import { counted, duration, ofTarget } from './words.ts';

/** How many of each there are in a result, all iterations together. Every report counts with these. */
export interface Totals {
  readonly steps: Readonly<Record<StepResult['status'] | 'all', number>>;
  readonly checks: Readonly<Record<'passed' | 'failed' | 'all', number>>;
  /** Responses that match their schema. */
  readonly matchingSchemas: number;
  /** Steps that passed after an attempt that did not. */
  readonly passedAfterRetry: number;
  /** What clean-up tried to remove; all 0 when it was not asked for. */
  readonly cleanUp: Readonly<Record<CleanUpItem['status'] | 'all', number>>;
}

export function totalsOf({ steps, cleanUp }: RunResult): Totals {
  const withStatus = (status: StepResult['status']) => count(steps, (step) => step.status === status);
  const checks = steps.flatMap((step) => step.checks);
  const items = cleanUp?.items ?? [];
  const became = (status: CleanUpItem['status']) => count(items, (item) => item.status === status);
  return {
    steps: {
      all: steps.length,
      passed: withStatus('passed'),
      failed: withStatus('failed'),
      error: withStatus('error'),
      'not-reached': withStatus('not-reached'),
    },
    checks: {
      all: checks.length,
      passed: count(checks, ({ status }) => status === 'passed'),
      failed: count(checks, ({ status }) => status === 'failed'),
    },
    matchingSchemas: count(checks, ({ kind, status }) => kind === 'schema' && status === 'passed'),
    passedAfterRetry: count(steps, ({ status, attempts }) => status === 'passed' && attempts.length > 0),
    cleanUp: { all: items.length, removed: became('removed'), absent: became('absent'), left: became('left') },
  };
}

function count<T>(items: readonly T[], isCounted: (item: T) => boolean): number {
  return items.filter(isCounted).length;
}

/** `6 steps: 4 passed, 1 failed, 1 not reached in 1.3 s`. */
export function stepsLine(result: RunResult): string {
  const { steps } = totalsOf(result);
  const parts = [
    `${steps.passed} passed`,
    ...(steps.failed > 0 ? [`${steps.failed} failed`] : []),
    ...(steps.error > 0 ? [`${steps.error} could not complete`] : []),
    ...(steps['not-reached'] > 0 ? [`${steps['not-reached']} not reached`] : []),
  ];
  return `${counted(steps.all, 'step')}: ${parts.join(', ')} in ${duration(result.durationMs)}`;
}

/** `24 of 25 checks held, 5 responses match their schema`. */
export function checksLine(result: RunResult): string {
  const { checks, matchingSchemas } = totalsOf(result);
  const matching =
    matchingSchemas === 1 ? '1 response matches its schema' : `${matchingSchemas} responses match their schema`;
  return `${checks.passed} of ${counted(checks.all, 'check')} held, ${matching}`;
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
