import { bin, group, quantileSorted, ticks } from 'd3-array';
import type {
  CleanUpItem,
  Durations,
  IterationResult,
  RunFigures,
  RunResult,
  StepResult,
  StepStatistics,
  Totals,
} from './result.ts';

/** What is counted of the result of a step. */
export interface CountedStep {
  readonly id: string;
  readonly name: string;
  readonly status: StepResult['status'];
  readonly checks: readonly Pick<StepResult['checks'][number], 'kind' | 'status'>[];
  readonly wasRetried: boolean;
  /** As `answerTime` has it. */
  readonly answerMs: number;
}

export function countedStep(result: StepResult): CountedStep {
  const { id, name, status, checks, attempts } = result;
  return {
    id,
    name,
    status,
    checks: checks.map((check) => ({ kind: check.kind, status: check.status })),
    wasRetried: attempts.length > 0,
    answerMs: answerTime(result),
  };
}

/** Whether a step was sent and nothing was expected of its answer, so that nothing is known to be right either. */
export function wasOnlySent({ status, checks, adopted }: Pick<StepResult, 'status' | 'checks' | 'adopted'>): boolean {
  return status === 'passed' && checks.length === 0 && !adopted;
}

/** Counts steps as they finish, so that nobody has to keep them. */
export interface Tally {
  step(counted: CountedStep): void;
  cleanUp(items: readonly CleanUpItem[]): void;
  totals(): Totals;
  /** In the order in which the steps were first counted. */
  statistics(): StepStatistics[];
}

/** Durations of a step that are kept. With more of them, percentiles are those of a sample of this size. */
const largestSample = 10_000;

export function createTally(): Tally {
  const steps = { all: 0, passed: 0, failed: 0, error: 0, skipped: 0, 'not-reached': 0 };
  const checks = { all: 0, passed: 0, failed: 0 };
  const cleanUp = { all: 0, removed: 0, absent: 0, left: 0 };
  let matchingSchemas = 0;
  let passedAfterRetry = 0;
  const perStep = new Map<string, StepTally>();
  return {
    step(counted) {
      const { id, name, status, wasRetried, answerMs } = counted;
      steps.all += 1;
      steps[status] += 1;
      for (const check of counted.checks) {
        checks.all += 1;
        checks[check.status] += 1;
        if (check.kind === 'schema' && check.status === 'passed') matchingSchemas += 1;
      }
      if (status === 'passed' && wasRetried) passedAfterRetry += 1;
      const own = perStep.get(id) ?? newStepTally(name);
      perStep.set(id, own);
      own.runs += 1;
      if (status === 'passed') own.passed += 1;
      if (status === 'skipped') own.skipped += 1;
      if (wasRun(status)) keep(own, answerMs);
    },
    cleanUp(items) {
      for (const { status } of items) {
        cleanUp.all += 1;
        cleanUp[status] += 1;
      }
    },
    totals: () => ({
      steps: { ...steps },
      checks: { ...checks },
      matchingSchemas,
      passedAfterRetry,
      cleanUp: { ...cleanUp },
    }),
    statistics: () =>
      [...perStep].map(([id, { name, runs, passed, skipped, count, least, greatest, sample }]) => ({
        id,
        name,
        runs,
        passed,
        skipped,
        ...(count > 0 && { durations: { ...summarize(sample), count, min: least, max: greatest } }),
      })),
  };
}

/** What a whole result comes to. */
export function tallyOf({ steps, cleanUp }: Pick<RunResult, 'steps' | 'cleanUp'>): Tally {
  const tally = createTally();
  for (const step of steps) tally.step(countedStep(step));
  tally.cleanUp(cleanUp?.items ?? []);
  return tally;
}

/** How many iterations were run, by their outcome. */
export function iterationCounts({
  figures,
  rows,
  steps,
}: Pick<RunResult, 'figures' | 'rows' | 'steps'>): RunFigures['iterations'] {
  if (figures) return figures.iterations;
  if (rows) {
    const { passed, failed, error } = rows;
    return { all: passed + failed + error, passed, failed, error };
  }
  // Of an earlier version, or of a run without iterations.
  const statuses = [...group(steps, ({ iteration }) => iteration).values()].map((own) =>
    worstStatus(own.map(({ status }) => status)),
  );
  const count = (status: string) => statuses.filter((other) => other === status).length;
  return { all: statuses.length, passed: count('passed'), failed: count('failed'), error: count('error') };
}

/** Whether anything was done for a step: its scripts ran or its request was sent. */
export function wasRun(status: StepResult['status']): boolean {
  return status !== 'skipped' && status !== 'not-reached';
}

/** Whether a step lets its run pass: it passed itself, or a script skipped it. */
export function isFine(status: StepResult['status']): boolean {
  return status === 'passed' || status === 'skipped';
}

/** The worst of outcomes. Of nothing, all passes, so nothing counts as failed: a run without a step has shown nothing. */
export function worstStatus(statuses: readonly StepResult['status'][]): IterationResult['status'] {
  if (statuses.length > 0 && statuses.every(isFine)) return 'passed';
  return statuses.includes('error') ? 'error' : 'failed';
}

interface StepTally {
  readonly name: string;
  runs: number;
  passed: number;
  skipped: number;
  count: number;
  least: number;
  greatest: number;
  readonly sample: number[];
}

function newStepTally(name: string): StepTally {
  return { name, runs: 0, passed: 0, skipped: 0, count: 0, least: Infinity, greatest: 0, sample: [] };
}

/** Any of the values is equally likely to be in the sample (reservoir sampling, algorithm R). */
function keep(own: StepTally, value: number): void {
  own.count += 1;
  own.least = Math.min(own.least, value);
  own.greatest = Math.max(own.greatest, value);
  const place = own.count <= largestSample ? own.sample.length : Math.floor(Math.random() * own.count);
  if (place < largestSample) own.sample[place] = value;
}

/** From sending to the end of the answer; without an answer, what the step took. */
export function answerTime({ response, durationMs }: StepResult): number {
  return response?.durationMs ?? durationMs;
}

function summarize(values: readonly number[]): Durations {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number) => quantileSorted(sorted, p) ?? 0;
  return {
    count: sorted.length,
    min: at(0),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    histogram: bin()
      .domain([at(0), at(1)])
      .thresholds(ticks(at(0), at(1), 20))(sorted)
      .map((interval) => ({ from: interval.x0 ?? 0, to: interval.x1 ?? 0, count: interval.length })),
  };
}
