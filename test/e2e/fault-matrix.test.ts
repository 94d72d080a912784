import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { parseLedger } from '../../src/run/ledger/read-ledger.ts';
import type { RunResult } from '../../src/run/result/result.ts';
import { type CleanUpMode, runCollection } from '../../src/run/run.ts';
import { createSimulator, type Fault } from '../../src/simulator/index.ts';
import { slowUnless } from '../slow.ts';
import { comparableResult } from './comparable-result.ts';
import { beginTestLedger, valuesForSimulator } from './library-run.ts';
import { collectionFolder, temporaryFolder } from './support.ts';

const definition = await loadDefinition(collectionFolder);
const collection = compileCollection(definition);
const simulator = createSimulator();
let listening: Awaited<ReturnType<typeof simulator.listen>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  listening = await simulator.listen();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await listening.close();
  await folder.remove();
});

let runs = 0;

/** A run with short waits against the simulator with these faults. */
async function runWith(
  faults: readonly Fault[],
  cleanUp: CleanUpMode = 'always',
  engine: 'newman' | 'direct' = 'newman',
): Promise<{ result: RunResult; ledger: string }> {
  simulator.reset();
  simulator.setFaults(faults);
  runs += 1;
  const ledger = beginTestLedger(folder.path, `run-${runs}`, definition);
  const result = await runCollection({
    definition,
    collection,
    values: valuesForSimulator(definition, listening.url),
    targetKind: 'given',
    engine,
    // Short only where it has to be waited for: elsewhere a slow machine would have time-outs of its own.
    requestTimeout: faults.some((fault) => fault.do.kind === 'hang') ? 400 : 10_000,
    retry: { attempts: 3, baseDelay: 5, maximumDelay: 20, propagation: 500 },
    cleanUp,
    ledger,
  });
  ledger.close();
  return { result, ledger: await readFile(ledger.file, 'utf8') };
}

/** Environments that the simulator has and that were not there at the beginning, and how many were ever created. */
function environments(): { left: string[]; created: number } {
  const { environments: all } = simulator.snapshot();
  const history = simulator.history().filter(({ type }) => type === 'environment');
  const created = history.filter(({ action }) => action === 'created');
  return {
    left: all.map(({ id }) => id).filter((id) => created.some((entry) => entry.id === id)),
    created: created.length,
  };
}

type Action = Fault['do'];

/** A field that each step needs of its response. */
const neededField: Readonly<Record<number, string>> = {
  1: '/access_token',
  2: '/_embedded',
  3: '/id',
  4: '/id',
  5: '/id',
  6: '/status',
};

/** Faults that pass when the request is sent again, or that are none for a client that follows PingOne's pages. */
const passing: readonly Action[] = [
  ...[408, 429, 500, 502, 503, 504].map((status): Action => ({ kind: 'status', status })),
  { kind: 'status', status: 429, retryAfter: 0 },
  { kind: 'status', status: 503, retryAfter: 0 },
  { kind: 'status', status: 503, processed: true },
  { kind: 'status', status: 504, processed: true },
  { kind: 'reset-before-reading' },
  { kind: 'reset-mid-body' },
  { kind: 'reset-after-processing' },
  { kind: 'hang' },
  { kind: 'hang', processed: true },
];

/** Answers that are whole and right, if odd: they are no failure however often they come. */
const harmless: readonly Action[] = [
  { kind: 'delay', milliseconds: 30 },
  { kind: 'extra-field', pointer: '/surprise', value: { is: 'new' } },
  { kind: 'huge-body', bytes: 200_000 },
  { kind: 'slow-drip', bytes: 8192, milliseconds: 5 },
  { kind: 'content-type', value: 'text/plain' },
  { kind: 'not-propagated', requests: 1 },
  { kind: 'not-propagated', requests: 1, status: 404 },
  { kind: 'token-expiry', afterUses: 1 },
];

/** Faults that no further attempt helps against: the step fails, and nothing is left behind. */
const failing: readonly (Action | ((step: number) => Action))[] = [
  { kind: 'status', status: 400 },
  { kind: 'truncated-json' },
  { kind: 'invalid-json' },
  (step) => ({ kind: 'missing-field', pointer: neededField[step] ?? '' }),
  (step) => ({ kind: 'mistyped-field', pointer: neededField[step] ?? '' }),
];

interface Cell {
  readonly fault: Action;
  readonly step: number;
  readonly attempt: number | { readonly from: number };
  readonly passes: boolean;
}

const cells: readonly Cell[] = [1, 2, 3, 4, 5, 6].flatMap((step) =>
  [1, 2, { from: 1 }].flatMap((attempt): Cell[] => [
    ...passing.map((fault) => ({
      fault,
      step,
      attempt,
      passes: typeof attempt === 'number' || isAdoptable(fault, step),
    })),
    ...harmless.map((fault) => ({ fault, step, attempt, passes: true })),
    ...failing.map((fault) => ({
      fault: typeof fault === 'function' ? fault(step) : fault,
      step,
      attempt,
      passes: false,
    })),
  ]),
);

/** Every cell takes up to a second. All of them: FAULT_MATRIX=all; otherwise a part that reaches every fault and step. */
const chosen = process.env.FAULT_MATRIX === 'all' ? cells : cells.filter((_cell, index) => index % 13 === 0);

describe('the fault matrix', () => {
  const outcomes = new Map<string, number>();
  for (const cell of chosen) {
    const { fault, step, attempt, passes } = cell;
    const options = slowUnless(cells.indexOf(cell) % 195 === 0);
    it(`${JSON.stringify(fault)} at step ${step}, attempt ${JSON.stringify(attempt)}`, options, async () => {
      // A second attempt happens only after a first that failed.
      const first: Fault[] =
        attempt === 2 ? [{ match: { step, attempt: 1 }, do: { kind: 'status', status: 503 } }] : [];
      const faults: Fault[] = [...first, { match: { step, attempt }, do: fault }];
      const { result, ledger } = await runWith(faults);
      const wrong = result.steps.find(({ status }) => status === 'failed' || status === 'error');
      const told = JSON.stringify(wrong ?? result.outcome);
      expect(result.outcome === 'passed', told).toBe(passes);
      expect(wrong === undefined || wrong.diagnoses[0] !== undefined || wrong.reason !== undefined, told).toBe(true);
      const { left, created } = environments();
      expect(left).toEqual([]);
      expect(result.cleanUp?.complete).toBe(true);
      expect(created).toBeLessThanOrEqual(1);
      const content = parseLedger('x', ledger);
      expect('creations' in content && content.creations.filter(({ state }) => state !== 'absent')).toEqual([]);
      const direct = await runWith(faults, 'always', 'direct');
      expect(comparableResult(direct.result)).toEqual(comparableResult(result));
      expect(environments()).toEqual({ left: [], created });
      outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    });
  }

  afterAll(() => {
    const counts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    process.stdout.write(
      `fault matrix: by both engines ${runs / 2} of ${cells.length} cells (${counts}), 0 environments left, 0 created twice\n`,
    );
  });
});

/** At every attempt: what was created although its answer was lost is found at once. */
function isAdoptable(fault: Action, step: number): boolean {
  const processed =
    ['reset-after-processing', 'reset-mid-body'].includes(fault.kind) ||
    ('processed' in fault && fault.processed === true);
  return processed && step >= 3 && step <= 5;
}
