import { emptyResult, mergeResults } from '../../src/run/result/merge-results.ts';
import type {
  AttemptResult,
  CheckResult,
  CleanUpItem,
  DecodedToken,
  Outcome,
  RunComparison,
  RunEvent,
  RunResult,
  StepResult,
  StepStatistics,
} from '../../src/run/result/result.ts';

/** Results over which every reporter has golden files. They are plain data of the kind that runs of the tutorial give. */

const folder = 'collections/create-a-test-environment';
/** Markdown, with what a report must escape. */
const descriptions = {
  'get-access-token': `Signs the *Worker application* on.

In this request, \`{{adminEnvID}}\` is **not** <the id> of a [user](https://example.com/users):

* one thing, over
  two lines
* [another](javascript:alert(1))`,
};

const environmentId = 'f2b4e2a0-5a0c-4b1e-9a7e-0c3f4f1a2b3c';

interface Part {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly file: string;
  readonly body?: string;
  readonly status: number;
  readonly reason: string;
  readonly answer: string;
  readonly captures: StepResult['captures'];
  readonly tokens?: readonly DecodedToken[];
}

const parts: readonly Part[] = [
  {
    id: 'get-access-token',
    name: 'Step 1: Get an access token',
    method: 'POST',
    url: '{{authPath}}/{{adminEnvID}}/as/token',
    file: '1-get-access-token.yaml',
    body: 'grant_type=client_credentials',
    status: 200,
    reason: 'OK',
    answer: '{"access_token":"[secret]","token_type":"Bearer","expires_in":3600}',
    captures: [{ variable: 'accessToken' }],
    tokens: [
      {
        name: 'access_token',
        claims: { client_id: 'c9d2f6a4', aud: ['https://api.pingone.com'], exp: 1767326645, note: '<b>[secret]</b>' },
      },
    ],
  },
  {
    id: 'create-environment',
    name: 'Step 3: Create an environment',
    method: 'POST',
    url: '{{apiPath}}/v1/environments',
    file: '3-create-environment.yaml',
    body: '{"name":"pingone-tutorial-1","type":"SANDBOX"}',
    status: 201,
    reason: 'Created',
    answer: `{"id":"${environmentId}","name":"pingone-tutorial-1","type":"SANDBOX"}`,
    captures: [{ variable: 'envID', value: environmentId }],
  },
  {
    id: 'set-user-password',
    name: 'Step 6: Set the user password',
    method: 'PUT',
    url: '{{apiPath}}/v1/environments/{{envID}}/users/{{sharedUserID}}/password',
    file: '6-set-user-password.yaml',
    body: '{"value":"[secret]","forceChange":false}',
    status: 200,
    reason: 'OK',
    answer: '{"environment":{"id":"f2b4"},"status":"OK"}',
    captures: [],
  },
];

function checksOf({ status, file }: Part): CheckResult[] {
  const source = (line: number) => ({ file: `${folder}/${file}`, line });
  return [
    { kind: 'status', name: `status is ${status}`, status: 'passed', source: source(30) },
    { kind: 'schema', name: 'body matches its schema', status: 'passed', source: source(32) },
  ];
}

function passed(index: number, iteration = 1, startMs = index * 120): StepResult {
  const part = parts[index] as Part;
  const { id, name, method, url, file, status, reason, tokens } = part;
  const json = { name: 'Content-Type', value: 'application/json' };
  return {
    id,
    name,
    method,
    url,
    iteration,
    source: { file: `${folder}/${file}`, line: 5 },
    status: 'passed',
    durationMs: 110,
    startMs,
    request: {
      method,
      url: url.replaceAll(
        /\{\{(\w+)\}\}/g,
        (_, variable: string) => ({ apiPath: 'https://api.pingone.com' })[variable] ?? variable,
      ),
      headers: [json, { name: 'Authorization', value: 'Bearer [secret]' }],
      body: { text: part.body ?? '', bytes: 45, truncated: false },
    },
    response: {
      status,
      reason,
      durationMs: 80 + index,
      headers: [json, { name: 'Correlation-Id', value: `c-${index}` }],
      body: { text: part.answer, bytes: part.answer.length, truncated: false },
      timings: { wait: 1, dns: 4, connect: 10, tls: 20, firstByte: 40, download: 5 + index },
      correlationId: `c-${index}`,
      ...(tokens && { tokens }),
    },
    checks: checksOf(part),
    captures: part.captures,
    notes: [],
    diagnoses: [],
    attempts: [],
  };
}

/** Fails step `index` with an answer of PingOne. Its text holds what a report must escape. */
function failed(index: number): StepResult {
  const step = passed(index);
  const [status, schema] = step.checks as [CheckResult, CheckResult];
  return {
    ...step,
    status: 'failed',
    captures: [],
    checks: [{ ...status, status: 'failed', message: 'got 400' }, schema],
    response: {
      ...(step.response as NonNullable<StepResult['response']>),
      status: 400,
      reason: 'Bad Request',
      body: { text: '{"code":"INVALID_DATA","message":"<b>No</b> | 100 % & *more*"}', bytes: 62, truncated: false },
      problem: {
        service: 'PingOne',
        code: 'INVALID_DATA',
        message: '<b>No</b> | 100 % & *more*',
        oauth: false,
        details: [
          { code: 'INVALID_VALUE', message: 'Not in this region.', target: 'region', allowed: ['NA', 'EU'] },
          { code: 'INVALID_VALUE', message: 'Too weak.', target: 'newPassword', unsatisfied: ['length', 'history'] },
        ],
      },
    },
    diagnoses: [
      {
        cause: 'The region is not one of the license.',
        remedy: 'Choose another license, or set `region`.',
        source: { file: `${folder}/3-create-environment.yaml`, line: 61 },
      },
      { cause: 'A value of the body is wrong.', remedy: 'See its target above.' },
    ],
  };
}

function failedSchema(index: number): StepResult {
  const step = passed(index);
  const [status, schema] = step.checks as [CheckResult, CheckResult];
  const message = '/id must be a string, but is 7; /createdAt is missing';
  return { ...step, status: 'failed', captures: [], checks: [status, { ...schema, status: 'failed', message }] };
}

function broken(index: number, reason: string): StepResult {
  const { request, response, ...step } = passed(index);
  return {
    ...step,
    ...(request && { request }),
    status: 'error',
    durationMs: 30_000,
    checks: [],
    captures: [],
    reason,
    diagnoses: [{ cause: 'Nothing answers at this address.', remedy: 'Check apiPath, and whether a proxy is needed.' }],
  };
}

function notReached(index: number, reason: string): StepResult {
  const { request, response, startMs, ...step } = passed(index);
  return { ...step, status: 'not-reached', durationMs: 0, checks: [], captures: [], reason };
}

function skipped(index: number, reason: string): StepResult {
  return { ...notReached(index, reason), status: 'skipped' };
}

const attempts: readonly AttemptResult[] = [
  {
    status: 'failed',
    durationMs: 90,
    startMs: 130,
    responseStatus: 429,
    correlationId: 'c-429',
    because: 'status 429 (too many requests)',
    waitMs: 2000,
    waitFrom: 'retry-after',
  },
  {
    status: 'error',
    durationMs: 500,
    startMs: 2230,
    because: 'the connection broke (ECONNRESET)',
    waitMs: 800,
    waitFrom: 'backoff',
  },
];

const thing = { kind: 'environment', name: 'pingone-tutorial-1', id: environmentId };

function result(steps: readonly StepResult[], outcome: Outcome, more: Partial<RunResult> = {}): RunResult {
  return {
    version: 2,
    tool: { name: 'pingone-tutorial', version: '0.0.0' },
    collection: { id: 'create-a-test-environment', name: 'Create a test environment', folder, descriptions },
    target: { kind: 'given', origins: ['https://auth.pingone.com', 'https://api.pingone.com'] },
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 4321,
    outcome,
    iterations: 1,
    steps,
    renewals: [],
    created: [{ ...thing, step: 'create-environment', undo: 'delete-environment' }],
    ...more,
  };
}

/** Beside earlier runs: a history that was begun anew, steps that are slower, faster, flaky and new, and every kind of drift. */
const comparison: RunComparison = {
  runs: 57,
  passedRuns: 55,
  note: 'the history reports/history.json could not be used and is replaced: it is not JSON, or was cut off',
  steps: [
    {
      id: 'get-access-token',
      name: 'Step 1: Get an access token',
      runs: 57,
      passed: 57,
      flaky: 0,
      p50: 81.5,
      p95: 190,
      trend: { recent: 101, before: 80 },
    },
    {
      id: 'create-environment',
      name: 'Step 3: Create an environment',
      runs: 57,
      passed: 56,
      flaky: 3,
      retried: { attempt: 3, because: 'status 429 (too many requests); the connection broke (ECONNRESET)' },
      p50: 1200,
      p95: 2400,
      trend: { recent: 1150, before: 1199 },
    },
    { id: 'set-user-password', name: 'Step 6: Set the user password', runs: 1, passed: 0, flaky: 0 },
  ],
  drift: [
    {
      step: 'create-environment',
      name: 'Step 3: Create an environment',
      path: '/license/kind',
      change: 'appeared',
      before: [],
      now: ['null', 'string'],
      schema: {
        file: `${folder}/schemas/environment.schema.json`,
        patch: [{ op: 'add', path: '/properties/license/properties/kind', value: { type: ['null', 'string'] } }],
      },
    },
    {
      step: 'create-environment',
      name: 'Step 3: Create an environment',
      path: '/bill/*/count',
      change: 'retyped',
      before: ['number'],
      now: ['string'],
    },
    {
      step: 'set-user-password',
      name: 'Step 6: Set the user password',
      path: '/<b>',
      change: 'vanished',
      before: ['object'],
      now: [],
    },
    {
      step: 'set-user-password',
      name: 'Step 6: Set the user password',
      path: '',
      change: 'retyped',
      before: ['object'],
      now: ['array'],
    },
  ],
};

const removed: CleanUpItem = { ...thing, status: 'removed' };
const left: CleanUpItem = { ...thing, status: 'left', reason: '403 Forbidden: the token may not delete it' };
const unreached = 'it needs envID, which "Step 3: Create an environment" did not set';

/** A run against one of several targets: begins `after` milliseconds after the first of them. */
function at(region: string, after: number, run: RunResult): RunResult {
  return {
    ...run,
    target: { kind: 'given', origins: [`https://auth.pingone.${region}`, `https://api.pingone.${region}`] },
    startedAt: new Date(Date.parse(run.startedAt) + after).toISOString(),
  };
}

const severalTargets = mergeResults([
  {
    name: 'com',
    result: at(
      'com',
      0,
      result([passed(0), passed(1), passed(2)], 'passed', { cleanUp: { items: [removed], complete: true } }),
    ),
  },
  {
    name: 'eu <b>&|',
    result: at(
      'eu',
      1500,
      result([{ ...passed(0, 1, 2700), attempts }, failed(1), notReached(2, unreached)], 'failed', {
        created: [],
        renewals: ['step 3 answered 401'],
        cleanUp: { items: [], complete: true },
      }),
    ),
  },
  {
    name: 'asia',
    result: at(
      'asia',
      2000,
      result([passed(0), passed(1), passed(2)], 'passed', { cleanUp: { items: [left], complete: false } }),
    ),
  },
]);

const emptyShard = emptyResult(result([], 'passed'), { index: 3, count: 3 });

/** The results, by the name of the folder that holds their golden files. */
export const reportCases: Readonly<Record<string, RunResult>> = {
  'several-targets': severalTargets,
  'shard-without-a-target': emptyShard,
  'target-broke-off': mergeResults([
    { name: 'com', result: at('com', 0, result([passed(0)], 'passed', { created: [] })) },
    {
      name: 'eu',
      result: at('eu', 100, result([passed(0)], 'error', { created: [], problem: 'The disk is full.' })),
    },
  ]),
  'missing-shards': mergeResults([
    {
      name: 'com',
      result: {
        ...mergeResults([{ name: 'com', result: at('com', 0, result([passed(0)], 'passed')) }]),
        shard: { index: 2, count: 3 },
      },
    },
  ]),
  'shards-of-rows': mergeResults([
    {
      name: '',
      result: result([passed(0), failedLater(4)], 'failed', {
        iterations: 3,
        rows: { all: 5, earlier: 1, passed: 2, failed: 1, error: 0 },
        shard: { index: 1, count: 3 },
      }),
    },
    {
      name: '',
      result: result([passed(0, 3), short(1, 3), short(1, 6)], 'error', {
        iterations: 2,
        rows: { all: 4, earlier: 0, passed: 2, failed: 0, error: 0 },
        problem: 'The disk is full.',
        shard: { index: 3, count: 3 },
      }),
    },
  ]),
  'all-passed': result([passed(0), passed(1), passed(2)], 'passed', { cleanUp: { items: [removed], complete: true } }),
  'failed-check': result([passed(0), failed(1), notReached(2, unreached)], 'failed', { created: [] }),
  'failed-schema': result([passed(0), failedSchema(1), passed(2)], 'failed'),
  error: result([broken(0, 'the connection was refused (connect ECONNREFUSED 127.0.0.1:1)')], 'error', { created: [] }),
  'not-reached': result([failed(0), notReached(1, 'it needs accessToken'), notReached(2, unreached)], 'failed', {
    created: [],
  }),
  'skipped-steps': result(
    [
      { ...passed(0), engine: 'newman', notes: ['no license is left, so nothing is created'] },
      skipped(1, 'the script of "Step 1: Get an access token" went on with "Step 6: Set the user password"'),
      {
        ...skipped(2, 'its pre-request script skipped it'),
        durationMs: 4,
        startMs: 240,
        notes: ['nobody to set it for'],
      },
    ],
    'passed',
    { created: [] },
  ),
  'both-engines': result(
    [
      { ...passed(0), engine: 'direct' },
      { ...passed(1), engine: 'newman' },
      { ...passed(2), engine: 'direct' },
    ],
    'passed',
  ),
  'engine-broke': result(
    [passed(0), broken(1, 'the engine ended before the step did'), notReached(2, 'the run ended before it')],
    'error',
    {
      created: [],
      problem: 'The engine ended: <b>out of memory</b> | 100 %. Run again with fewer iterations at a time.',
    },
  ),
  'skipped-in-iterations': result([short(0, 1), failedLater(42)], 'failed', {
    iterations: 5000,
    created: [],
    figures: {
      iterations: { all: 5000, passed: 4999, failed: 1, error: 0 },
      kept: 1,
      totals: {
        steps: { all: 10_001, passed: 8500, failed: 1, error: 0, skipped: 1500, 'not-reached': 0 },
        checks: { all: 17_002, passed: 17_001, failed: 1 },
        matchingSchemas: 8500,
        passedAfterRetry: 0,
        cleanUp: { all: 0, removed: 0, absent: 0, left: 0 },
      },
      statistics: [
        { ...statistics(5000, 4999), id: 'read-licenses', name: 'Step 2: Read all licenses' },
        { ...statistics(5000, 3500), skipped: 1500, id: 'set-user-password', name: 'Step 6: Set the user password' },
        { id: 'never', name: 'Step 7: Only for some', runs: 5000, passed: 0, skipped: 5000 },
      ],
      created: 0,
    },
  }),
  'retried-then-passed': result(
    [passed(0), { ...passed(1, 1, 3530), attempts, notes: ['took license "Trial"'] }, passed(2, 1, 3700)],
    'passed',
    { renewals: ['step 3 answered 401'] },
  ),
  'with-history': result(
    [
      passed(0),
      { ...passed(1, 1, 3530), attempts, shape: [' object', '/id string', '/license object?'] },
      passed(2, 1, 3700),
    ],
    'passed',
    { comparison, cleanUp: { items: [removed], complete: true } },
  ),
  'clean-up-left-something': result([passed(0), passed(1), passed(2)], 'passed', {
    cleanUp: { items: [{ ...thing, name: 'second', status: 'absent' }, left], complete: false },
  }),
  interrupted: result(
    [passed(0), broken(1, 'the run was interrupted'), notReached(2, 'the run was interrupted')],
    'interrupted',
    { created: [{ kind: 'environment', name: 'pingone-tutorial-1', mayExist: true, step: 'create-environment' }] },
  ),
  '12-iterations': result(
    Array.from({ length: 12 }, (_, index) => [
      short(0, index + 1),
      index === 4 ? failedLater(index + 1) : short(1, index + 1),
    ]).flat(),
    'failed',
    { iterations: 12, created: [] },
  ),
  '5000-iterations': result([short(0, 1), failedLater(42)], 'failed', {
    iterations: 5000,
    created: [],
    figures: {
      iterations: { all: 5000, passed: 4999, failed: 1, error: 0 },
      kept: 1,
      totals: {
        steps: { all: 5001, passed: 5000, failed: 1, error: 0, skipped: 0, 'not-reached': 0 },
        checks: { all: 20_004, passed: 20_003, failed: 1 },
        matchingSchemas: 5000,
        passedAfterRetry: 12,
        cleanUp: { all: 0, removed: 0, absent: 0, left: 0 },
      },
      statistics: [
        { ...statistics(1, 1), id: 'get-access-token', name: 'Step 1: Get an access token' },
        { ...statistics(5000, 4999), id: 'read-licenses', name: 'Step 2: Read all licenses' },
      ],
      created: 5002,
    },
  }),
};

function statistics(runs: number, passed: number): Omit<StepStatistics, 'id' | 'name'> {
  const histogram = [
    { from: 40, to: 60, count: passed },
    { from: 60, to: 400, count: runs - passed },
  ];
  return {
    runs,
    passed,
    skipped: 0,
    durations: { count: runs, min: 40, p50: 52, p90: 58, p95: 61, p99: 90, max: 400, histogram },
  };
}

/** A step of many iterations, whose times differ but are the same at each run of the tests. */
function short(index: number, iteration: number): StepResult {
  const { request, response, ...step } = passed(index, iteration, iteration * 400 + index * 200);
  const durationMs = 40 + ((iteration * 37) % 60) + (iteration % 10 === 0 ? 300 : 0);
  return { ...step, durationMs, captures: [] };
}

function failedLater(iteration: number): StepResult {
  return { ...failed(1), iteration, startMs: iteration * 400 };
}

/** Events of a run with this result: what a runner emits, without the requests. */
export function eventsOf(run: RunResult): RunEvent[] {
  const at = run.startedAt;
  const planned = ({ id, name, method, url, target }: StepResult) => ({
    id,
    name,
    method,
    url,
    ...(target !== undefined && { target }),
  });
  return [
    {
      at,
      kind: 'run-started',
      version: 2,
      collection: run.collection.name,
      target: run.target,
      steps: run.steps.map(planned),
    },
    ...run.steps.flatMap((step): RunEvent[] => [
      ...(step.startMs === undefined ? [] : [{ at, kind: 'step-started' as const, step: planned(step) }]),
      ...step.attempts.map(({ because, waitMs }, index) => ({
        at,
        kind: 'step-retried' as const,
        step: planned(step),
        attempt: index + 2,
        attempts: 4,
        because,
        waitMs,
      })),
      { at, kind: 'step-finished', step: planned(step), result: step },
    ]),
    ...run.renewals.map((because) => ({ at, kind: 'token-renewed' as const, because })),
    ...(run.cleanUp?.items ?? []).map((item) => ({ at, kind: 'cleaned-up' as const, item })),
    ...(run.targets ?? []).map((target) => ({ at, kind: 'target-finished' as const, target })),
    { at, kind: 'run-finished', result: run },
  ];
}
