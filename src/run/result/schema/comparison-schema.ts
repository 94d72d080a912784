import Type, { type Static } from 'typebox';
import { count, described, type Frozen, maybe, milliseconds, name, object, text, texts } from './schema-parts.ts';

/** An operation of a JSON Patch (RFC 6902). */
export const PatchOperation = object({
  op: Type.Enum(['add', 'replace', 'remove']),
  path: name,
  value: maybe(Type.Unknown()),
});
export type PatchOperation = Frozen<Static<typeof PatchOperation>>;

/** A field of a response that appeared, vanished or changed its type, or has a value that its schema does not know. */
export const Drift = object({
  step: text('Id of the step.'),
  name,
  path: text('JSON pointer into the body, with `*` for any item of an array.'),
  change: Type.Enum(['appeared', 'vanished', 'retyped', 'new-value']),
  before: texts('Types so far; empty when it appeared. Of a new value: the values that the schema knows.'),
  now: texts('Types now; empty when it vanished. Of a new value: the value.'),
  schema: maybe(
    object(
      { file: name, patch: Type.Array(PatchOperation, { description: 'A JSON Patch (RFC 6902).' }) },
      'What to change in the schema when this is meant to be; absent when there is nothing to change.',
    ),
  ),
});
export type Drift = Frozen<Static<typeof Drift>>;

/** A step in the runs that are looked at. Times in milliseconds, from sending to the end of the answer. */
export const StepTrend = object({
  id: name,
  name,
  runs: count('Runs that reached it.'),
  passed: count(),
  flaky: count('Runs in which it passed, but not at the first attempt.'),
  retried: maybe(
    object(
      { attempt: Type.Integer({ minimum: 2 }), because: name },
      'The attempt at which it passed in this run, when that was not the first; and why there was another.',
    ),
  ),
  p50: maybe(
    milliseconds('Median of the answers of runs in which it passed, in milliseconds; absent when there is none.'),
  ),
  p95: maybe(milliseconds('95th percentile of these.')),
  trend: maybe(
    object(
      { recent: milliseconds('Median of the last ten.'), before: milliseconds('Median of up to ten before them.') },
      'Absent while there are too few.',
    ),
  ),
});
export type StepTrend = Frozen<Static<typeof StepTrend>>;

/** A run beside those of its history. */
export const RunComparison = object(
  {
    runs: count('Runs that are looked at, this one included.'),
    passedRuns: count(),
    steps: described(Type.Array(StepTrend), 'Each step of the collection, in its order.'),
    drift: described(Type.Array(Drift), 'Responses that have another shape than in the good runs before.'),
    note: maybe(text('Why the history was begun anew.')),
  },
  'This run beside those of its history.',
);
export type RunComparison = Frozen<Static<typeof RunComparison>>;
