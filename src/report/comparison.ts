import type { Drift, RunComparison, RunResult, StepTrend } from '../run/result/result.ts';
import { counted, duration } from './text/words.ts';

/** How a run compares with those before it, in words that every report uses. */

/** `57 runs, 55 passed`. */
export function historyLine({ runs, passedRuns }: RunComparison): string {
  return `${counted(runs, 'run')}, ${passedRuns} passed`;
}

/** Heads of the columns of `trendCells`. */
export const trendHead = ['Step', 'Passed', 'Flaky', 'Median', '95 %', 'Last ten'] as const;

/** A row for a step: how often it passed, how often not at the first attempt, how long it takes and whether that changes. */
export function trendCells(step: StepTrend): readonly string[] {
  const { name, runs, passed, p50, p95 } = step;
  return [
    name,
    `${passed} of ${runs}`,
    rateOf(step),
    p50 === undefined ? '' : duration(p50),
    p95 === undefined ? '' : duration(p95),
    trendWords(step),
  ];
}

/** `3 (5 %)`: runs in which the step passed, but not at the first attempt. */
function rateOf({ flaky, runs }: StepTrend): string {
  if (flaky === 0) return '0';
  const percent = (flaky / runs) * 100;
  return `${flaky} (${percent < 1 ? percent.toFixed(1) : Math.round(percent)} %)`;
}

/** A change of less than this share, or of less than so many milliseconds, is none. */
const smallestChange = 0.1;
const smallestDifference = 5;

/** How the median of the last ten runs compares with that of the ten before; empty while that is not known. */
export function trendWords({ trend }: Pick<StepTrend, 'trend'>): string {
  if (!trend) return '';
  const { recent, before } = trend;
  const difference = recent - before;
  if (Math.abs(difference) < Math.max(smallestDifference, before * smallestChange)) return 'steady';
  const percent =
    before === 0 ? '' : ` (${difference > 0 ? '+' : '−'}${Math.round((Math.abs(difference) / before) * 100)} %)`;
  return `${difference > 0 ? 'slower' : 'faster'}: ${duration(recent)}, before ${duration(before)}${percent}`;
}

/** A sentence for each step that passed, but not at the first attempt. */
export function flakyLines({ steps }: RunComparison): string[] {
  return steps.flatMap((step) => {
    const { name, retried, runs } = step;
    if (!retried) return [];
    const rate = `so in ${rateOf(step)} of ${counted(runs, 'run')}`;
    return [`${name} passed only at attempt ${retried.attempt} (${retried.because}); ${rate}`];
  });
}

/** Responses that are not as the good runs before had them, and values that no schema knows; each once. */
export function driftsOf({ comparison, steps }: Pick<RunResult, 'comparison' | 'steps'>): readonly Drift[] {
  const newValues = steps.flatMap(({ unknownValues = [] }) => unknownValues);
  const byPlace = new Map(newValues.map((drift) => [JSON.stringify([drift.step, drift.path, drift.now]), drift]));
  return [...(comparison?.drift ?? []), ...byPlace.values()];
}

/** What happened to a field: `/user/nickname appeared (string)`. */
export function driftLine({ path, change, before, now }: Drift): string {
  const field = path === '' ? 'the body' : path;
  if (change === 'new-value')
    return `${field} is ${JSON.stringify(now[0])}, which is not among the values known so far`;
  if (change === 'retyped') return `${field} was ${typeWords(before)} and is now ${typeWords(now)}`;
  return `${field} ${change} (${typeWords(change === 'appeared' ? now : before)})`;
}

function typeWords(types: readonly string[]): string {
  return types.join(' or ');
}

/** The proposed change of the schema, on one line. */
export function patchText({ schema }: Drift): string | undefined {
  return schema && JSON.stringify(schema.patch);
}
