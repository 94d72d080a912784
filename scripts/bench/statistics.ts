import { mean, quantile, sum } from 'd3-array';

/** The middle of some values and how far they lie from it. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  /** Between these two lies the middle half (quartiles, interpolated by method R-7). */
  readonly low: number;
  readonly high: number;
}

/** Throws a `RangeError` for no values: there is no median of nothing. */
export function spreadOf(values: readonly number[]): Spread {
  const at = (p: number) => {
    const found = quantile(values, p);
    if (found === undefined) throw new RangeError('no values to summarize');
    return found;
  };
  return { count: values.length, median: at(0.5), low: at(0.25), high: at(0.75) };
}

/**
 * The ratio of each value to the reference of the same round. Load on the machine changes from minute to minute and is much the
 * same within a round, so the median of these says more than the ratio of two medians. Throws when the rounds do not fit.
 */
export function ratiosTo(values: readonly number[], reference: readonly number[]): number[] {
  if (values.length !== reference.length)
    throw new RangeError(`${values.length} rounds beside ${reference.length} of the reference`);
  return values.map((value, round) => value / (reference[round] ?? Number.NaN));
}

/** How much `y` grows for each further `x`, by least squares. Throws a `RangeError` for fewer than two different `x`. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const middle = { x: mean(points, ({ x }) => x) ?? 0, y: mean(points, ({ y }) => y) ?? 0 };
  const squares = sum(points, ({ x }) => (x - middle.x) ** 2);
  if (squares === 0) throw new RangeError('a slope needs two different places');
  return sum(points, ({ x, y }) => (x - middle.x) * (y - middle.y)) / squares;
}
