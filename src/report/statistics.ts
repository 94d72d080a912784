import { max } from 'd3-array';
import type { Durations, RunResult, StepStatistics } from '../run/result/result.ts';
import { tallyOf } from '../run/result/tally.ts';

/** Statistics of each step, in the order of the plan. */
export function statisticsOf(result: RunResult): readonly StepStatistics[] {
  return result.figures?.statistics ?? tallyOf(result).statistics();
}

/** `990 of 1000`, or `980 of 1000 (20 skipped)`, with a word after the count: `990 of 1000 passed`. */
export function passedWords(
  { passed, runs, skipped }: Pick<StepStatistics, 'passed' | 'runs' | 'skipped'>,
  word = '',
): string {
  return `${passed} of ${runs}${word}${skipped > 0 ? ` (${skipped} skipped)` : ''}`;
}

/** The greatest count in a histogram; 1 when it is empty. */
export function tallest({ histogram }: Durations): number {
  return max(histogram, ({ count }) => count) ?? 1;
}
