import Type, { type Static } from 'typebox';
import { RunComparison } from './comparison-schema.ts';
import {
  count,
  described,
  type Frozen,
  flag,
  fromOne,
  maybe,
  milliseconds,
  moment,
  name,
  object,
  targetName,
  text,
  texts,
} from './schema-parts.ts';
import { Diagnosis, StepResult } from './step-schema.ts';

/** The worst of the steps; `interrupted` when the run was ended from outside; `empty` for a shard without a target or a row. */
export const Outcome = Type.Enum(['passed', 'failed', 'error', 'interrupted', 'empty'], {
  description:
    'The worst of the steps; interrupted when the run was ended from outside; empty for a shard without a target or a row.',
});
export type Outcome = Static<typeof Outcome>;

const problem = text('Why the run broke off, when something beside the service went wrong; its outcome is then error.');

/** Where a run went. */
export const Target = object({
  kind: Type.Enum(['simulator', 'given'], {
    description: 'The local simulator that this process started, or an address that was given.',
  }),
  origins: texts('Where the requests go: origins such as `https://api.example.com`.'),
});
export type Target = Frozen<Static<typeof Target>>;

/** Something the run created, or may have created. */
export const CreatedThing = object({
  target: maybe(targetName),
  kind: name,
  name,
  id: maybe(text('Absent while it is not known.')),
  mayExist: maybe(
    Type.Literal(true, { description: 'Its answer was lost and it could not be looked up: it may exist.' }),
  ),
  step: text('Id of the step that created it.'),
  undo: maybe(text('Id of the clean-up step that removes it.')),
  within: maybe(text('Kind of the thing it is removed with.')),
});
export type CreatedThing = Frozen<Static<typeof CreatedThing>>;

/** What became of one thing at clean-up. */
export const CleanUpItem = object({
  target: maybe(targetName),
  kind: name,
  name,
  id: maybe(name),
  status: Type.Enum(['removed', 'absent', 'left'], {
    description: 'absent: it was looked up and was not created, or, with an id, it was gone already.',
  }),
  reason: maybe(text('Why it is left.')),
});
export type CleanUpItem = Frozen<Static<typeof CleanUpItem>>;

/** What became of each thing that clean-up tried to remove, in its order: last created first. */
export const CleanUpResult = object(
  { items: Type.Array(CleanUpItem), complete: flag('All of them are gone.') },
  'What became of each thing that clean-up tried to remove, last created first; absent when it was not asked for.',
);
export type CleanUpResult = Frozen<Static<typeof CleanUpResult>>;

const Counts = {
  steps: object({
    all: count(),
    passed: count(),
    failed: count(),
    error: count(),
    skipped: count(),
    'not-reached': count(),
  }),
  iterations: object(
    { all: count(), passed: count(), failed: count(), error: count() },
    'Iterations by their outcome.',
  ),
};

/** How many of each there are in a result, all iterations together. Every report counts with these. */
export const Totals = object({
  steps: Counts.steps,
  checks: object({ all: count(), passed: count(), failed: count() }),
  matchingSchemas: count('Responses that match their schema.'),
  passedAfterRetry: count('Steps that passed after an attempt that did not.'),
  cleanUp: object(
    { all: count(), removed: count(), absent: count(), left: count() },
    'What clean-up tried to remove; all 0 when it was not asked for.',
  ),
});
export type Totals = Frozen<Static<typeof Totals>>;

/** Percentiles are interpolated (method R-7). */
export const Durations = object(
  {
    count: count(),
    min: Type.Number(),
    p50: Type.Number(),
    p90: Type.Number(),
    p95: Type.Number(),
    p99: Type.Number(),
    max: Type.Number(),
    histogram: Type.Array(object({ from: Type.Number(), to: Type.Number(), count: count() }), {
      description:
        'Intervals from the least to the greatest, of equal width but for the first and the last; `to` is only in the last one.',
    }),
  },
  'How long the answers took, in milliseconds; absent when no iteration reached the step. Percentiles are interpolated (method R-7).',
);
export type Durations = Frozen<Static<typeof Durations>>;

/** How long the answers of a step took in all iterations. */
export const StepStatistics = object({
  id: name,
  name,
  runs: count('All iterations that have the step.'),
  passed: count(),
  skipped: count('Iterations in which a script skipped it.'),
  durations: maybe(Durations),
});
export type StepStatistics = Frozen<Static<typeof StepStatistics>>;

/** Figures of a run of which not all steps are kept. */
export const RunFigures = object(
  {
    iterations: Counts.iterations,
    kept: count('Iterations whose steps are in `steps`: of those that did not pass, the first ones.'),
    totals: Totals,
    statistics: Type.Array(StepStatistics, { description: 'In the order of the plan.' }),
    created: count('How many things were created.'),
  },
  'What all iterations came to; absent when `steps` has all of them.',
);
export type RunFigures = Frozen<Static<typeof RunFigures>>;

/** What a run with iterations had to do, and what came of it. What is missing of `all` was not run. */
export const Rows = object(
  {
    all: count('Iterations that were asked for: of a shard, its own. With a data file, each is of a row.'),
    earlier: count('Of these, how many had passed in the run that was resumed: they were not run again.'),
    passed: count('Of these, how many passed in this run.'),
    failed: count(),
    error: count(),
  },
  'What was to be done in iterations, and what came of it; absent unless iterations were asked for.',
);
export type Rows = Frozen<Static<typeof Rows>>;

/** One of several targets of a run, and how it ended there. */
export const TargetResult = object({
  ...Target.properties,
  name,
  startedAt: moment('ISO 8601, UTC.'),
  durationMs: milliseconds('The run against this target, in milliseconds.'),
  outcome: Outcome,
  problem: maybe(problem),
  cleanedUp: maybe(flag('Whether clean-up left nothing; absent when it was not asked for.')),
  iterations: maybe(fromOne('How often the steps were run there; absent unless iterations were asked for.')),
  rows: maybe(Rows),
  figures: maybe(RunFigures),
});
export type TargetResult = Frozen<Static<typeof TargetResult>>;

/** A part of the targets or rows: the one with this number, from 1, of `count`. */
export const Shard = object({ index: fromOne('Its number, from 1.'), count: fromOne('How many there are.') });
export type Shard = Frozen<Static<typeof Shard>>;

/** What came of an iteration. */
export const IterationResult = object({
  iteration: fromOne('From 1: its place in the data file, also in a shard.'),
  line: maybe(fromOne('Line of the data file on which it begins.')),
  status: Type.Enum(['passed', 'failed', 'error'], {
    description: 'The worst of its steps; a step that a script skipped does not count.',
  }),
  durationMs: milliseconds('In milliseconds.'),
  created: Type.Array(CreatedThing, { description: 'What it created, or may have created.' }),
  failure: maybe(
    object(
      { step: text('Id of the step.'), name, reason: text('What happened.'), diagnosis: maybe(Diagnosis) },
      'The first step that did not pass: what happened, and the likeliest cause.',
    ),
  ),
});
export type IterationResult = Frozen<Static<typeof IterationResult>>;

/** The result of a run: plain data in the order of the plan, complete whatever happened, and free of secrets. */
export const RunResult = object({
  version: Type.Literal(2, { description: 'Version of this format.' }),
  tool: object({ name, version: name }, 'The program that ran it.'),
  collection: object({
    id: name,
    name,
    folder: maybe(text('Folder of the definition, as it was named; absent for one that was made in memory.')),
    descriptions: maybe(Type.Record(name, name, { description: 'What the steps are for, Markdown, by their ids.' })),
  }),
  target: described(Target, 'Where the run went.'),
  startedAt: moment('ISO 8601, UTC.'),
  durationMs: milliseconds('The whole run, in milliseconds.'),
  outcome: Outcome,
  problem: maybe(problem),
  iterations: fromOne('How often the steps were run; 1 unless iterations were asked for.'),
  steps: Type.Array(StepResult, {
    description:
      'Every step of the plan, also those that were not reached, iteration after iteration; steps that run once belong to the first (of a shard, to the first of its own). Of many iterations only those of which details are kept, see `figures`.',
  }),
  rows: maybe(Rows),
  figures: maybe(RunFigures),
  renewals: texts('Times a new token was obtained, with the reason.'),
  created: Type.Array(CreatedThing, {
    description: 'What the run created, or may have created, first created first.',
  }),
  cleanUp: maybe(CleanUpResult),
  comparison: maybe(
    described(RunComparison, 'How the run compares with those before it; absent when no history is kept.'),
  ),
  targets: maybe(
    Type.Array(TargetResult, {
      description: 'Each target with how it ended, in order; absent for a run against one place.',
    }),
  ),
  shard: maybe(
    described(
      Shard,
      'Which part this is, when targets or rows were divided among several runs: of the targets when there are `targets`, else of the rows.',
    ),
  ),
  missingShards: maybe(
    Type.Array(Type.Integer({ minimum: 1 }), {
      description: 'Numbers of the shards of which there was no result, when results were put together.',
    }),
  ),
});
export type RunResult = Frozen<Static<typeof RunResult>>;
