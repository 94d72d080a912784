import { rollups, sum } from 'd3-array';
import { mergeDurations } from './merge-durations.ts';
import type { Rows, RunFigures, RunResult, StepStatistics, Totals } from './result.ts';
import { iterationCounts, tallyOf } from './tally.ts';

/** Whether iterations were asked for; reports of earlier versions do not say so of a run with one. */
export function hasIterations({ rows, iterations }: Pick<RunResult, 'rows' | 'iterations'>): boolean {
  return rows !== undefined || iterations > 1;
}

/** What all of the results had to do in iterations, and what came of it; nothing when none had any. */
export function mergeRows(results: readonly RunResult[]): { readonly rows?: Rows; readonly iterations: number } {
  if (!results.some(hasIterations)) return { iterations: 1 };
  const rows = added(results.map((result) => result.rows ?? { earlier: 0, ...iterationCounts(result) }));
  return { rows, iterations: Math.max(1, rows.passed + rows.failed + rows.error) };
}

/** The figures of all results; undefined when each has all of its steps, from which they can be made. */
export function mergeFigures(results: readonly RunResult[]): RunFigures | undefined {
  if (results.every(({ figures }) => figures === undefined)) return undefined;
  const figures = results.map((result) => result.figures ?? figuresOf(result));
  return {
    iterations: added(figures.map(({ iterations }) => iterations)),
    kept: sum(figures, ({ kept }) => kept),
    totals: mergeTotals(figures.map(({ totals }) => totals)),
    statistics: rollups(
      figures.flatMap(({ statistics }) => statistics),
      mergeStatistics,
      ({ id }) => id,
    ).map(([, statistics]) => statistics),
    created: sum(figures, ({ created }) => created),
  };
}

/** The figures of a result that has all of its steps. */
function figuresOf(result: RunResult): RunFigures {
  const iterations = iterationCounts(result);
  const tally = tallyOf(result);
  return {
    iterations,
    kept: iterations.all,
    totals: tally.totals(),
    statistics: tally.statistics(),
    created: result.created.length,
  };
}

function mergeTotals(all: readonly Totals[]): Totals {
  return {
    steps: added(all.map(({ steps }) => steps)),
    checks: added(all.map(({ checks }) => checks)),
    matchingSchemas: sum(all, ({ matchingSchemas }) => matchingSchemas),
    passedAfterRetry: sum(all, ({ passedAfterRetry }) => passedAfterRetry),
    cleanUp: added(all.map(({ cleanUp }) => cleanUp)),
  };
}

/** What a step came to in all results. */
function mergeStatistics(all: readonly StepStatistics[]): StepStatistics {
  const durations = all.flatMap((one) => one.durations ?? []);
  return {
    id: all[0]?.id ?? '',
    name: all[0]?.name ?? '',
    ...added(all.map(({ runs, passed, skipped }) => ({ runs, passed, skipped }))),
    ...(durations.length > 0 && { durations: mergeDurations(durations) }),
  };
}

/** Numbers of the same names, added up. There must be some. */
function added<Numbers extends Readonly<Record<string, number>>>(all: readonly Numbers[]): Numbers {
  const names = Object.keys(all[0] ?? {}) as (keyof Numbers)[];
  return Object.fromEntries(names.map((name) => [name, sum(all, (numbers) => numbers[name])])) as Numbers;
}
