import type { Measurement } from './measure.ts';
import type { Runs } from './rounds.ts';
import { ratiosTo, type Spread, spreadOf } from './statistics.ts';

/** What can be compared of runs. */
export type Quantity = 'wallSeconds' | 'cpuSeconds' | 'peakMebibytes';

/** The runs of one contestant in figures, and beside the reference. */
export interface Figures {
  readonly name: string;
  readonly rounds: number;
  readonly values: Readonly<Record<Quantity, Spread>>;
  /** Of the reference's in the same round; all 1 for the reference itself. */
  readonly ratios: Readonly<Record<Quantity, Spread>>;
}

/** Figures of all, beside the one that is named; the first one by default. */
export function figuresOf(all: readonly Runs[], reference = all[0]?.name): Figures[] {
  const beside = all.find(({ name }) => name === reference);
  if (!beside) throw new RangeError(`there is no ${reference} to compare with`);
  return all.map(({ name, runs }) => ({
    name,
    rounds: runs.length,
    values: each((quantity) => spreadOf(valuesOf(runs, quantity))),
    ratios: each((quantity) => spreadOf(ratiosTo(valuesOf(runs, quantity), valuesOf(beside.runs, quantity)))),
  }));
}

function each<Result>(make: (quantity: Quantity) => Result): Record<Quantity, Result> {
  return {
    wallSeconds: make('wallSeconds'),
    cpuSeconds: make('cpuSeconds'),
    peakMebibytes: make('peakMebibytes'),
  };
}

function valuesOf(runs: readonly Measurement[], quantity: Quantity): number[] {
  return runs.map((run) => run[quantity]);
}
