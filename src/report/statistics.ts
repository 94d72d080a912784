import { bin, group, max, quantileSorted, ticks } from 'd3-array';
import type { RunResult, StepResult } from '../run/result.ts';

/** How long the answers of a step took in all iterations, in milliseconds. */
export interface StepStatistics {
  readonly id: string;
  readonly name: string;
  readonly runs: number;
  readonly passed: number;
  /** Undefined when no iteration reached the step. */
  readonly durations?: Durations;
}

export interface Durations {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Intervals from the least to the greatest, of equal width but for the first and the last; `to` is only in the last one. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** Statistics of each step, in the order of the plan. Percentiles are interpolated (method R-7). */
export function statisticsOf({ steps }: RunResult): StepStatistics[] {
  return [...group(steps, ({ id }) => id)].map(([id, runs]) => {
    const durations = runs.filter(({ status }) => status !== 'not-reached').map(answerTime);
    return {
      id,
      name: runs[0]?.name ?? id,
      runs: runs.length,
      passed: runs.filter(({ status }) => status === 'passed').length,
      ...(durations.length > 0 && { durations: summarize(durations) }),
    };
  });
}

/** From sending to the end of the answer; without an answer, what the step took. */
export function answerTime({ response, durationMs }: StepResult): number {
  return response?.durationMs ?? durationMs;
}

function summarize(values: readonly number[]): Durations {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number) => quantileSorted(sorted, p) ?? 0;
  return {
    count: sorted.length,
    min: at(0),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    histogram: bin()
      .domain([at(0), at(1)])
      .thresholds(ticks(at(0), at(1), 20))(sorted)
      .map((values) => ({ from: values.x0 ?? 0, to: values.x1 ?? 0, count: values.length })),
  };
}

/** The greatest count in a histogram; 1 when it is empty. */
export function tallest({ histogram }: Durations): number {
  return max(histogram, ({ count }) => count) ?? 1;
}
