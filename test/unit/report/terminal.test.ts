import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderEvent, renderStep, renderSummary, type TerminalStyle } from '../../../src/report/text/terminal.ts';
import { duration } from '../../../src/report/text/words.ts';
import type { RunResult, StepResult } from '../../../src/run/result/result.ts';

const style: TerminalStyle = {
  colors: pc.createColors(false),
  liveWidth: undefined,
  next: ['Sign on.'],
  removal: 'To remove it, ask.',
};

const passed: StepResult = {
  id: 'create-environment',
  name: 'Step 3: Create an environment',
  method: 'POST',
  url: '{{apiPath}}/v1/environments',
  iteration: 1,
  status: 'passed',
  durationMs: 120,
  response: { status: 201, reason: 'Created', durationMs: 41, headers: [] },
  checks: [
    { kind: 'status', name: 'status is 201', status: 'passed' },
    { kind: 'schema', name: 'body matches environment.schema.json', status: 'passed' },
  ],
  captures: [{ variable: 'envID', value: 'f2b4' }, { variable: 'accessToken' }],
  notes: ['chose "INTERNAL"'],
  diagnoses: [],
  attempts: [],
};

const failed: StepResult = {
  ...passed,
  status: 'failed',
  response: {
    status: 400,
    reason: 'Bad Request',
    durationMs: 1310,
    headers: [],
    correlationId: 'c-1',
    problem: {
      service: 'PingOne',
      code: 'INVALID_DATA',
      message: 'No.',
      oauth: false,
      details: [
        { code: 'INVALID_VALUE', message: 'Not here.', target: 'region', allowed: ['NA'] },
        { code: 'INVALID_VALUE', message: 'Weak.', target: 'newPassword', unsatisfied: ['length', 'history'] },
      ],
    },
  },
  checks: [{ kind: 'status', name: 'status is 201', status: 'failed', message: 'got 400' }],
  captures: [],
  notes: [],
  diagnoses: [{ cause: 'The region is wrong.', remedy: 'Set another.' }],
};

const broken: StepResult = {
  ...failed,
  status: 'error',
  durationMs: 30,
  checks: [],
  reason: 'the connection was refused (connect ECONNREFUSED)',
};
delete (broken as { response?: unknown }).response;

const unreached: StepResult = {
  ...passed,
  status: 'not-reached',
  checks: [],
  reason: 'it needs envID, which "Step 3" did not set',
};

const result = (steps: readonly StepResult[], outcome: RunResult['outcome']): RunResult => ({
  version: 2,
  tool: { name: 'pingone-tutorial', version: '0.0.0' },
  collection: { id: 'c', name: 'Collection' },
  target: { kind: 'given', origins: ['https://api.pingone.com'] },
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 2345,
  outcome,
  iterations: 1,
  steps,
  renewals: [],
  created:
    outcome === 'passed' ? [{ kind: 'environment', name: 'tutorial-1', id: 'f2b4', step: 'create-environment' }] : [],
});

describe('the report on a step', () => {
  it('that passed shows what was sent, checked, captured and noted', () => {
    expect(renderStep(passed, style)).toBe(`✓ Step 3: Create an environment  201 Created  41 ms
    POST {{apiPath}}/v1/environments
    ✓ status is 201, body matches environment.schema.json
    captured envID f2b4, accessToken (secret)
    note: chose "INTERNAL"
`);
  });

  it('of whose answer nothing is expected says that it was sent', () => {
    expect(renderStep({ ...passed, checks: [], captures: [], notes: [] }, style)).toBe(
      `→ Step 3: Create an environment  sent, 201 Created  41 ms\n    POST {{apiPath}}/v1/environments\n`,
    );
  });

  it('that failed shows what PingOne says, the likely cause and what to do', () => {
    expect(renderStep(failed, style)).toBe(`✗ Step 3: Create an environment  400 Bad Request  1.3 s
    POST {{apiPath}}/v1/environments
    ✗ status is 201: got 400
    PingOne says INVALID_DATA: No.
      INVALID_VALUE at region: Not here. (allowed: NA)
      INVALID_VALUE at newPassword: Weak. (not met: length, history)
    Correlation id c-1
    Likely cause: The region is wrong.
    What to do: Set another.
`);
  });

  it('that could not complete shows why', () => {
    expect(renderStep(broken, style)).toBe(`✗ Step 3: Create an environment  no answer  30 ms
    POST {{apiPath}}/v1/environments
    the connection was refused (connect ECONNREFUSED)
    Likely cause: The region is wrong.
    What to do: Set another.
`);
  });

  it('that was not reached shows what it lacks', () => {
    expect(renderStep(unreached, style)).toBe(
      '- Step 3: Create an environment  not reached: it needs envID, which "Step 3" did not set\n',
    );
  });
});

describe('the summary', () => {
  it('of a run that passed tells what was created, how to remove it and what to do next', () => {
    expect(renderSummary(result([passed], 'passed'), style)).toBe(`
✓ 1 step: 1 passed in 2.3 s
  2 of 2 checks held, 1 response matches its schema

What the run created
  environment  tutorial-1  f2b4
  To remove it, ask.

What to do next
  - Sign on.
`);
  });

  it('of a run that failed counts every kind of end', () => {
    expect(renderSummary(result([passed, failed, broken, unreached], 'error'), style)).toBe(`
✗ 4 steps: 1 passed, 1 failed, 1 could not complete, 1 not reached in 2.3 s
  2 of 3 checks held, 1 response matches its schema
`);
  });
});

it('a terminal shows the step in progress and writes over it', () => {
  const live = { ...style, liveWidth: 80 };
  const step = { id: passed.id, name: passed.name, method: passed.method, url: passed.url };
  expect(renderEvent({ kind: 'step-started', step }, live)).toBe(
    '… Step 3: Create an environment  POST {{apiPath}}/v1/environments',
  );
  expect(renderEvent({ kind: 'step-started', step }, { ...style, liveWidth: 40 })).toBe(
    '… Step 3: Create an environment  POST {',
  );
  expect(renderEvent({ kind: 'step-finished', step, result: passed }, live)).toContain('\r\u001b[2K✓ Step 3');
  expect(renderEvent({ kind: 'step-started', step }, style)).toBe('');
});

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1.0 s'],
  [59_940, '59.9 s'],
  [125_000, '2 min 5 s'],
])('%d ms reads as "%s"', (milliseconds, want) => {
  expect(duration(milliseconds)).toBe(want);
});

describe('at 80 columns', () => {
  const name = 'pingone-tutorial-provisioning-20261130T133211-a550c327';
  const id = '24bb59f1-d21b-4e4a-9f62-ff48ed1bb007';
  const item = { kind: 'application', name, id, status: 'removed' } as const;
  const created = { step: 'x', kind: 'application', name, id };

  it.each<[string, Parameters<typeof renderEvent>[0]]>([
    ['removed things', { kind: 'cleaned-up', item }],
    [
      'things that are left',
      { kind: 'cleaned-up', item: { ...item, status: 'left', reason: 'It is busy. '.repeat(6) } },
    ],
    ['a renewed token', { kind: 'token-renewed', because: 'the service answered 401 Unauthorized, '.repeat(3) }],
    ['the summary', { kind: 'run-finished', result: { ...result([passed], 'passed'), created: [created] } }],
  ])('no line of %s is longer, and the others are further in', (_what, event) => {
    const lines = renderEvent(event, { ...style, width: 80 })
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    if (event.kind === 'cleaned-up') {
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
    }
  });
});
