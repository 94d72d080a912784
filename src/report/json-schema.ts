import Type, { type Static, type TSchema } from 'typebox';
import type { Totals as ResultTotals, RunResult } from '../run/result/result.ts';

/** `$id` of the schema of JSON reports. Its number is the `version` of a result. */
export const jsonReportId = 'urn:pingone-tutorial:run-result:1';

/** What `--reporter json` writes. */
export type JsonReport = RunResult & { readonly $schema: string; readonly totals: ResultTotals };

const strict = { additionalProperties: false } as const;
const object = <T extends Record<string, TSchema>>(properties: T, description?: string) =>
  Type.Object(properties, { ...strict, ...(description !== undefined && { description }) });
const text = (description: string) => Type.String({ description });
const count = (description?: string) => Type.Integer({ minimum: 0, ...(description !== undefined && { description }) });
const milliseconds = (description: string) =>
  Type.Number({ minimum: 0, description: `${description}, in milliseconds` });
const maybe = Type.Optional;

const SourcePlace = object({ file: text('path from the working folder'), line: Type.Integer({ minimum: 1 }) });
const HeaderField = object({ name: Type.String(), value: Type.String() });
const BodyText = object({
  text: Type.String(),
  bytes: count('bytes of the whole body'),
  truncated: Type.Boolean({ description: 'text is only its beginning' }),
});
const SentRequest = object({
  method: Type.String(),
  url: Type.String(),
  headers: Type.Array(HeaderField),
  body: maybe(BodyText),
});
const Timings = object(
  {
    wait: milliseconds('until there was a connection to use'),
    dns: milliseconds('look-up of the name'),
    connect: milliseconds('TCP connection'),
    tls: milliseconds('TLS handshake'),
    firstByte: milliseconds('from the connection to the first byte of the answer'),
    download: milliseconds('the rest of the answer'),
  },
  'what the time went into; 0 for what did not happen',
);
const ServiceProblem = object(
  {
    service: maybe(text('name of the service, as the definition gives it')),
    code: text('what kind of error it is, for programs; empty when the body has only a message'),
    message: text('empty when the body has only a code'),
    details: Type.Array(
      object({
        code: Type.String(),
        message: Type.String(),
        target: maybe(Type.String()),
        unsatisfied: maybe(Type.Array(Type.String(), { description: 'rules that were not met' })),
        allowed: maybe(Type.Array(Type.String(), { description: 'values that would be allowed' })),
      }),
    ),
    oauth: Type.Boolean({ description: "in the token endpoint's form (RFC 6749, section 5.2)" }),
  },
  'what the service says is wrong',
);
const ReceivedResponse = object({
  status: Type.Integer(),
  reason: Type.String(),
  durationMs: milliseconds('from sending to the end of the answer'),
  headers: Type.Array(HeaderField),
  body: maybe(BodyText),
  timings: maybe(Timings),
  correlationId: maybe(text('id of the answer, for the support of the service')),
  problem: maybe(ServiceProblem),
});
const Check = object({
  kind: Type.Enum(['ready', 'status', 'schema', 'value', 'capture', 'script']),
  name: Type.String(),
  status: Type.Enum(['passed', 'failed']),
  message: maybe(text('what is wrong')),
  variable: maybe(Type.String()),
  source: maybe(SourcePlace),
});
const Diagnosis = object({ cause: Type.String(), remedy: Type.String(), source: maybe(SourcePlace) });
const Attempt = object({
  status: Type.Enum(['failed', 'error']),
  durationMs: milliseconds('scripts and request together'),
  startMs: maybe(milliseconds('from the start of the run')),
  responseStatus: maybe(Type.Integer({ description: 'HTTP status of the answer' })),
  correlationId: maybe(Type.String()),
  because: text('why there was another attempt'),
  waitMs: milliseconds('the wait before the next one'),
  waitFrom: Type.Enum(['backoff', 'retry-after', 'none']),
});
const target = maybe(text('name of the target, when the run had several'));
const Outcome = Type.Enum(['passed', 'failed', 'error', 'interrupted', 'empty'], {
  description: 'empty: a shard without a target',
});
const Step = object({
  id: Type.String(),
  name: Type.String(),
  method: Type.String(),
  url: text('as the definition writes it, with variables'),
  iteration: Type.Integer({ minimum: 1 }),
  target,
  source: maybe(SourcePlace),
  status: Type.Enum(['passed', 'failed', 'error', 'not-reached'], {
    description: 'failed: a check did not hold. error: the request could not complete.',
  }),
  durationMs: milliseconds('scripts and request together'),
  startMs: maybe(milliseconds('from the start of the run')),
  request: maybe(SentRequest),
  response: maybe(ReceivedResponse),
  checks: Type.Array(Check),
  captures: Type.Array(object({ variable: Type.String(), value: maybe(text('absent when the variable is secret')) })),
  notes: Type.Array(Type.String(), { description: 'what the scripts wrote to the console' }),
  reason: maybe(text('why the request could not complete, or why the step was not reached')),
  diagnoses: Type.Array(Diagnosis, { description: 'what explains the failure, likeliest first' }),
  attempts: Type.Array(Attempt, { description: 'attempts before the last one' }),
  adopted: maybe(Type.Boolean({ description: 'the answer was lost; what the step creates was found and taken over' })),
  shape: maybe(
    Type.Array(Type.String(), { description: 'fields of the response body with their types; ? after optional ones' }),
  ),
});
const Drift = object({
  step: text('id of the step'),
  name: Type.String(),
  path: text('JSON pointer into the body, with * for any item of an array'),
  change: Type.Enum(['appeared', 'vanished', 'retyped']),
  before: Type.Array(Type.String(), { description: 'types so far' }),
  now: Type.Array(Type.String(), { description: 'types now' }),
  schema: maybe(
    object(
      {
        file: Type.String(),
        patch: Type.Array(
          object({
            op: Type.Enum(['add', 'replace', 'remove']),
            path: Type.String(),
            value: maybe(Type.Unknown()),
          }),
          { description: 'a JSON Patch (RFC 6902)' },
        ),
      },
      'what to change in the schema when the drift is meant to be',
    ),
  ),
});
const StepTrend = object({
  id: Type.String(),
  name: Type.String(),
  runs: count('runs that reached the step'),
  passed: count(),
  flaky: count('runs in which it passed, but not at the first attempt'),
  retried: maybe(object({ attempt: Type.Integer({ minimum: 2 }), because: Type.String() }, 'it is flaky in this run')),
  p50: maybe(milliseconds('median of the answers of runs in which it passed')),
  p95: maybe(milliseconds('95th percentile of these')),
  trend: maybe(
    object({
      recent: milliseconds('median of the last ten'),
      before: milliseconds('median of up to ten before them'),
    }),
  ),
});
const Shard = object(
  { index: Type.Integer({ minimum: 1 }), count: Type.Integer({ minimum: 1 }) },
  'which part of the targets this is',
);
const targetOf = {
  kind: Type.Enum(['simulator', 'given']),
  origins: Type.Array(Type.String(), { description: 'where the requests go' }),
};
const TargetResult = object({
  ...targetOf,
  name: Type.String(),
  startedAt: Type.String({ format: 'date-time' }),
  durationMs: milliseconds('the run against this target'),
  outcome: Outcome,
  cleanedUp: maybe(Type.Boolean({ description: 'whether clean-up left nothing' })),
});
const CleanUpItem = object({
  target,
  kind: Type.String(),
  name: Type.String(),
  id: maybe(Type.String()),
  status: Type.Enum(['removed', 'absent', 'left']),
  reason: maybe(text('why it is left')),
});

const Totals = object({
  steps: object({ all: count(), passed: count(), failed: count(), error: count(), 'not-reached': count() }),
  checks: object({ all: count(), passed: count(), failed: count() }),
  matchingSchemas: count(),
  passedAfterRetry: count(),
  cleanUp: object({ all: count(), removed: count(), absent: count(), left: count() }),
});
const Figures = object(
  {
    iterations: object({ all: count(), passed: count(), failed: count(), error: count() }),
    kept: count('iterations whose steps are in steps: of those that did not pass, the first ones'),
    totals: Totals,
    statistics: Type.Array(
      object({
        id: Type.String(),
        name: Type.String(),
        runs: count(),
        passed: count(),
        durations: maybe(
          object(
            {
              count: count(),
              min: Type.Number(),
              p50: Type.Number(),
              p90: Type.Number(),
              p95: Type.Number(),
              p99: Type.Number(),
              max: Type.Number(),
              histogram: Type.Array(object({ from: Type.Number(), to: Type.Number(), count: count() })),
            },
            'how long the answers took, in milliseconds',
          ),
        ),
      }),
    ),
    created: count('things that were created'),
  },
  'what all iterations came to; absent when steps has all of them',
);

/** JSON Schema of what `--reporter json` writes; `run-result.schema.json` is made from it. */
export const jsonReportSchema = Type.Object(
  {
    $schema: Type.Literal(jsonReportId),
    version: Type.Literal(1),
    tool: object({ name: Type.String(), version: Type.String() }),
    collection: object({ id: Type.String(), name: Type.String(), folder: maybe(Type.String()) }),
    target: object(targetOf),
    startedAt: Type.String({ format: 'date-time' }),
    durationMs: milliseconds('the whole run'),
    outcome: Outcome,
    iterations: Type.Integer({ minimum: 1 }),
    steps: Type.Array(Step, { description: 'every step of the plan, iteration after iteration' }),
    figures: maybe(Figures),
    renewals: Type.Array(Type.String(), { description: 'why a new token was obtained' }),
    created: Type.Array(
      object({
        target,
        kind: Type.String(),
        name: Type.String(),
        id: maybe(text('absent when the answer was lost: it may exist')),
        step: Type.String(),
        undo: maybe(Type.String()),
        within: maybe(Type.String()),
      }),
    ),
    cleanUp: maybe(object({ items: Type.Array(CleanUpItem), complete: Type.Boolean() })),
    comparison: maybe(
      object(
        {
          runs: count('runs that are looked at, this one included'),
          passedRuns: count(),
          steps: Type.Array(StepTrend),
          drift: Type.Array(Drift, { description: 'responses that have another shape than in the good runs before' }),
          note: maybe(text('why the history was begun anew')),
        },
        'this run beside those of its history',
      ),
    ),
    targets: maybe(Type.Array(TargetResult, { description: 'each of several targets, and how it ended there' })),
    shard: maybe(Shard),
    missingShards: maybe(
      Type.Array(Type.Integer({ minimum: 1 }), { description: 'shards of which there was no result to put together' }),
    ),
    totals: Totals,
  },
  {
    ...strict,
    $id: jsonReportId,
    title: 'Result of a run of pingone-tutorial',
    description: 'What --reporter json writes.',
  },
);

/** Whether two types allow the same values; read-only or not makes no difference. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** Does not compile when the schema and the type of the result are not the same. */
export type SchemaIsComplete = Expect<
  Same<Static<typeof jsonReportSchema>, Omit<JsonReport, '$schema'> & { $schema: typeof jsonReportId }>
>;
type Expect<T extends true> = T;
