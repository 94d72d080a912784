import { hasIterations, mergeFigures, mergeRows } from './merge-figures.ts';
import type { CleanUpResult, Outcome, RunResult, Shard, StepResult, Target, TargetResult } from './result.ts';
import { tallyOf } from './tally.ts';

/** The result of a run against one target, or one that has several targets in it already. */
export interface NamedResult {
  /** Name of its target; that of a result with several comes from itself, and shards of rows are of one. */
  readonly name: string;
  readonly result: RunResult;
}

/** From the best to the worst. */
const ranks: readonly Outcome[] = ['empty', 'passed', 'failed', 'error', 'interrupted'];

/**
 * Puts results of one collection together: the targets one after the other, each step with the name of its target, the worst
 * outcome, and times from the start of the first to the end of the last. Shards of rows (`isOfRows`) become the run against their
 * one target. Iterations and their figures are added up. `shard` is which part of the targets it is. What is missing of the shards
 * that the results are of makes the outcome at least `error`. How a single run compares with its history is left out. There must
 * be a result; shards of rows, and other results, cannot be put together.
 */
export function mergeResults(parts: readonly NamedResult[], shard?: Shard): RunResult {
  const [first] = parts;
  if (!first) throw new RangeError('there is no result to merge');
  const { version, tool, collection } = first.result;
  const results = parts.every(({ result }) => isOfRows(result))
    ? parts.map(({ result }) => result)
    : parts.map(withTargets);
  const start = Math.min(...results.map(startOf));
  const end = Math.max(...results.map((result) => startOf(result) + result.durationMs));
  const targets = results.flatMap((result) => result.targets ?? []);
  const ofRows = results.filter(({ targets: own }) => own === undefined);
  const missing = missingShards(parts.map(({ result }) => result));
  const steps = results.flatMap((result) => result.steps.map((step) => later(step, startOf(result) - start)));
  const cleanUp = mergedCleanUp(results);
  const problem = mergedProblem(ofRows);
  const figures = mergeFigures(results);
  return {
    version,
    tool,
    collection,
    target: mergedTarget([...targets, ...ofRows.map(({ target }) => target)], first.result.target),
    startedAt: new Date(start).toISOString(),
    durationMs: end - start,
    outcome: worstOf([
      ...targets.map(({ outcome }) => outcome),
      ...ofRows.map(ownOutcome),
      ...(missing.length > 0 ? ['error' as const] : []),
    ]),
    ...(problem !== undefined && { problem }),
    ...mergeRows(results),
    steps: ofRows.length > 0 ? steps.toSorted((one, other) => one.iteration - other.iteration) : steps,
    ...(figures && { figures }),
    renewals: results.flatMap(({ renewals }) => renewals),
    created: results.flatMap(({ created }) => created),
    ...(cleanUp && { cleanUp }),
    ...(ofRows.length === 0 && { targets }),
    ...(shard && { shard }),
    ...(missing.length > 0 && { missingShards: missing }),
  };
}

/** Whether a result is that of a shard of the rows, or was put together from such and is not whole. */
export function isOfRows({ shard, missingShards, targets }: RunResult): boolean {
  return targets === undefined && (shard !== undefined || missingShards !== undefined);
}

/** The result of a shard that has no target: nothing was run, which is no fault. */
export function emptyResult(
  { tool, collection, startedAt }: Pick<RunResult, 'tool' | 'collection' | 'startedAt'>,
  shard: Shard,
): RunResult {
  return {
    version: 2,
    tool,
    collection,
    startedAt,
    target: { kind: 'given', origins: [] },
    durationMs: 0,
    outcome: 'empty',
    iterations: 1,
    steps: [],
    renewals: [],
    created: [],
    targets: [],
    shard,
  };
}

/** A target, with how the run against it ended. */
export function targetResultOf(name: string, result: RunResult): TargetResult {
  const { target, startedAt, durationMs, outcome, problem, cleanUp, iterations, rows, figures } = result;
  return {
    ...target,
    name,
    startedAt,
    durationMs,
    outcome,
    ...(problem !== undefined && { problem }),
    ...(cleanUp && { cleanedUp: cleanUp.complete }),
    ...(hasIterations(result) && { iterations }),
    ...(rows && { rows }),
    ...(figures && { figures }),
  };
}

/** Where a run with these targets goes, all together. */
export function mergedTarget(targets: readonly Target[], otherwise: Target = { kind: 'given', origins: [] }): Target {
  if (targets.length === 0) return otherwise;
  return {
    kind: targets.every(({ kind }) => kind === 'simulator') ? 'simulator' : 'given',
    origins: [...new Set(targets.flatMap(({ origins }) => origins))],
  };
}

/** The result with its target written into everything that is of it. */
function withTargets({ name, result }: NamedResult): RunResult {
  if (result.targets) return result;
  const named = <T extends object>(item: T) => ({ ...item, target: name });
  return {
    ...result,
    steps: result.steps.map(named),
    renewals: result.renewals.map((because) => `[${name}] ${because}`),
    created: result.created.map(named),
    ...(result.cleanUp && { cleanUp: { ...result.cleanUp, items: result.cleanUp.items.map(named) } }),
    targets: [targetResultOf(name, result)],
  };
}

function startOf({ startedAt }: RunResult): number {
  return Date.parse(startedAt);
}

/** A step whose times count from a start that was `by` milliseconds earlier. */
function later(step: StepResult, by: number): StepResult {
  const moved = <T extends { readonly startMs?: number }>(item: T): T =>
    item.startMs === undefined ? item : { ...item, startMs: item.startMs + by };
  return by === 0 ? step : { ...moved(step), attempts: step.attempts.map(moved) };
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  return ranks[Math.max(0, ...outcomes.map((outcome) => ranks.indexOf(outcome)))] ?? 'empty';
}

/** The outcome of shards of rows, also of some of which others are missing: that made their outcome an error. */
function ownOutcome(result: RunResult): Outcome {
  if (result.missingShards === undefined) return result.outcome;
  const { steps } = result.figures?.totals ?? tallyOf(result).totals();
  if (result.problem !== undefined || steps.error > 0) return 'error';
  return steps.failed > 0 || steps['not-reached'] > 0 ? 'failed' : 'passed';
}

/** Why shards broke off. */
function mergedProblem(results: readonly RunResult[]): string | undefined {
  const problems = results.flatMap(({ problem, shard }) =>
    problem === undefined ? [] : [shard ? `shard ${shard.index}: ${problem}` : problem],
  );
  return problems.length === 0 ? undefined : problems.join('; ');
}

function mergedCleanUp(results: readonly RunResult[]): CleanUpResult | undefined {
  const all = results.flatMap(({ cleanUp }) => cleanUp ?? []);
  if (all.length === 0) return undefined;
  return { items: all.flatMap(({ items }) => items), complete: all.every(({ complete }) => complete) };
}

/** Shards that the results know of and none of them holds. */
function missingShards(results: readonly RunResult[]): number[] {
  const known = results.flatMap(({ shard, missingShards = [] }) => [shard?.count ?? 0, ...missingShards]);
  const numbers = Array.from({ length: Math.max(0, ...known) }, (_, index) => index + 1);
  return numbers.filter((number) => !results.some((result) => holds(result, number)));
}

/** Whether a result is this shard, or was put together from it and others. */
function holds({ shard, missingShards }: RunResult, number: number): boolean {
  if (shard) return shard.index === number;
  return missingShards !== undefined && !missingShards.includes(number);
}
