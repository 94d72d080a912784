import { Ajv } from 'ajv';
import { median, quantile } from 'd3-array';
import Type, { type Static } from 'typebox';
import type { Definition, Step } from '../../definition/definition.ts';
import { schemaFile } from '../../definition/schemas/schema-places.ts';
import { parseJson } from '../result/parse-json.ts';
import {
  compareShapes,
  type Field,
  mergeShapes,
  readField,
  type Shape,
  type ShapeChange,
  writeField,
} from '../result/response-shape.ts';
import type { Drift, RunComparison, RunResult, StepResult, StepTrend } from '../result/result.ts';
import { isDeclaredOptional, isDocumented, schemaPatch } from './schema-patch.ts';

/**
 * The history: what a run leaves for the ones after it, in one small file. It holds names of steps, outcomes, durations and
 * the shapes of responses; no value of a response, no id of a thing and no secret.
 */

const closed = { additionalProperties: false } as const;
const name = Type.String({ maxLength: 1000 });
const whole = Type.Integer({ minimum: 0 });

const PastStep = Type.Object(
  {
    id: name,
    status: Type.Enum(['passed', 'failed', 'error', 'not-reached']),
    /** Attempts, the last one included; 0 when it was not reached. */
    attempts: whole,
    /** Milliseconds from sending to the end of the answer. */
    ms: Type.Number({ minimum: 0 }),
  },
  closed,
);
const PastRun = Type.Object(
  {
    at: name,
    outcome: Type.Enum(['passed', 'failed', 'error', 'interrupted', 'empty']),
    steps: Type.Array(PastStep, { maxItems: 10_000 }),
  },
  closed,
);
const KnownShape = Type.Object(
  {
    step: name,
    /** Lines as `writeField` makes them, each followed by the number of good runs that have seen the field. */
    fields: Type.Array(Type.Tuple([Type.String({ maxLength: 10_000 }), whole]), { maxItems: 10_000 }),
  },
  closed,
);
const CollectionHistory = Type.Object(
  { collection: name, runs: Type.Array(PastRun), shapes: Type.Array(KnownShape) },
  closed,
);
const HistorySchema = Type.Object({ version: Type.Literal(1), collections: Type.Array(CollectionHistory) }, closed);

export type History = Static<typeof HistorySchema>;
type CollectionHistory = Static<typeof CollectionHistory>;
type PastRun = Static<typeof PastRun>;
type PastStep = Static<typeof PastStep>;
type KnownShape = Static<typeof KnownShape>;

/** Runs of a collection that are kept; the oldest go first. */
export const keptRuns = 200;
/** Runs whose median is compared with that of as many before them. */
const trendRuns = 10;
/** A median of fewer durations says too little. */
const fewestForTrend = 5;
/** A field that the schema lets be missing is missed only when so many good runs had it, and none lacked it. */
const runsToRelyOn = 3;
/** No history of this program is larger, in characters. */
const largest = 8_000_000;

export const emptyHistory: History = { version: 1, collections: [] };

let compiled: ((data: unknown) => boolean) | undefined;

/** The schema is compiled when a history is read, which few runs do. */
function isHistory(data: unknown): boolean {
  compiled ??= new Ajv({ strict: false }).compile(HistorySchema);
  return compiled(data);
}

/** Reads the text of a history; says why when it is not one that this version knows. */
export function parseHistory(text: string): History | { readonly broken: string } {
  if (text.length > largest) return { broken: 'it is larger than a history can be' };
  const data = parseJson(text) as History | undefined;
  if (data === undefined) return { broken: 'it is not JSON, or was cut off' };
  if (isHistory(data)) return data as History;
  const version = (data as { version?: unknown } | null)?.version;
  const isOther = typeof version === 'number' && version !== 1;
  return { broken: isOther ? `it has version ${version}; this program knows version 1` : 'it is not a history' };
}

/** Whether a text that is no history was one before it was damaged: it begins as `renderHistory` writes it. */
export function beginsAsHistory(text: string): boolean {
  const beginning = '{"version": ';
  return beginning.startsWith(text.slice(0, beginning.length));
}

/** The text of a history: a line for each run, and for each field. */
export function renderHistory({ version, collections }: History): string {
  const lines = (items: readonly unknown[], indent: string) =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`;
  const shape = ({ step, fields }: KnownShape) =>
    `      {"step": ${JSON.stringify(step)}, "fields": ${lines(fields, '      ')}}`;
  const one = ({ collection, runs, shapes }: CollectionHistory) =>
    [
      `  {"collection": ${JSON.stringify(collection)},`,
      `    "runs": ${lines(runs, '    ')},`,
      `    "shapes": [${shapes.length === 0 ? '' : `\n${shapes.map(shape).join(',\n')}\n    `}]}`,
    ].join('\n');
  return `{"version": ${version}, "collections": [${collections.length === 0 ? '' : `\n${collections.map(one).join(',\n')}\n`}]}\n`;
}

/** The history with this run in it: the last `keptRuns`, and what is known of the shapes when the step passed. */
export function withRun(history: History, result: RunResult): History {
  const id = result.collection.id;
  const before = historyOf(history, id);
  const shapes = result.steps
    .filter(({ status, shape }) => status === 'passed' && shape !== undefined)
    .reduce<readonly KnownShape[]>((known, step) => withShape(known, step), before.shapes);
  const run: PastRun = { at: result.startedAt, outcome: result.outcome, steps: result.steps.flatMap(toPastStep) };
  const after: CollectionHistory = {
    collection: id,
    runs: [...before.runs, run].slice(-keptRuns),
    shapes: [...shapes],
  };
  return {
    version: 1,
    collections: [...history.collections.filter(({ collection }) => collection !== id), after],
  };
}

function historyOf({ collections }: History, id: string): CollectionHistory {
  return collections.find(({ collection }) => collection === id) ?? { collection: id, runs: [], shapes: [] };
}

/** What is remembered of a step: nothing of one that a script skipped, so that trends are of the runs in which it was wanted. */
function toPastStep({ id, status, attempts, response, durationMs }: StepResult): PastStep[] {
  if (status === 'skipped') return [];
  const reached = status !== 'not-reached';
  const ms = Math.round(response?.durationMs ?? durationMs);
  return [{ id, status, attempts: reached ? attempts.length + 1 : 0, ms }];
}

function withShape(known: readonly KnownShape[], { id, shape }: StepResult): KnownShape[] {
  const now = readShape(shape ?? []);
  const earlier = known.find(({ step }) => step === id);
  const merged = earlier ? mergeShapes(knownFields(earlier), now) : now;
  const counts = new Map(earlier?.fields.map(([line, seen]) => [readField(line)?.path, seen]));
  const present = new Set(now.map(({ path }) => path));
  const fields = merged.map((field): KnownShape['fields'][number] => [
    writeField(field),
    Math.min((counts.get(field.path) ?? 0) + (present.has(field.path) ? 1 : 0), keptRuns),
  ]);
  return [...known.filter(({ step }) => step !== id), { step: id, fields }];
}

function knownFields({ fields }: KnownShape): Shape {
  return readShape(fields.map(([line]) => line));
}

function readShape(lines: readonly string[]): Shape {
  return lines.map(readField).filter((field): field is Field => field !== undefined);
}

/** Compares a run with those before it in its history. `note` says why the history was begun anew. */
export function compareWithHistory(
  history: History,
  result: RunResult,
  definition: Definition,
  note?: string,
): RunComparison {
  const before = historyOf(history, result.collection.id);
  const { runs } = historyOf(withRun(history, result), result.collection.id);
  return {
    runs: runs.length,
    passedRuns: runs.filter(({ outcome }) => outcome === 'passed').length,
    steps: definition.steps.map((step) => trendOf(step, runs, result)),
    drift: result.steps.filter(({ iteration }) => iteration === 1).flatMap((step) => driftOf(step, before, definition)),
    ...(note !== undefined && { note }),
  };
}

function trendOf({ id, name: title }: Step, runs: readonly PastRun[], result: RunResult): StepTrend {
  const past = runs.map(({ steps }) => steps.filter((step) => step.id === id && step.status !== 'not-reached'));
  const passed = past.flat().filter(({ status }) => status === 'passed');
  const durations = passed.map(({ ms }) => ms);
  const recent = durations.slice(-trendRuns);
  const earlier = durations.slice(-2 * trendRuns, -trendRuns);
  const retried = result.steps.find((step) => step.id === id && step.status === 'passed' && step.attempts.length > 0);
  const p50 = median(durations);
  const p95 = quantile(durations, 0.95);
  return {
    id,
    name: title,
    runs: past.flat().length,
    passed: passed.length,
    flaky: passed.filter(({ attempts }) => attempts > 1).length,
    ...(retried && {
      retried: {
        attempt: retried.attempts.length + 1,
        because: retried.attempts.map(({ because }) => because).join('; '),
      },
    }),
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
    ...(earlier.length >= fewestForTrend && { trend: { recent: median(recent) ?? 0, before: median(earlier) ?? 0 } }),
  };
}

function driftOf(result: StepResult, { shapes }: CollectionHistory, definition: Definition): Drift[] {
  const known = shapes.find(({ step }) => step === result.id);
  if (!known || !result.shape) return [];
  const now = readShape(result.shape);
  const seen = new Map(known.fields.map(([line, count]) => [readField(line)?.path, count]));
  const step = definition.steps.find(({ id }) => id === result.id);
  const schema = step?.expect.schema;
  const isExpected = (change: ShapeChange): boolean => {
    if (!schema) return false;
    const isTrusted = (seen.get(change.path) ?? 0) >= runsToRelyOn;
    if (change.change === 'vanished') return !isTrusted && isDeclaredOptional(schema.content, change.path);
    return isDocumented(schema.content, change);
  };
  return compareShapes(knownFields(known), now)
    .filter((change) => !isExpected(change))
    .map((change): Drift => {
      const patch = schema ? schemaPatch(schema.content, change, now) : [];
      return {
        step: result.id,
        name: result.name,
        ...change,
        ...(step && schema && patch.length > 0 && { schema: { file: schemaFile(step, definition), patch } }),
      };
    });
}
