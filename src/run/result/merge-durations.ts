import { bisectRight, extent, max, min, pairs, rollups, sum, ticks } from 'd3-array';
import type { Durations } from './result.ts';

/** What share of the durations, from 0 to 1, is not longer than a time. */
interface Knot {
  readonly time: number;
  readonly share: number;
}

/**
 * The durations of several results as those of one. Count, least and greatest are exact. Percentiles and the histogram are
 * estimates, for the single durations are no longer there: between the times of which a result says what share is not longer
 * (its percentiles, the bounds of its histogram), durations are taken to be spread evenly.
 */
export function mergeDurations(parts: readonly Durations[]): Durations {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const count = sum(parts, (part) => part.count);
  const least = min(parts, (part) => part.min) ?? 0;
  const greatest = max(parts, (part) => part.max) ?? 0;
  const each = parts.map((part) => ({ knots: knotsOf(part), weight: part.count / count }));
  const times = new Set(each.flatMap(({ knots }) => knots.map(({ time }) => time)));
  const merged = increasing(
    [...times].map((time) => ({ time, share: sum(each, ({ knots, weight }) => weight * shareAt(knots, time)) })),
  );
  // A percentile of the whole lies among those of the parts.
  const at = (name: 'p50' | 'p90' | 'p95' | 'p99', share: number) => {
    const [lowest = 0, highest = 0] = extent(parts, (part) => part[name]);
    return Math.min(highest, Math.max(lowest, timeAt(merged, share)));
  };
  const bounds = [least, ...ticks(least, greatest, 20).filter((tick) => tick > least && tick < greatest), greatest];
  const countUpTo = (time: number) => (time === greatest ? count : Math.round(count * shareAt(merged, time)));
  return {
    count,
    min: least,
    p50: at('p50', 0.5),
    p90: at('p90', 0.9),
    p95: at('p95', 0.95),
    p99: at('p99', 0.99),
    max: greatest,
    histogram: pairs(bounds).map(([from, to]) => ({
      from,
      to,
      count: countUpTo(to) - (from === least ? 0 : countUpTo(from)),
    })),
  };
}

function knotsOf({ count, histogram, ...durations }: Durations): readonly Knot[] {
  let counted = 0;
  const bounds = histogram.map(({ to, count: own }) => {
    counted += own;
    return { time: to, share: counted / count };
  });
  return increasing([
    { time: durations.min, share: 0 },
    { time: durations.p50, share: 0.5 },
    { time: durations.p90, share: 0.9 },
    { time: durations.p95, share: 0.95 },
    { time: durations.p99, share: 0.99 },
    { time: durations.max, share: 1 },
    // Of a large sample, fewer are in the histogram than were counted; its last bound is the greatest.
    ...(counted === count ? bounds.slice(0, -1) : []),
  ]);
}

/** In the order of their times, each once, with shares that never sink. */
function increasing(knots: readonly Knot[]): readonly Knot[] {
  const shares = rollups(
    knots,
    (same) => max(same, ({ share }) => share) ?? 0,
    ({ time }) => time,
  ).sort(([one], [other]) => one - other);
  let greatest = 0;
  return shares.map(([time, share]) => {
    greatest = Math.max(greatest, share);
    return { time, share: greatest };
  });
}

function shareAt(knots: readonly Knot[], time: number): number {
  const next = bisectRight(
    knots.map((knot) => knot.time),
    time,
  );
  const [before, after] = [knots[next - 1], knots[next]];
  if (!before) return 0;
  if (!after) return 1;
  return before.share + ((after.share - before.share) * (time - before.time)) / (after.time - before.time);
}

function timeAt(knots: readonly Knot[], share: number): number {
  const place = knots.findIndex((knot) => knot.share >= share);
  const [before, after] = [knots[place - 1], knots[place]];
  if (!after) return knots.at(-1)?.time ?? 0;
  if (!before) return after.time;
  return before.time + ((after.time - before.time) * (share - before.share)) / (after.share - before.share);
}
