import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/run/judge/judge.ts';
import { slow } from '../slow.ts';
import {
  type CaseOutcome,
  judgedCases,
  judgedOutcome,
  scriptOutcome,
  withoutOtherWords,
  withoutUnknown,
} from './judged-steps.ts';
import { type Sandbox, startSandbox } from './postman-sandbox.ts';

/** `JUDGE_RUNS` steps are judged, `JUDGE_SEED` says which. */
const numRuns = Number(process.env.JUDGE_RUNS ?? 300);
const seed = process.env.JUDGE_SEED;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

test('judge makes the checks and sets the variables that the compiled script does in the sandbox of Postman', {
  ...slow,
  timeout: 600_000,
}, async () => {
  const seen = { passed: 0, failed: 0, unknown: 0, captured: 0, notes: 0 };
  await fc.assert(
    fc.asyncProperty(judgedCases, async (given) => {
      const comparable = (outcome: CaseOutcome) => withoutOtherWords(withoutUnknown(outcome, judge, given), given);
      expect(comparable(judgedOutcome(judge, given))).toEqual(comparable(await scriptOutcome(sandbox, given)));
      const { checks, captures, notes, unknown } = judge(given.step, given.definition, given.answer, given.state);
      for (const { status } of checks) seen[status] += 1;
      seen.captured += captures.length;
      seen.notes += notes.length;
      seen.unknown += unknown.length;
    }),
    { numRuns, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  if (process.env.JUDGE_RUNS) console.log(`${numRuns} steps: 0 differences`, seen);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 150);
});
