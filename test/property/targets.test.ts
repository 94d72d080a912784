import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyResult, mergeResults } from '../../src/run/result/merge-results.ts';
import type { Outcome, RunResult } from '../../src/run/result/result.ts';
import { shardOf } from '../../src/run/result/shard.ts';
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
