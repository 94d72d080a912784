import { quantile } from 'd3-array';

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
