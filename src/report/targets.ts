import type { RunResult, TargetResult } from '../run/result/result.ts';
import { passedWords } from './statistics.ts';
import { counted, duration, ofTarget } from './text/words.ts';
import { isGood, outcomeWords, totalsOf } from './totals.ts';

/** How several targets and shards are told, in words that every report uses. */

/** Where the requests went, to be read after "against". */
export function targetWords({ target, targets }: RunResult): string {
  if (targets) return `${counted(targets.length, 'target')}${namesOf(targets)}`;
  return `${target.kind === 'simulator' ? 'the simulator at ' : ''}${target.origins.join(', ')}`;
}

function namesOf(targets: readonly TargetResult[]): string {
  return targets.length === 0 ? '' : `: ${targets.map(({ name }) => name).join(', ')}`;
}

/** What is to be said of shards: which one it is, that it had no target or row, and which ones are missing. */
export function shardLines(result: RunResult): string[] {
  const { shard, outcome } = result;
  const number = shard && `Shard ${shard.index} of ${shard.count}`;
  return [
    ...(number === undefined
      ? []
      : [outcome === 'empty' ? `${number} has no ${result.targets ? 'target' : 'row'}: nothing was run` : number]),
    ...missingShardLines(result),
  ];
}

/** A sentence for each shard of which there was no result. */
export function missingShardLines({ missingShards = [], targets }: RunResult): string[] {
  const parts = targets ? 'targets' : 'rows';
  return missingShards.map((index) => `Shard ${index} is missing: its ${parts} are not in this report`);
}

/** Why the run broke off, or did at a target: a sentence for each place. */
export function problemLines(result: RunResult): string[] {
  return [result, ...(result.targets ?? [])].flatMap((place) =>
    place.problem === undefined ? [] : [ofTarget({ target: 'name' in place ? place.name : undefined }, place.problem)],
  );
}

/** Heads of the columns of `targetCells`. */
export const targetHead = ['Target', 'Result', 'Steps', 'Checks', 'Time', 'Origins'] as const;

/** A target with how it ended there, for a table. */
export interface TargetRow {
  readonly good: boolean;
  /** In the order of `targetHead`. */
  readonly cells: readonly string[];
}

/** A row for each target; none for a run against one place. */
export function targetRows(result: RunResult): TargetRow[] {
  return (result.targets ?? []).map((target) => {
    const { name, durationMs, origins, kind } = target;
    const part = partOf(result, name);
    const ended = asResult(target);
    const { steps, checks } = totalsOf(part);
    return {
      good: isGood(ended),
      cells: [
        name,
        outcomeWords(ended),
        passedWords({ ...steps, runs: steps.all }),
        `${checks.passed} of ${checks.all}`,
        duration(durationMs),
        `${kind === 'simulator' ? 'simulator ' : ''}${origins.join(' ')}`,
      ],
    };
  });
}

/** What a result tells of one target; the whole of it when it has only one. */
export function partOf(result: RunResult, name: string | undefined): RunResult {
  const target = result.targets?.find((candidate) => candidate.name === name);
  if (!target) return result;
  const isThere = (item: { readonly target?: string }) => item.target === name;
  const { cleanUp, steps, created, renewals, rows: _, figures: __, ...whole } = result;
  const { kind, origins, startedAt, durationMs, outcome, problem, cleanedUp, iterations = 1, rows, figures } = target;
  return {
    ...whole,
    target: { kind, origins },
    startedAt,
    durationMs,
    outcome,
    ...(problem !== undefined && { problem }),
    iterations,
    ...(rows && { rows }),
    ...(figures && { figures }),
    steps: steps.filter(isThere),
    renewals: renewals.filter((because) => because.startsWith(`[${name}] `)),
    created: created.filter(isThere),
    ...(cleanUp &&
      cleanedUp !== undefined && { cleanUp: { items: cleanUp.items.filter(isThere), complete: cleanedUp } }),
  };
}

/** The parts of a result: one for each target, or the whole when there is one. */
export function partsOf(result: RunResult): { readonly name: string | undefined; readonly part: RunResult }[] {
  if (!result.targets) return [{ name: undefined, part: result }];
  return result.targets.map(({ name }) => ({ name, part: partOf(result, name) }));
}

/** What the words of an outcome are made from. */
function asResult({ outcome, cleanedUp }: TargetResult): Pick<RunResult, 'outcome' | 'cleanUp'> {
  return { outcome, ...(cleanedUp !== undefined && { cleanUp: { items: [], complete: cleanedUp } }) };
}

/** A line for a target that is done: `[eu] passed in 1.3 s`. */
export function targetLine(target: TargetResult): string {
  return `[${target.name}] ${outcomeWords(asResult(target))} in ${duration(target.durationMs)}`;
}

/** Whether all is as it should be at a target. */
export function isGoodTarget(target: TargetResult): boolean {
  return isGood(asResult(target));
}
