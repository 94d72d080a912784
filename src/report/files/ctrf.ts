import type { CTRFReport, RetryAttempt, Summary, Test } from 'ctrf';
import pc from 'picocolors';
import { printableJson } from '../../printable.ts';
import type { CleanUpItem, RunResult, StepResult } from '../../run/result/result.ts';
import { missingShardLines, problemLines, shardLines } from '../targets.ts';
import { attemptLines, checkLines, failureLines, failureTitle } from '../text/explain.ts';
import { cleanUpItemLine, ofTarget } from '../text/words.ts';
import { notRunWords, stepTitle } from '../totals.ts';

const plain = pc.createColors(false);

/**
 * A result in the Common Test Report Format (https://ctrf.io): a test for each step with its checks as steps, and a test for
 * each thing that clean-up tried to remove. A request that could not complete is `failed` with the raw status `error`.
 */
export function renderCtrf(result: RunResult): string {
  const start = Date.parse(result.startedAt);
  const tests = [
    ...result.steps.map((step) => testOfStep(step, result, start)),
    ...(result.cleanUp?.items ?? []).map((item) => testOfCleanUp(item, result)),
    ...problemLines(result).map((line) => testOfProblem(line, result)),
    ...missingShardLines(result).map((line) => testOfMissingShard(line, result)),
  ];
  const report: CTRFReport = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    timestamp: new Date(start + result.durationMs).toISOString(),
    generatedBy: `${result.tool.name} ${result.tool.version}`,
    results: {
      tool: { ...result.tool },
      summary: { ...summaryOf(tests), start, stop: start + result.durationMs, duration: result.durationMs },
      tests,
      environment: {
        reportName: result.collection.name,
        testEnvironment: result.target.kind,
        extra: { origins: result.target.origins },
      },
      extra: {
        outcome: result.outcome,
        iterations: result.iterations,
        ...(result.targets && { targets: result.targets, shards: shardLines(result) }),
      },
    },
  };
  return `${printableJson(JSON.stringify(report, null, 2))}\n`;
}

function testOfStep(step: StepResult, result: RunResult, runStart: number): Test {
  const { status, source, attempts, startMs, engine, response } = step;
  const notRun = notRunWords(step);
  const extra = {
    ...(response?.correlationId && { correlationId: response.correlationId }),
    ...(engine && { engine }),
  };
  return {
    name: stepTitle(step, result),
    status: statusOf(status),
    rawStatus: status,
    duration: step.durationMs,
    ...(startMs !== undefined && { start: runStart + startMs, stop: runStart + startMs + step.durationMs }),
    suite: [
      result.collection.name,
      ...targetOf(step),
      ...(result.iterations > 1 ? [`iteration ${step.iteration}`] : []),
    ],
    type: 'api',
    ...(notRun !== undefined && { message: notRun }),
    ...((status === 'failed' || status === 'error') && {
      message: failureTitle(step),
      trace: [...checkLines(step, plain), ...failureLines(step, plain)].join('\n'),
    }),
    ...(source && { filePath: source.file, line: source.line }),
    ...(attempts.length > 0 && {
      retries: attempts.length,
      retryAttempts: attempts.map(retryAttempt),
      flaky: status === 'passed',
      stdout: attemptLines(step, plain),
    }),
    steps: step.checks.map((check) => ({ name: check.name, status: check.status })),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function targetOf({ target }: { readonly target?: string }): string[] {
  return target === undefined ? [] : [target];
}

function retryAttempt({ status, durationMs, because }: StepResult['attempts'][number], index: number): RetryAttempt {
  return { attempt: index + 1, status: statusOf(status), duration: durationMs, message: because };
}

function testOfCleanUp(item: CleanUpItem, { collection }: RunResult): Test {
  return {
    name: ofTarget(item, `Remove ${item.kind} ${item.name}`),
    status: item.status === 'left' ? 'failed' : 'passed',
    rawStatus: item.status,
    duration: 0,
    suite: [collection.name, ...targetOf(item), 'Clean-up'],
    type: 'clean-up',
    ...(item.status === 'left' && { message: cleanUpItemLine(item) }),
  };
}

function testOfProblem(line: string, { collection }: RunResult): Test {
  return {
    name: 'The run',
    status: 'failed',
    rawStatus: 'error',
    duration: 0,
    suite: [collection.name],
    message: line,
  };
}

function testOfMissingShard(line: string, { collection }: RunResult): Test {
  const [name = line] = line.split(':');
  return {
    name,
    status: 'failed',
    rawStatus: 'missing',
    duration: 0,
    suite: [collection.name, 'Shards'],
    message: line,
  };
}

function statusOf(status: StepResult['status']): Test['status'] {
  return (
    { passed: 'passed', failed: 'failed', error: 'failed', skipped: 'skipped', 'not-reached': 'skipped' } as const
  )[status];
}

function summaryOf(tests: readonly Test[]): Omit<Summary, 'start' | 'stop'> {
  const count = (status: Test['status']) => tests.filter((test) => test.status === status).length;
  return {
    tests: tests.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    pending: 0,
    other: 0,
    flaky: tests.filter(({ flaky }) => flaky).length,
  };
}
