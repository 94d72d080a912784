import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRetryPolicy, mayHaveBeenProcessed, parseRetryAfter, waitAfter } from '../../src/run/steps/retry.ts';

const policies = fc.record({
  baseDelay: fc.integer({ min: 0, max: 60_000 }),
  maximumDelay: fc.integer({ min: 0, max: 600_000 }),
});
const attempts = fc.integer({ min: 1, max: 10_000 });
const retryAfters = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a wait', () => {
  it('is never negative and never longer than the policy allows', () => {
    fc.assert(
      fc.property(attempts, policies, retryAfters, randoms, (attempt, policy, retryAfter, random) => {
        const { milliseconds } = waitAfter(attempt, policy, retryAfter, random);
        expect(milliseconds).toBeGreaterThanOrEqual(0);
        expect(milliseconds).toBeLessThanOrEqual(policy.maximumDelay);
      }),
    );
  });

  it('is never shorter than Retry-After, unless that is longer than the policy allows', () => {
    fc.assert(
      fc.property(
        attempts,
        policies,
        fc.integer({ min: 0, max: 1_000_000 }),
        randoms,
        (attempt, policy, retryAfter, random) => {
          const { milliseconds } = waitAfter(attempt, policy, retryAfter, random);
          expect(milliseconds).toBeGreaterThanOrEqual(Math.min(retryAfter, policy.maximumDelay));
        },
      ),
    );
  });

  it('does not become shorter with further attempts, but for the jitter', () => {
    fc.assert(
      fc.property(attempts, policies, (attempt, policy) => {
        const [now, next] = [waitAfter(attempt, policy, undefined, 0), waitAfter(attempt + 1, policy, undefined, 0)];
        expect(next.milliseconds).toBeGreaterThanOrEqual(now.milliseconds);
      }),
    );
  });

  it('is what PingOne advises: one second, doubled, with up to 100 ms of jitter', () => {
    const waits = [1, 2, 3, 4].map((attempt) => waitAfter(attempt, defaultRetryPolicy, undefined, 0.5).milliseconds);
    expect(waits).toEqual([1050, 2050, 4050, 8050]);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['2026-01-01T00:00:45.000Z', 45_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026', 2_026_000],
    ['', undefined],
    [undefined, undefined],
    ['99999999999999', undefined],
  ])('%j asks for %j ms', (header, want) => {
    expect(parseRetryAfter(header, now)).toBe(want);
  });

  it('never asks for a negative time, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = parseRetryAfter(header, now);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
    );
  });
});

it.each([
  ['refused', undefined, false],
  ['unknown-host', undefined, false],
  ['timeout', undefined, true],
  ['interrupted', undefined, true],
  [undefined, undefined, true],
  [undefined, 408, true],
  [undefined, 429, false],
  [undefined, 400, false],
  [undefined, 500, true],
  [undefined, 503, true],
] as const)('after %j, status %j, the request may have been processed: %j', (fault, status, want) => {
  expect(mayHaveBeenProcessed(fault, status)).toBe(want);
});
