import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/definition/definition.ts';
import {
  compareWithHistory,
  emptyHistory,
  type History,
  keptRuns,
  parseHistory,
  renderHistory,
  withRun,
} from '../../../src/run/history/run-history.ts';
import { shapeOf, writeField } from '../../../src/run/result/response-shape.ts';
import type { RunResult, StepResult } from '../../../src/run/result/result.ts';

const schema = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string' }, theme: { type: 'object' }, late: { type: 'string' } },
};
const step = { id: 'read', name: 'Read', expect: { schema: { file: 'x.schema.json', content: schema } } };
const definition = { folder: 'collections/c', steps: [step] } as unknown as Definition;

interface Given {
  readonly ms?: number;
  readonly status?: StepResult['status'];
  readonly attempts?: number;
  readonly body?: unknown;
  readonly collection?: string;
}

function run({ ms = 100, status = 'passed', attempts = 1, body, collection = 'c' }: Given = {}): RunResult {
  const attempt = {
    status: 'failed',
    durationMs: 1,
    because: '503 Service Unavailable',
    waitMs: 1,
    waitFrom: 'backoff',
  } as const;
  return {
    startedAt: '2026-01-02T03:04:05.678Z',
    outcome: status === 'passed' ? 'passed' : 'failed',
    collection: { id: collection, name: 'C' },
    steps: [
      {
        ...{ id: 'read', name: 'Read', status, iteration: 1, durationMs: ms + 20 },
        ...(status !== 'not-reached' && { response: { status: 200, durationMs: ms } }),
        attempts: Array.from({ length: attempts - 1 }, () => attempt),
        ...(body !== undefined && { shape: shapeOf(body).map(writeField) }),
      },
    ],
  } as unknown as RunResult;
}

const after = (...runs: readonly RunResult[]) => runs.reduce(withRun, emptyHistory);
const compare = (history: History, result: RunResult) => compareWithHistory(history, result, definition);
/** What is said of the last of these responses, when the ones before passed. */
const driftOf = (...bodies: readonly unknown[]) =>
  compare(after(...bodies.slice(0, -1).map((body) => run({ body }))), run({ body: bodies.at(-1) })).drift;

describe('the history', () => {
  it('is read as it was written', () => {
    const history = after(
      run({ body: { id: 'x', list: [{ a: null }] } }),
      run({ status: 'not-reached' }),
      run({ collection: 'd' }),
    );
    expect(parseHistory(renderHistory(history))).toEqual(history);
    expect(parseHistory(renderHistory(emptyHistory))).toEqual(emptyHistory);
  });

  it('keeps the last runs only, and its file stays small', () => {
    const history = Array.from({ length: keptRuns + 50 }, (_, ms) => run({ ms, body: { id: 'x' } })).reduce(
      withRun,
      emptyHistory,
    );
    const [collection] = history.collections;
    expect(collection?.runs).toHaveLength(keptRuns);
    expect(collection?.runs[0]?.steps[0]?.ms).toBe(50);
    expect(renderHistory(history).length).toBeLessThan(40_000);
  });

  it.each([
    ['', 'it is not JSON, or was cut off'],
    ['{"version": 1, "collect', 'it is not JSON, or was cut off'],
    ['null', 'it is not a history'],
    ['[]', 'it is not a history'],
    ['{"version": 1}', 'it is not a history'],
    ['{"version": 1, "collections": [{"collection": "c", "runs": [{}], "shapes": []}]}', 'it is not a history'],
    ['{"version": 2, "collections": []}', 'it has version 2; this program knows version 1'],
    [' '.repeat(8_000_001), 'it is larger than a history can be'],
  ])('says why it cannot be used: %.40s', (text, broken) => {
    expect(parseHistory(text)).toEqual({ broken });
  });

  it('cut off anywhere is broken, not half believed', () => {
    const text = renderHistory(after(run({ body: { id: 'x' } }))).trimEnd();
    for (let length = 0; length < text.length; length += 1)
      expect(parseHistory(text.slice(0, length))).toHaveProperty('broken');
  });

  it('believes no field that a hand wrote into it', () => {
    const body = { id: 'x', other: 1 };
    const edited = JSON.parse(renderHistory(after(run({ body }))).replace('/other number', 'nonsense')) as History;
    expect(compare(edited, run({ body })).drift.map(({ path }) => path)).toEqual(['/other']);
  });
});

describe('durations and flaky steps', () => {
  const runs = (count: number, given: Given) => Array.from({ length: count }, () => run(given));

  it('are those of all runs, this one included', () => {
    const history = after(
      ...[10, 20, 30].map((ms) => run({ ms })),
      run({ ms: 5000, status: 'failed' }),
      run({ status: 'not-reached' }),
    );
    expect(compare(history, run({ ms: 40 }))).toMatchObject({
      runs: 6,
      passedRuns: 4,
      steps: [{ id: 'read', runs: 5, passed: 4, flaky: 0, p50: 25, p95: 38.5 }],
    });
  });

  it('compare the last ten with the ten before', () => {
    expect(
      compare(after(...runs(9, { ms: 900 }), ...runs(10, { ms: 100 }), ...runs(9, { ms: 150 })), run({ ms: 150 }))
        .steps[0]?.trend,
    ).toEqual({ recent: 150, before: 100 });
  });

  it('say nothing of a change while there are too few', () => {
    expect(compare(after(...runs(13, {})), run()).steps[0]).not.toHaveProperty('trend');
    expect(compare(after(...runs(14, {})), run()).steps[0]).toHaveProperty('trend');
  });

  it('a step that passes at a later attempt is flaky, with its rate', () => {
    const history = after(run({ attempts: 2 }), ...runs(8, {}), run({ status: 'failed', attempts: 5 }));
    expect(compare(history, run({ attempts: 3 })).steps[0]).toMatchObject({
      runs: 11,
      flaky: 2,
      retried: { attempt: 3, because: '503 Service Unavailable; 503 Service Unavailable' },
    });
    expect(compare(history, run()).steps[0]).not.toHaveProperty('retried');
  });
});

describe('drift', () => {
  it('is said with its path and a patch for the schema', () => {
    expect(driftOf({ id: 'x', list: [{ a: 1 }] }, { id: 'x', list: [{ a: '1', b: true }], more: 1 })).toEqual([
      { step: 'read', name: 'Read', path: '/list/*/a', change: 'retyped', before: ['number'], now: ['string'] },
      { step: 'read', name: 'Read', path: '/list/*/b', change: 'appeared', before: [], now: ['boolean'] },
      {
        ...{ step: 'read', name: 'Read', path: '/more', change: 'appeared', before: [], now: ['number'] },
        schema: {
          file: 'collections/c/schemas/x.schema.json',
          patch: [{ op: 'add', path: '/properties/more', value: { type: 'number' } }],
        },
      },
    ]);
  });

  it('is not a first run, nor a step without a body', () => {
    expect(driftOf({ id: 'x' })).toEqual([]);
    expect(compare(after(run({ body: { id: 'x' } })), run({ status: 'not-reached' })).drift).toEqual([]);
  });

  it('is said once: then it is known', () => {
    expect(driftOf({ id: 'x' }, { id: 'x', b: 1 }, { id: 'x', b: 1 })).toEqual([]);
    expect(driftOf({ id: 'x' }, { id: 'x', b: 1 }, { id: 'x' })).toEqual([]);
  });

  it('is said of a run that failed for it, and is not learnt from there', () => {
    const history = after(run({ body: { id: 'x' } }), run({ body: { id: 7 }, status: 'failed' }));
    expect(compare(history, run({ body: { id: 7 }, status: 'failed' })).drift).toMatchObject([
      { path: '/id', change: 'retyped' },
    ]);
  });

  it('is not that a field which the schema declares appears', () => {
    expect(driftOf({ id: 'x' }, { id: 'x', theme: {} })).toEqual([]);
  });

  it('is not that a field which the schema lets be missing comes and goes', () => {
    const [without, withTheme] = [{ id: 'x' }, { id: 'x', theme: {} }];
    for (const pattern of [
      [without, withTheme],
      [withTheme, without],
      [withTheme, withTheme, without],
    ]) {
      const bodies = Array.from({ length: 8 }, () => pattern).flat();
      for (const length of bodies.keys()) expect(driftOf(...bodies.slice(0, length + 1))).toEqual([]);
    }
  });

  it('is that such a field vanishes when three good runs had it and none lacked it', () => {
    const [there, gone] = [{ id: 'x', late: '' }, { id: 'x' }];
    expect(driftOf(there, there, gone)).toEqual([]);
    expect(driftOf(there, there, there, gone)).toMatchObject([
      { path: '/late', change: 'vanished', schema: { patch: [{ op: 'remove', path: '/properties/late' }] } },
    ]);
  });

  it('is at once that a field vanishes which the schema does not know', () => {
    expect(driftOf({ id: 'x', other: 1 }, { id: 'x' })).toMatchObject([{ path: '/other', change: 'vanished' }]);
  });
});
