import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeDurations } from '../../src/run/result/merge-durations.ts';
import { emptyResult, mergeResults } from '../../src/run/result/merge-results.ts';
import type { Outcome, RunResult } from '../../src/run/result/result.ts';
import { isRowOf, rowsOfShard, shardOf } from '../../src/run/result/shard.ts';
import { tallyOf } from '../../src/run/result/tally.ts';
import { reportCases } from '../golden/report-cases.ts';

const shards = (count: number) => Array.from({ length: count }, (_, index) => ({ index: index + 1, count }));

test('the shards of any list, one after the other, are the list, and differ by one item at most', () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 60 }), fc.integer({ min: 1, max: 80 }), (items, count) => {
      const parts = shards(count).map((shard) => shardOf(items, shard));
      expect(parts.flat()).toEqual(items);
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(sizes.toSorted((a, b) => b - a)).toEqual(sizes);
    }),
  );
});

test('each row is of exactly one shard, of the same one however many rows there are, and shards differ by one row at most', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(100), fc.integer({ min: 1, max: 80 }), (total, more, count) => {
      const rowsOf = (all: number) => {
        const numbers = Array.from({ length: all }, (_, index) => index + 1);
        return shards(count).map((shard) => numbers.filter((row) => isRowOf(row, shard)));
      };
      const parts = rowsOf(total);
      expect(parts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      expect(parts.map(({ length }) => length)).toEqual(shards(count).map((shard) => rowsOfShard(total, shard)));
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      // Rows that are added to a file leave the others where they are.
      expect(rowsOf(total + more).map((rows) => rows.filter((row) => row <= total))).toEqual(parts);
    }),
  );
  expect(isRowOf(5, undefined)).toBe(true);
  expect(rowsOfShard(5, undefined)).toBe(5);
});

const good = reportCases['all-passed'] as RunResult;
const outcome = fc.constantFrom<Outcome>('passed', 'failed', 'error', 'interrupted');
const runs = fc
  .array(fc.record({ outcome, start: fc.nat(100_000), durationMs: fc.nat(10_000), complete: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map(({ outcome: ended, start, durationMs, complete }, index) => ({
      name: `target-${index}`,
      result: {
        ...good,
        outcome: ended,
        startedAt: new Date(Date.parse(good.startedAt) + start).toISOString(),
        durationMs,
        cleanUp: { items: [], complete },
      },
    })),
  );

test('results merged shard by shard, in any number of shards, are the results merged at once', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 8 }), (all, count) => {
      const parts = shards(count).map((shard) => {
        const own = shardOf(all, shard);
        return own.length === 0 ? emptyResult({ ...good }, shard) : mergeResults(own, shard);
      });
      // An empty shard begins when it likes.
      const results = parts.map((result) => ({ name: '', result })).filter(({ result }) => result.outcome !== 'empty');
      const whole = mergeResults(all);
      const { missingShards, ...merged } = mergeResults(results);
      expect(missingShards ?? []).toEqual(
        parts.flatMap(({ outcome: ended }, index) => (ended === 'empty' ? [index + 1] : [])),
      );
      expect({ ...merged, outcome: '' }).toEqual({ ...whole, outcome: '' });
      if (missingShards === undefined) expect(merged.outcome).toBe(whole.outcome);
    }),
  );
});

const times = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 120 });

/** A result of an iteration for each of the times, as a run of them has it: with its steps, or with figures alone. */
function ofTimes(all: readonly number[], hasFigures: boolean): RunResult {
  const [step] = good.steps;
  if (!step) throw new Error('there is no step');
  const steps = all.map((durationMs, index) => {
    const { response, ...others } = step;
    return { ...others, ...(response && { response: { ...response, durationMs } }), iteration: index + 1 };
  });
  const rows = { all: all.length, earlier: 0, passed: all.length, failed: 0, error: 0 };
  const { cleanUp: _, ...result } = { ...good, iterations: all.length, rows, steps, created: [] };
  if (!hasFigures) return result;
  const tally = tallyOf(result);
  const iterations = { all: all.length, passed: all.length, failed: 0, error: 0 };
  return {
    ...result,
    steps: [],
    figures: { iterations, kept: 0, totals: tally.totals(), statistics: tally.statistics(), created: 0 },
  };
}

test('figures of shards of rows add up to those of the whole; percentiles lie between those of the shards', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(times, fc.boolean()), { minLength: 2, maxLength: 6 }), (parts) => {
      const count = parts.length;
      const results = parts.map(([all, hasFigures], index) => ({
        name: '',
        result: { ...ofTimes(all, hasFigures), shard: { index: index + 1, count } },
      }));
      const merged = mergeResults(results);
      const whole = ofTimes(
        parts.flatMap(([all]) => all),
        true,
      );
      expect(merged.rows).toEqual(whole.rows);
      expect(merged.iterations).toBe(whole.iterations);
      expect(merged.targets).toBeUndefined();
      const [durations] = (merged.figures?.statistics ?? tallyOf(merged).statistics()).map((one) => one.durations);
      const [exact] = (whole.figures?.statistics ?? []).map((one) => one.durations);
      if (!durations || !exact) throw new Error('there are no durations');
      expect({ count: durations.count, min: durations.min, max: durations.max }).toEqual({
        count: exact.count,
        min: exact.min,
        max: exact.max,
      });
      expect(durations.histogram.reduce((sum, interval) => sum + interval.count, 0)).toBe(exact.count);
      const own = results.map(
        ({ result }) => (result.figures?.statistics ?? tallyOf(result).statistics())[0]?.durations,
      );
      const order = [durations.min, durations.p50, durations.p90, durations.p95, durations.p99, durations.max];
      expect(order.toSorted((a, b) => a - b)).toEqual(order);
      for (const p of ['p50', 'p90', 'p95', 'p99'] as const) {
        const among = own.map((one) => one?.[p] ?? 0);
        if (!merged.figures) continue;
        expect(durations[p]).toBeGreaterThanOrEqual(Math.min(...among) - 1e-6);
        expect(durations[p]).toBeLessThanOrEqual(Math.max(...among) + 1e-6);
      }
    }),
  );
});

test('percentiles of many shards of one kind are close to those of the whole', () => {
  // Long-tailed, as answers are, and the same at each run of the tests.
  const time = (index: number) => Math.round(10 / (1 - ((index * 7919) % 10007) / 10010));
  const parts = Array.from({ length: 10 }, (_, part) =>
    Array.from({ length: 1000 }, (_each, index) => time(part * 1000 + index)),
  );
  const durationsOf = (all: readonly number[]) => ofTimes(all, true).figures?.statistics[0]?.durations;
  const exact = durationsOf(parts.flat());
  const merged = mergeDurations(parts.flatMap((all) => durationsOf(all) ?? []));
  for (const p of ['p50', 'p90', 'p95', 'p99'] as const)
    expect(Math.abs(merged[p] / (exact?.[p] ?? 0) - 1), p).toBeLessThan(0.03);
});
