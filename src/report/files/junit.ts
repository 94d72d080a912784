import { group } from 'd3-array';
import pc from 'picocolors';
import xmlbuilder, { type XMLElement } from 'xmlbuilder';
import { printableData } from '../../printable.ts';
import type { CleanUpItem, RunResult, StepResult, StepStatistics } from '../../run/result/result.ts';
import { passedWords } from '../statistics.ts';
import { missingShardLines, partsOf, problemLines } from '../targets.ts';
import { attemptLines, checkLines, failureLines, failureTitle } from '../text/explain.ts';
import { cleanUpItemLine, duration } from '../text/words.ts';
import { notRunWords, outcomeWords } from '../totals.ts';

/**
 * A result as JUnit XML, in the form Jenkins' xunit plugin defines: a suite for each target and iteration with a case for
 * each step, and one more suite a target with a case for each thing that clean-up tried to remove. A check that did not hold is a failure, a request
 * that could not complete an error, a step that was not reached or that a script skipped is skipped. What the checks and attempts were is in
 * `system-out`. When not all iterations are kept, the first suite has a case for each step in all of them.
 */
export function renderJUnit(told: RunResult): string {
  const result = printableData(told);
  const problems = problemLines(result).map(problemCase);
  const missing = missingShardLines(result).map(missingCase);
  const suites: Suite[] = [
    ...partsOf(result).flatMap(({ name, part }) => suitesOf(part, name)),
    ...(problems.length > 0 ? [{ name: 'Beside the steps', cases: problems, part: result, target: undefined }] : []),
    ...(missing.length > 0 ? [{ name: 'Missing shards', cases: missing, part: result, target: undefined }] : []),
  ];
  const root = xmlbuilder.create('testsuites', { encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' });
  const { skipped, ...counts } = countsOf(suites.flatMap(({ cases }) => cases));
  for (const [name, value] of Object.entries({
    name: result.collection.name,
    ...counts,
    time: seconds(result.durationMs),
  }))
    root.att(name, value);
  for (const { name, cases, part, target } of suites) {
    const time = seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0));
    const suite = root.ele('testsuite', { name, ...countsOf(cases), time, timestamp: part.startedAt });
    const properties = suite.ele('properties');
    for (const [key, value] of Object.entries(propertiesOf(part))) properties.ele('property', { name: key, value });
    for (const each of cases)
      writeCase(suite, each, target === undefined ? part.collection.id : `${part.collection.id}.${target}`);
  }
  return `${root.end({ pretty: true })}\n`;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  /** What the suite is of: the result, or what it tells of one target. */
  readonly part: RunResult;
  /** Name of the target, when there are several. */
  readonly target: string | undefined;
}

function suitesOf(part: RunResult, target: string | undefined): Suite[] {
  const { collection, iterations, steps, cleanUp, figures } = part;
  const ofTarget = target === undefined ? '' : `, ${target}`;
  const suites = [...group(steps, ({ iteration }) => iteration)].map(([iteration, of]) => ({
    name: `${collection.name}${ofTarget}${iterations > 1 ? `, iteration ${iteration}` : ''}`,
    cases: of.map((step) => stepCase(step, part)),
    part,
    target,
  }));
  // Of many iterations not all steps are there: what each step came to in all of them is a case of its own.
  const all = figures && {
    name: `${collection.name}${ofTarget}, all ${iterations} iterations`,
    cases: figures.statistics.map(statisticsCase),
    part,
    target,
  };
  const cleaned = cleanUp && { name: `Clean-up${ofTarget}`, cases: cleanUp.items.map(cleanUpCase), part, target };
  return [...(all ? [all] : []), ...suites, ...(cleaned ? [cleaned] : [])];
}

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly durationMs: number;
  readonly checks: number;
  /** What did not hold: the kind of the check; of an error, what it befell. */
  readonly type: string;
  /** What a failure or an error is, in a line. */
  readonly title: string;
  /** The failure in full, or why it was skipped. */
  readonly text: string;
  readonly output: string;
}

const plain = pc.createColors(false);

function stepCase(step: StepResult, result: RunResult): Case {
  const kind = (
    { passed: 'passed', failed: 'failure', error: 'error', skipped: 'skipped', 'not-reached': 'skipped' } as const
  )[step.status];
  const { source } = step;
  return {
    name: step.name,
    kind,
    durationMs: step.durationMs,
    checks: step.checks.length,
    type: step.checks.find((check) => check.status === 'failed')?.kind ?? 'request',
    title: failureTitle(step),
    text:
      notRunWords(step, outcomeWords(result)) ??
      [
        `${step.method} ${step.url}`,
        ...checkLines(step, plain).filter((line) => line.startsWith('✗')),
        ...failureLines(step, plain),
        ...(source ? [`at ${source.file}:${source.line}`] : []),
      ].join('\n'),
    output: [
      ...checkLines(step, plain),
      ...attemptLines(step, plain),
      ...step.notes.map((note) => `note: ${note}`),
      ...(step.response?.correlationId ? [`Correlation id ${step.response.correlationId}`] : []),
    ].join('\n'),
  };
}

function statisticsCase({ name, durations, ...counts }: StepStatistics): Case {
  const text = passedWords(counts, ' passed');
  const { runs, passed, skipped } = counts;
  return {
    name,
    kind: passed + skipped < runs ? 'failure' : passed > 0 ? 'passed' : 'skipped',
    durationMs: durations?.p50 ?? 0,
    checks: 0,
    type: 'iterations',
    title: text,
    text,
    output: durations
      ? `${text}: median ${duration(durations.p50)}, 95 % ${duration(durations.p95)}, max ${duration(durations.max)}`
      : text,
  };
}

function cleanUpCase(item: CleanUpItem): Case {
  return {
    name: `Remove ${item.kind} ${item.name}`,
    kind: item.status === 'left' ? 'error' : 'passed',
    durationMs: 0,
    checks: 0,
    type: 'clean-up',
    title: item.reason ?? 'left',
    text: cleanUpItemLine(item),
    output: cleanUpItemLine(item),
  };
}

function problemCase(line: string): Case {
  return { name: 'The run', kind: 'error', durationMs: 0, checks: 0, type: 'run', title: line, text: line, output: '' };
}

function missingCase(line: string): Case {
  const [name = line] = line.split(':');
  return { name, kind: 'error', durationMs: 0, checks: 0, type: 'shard', title: line, text: line, output: '' };
}

function countsOf(cases: readonly Case[]) {
  const count = (kind: Case['kind']) => cases.filter((each) => each.kind === kind).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

function propertiesOf({ tool, target, outcome, renewals }: RunResult): Record<string, string> {
  return {
    tool: `${tool.name} ${tool.version}`,
    target: target.kind,
    origins: target.origins.join(' '),
    outcome,
    ...(renewals.length > 0 && { renewals: renewals.join('; ') }),
  };
}

function writeCase(suite: XMLElement, each: Case, classname: string): void {
  const { name, durationMs, checks, kind, type, title, text, output } = each;
  const element = suite.ele('testcase', {
    name,
    classname,
    time: seconds(durationMs),
    assertions: checks,
  });
  if (kind === 'skipped') element.ele('skipped', text);
  else if (kind !== 'passed') element.ele(kind, { type, message: title }, text);
  if (output !== '') element.ele('system-out', output);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
