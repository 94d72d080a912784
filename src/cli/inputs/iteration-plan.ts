import { resolve } from 'node:path';
import type { Definition } from '../../definition/definition.ts';
import type { DataFileFacts } from '../../environment/data/data-file.ts';
import { UsageError } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import type { IterationRow } from '../../run/iterations/iteration.ts';
import type { IterationPlan } from '../../run/iterations/lanes.ts';
import type { LedgerContent } from '../../run/ledger/read-ledger.ts';
import type { Shard } from '../../run/result/result.ts';
import { isRowOf, isSameShard, rowsOfShard } from '../../run/result/shard.ts';
import { boundHeap } from '../../start/heap.ts';
import { longFlag, type OptionsOfGroup } from '../options/option-table.ts';
import { runOptions } from '../options/run-options.ts';
import { openResultsFile, type ResultsFile } from '../outputs/results-file.ts';
import type { World } from '../world.ts';

export type IterationOptions = OptionsOfGroup<typeof runOptions, 'many iterations' | 'many machines'>;

/** The iterations that were asked for. */
export interface OpenPlan {
  readonly plan: IterationPlan;
  /** What the ledger remembers of it, so that a resumed run is the same. */
  readonly recorded: NonNullable<LedgerContent['run']['iterations']>;
  close(): void;
}

/**
 * Reads the whole data file, if there is one, before anything is sent. Throws `UsageError` with everything that is wrong in it, or
 * in the options.
 */
export async function checkIterations(
  definition: Definition,
  options: IterationOptions & { readonly history?: string },
  { cwd }: World,
): Promise<DataFileFacts | undefined> {
  const { data, iterations } = options;
  if (data === undefined && iterations === undefined) refuseAlone(options);
  else if (options.history !== undefined)
    throw new UsageError('--history compares runs without iterations; leave it out, or --iterations and --data');
  if (definition.iterations === 'shared') refuseLanes(options);
  if (data === undefined) return undefined;
  // What reads data files is loaded for those who have one.
  const { checkDataFile } = await import('../../environment/data/data-file.ts');
  return checkDataFile(resolve(cwd, data), data, definition);
}

/**
 * Makes the plan of the iterations; undefined when none were asked for. `checked` is what `checkIterations` gave, `earlier` the
 * run that is resumed. Throws `UsageError` with what is wrong.
 */
export async function openPlan(
  definition: Definition,
  options: IterationOptions,
  checked: DataFileFacts | undefined,
  earlier: LedgerContent | undefined,
  world: World,
): Promise<OpenPlan | undefined> {
  const { data, iterations, processes = 1, concurrency = processes, everyStep = false, bail, shard } = options;
  if (data === undefined && iterations === undefined) return undefined;
  if (earlier && options.results === undefined)
    throw new UsageError('which iterations are done is in the results file of the run: name it with --results');
  if (concurrency < processes)
    throw new UsageError(
      `--processes ${processes} is more than --concurrency ${concurrency}, and some would have nothing to do`,
    );
  const file = data === undefined ? undefined : resolve(world.cwd, data);
  const total = totalOf(options, checked);
  const own = rowsOfShard(total, shard);
  warnWhenEmpty(total, shard, world);
  const recorded = { total, everyStep, ...(checked && { data: checked.sha256 }), ...(shard && { shard }) };
  if (earlier) refuseOther(earlier, recorded, data);
  const results =
    options.results === undefined ? undefined : openOwnResults(options.results, shard, earlier !== undefined, world);
  const workers = processes > 1 && own > 0 ? await startProcesses(Math.min(processes, own)) : undefined;
  return {
    recorded,
    plan: {
      total,
      ...(shard && { shard }),
      concurrency: Math.max(1, Math.min(concurrency, own)),
      everyStep,
      ...(workers && { workers }),
      ...(file !== undefined &&
        data !== undefined && {
          rows: rowsOf(file, data, definition, total),
          findOtherRow: (row, variables) => findOtherRow(rowsOf(file, data, definition, total), row, variables),
        }),
      ...(checked && { variables: checked.variables }),
      ...(bail !== undefined && { bail: bail === true ? 1 : bail }),
      ...(results && { finished: results.finished }),
      onResult: (result) => {
        // With the first, everything is loaded.
        boundHeap(world.keepCode);
        results?.append(result);
      },
    },
    close: () => results?.close(),
  };
}

/** How many iterations there are, in all shards together. Throws `UsageError` when the file has fewer rows than were asked for. */
function totalOf({ data, iterations = Infinity }: IterationOptions, checked: DataFileFacts | undefined): number {
  if (checked && iterations !== Infinity && iterations > checked.count)
    throw new UsageError(`${data} has ${checked.count} rows, fewer than --iterations ${iterations}`);
  return Math.min(iterations, checked?.count ?? Infinity);
}

/** Opens the results file, which must hold no row of another shard. */
function openOwnResults(path: string, shard: Shard | undefined, resume: boolean, { cwd }: World): ResultsFile {
  const results = openResultsFile(path, resume, cwd);
  const foreign = [...results.finished].find((row) => !isRowOf(row, shard));
  if (foreign === undefined) return results;
  results.close();
  throw new UsageError(
    `${path} holds iteration ${foreign}, which is of another shard; name the results file of this one`,
  );
}

/** Tells of a shard that has no row: there are more shards than rows. */
function warnWhenEmpty(total: number, shard: Shard | undefined, { stderr }: World): void {
  if (!shard || rowsOfShard(total, shard) > 0) return;
  stderr.write(
    `warning: shard ${shard.index}/${shard.count} has no row, since there ${total === 1 ? 'is' : 'are'} ${counted(total, 'row')}: nothing is run\n`,
  );
}

async function startProcesses(count: number): Promise<IterationPlan['workers']> {
  const { startWorkerProcesses } = await import('../start-workers.ts');
  return startWorkerProcesses(count);
}

/** The first other row in which these variables have the same values. */
async function findOtherRow(
  rows: AsyncIterable<IterationRow>,
  { number, values }: IterationRow,
  variables: readonly string[],
): Promise<IterationRow | undefined> {
  for await (const row of rows)
    if (row.number !== number && variables.every((name) => row.values[name] === values[name])) return row;
  return undefined;
}

async function* rowsOf(
  file: string,
  shown: string,
  definition: Definition,
  total: number,
): AsyncGenerator<IterationRow, void> {
  const { readDataFile } = await import('../../environment/data/data-file.ts');
  for await (const row of readDataFile(file, shown, definition)) {
    if (row.number > total) return;
    yield row;
  }
}

function refuseAlone(options: IterationOptions): void {
  const needing = ['concurrency', 'processes', 'bail', 'everyStep', 'results'] as const;
  const alone = needing.filter((name) => options[name] !== undefined);
  if (alone.length > 0)
    throw new UsageError(`${alone.map((name) => longFlag(runOptions[name])).join(', ')} needs --iterations or --data`);
}

/** Values that carry over from one iteration to the next leave room for one at a time, in one place. */
function refuseLanes({ concurrency = 1, processes = 1, shard }: IterationOptions): void {
  const flags = [
    ...(concurrency > 1 ? ['--concurrency'] : []),
    ...(processes > 1 ? ['--processes'] : []),
    ...(shard ? ['--shard'] : []),
  ];
  if (flags.length > 0)
    throw new UsageError(
      `${flags.join(' and ')}: in this collection values carry over from one iteration to the next, so one runs at a time; ` +
        'leave it out, or write "iterations: separate" into collection.yaml',
    );
}

function refuseOther({ file, run }: LedgerContent, recorded: OpenPlan['recorded'], data: string | undefined): void {
  if (!run.iterations) throw new UsageError(`the run of ${file} had no iterations; resume it without them`);
  if (run.iterations.data !== recorded.data)
    throw new UsageError(`${data ?? '--data'} is not what the run of ${file} was begun with: it has changed since`);
  if (!isSameShard(run.iterations.shard, recorded.shard)) {
    const { shard } = run.iterations;
    throw new UsageError(
      `the run of ${file} was begun ${shard ? `with --shard ${shard.index}/${shard.count}` : 'without --shard'}`,
    );
  }
  if (run.iterations.total !== recorded.total || run.iterations.everyStep !== recorded.everyStep)
    throw new UsageError(`the run of ${file} was begun with other --iterations or --every-step`);
}
