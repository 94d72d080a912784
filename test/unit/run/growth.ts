import { expect } from 'vitest';

/** Four times the work may take so many times as long: linear is 4, quadratic 16. */
const mostGrowth = 10;

/** What is done sooner than this, in milliseconds, is fast enough whatever its growth. */
const floor = 60;

/**
 * Expects that the time of what `prepare` makes for a size grows with that size, not with its square. The best of several
 * measurements counts, so that a busy machine does not matter. `what` is named when it does not hold.
 */
export function expectLinear(what: string, prepare: (size: number) => () => unknown, size = 16_000): void {
  const best = { small: Number.POSITIVE_INFINITY, large: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 6; round += 1) {
    best.large = Math.min(best.large, timeOf(prepare(4 * size)));
    if (best.large < floor) return;
    best.small = Math.min(best.small, timeOf(prepare(size)));
    if (best.large < mostGrowth * best.small) return;
  }
  expect.fail(`${what}: ${best.small} ms for ${size}, ${best.large} ms for ${4 * size}`);
}

function timeOf(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
