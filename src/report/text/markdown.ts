import type { PhrasingContent, RootContent } from 'mdast';
import { printableData } from '../../printable.ts';
import type { Drift, RunResult, StepResult } from '../../run/result/result.ts';
import { answerTime, wasOnlySent, wasRun } from '../../run/result/tally.ts';
import { driftLine, driftsOf, flakyLines, historyLine, patchText, trendCells, trendHead } from '../comparison.ts';
import { passedWords, statisticsOf } from '../statistics.ts';
import { problemLines, shardLines, targetHead, targetRows, targetWords } from '../targets.ts';
import {
  checksLine,
  cleanUpLine,
  isGood,
  iterationsLine,
  outcomeWords,
  rowsLine,
  stepsLine,
  stepTitle,
} from '../totals.ts';
import { type Explanation, explanationOf } from './explain.ts';
import { code, heading, list, markdownText, paragraph, strong, table, text } from './mdast.ts';
import { cleanUpItemLine, counted, duration, mayExistWords, ofTarget } from './words.ts';

/** Steps that are explained in full; of more, the report says how many. */
const mostExplained = 20;

/** In the tables of a report, what follows the step and its result are figures. */
const figures = { rightFrom: 2 };

/**
 * A result as GitHub Flavored Markdown (https://github.github.com/gfm/): the outcome, what did not pass with its likeliest cause
 * and what to do, a table of the steps, what was created and what clean-up did.
 */
export function renderMarkdown(told: RunResult): string {
  const result = printableData(told);
  const rows = rowsLine(result);
  return markdownText([
    heading(1, `${isGood(result) ? '✅' : '❌'} ${result.collection.name}: ${outcomeWords(result)}`),
    paragraph(`${stepsLine(result)}. ${checksLine(result)}.`),
    ...(result.iterations > 1 ? [paragraph(`${iterationsLine(result)}.`)] : []),
    ...(rows === undefined ? [] : [paragraph(`${rows}.`)]),
    paragraph(`Started ${result.startedAt} against ${targetWords(result)}.`),
    ...problemLines(result).map((line) => paragraph(`Error: ${line}`)),
    ...shardLines(result).map((line) => paragraph(`${line}.`)),
    ...targetsBlocks(result),
    ...failures(result),
    ...(result.steps.length === 0 ? [] : [result.iterations > 1 ? statisticsTable(result) : stepsTable(result)]),
    ...comparisonBlocks(result),
    ...createdBlocks(result),
  ]);
}

/** Several targets, each with how it ended. */
function targetsBlocks(result: RunResult): RootContent[] {
  const rows = targetRows(result).map(({ good, cells: [name = '', outcome, ...rest] }) => [
    name,
    `${good ? '✅' : '❌'} ${outcome}`,
    ...rest,
  ]);
  return rows.length === 0 ? [] : [table(targetHead, rows)];
}

function failures(result: RunResult): RootContent[] {
  const broken = result.steps.filter(({ status }) => status === 'failed' || status === 'error');
  if (broken.length === 0) return [];
  const more = broken.length - mostExplained;
  return [
    ...broken.slice(0, mostExplained).flatMap((step) => failure(step, result)),
    ...(more > 0 ? [paragraph(`${counted(more, 'more step')} did not pass.`)] : []),
  ];
}

function failure(step: StepResult, result: RunResult): RootContent[] {
  const { checks, says, details, causes, correlationId, source } = explanationOf(step);
  const items = [...checks, ...(step.reason === undefined ? [] : [step.reason]), ...says, ...details];
  return [
    heading(2, `${step.status === 'error' ? 'Could not complete' : 'Failed'}: ${stepTitle(step, result)}`),
    ...causes.map(causeBlock),
    list([
      [
        code(`${step.method} ${step.url}`),
        text(step.response ? ` answered ${step.response.status} ${step.response.reason}` : ''),
      ],
      ...items.map((item) => [text(item)]),
      ...(correlationId === undefined ? [] : [[text('Correlation id '), code(correlationId)]]),
      ...(source === undefined ? [] : [[text('Defined at '), code(source)]]),
    ]),
  ];
}

function causeBlock({ cause, remedy }: Explanation['causes'][number], index: number): RootContent {
  const children =
    index === 0
      ? [strong('Likely cause:'), text(` ${cause} `), strong('What to do:'), text(` ${remedy}`)]
      : [strong('Or:'), text(` ${cause} ${remedy}`)];
  return { type: 'paragraph', children };
}

function stepsTable(result: RunResult): RootContent {
  const marks = {
    passed: '✅ passed',
    failed: '❌ failed',
    error: '❌ could not complete',
    skipped: '⚪ skipped',
    'not-reached': '⚪ not reached',
  };
  return table(
    ['Step', 'Result', 'Answer', 'Time', 'Checks', 'Attempts'],
    result.steps.map((step) => {
      const { status, response, checks, attempts } = step;
      const held = checks.filter((check) => check.status === 'passed').length;
      const reached = wasRun(status);
      return [
        stepTitle(step, result),
        wasOnlySent(step) ? '➡️ sent' : marks[status],
        response ? String(response.status) : '',
        reached ? duration(answerTime(step)) : '',
        reached ? `${held} of ${checks.length}` : '',
        reached ? String(attempts.length + 1) : '',
      ];
    }),
    figures,
  );
}

function statisticsTable(result: RunResult): RootContent {
  return table(
    ['Step', 'Passed', 'Median', '90 %', '95 %', '99 %', 'Max'],
    statisticsOf(result).map(({ name, durations, ...counts }) => [
      name,
      passedWords(counts),
      ...(durations
        ? [durations.p50, durations.p90, durations.p95, durations.p99, durations.max].map(duration)
        : ['', '', '', '', '']),
    ]),
    figures,
  );
}

/** Beside earlier runs: what is flaky, which responses have another shape, and how long the steps take. */
function comparisonBlocks(result: RunResult): RootContent[] {
  const { comparison } = result;
  const drift = driftsOf(result);
  const drifts =
    drift.length > 0 ? [heading(2, '⚠️ Drift: responses differ from what is known'), list(drift.map(driftItem))] : [];
  if (!comparison) return drifts;
  const { note, steps } = comparison;
  const flaky = flakyLines(comparison);
  return [
    ...drifts,
    ...(flaky.length > 0 ? [heading(2, '⚠️ Flaky'), list(flaky.map((line) => [text(line)]))] : []),
    heading(2, `History: ${historyLine(comparison)}`),
    ...(note === undefined ? [] : [paragraph(`Warning: ${note}`)]),
    table(trendHead, steps.map(trendCells), figures),
  ];
}

function driftItem(drift: Drift): PhrasingContent[] {
  const { name, path, schema } = drift;
  const patch = patchText(drift);
  const line = path === '' ? [text(driftLine(drift))] : [code(path), text(driftLine(drift).slice(path.length))];
  return [
    text(`${name}: `),
    ...line,
    ...(schema && patch !== undefined
      ? [text('. If it is meant to be, patch '), code(schema.file), text(': '), code(patch)]
      : []),
  ];
}

function createdBlocks(result: RunResult): RootContent[] {
  const { created, cleanUp } = result;
  return [
    ...(created.length > 0
      ? [
          heading(2, 'What the run created'),
          list(
            created.map((thing) => {
              const { kind, name, id } = thing;
              const open = mayExistWords(thing);
              return [
                text(ofTarget(thing, `${kind} ${name} `)),
                ...(open === undefined ? [] : [text(open)]),
                ...(id === undefined ? [] : [code(id)]),
              ];
            }),
          ),
        ]
      : []),
    ...(cleanUp
      ? [
          heading(2, cleanUpLine(result) ?? ''),
          ...(cleanUp.items.length > 0 ? [list(cleanUp.items.map((item) => [text(cleanUpItemLine(item))]))] : []),
        ]
      : []),
  ];
}
