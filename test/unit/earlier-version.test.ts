import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReports } from '../../src/cli/outputs/read-reports.ts';
import { openResultsFile } from '../../src/cli/outputs/results-file.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { renderJson } from '../../src/report/files/json-report.ts';
import { parseJsonReport } from '../../src/report/files/parse-json-report.ts';
import { renderSummary } from '../../src/report/text/terminal.ts';
import { totalsOf } from '../../src/report/totals.ts';
import { creationsOf } from '../../src/run/clean-up/leftovers.ts';
import { compareWithHistory, parseHistory, renderHistory, withRun } from '../../src/run/history/run-history.ts';
import { type LedgerContent, parseLedger, readLedgers } from '../../src/run/ledger/read-ledger.ts';
import { mergeResults } from '../../src/run/result/merge-results.ts';
import type { RunResult } from '../../src/run/result/result.ts';

/** Files that version 0.1.0 wrote; its README says how they were made. */
const fixtures = fileURLToPath(new URL('../fixtures/0.1.0', import.meta.url));
const textOf = (file: string) => readFileSync(join(fixtures, file), 'utf8');
const collections = fileURLToPath(new URL('../../collections', import.meta.url));
const minimal = fileURLToPath(new URL('../docs/minimal', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earlier-version-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function resultIn(text: string): RunResult {
  const parsed = parseJsonReport(text);
  if (!('result' in parsed)) throw new Error(parsed.problem);
  return parsed.result;
}

describe('a JSON report of 0.1.0', () => {
  it.each(['lost-answer.json', 'iterations.json'])('is read as version 2, and written as such: %s', (file) => {
    expect(JSON.parse(textOf(file))).toMatchObject({ version: 1, tool: { version: '0.1.0' } });
    const result = resultIn(textOf(file));
    expect(result.version).toBe(2);
    expect(resultIn(renderJson(result))).toEqual(result);
  });

  it('says of a thing whose answer was lost that it may exist', () => {
    expect(resultIn(textOf('lost-answer.json')).created).toMatchObject([{ kind: 'environment', mayExist: true }]);
  });

  it('has figures in which no step was skipped', () => {
    const result = resultIn(textOf('iterations.json'));
    expect(totalsOf(result).steps).toMatchObject({ all: 400, passed: 400, skipped: 0 });
    expect(result.figures?.statistics.map(({ skipped }) => skipped)).toEqual([0, 0]);
    const style = { colors: pc.createColors(false), liveWidth: undefined, next: [] };
    expect(renderSummary(result, style)).toContain('400 steps: 400 passed in');
  });

  it('is put together with one of now', () => {
    const { reports } = readReports(['lost-answer.json'], { cwd: fixtures, wantsResults: false }, () => {});
    const [earlier] = reports;
    if (!earlier) throw new Error('nothing was read');
    const merged = mergeResults([
      { name: 'eu', result: earlier.result },
      { name: 'com', result: { ...earlier.result, outcome: 'error', problem: 'The engine ended.' } },
    ]);
    expect(merged).toMatchObject({
      version: 2,
      targets: [{ name: 'eu' }, { name: 'com', problem: 'The engine ended.' }],
    });
    expect(resultIn(renderJson(merged))).toEqual(merged);
  });

  it.each([
    [
      'of a version to come',
      { $schema: 'urn:pingone-tutorial:run-result:3', version: 3 },
      'has version 3 of the format',
    ],
    ['whose versions differ', { version: 2 }, 'has version 1 of the format'],
    ['without its steps', { steps: undefined }, "it must have required property 'steps'"],
    ['with steps that are none', { steps: [1] }, '/steps/0 must be object'],
    ['with things that are none', { created: [null] }, '/created/0 must be object'],
    ['with figures that are none', { figures: 'many' }, '/figures must be object'],
    ['with totals that are none', { totals: { steps: 6 } }, '/totals'],
  ])('%s is refused with the reason', (_what, change, want) => {
    const parsed = parseJsonReport(JSON.stringify({ ...JSON.parse(textOf('lost-answer.json')), ...change }));
    expect(parsed).toMatchObject({ problem: expect.stringContaining(want) });
  });
});

it('a history of 0.1.0 is read and gone on with', async () => {
  const history = parseHistory(textOf('history.json'));
  if ('broken' in history) throw new Error(history.broken);
  const [step] = resultIn(textOf('lost-answer.json')).steps;
  if (!step) throw new Error('the report has no step');
  const result: RunResult = {
    ...resultIn(textOf('iterations.json')),
    steps: [
      { ...step, id: 'get-token' },
      { ...step, id: 'read-licenses', status: 'skipped' },
    ],
  };
  const { runs, steps } = compareWithHistory(history, result, await loadDefinition(minimal));
  expect(runs).toBe(4);
  expect(steps.map(({ id, runs: reached, passed }) => [id, reached, passed])).toEqual([
    ['get-token', 4, 4],
    ['read-licenses', 3, 3],
  ]);
  const after = withRun(history, result);
  expect(parseHistory(renderHistory(after))).toEqual(after);
});

describe('a ledger of 0.1.0', () => {
  it('tells what passed, and what may exist', async () => {
    const content = parseLedger('run.ledger.jsonl', textOf('run.ledger.jsonl')) as LedgerContent;
    expect(content.passed.map(({ step }) => step)).toEqual(['get-access-token', 'read-licenses']);
    const definition = await loadDefinition(join(collections, 'create-a-test-environment'));
    expect(creationsOf(content, definition)).toMatchObject([{ step: { id: 'create-environment' }, state: 'pending' }]);
  });

  it('is found in its folder', async () => {
    expect(await readLedgers(fixtures)).toMatchObject([
      { run: { version: 1, collection: 'create-a-test-environment' } },
    ]);
  });
});

it('a results file of 0.1.0 is gone on with', () => {
  cpSync(join(fixtures, 'results.jsonl'), join(folder, 'results.jsonl'));
  const file = openResultsFile('results.jsonl', true, folder);
  file.close();
  expect([...file.finished]).toEqual([1, 2, 3, 4]);
});
