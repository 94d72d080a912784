import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../scripts/bench/arguments.ts';
import { arrivalProblems, everyStep, oncePerRun, stepOf } from '../../scripts/bench/arrivals.ts';
import { figuresOf } from '../../scripts/bench/figures.ts';
import { type Goal, goalCells } from '../../scripts/bench/goal.ts';
import type { Measurement } from '../../scripts/bench/measure.ts';
import { plainFlow } from '../../scripts/bench/plain-flow.ts';
import { figuresTable, sectionText, withSection } from '../../scripts/bench/section.ts';
import { ratiosTo, slopeOf, spreadOf } from '../../scripts/bench/statistics.ts';
import { summaryProblems } from '../../scripts/bench/tools/newman.ts';
import { knows } from '../../scripts/bench/tools/own.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { bundledCollectionFolder } from '../../src/index.ts';
import { strong } from '../../src/report/text/mdast.ts';

function run(wallSeconds: number, peakMebibytes = 100): Measurement {
  return { wallSeconds, cpuSeconds: wallSeconds / 2, peakMebibytes, code: 0, stdout: '', stderr: '' };
}

describe('figures', () => {
  it('give the median and the middle half', () => {
    expect(spreadOf([5, 1, 2, 4, 3])).toEqual({ count: 5, median: 3, low: 2, high: 4 });
    expect(spreadOf([7])).toEqual({ count: 1, median: 7, low: 7, high: 7 });
    expect(() => spreadOf([])).toThrow('no values');
  });

  it('compare each round with the reference of the same round, so that a slow minute counts for both', () => {
    const figures = figuresOf([
      { name: 'reference', runs: [run(1), run(10), run(2)] },
      { name: 'other', runs: [run(0.5), run(5), run(3)] },
    ]);
    expect(figures[1]?.ratios.wallSeconds.median).toBe(0.5);
    expect(figures[0]?.ratios.peakMebibytes).toEqual({ count: 3, median: 1, low: 1, high: 1 });
    // The ratio of the medians would be 1.5.
    expect(figures[1]?.values.wallSeconds.median).toBe(3);
  });

  it('are refused when rounds are missing', () => {
    expect(() => ratiosTo([1, 2], [1])).toThrow('2 rounds beside 1');
    expect(() => figuresOf([{ name: 'one', runs: [run(1)] }], 'another')).toThrow('no another');
  });

  it('find the slope of any line, whatever the order of its points', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: -100, max: 100 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2 }),
        (slope, start, places) => {
          expect(slopeOf(places.map((x) => ({ x, y: start + slope * x })))).toBeCloseTo(slope, 6);
        },
      ),
    );
    expect(() => slopeOf([{ x: 1, y: 1 }])).toThrow('two different places');
  });
});

describe('a goal', () => {
  const goal: Goal = { what: 'A flow', bound: 'at most', limit: 0.58, reached: 0.614, unit: '×' };

  it('says what was reached and whether it holds', () => {
    expect(goalCells(goal)).toEqual(['A flow', '0.61 ×', 'at most 0.58 ×', [strong('no')]]);
    expect(goalCells({ ...goal, reached: 0.58 })).toEqual(['A flow', '0.58 ×', 'at most 0.58 ×', 'yes']);
    expect(goalCells({ ...goal, bound: 'at least' })).toEqual(['A flow', '0.61 ×', 'at least 0.58 ×', 'yes']);
  });

  it('never has a figure that was not measured', () => {
    expect(goalCells({ ...goal, reached: undefined, why: 'run has no --data yet' })).toEqual([
      'A flow',
      'not available: run has no --data yet',
      'at most 0.58 ×',
      '–',
    ]);
  });
});

describe('the table', () => {
  const figures = figuresOf([
    { name: 'newman run', runs: [run(1), run(1.2), run(1.1)] },
    { name: 'ours', runs: [run(0.5, 80), run(0.9, 80), run(0.66, 80)] },
  ]);

  it('shows medians, the middle half, and what was verified', () => {
    const text = sectionText({ blocks: [figuresTable(figures, { checks: () => '26' })], goals: [] }, 'Measured today');
    expect(text).toBe(
      [
        'Measured today',
        '',
        '|            | wall s              | ×                | processor s      | ×                | peak MiB | ×                | checks |',
        '| ---------- | ------------------- | ---------------- | ---------------- | ---------------- | -------- | ---------------- | ------ |',
        '| newman run | 1.100 (1.050–1.150) | 1                | 0.55 (0.53–0.57) | 1                | 100      | 1                | 26     |',
        '| ours       | 0.660 (0.580–0.780) | 0.60 (0.55–0.68) | 0.33 (0.29–0.39) | 0.60 (0.55–0.68) | 80       | 0.80 (0.80–0.80) | 26     |',
      ].join('\n'),
    );
  });

  it('takes the place of the earlier one, and of no other', () => {
    const document = ['cold', 'warm']
      .map((name) => `<!-- bench ${name}: made by npm run bench -->\n12 ms\n<!-- end of bench ${name} -->`)
      .join('\n');
    const written = withSection(document, 'warm', 'new');
    expect(written.match(/12 ms/g)).toHaveLength(1);
    expect(withSection(written, 'warm', 'new')).toBe(written);
    expect(() => withSection(document, 'memory', 'new')).toThrow('lacks "<!-- bench memory');
  });
});

describe('what arrived', () => {
  const id = 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502';

  it.each([
    { method: 'POST', path: `/${id}/as/token`, status: 200, want: 0 },
    { method: 'GET', path: `/v1/organizations/${id}/licenses`, status: 200, want: 1 },
    { method: 'PUT', path: `/v1/environments/${id}/users/${id}/password`, status: 200, want: 5 },
    { method: 'PUT', path: `/v1/environments/${id}/users/${id}/password`, status: 400, want: -1 },
    { method: 'GET', path: '/v1/environments', status: 200, want: -1 },
  ])('is step $want when it is $method $path with $status', ({ method, path, status, want }) => {
    expect(stepOf(method, path, status)).toBe(want);
  });

  it.each([
    { what: 'all of it', steps: [2, 2, 2, 2, 2, 2], others: [], want: [] },
    { what: 'too little', steps: [2, 2, 2, 2, 2, 1], others: [], want: ['1 good password answer of 2'] },
    {
      what: 'too much',
      steps: [2, 2, 2, 2, 2, 2],
      others: ['GET /v1/roles: 200'],
      want: ['1 other answer: GET /v1/roles: 200'],
    },
  ])('is judged: $what', ({ steps, others, want }) => {
    expect(arrivalProblems({ steps, others, otherCount: others.length }, everyStep(2))).toEqual(want);
  });

  it('may be once a run, or once a user', () => {
    expect(arrivalProblems({ steps: [1, 1, 1, 1, 3, 3], others: [], otherCount: 0 }, oncePerRun(3))).toEqual([]);
  });
});

it('reads the summary of Newman, which a failed assertion changes', () => {
  const summary = (failed: number) =>
    ['iterations │ 2 │ 0 │', 'requests │ 12 │ 0 │', `assertions │ 52 │ ${failed} │`]
      .map((row) => `│ ${row}`)
      .join('\n');
  expect(summaryProblems(summary(0), 2, 26)).toEqual([]);
  expect(summaryProblems(summary(1), 2, 26)).toEqual(['1 failed assertions, 0 wanted']);
  expect(summaryProblems('', 2, 26)).toContain('no number of assertions, 52 wanted');
});

it('says to tools without scripts what an answer has to hold, also where that is what was asked for', async () => {
  const definition = await loadDefinition(bundledCollectionFolder('create-a-test-environment'));
  const { requests } = plainFlow(definition, 'http://127.0.0.1:1', 'x');
  expect(requests.at(-1)?.values).toEqual([{ path: ['status'], value: 'OK' }]);
});

it('knows an option by its whole name in the help', () => {
  expect(knows('  --iterations <number>  how often', '--iterations')).toBe(true);
  expect(knows('  --iterations-data <file>', '--iterations')).toBe(false);
  expect(knows('  --rate <n>', '--iterations')).toBe(false);
});

describe('the command line', () => {
  const known = ['cold', 'warm'];

  it('means every comparison when it names none', () => {
    expect(readArguments([], known, { XDG_CACHE_HOME: '/cache' })).toMatchObject({
      comparisons: known,
      quick: false,
      write: false,
      rounds: undefined,
      scratch: '/cache/pingone-tutorial-bench',
    });
    expect(readArguments(['warm', '--rounds', '3', '--scratch', '/s'], known, {})).toMatchObject({
      comparisons: ['warm'],
      rounds: 3,
      scratch: '/s',
    });
  });

  it.each([
    { argv: ['hot'], want: 'there is no comparison "hot"' },
    { argv: ['--rounds', '0'], want: '--rounds needs a whole number from 1 on, not "0"' },
    { argv: ['--fast'], want: "Unknown option '--fast'" },
  ])('refuses $argv', ({ argv, want }) => {
    const read = readArguments(argv, known, {});
    expect('problem' in read ? read.problem : 'nothing').toContain(want);
  });
});
