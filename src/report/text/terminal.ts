import type { Colors } from 'picocolors/types.js';
import { printable, printableData } from '../../printable.ts';
import type {
  CleanUpItem,
  CreatedThing,
  PlannedStep,
  Progress,
  RunEvent,
  RunEventContent,
  RunResult,
  StepResult,
} from '../../run/result/result.ts';
import { isFine, wasOnlySent } from '../../run/result/tally.ts';
import {
  driftLine,
  driftsOf,
  flakyLines,
  historyLine,
  patchText,
  trendCells,
  trendHead,
  trendWords,
} from '../comparison.ts';
import { passedWords, statisticsOf } from '../statistics.ts';
import { isGoodTarget, problemLines, shardLines, targetHead, targetLine, targetRows } from '../targets.ts';
import { checksLine, cleanUpLine, isGood, iterationsLine, notRunWords, rowsLine, stepsLine } from '../totals.ts';
import { attemptLines, checkLines, failureLines } from './explain.ts';
import { exchangeLines } from './http-trace.ts';
import { shortIds, withoutIds, wrapped } from './lines.ts';
import { cleanUpItemLine, counted, duration, mayExistWords, ofTarget } from './words.ts';

/**
 * How much a terminal report tells. quiet: nothing when everything passed, else what did not and the summary.
 * failures: what did not pass, and the summary. verbose: each step also with its request and response.
 */
export type Verbosity = 'quiet' | 'failures' | 'normal' | 'verbose';

/** How a terminal report looks. */
export interface TerminalStyle {
  readonly colors: Colors;
  /** Default: normal. */
  readonly verbosity?: Verbosity;
  /** Width of the terminal, on which a line may be written over again; undefined when it is not a terminal. */
  readonly liveWidth: number | undefined;
  /** Columns at which lines of the report are wrapped. Default: they are not. */
  readonly width?: number | undefined;
  /** Lines for the summary of a run that passed. `{{name}}` of a value that the run has captured becomes that value. */
  readonly next: readonly string[];
  /** How to remove what the run created, when it is still there. */
  readonly removal?: string;
  /** The command that continues the run after an interruption. Default: none is shown. */
  readonly resume?: string;
}

/** What to write for an event of a run. Lines end with a line feed; a live line does not, and is written over. */
export function renderEvent(event: RunEventContent & Pick<RunEvent, 'iteration'>, style: TerminalStyle): string {
  // Many iterations go on side by side: what is told of them is how they end, and how far they have come.
  if (event.iteration !== undefined) return renderWithin(event, style);
  return isTold(event, style.verbosity ?? 'normal') ? renderTold(printableData(event), style) : clearLine(style);
}

/** What happens in an iteration: every step when everything is told. */
function renderWithin(event: RunEventContent, style: TerminalStyle): string {
  if (event.kind !== 'step-finished' || style.verbosity !== 'verbose') return '';
  const result = printableData(event.result);
  return `${clearLine(style)}${renderStep({ ...result, name: `${result.name} (iteration ${result.iteration})` }, style)}`;
}

/** Whether an event is told at this verbosity. What is in progress always is: it is written over. */
function isTold(event: RunEventContent, verbosity: Verbosity): boolean {
  if (verbosity === 'normal' || verbosity === 'verbose') return true;
  if (event.kind === 'step-started') return verbosity !== 'quiet';
  if (event.kind === 'step-finished') return !isFine(event.result.status);
  if (event.kind === 'iteration-finished') return verbosity === 'failures' || event.result.status !== 'passed';
  if (event.kind === 'cleaned-up') return event.item.status === 'left';
  if (event.kind === 'target-finished') return verbosity === 'failures' || !isGoodTarget(event.target);
  if (event.kind !== 'run-finished') return false;
  return verbosity === 'failures' || !isGood(event.result);
}

function renderTold(event: RunEventContent, style: TerminalStyle): string {
  switch (event.kind) {
    case 'run-started':
      return `${wrapped(titleLine(event, style.colors), '', style.width)}\n\n`;
    case 'step-started':
      return renderLive({ kind: 'step', step: event.step }, 0, style);
    case 'exchange':
      return '';
    case 'step-finished':
      return `${clearLine(style)}${renderStep(event.result, style)}`;
    case 'step-retried':
      return `${clearLine(style)}${wrapped(retryLine(event, style.colors), '', style.width)}\n`;
    case 'creation-awaited':
      return `${clearLine(style)}${wrapped(awaitedLine(event, style.colors), '', style.width)}\n`;
    case 'token-renewed':
      return `${clearLine(style)}${wrapped(renewalLine(event, style.colors), '', style.width)}\n`;
    case 'iteration-finished':
      return `${clearLine(style)}${renderIteration(event, style)}${renderProgress(event, style)}`;
    case 'cleaned-up':
      return `${clearLine(style)}${renderCleanUpItem(event.item, style)}\n`;
    case 'target-finished': {
      const { green, red } = style.colors;
      const line = targetLine(event.target);
      return `${clearLine(style)}${wrapped(isGoodTarget(event.target) ? green(`✓ ${line}`) : red(`✗ ${line}`), '', style.width)}\n`;
    }
    case 'run-finished':
      return renderSummary(event.result, style);
  }
}

function titleLine(
  { collection, steps }: Extract<RunEventContent, { kind: 'run-started' }>,
  { bold, dim }: Colors,
): string {
  return `${bold(collection)} ${dim(`(${counted(steps.length, 'step')})`)}`;
}

function retryLine(
  { step, because, attempt, attempts, waitMs }: Extract<RunEventContent, { kind: 'step-retried' }>,
  { yellow }: Colors,
): string {
  const title = yellow(`↻ ${ofTarget(step, step.name)}`);
  return `${title}  ${because}: attempt ${attempt} of ${attempts} in ${duration(waitMs)}`;
}

function renewalLine(event: Extract<RunEventContent, { kind: 'token-renewed' }>, { yellow }: Colors): string {
  return `${yellow(`↻ ${ofTarget(event, 'a new access token was obtained')}`)}: ${event.because}`;
}

function awaitedLine(
  { step, thing, name, because, waitMs }: Extract<RunEventContent, { kind: 'creation-awaited' }>,
  { yellow }: Colors,
): string {
  return `${yellow(`↻ ${ofTarget(step, `${thing} ${name}`)}`)}  ${because}: waiting up to ${duration(waitMs)}`;
}

/** Of iterations that did not pass, the first are told as they end; the results file and the summary have the others. */
const mostTold = 5;
/** Characters of a reason that are told. */
const longestReason = 200;

function renderIteration(
  { target, result, progress }: Extract<RunEventContent, { kind: 'iteration-finished' }>,
  { colors }: TerminalStyle,
): string {
  const { failure, iteration, line } = result;
  if (!failure || progress.failed > mostTold) return '';
  const where = line === undefined ? '' : ` (line ${line})`;
  const lines = [
    `${colors.red('✗')} ${colors.bold(ofTarget({ target }, `Iteration ${iteration}${where}`))}  ${failure.name}: ${colors.red(shortened(failure.reason))}`,
    ...(failure.diagnosis ? [`    ${failure.diagnosis.cause} ${failure.diagnosis.remedy}`] : []),
    ...(progress.failed === mostTold ? [colors.dim('  Further iterations that do not pass are not shown here.')] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function shortened(text: string): string {
  return text.length <= longestReason ? text : `${text.slice(0, longestReason - 1)}…`;
}

const barWidth = 24;

/** How far the iterations are: written over on a terminal; elsewhere a line for each tenth of them. */
function renderProgress(
  { target, progress }: Extract<RunEventContent, { kind: 'iteration-finished' }>,
  { colors, liveWidth, verbosity }: TerminalStyle,
): string {
  const { done, total } = progress;
  if (verbosity === 'quiet') return '';
  if (liveWidth === undefined) {
    const tenth = (count: number) => Math.floor((count * 10) / total);
    return total >= 20 && done < total && tenth(done) > tenth(done - 1)
      ? `  ${ofTarget({ target }, progressLine(progress))}\n`
      : '';
  }
  // Several targets share the line: `renderLiveTargets`.
  if (done === total || target !== undefined) return '';
  const filled = Math.round((done * barWidth) / total);
  const text = progressLine(progress).slice(0, Math.max(0, liveWidth - barWidth - 3));
  return `${colors.cyan('━'.repeat(filled))}${colors.dim('━'.repeat(barWidth - filled))} ${text}`;
}

/** `120 of 1000 iterations, 3 did not pass, 18.2 a second, about 48 s left`. */
function progressLine({ done, failed, total, elapsedMs, earlier }: Progress): string {
  const rate = ((done - earlier) * 1000) / Math.max(1, elapsedMs);
  return [
    `${done} of ${counted(total, 'iteration')}`,
    ...(failed > 0 ? [`${failed} did not pass`] : []),
    `${rate.toFixed(1)} a second`,
    ...(rate > 0 ? [`about ${duration(((total - done) * 1000) / rate)} left`] : []),
  ].join(', ');
}

/** Takes away the line that shows the step in progress. */
function clearLine({ liveWidth }: TerminalStyle): string {
  return liveWidth === undefined ? '' : '\r\u001b[2K';
}

/** What became of a thing that clean-up tried to remove, with its mark. */
export function renderCleanUpItem(item: CleanUpItem, { colors, width }: TerminalStyle): string {
  const mark = item.status === 'left' ? colors.red('✗') : colors.green('✓');
  return wrapped(`${mark} ${cleanUpItemLine(item)}`, '', width);
}

/** What is going on now: a step, or the wait before its next attempt. */
export type LiveState =
  | { readonly kind: 'step'; readonly step: PlannedStep }
  | { readonly kind: 'wait'; readonly step: PlannedStep; readonly waitMs: number };

/** What is going on at one of several targets: also how far its iterations are. */
export type TargetLiveState =
  | LiveState
  | { readonly kind: 'iterations'; readonly target: string; readonly progress: Progress };

/** The line that shows what is going on, in place of the one before; empty when it is not a terminal. */
export function renderLive(live: LiveState, elapsedMs: number, style: TerminalStyle): string {
  const { liveWidth, colors } = style;
  if (liveWidth === undefined) return '';
  const seconds = (milliseconds: number) => `${Math.max(0, Math.round(milliseconds / 1000))} s`;
  const time = elapsedMs >= 1000 ? `${seconds(elapsedMs)}  ` : '';
  const head = live.kind === 'wait' ? `↻ ${live.step.name}  next attempt in ` : `… ${live.step.name}  `;
  const tail = live.kind === 'wait' ? seconds(live.waitMs - elapsedMs) : `${time}${requestLine(live.step)}`;
  // No longer than the terminal is wide: a line that wraps could not be written over.
  const name = head.slice(0, liveWidth - 1);
  const rest = tail.slice(0, Math.max(0, liveWidth - 1 - name.length));
  return `${elapsedMs > 0 ? clearLine(style) : ''}${colors.cyan(name)}${colors.dim(rest)}`;
}

/** The line that shows what is going on at several targets; empty when nothing is, or it is not a terminal. */
export function renderLiveTargets(
  lives: readonly { readonly live: TargetLiveState; readonly elapsedMs: number }[],
  style: TerminalStyle,
): string {
  const { liveWidth, colors } = style;
  if (liveWidth === undefined) return '';
  const each = lives.map(({ live, elapsedMs }) => {
    if (live.kind === 'iterations') return ofTarget(live, `${live.progress.done} of ${live.progress.total}`);
    const { kind, step } = live;
    const seconds = elapsedMs >= 1000 ? ` ${Math.round(elapsedMs / 1000)} s` : '';
    return `${kind === 'wait' ? '↻' : '…'} ${ofTarget(step, step.name)}${seconds}`;
  });
  return `${clearLine(style)}${colors.cyan(each.join('  ').slice(0, liveWidth - 1))}`;
}

/** One step: its outcome, and below it what was sent, checked and captured, or what went wrong and what to do. */
export function renderStep(result: StepResult, { colors, verbosity, width }: TerminalStyle): string {
  const title = ofTarget(result, result.name);
  const notRun = notRunWords(result);
  if (notRun !== undefined) {
    const notes = result.status === 'skipped' ? result.notes : [];
    const noteLines = notes.map((note) => `${colors.dim(`    note: ${note}`)}\n`);
    return `${colors.dim(wrapped(`- ${title}  ${notRun}`, '', width))}\n${noteLines.join('')}`;
  }
  const passed = result.status === 'passed';
  const isSent = wasOnlySent(result);
  const mark = isSent ? colors.dim('→') : passed ? colors.green('✓') : colors.red('✗');
  const { response } = result;
  const answer = response
    ? `${isSent ? 'sent, ' : ''}${response.status} ${response.reason}`
    : result.adopted
      ? 'adopted'
      : isSent
        ? 'sent'
        : passed
          ? ''
          : 'no answer';
  const time = colors.dim(duration(response?.durationMs ?? result.durationMs));
  const isVerbose = verbosity === 'verbose';
  const readable = isVerbose ? (text: string) => text : shortIds;
  const captured = result.captures.map(
    ({ variable, value }) => `${variable} ${value === undefined ? '(secret)' : colors.cyan(readable(value))}`,
  );
  const notes = isVerbose ? result.notes : withoutIds(result.notes);
  const lines = [
    // As it was sent, when it was.
    colors.dim(
      `${readable(requestLine(result.request ?? result))}${result.engine === 'direct' ? '  (engine: direct)' : ''}`,
    ),
    ...checkLines(result, colors),
    ...(captured.length > 0 ? [`captured ${captured.join(', ')}`] : []),
    ...attemptLines(result, colors),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...(passed ? [] : failureLines(result, colors)),
    ...(isVerbose ? otherCauseLines(result, colors) : []),
  ];
  return [
    `${mark} ${colors.bold(title)}  ${passed ? answer : colors.red(answer)}  ${time}`,
    ...lines.map((line) => wrapped(line, '    ', width)),
    ...(isVerbose ? sentLines(result, colors).map((line) => `    ${line}`) : []),
    '',
  ].join('\n');
}

function requestLine({ method, url }: Pick<PlannedStep, 'method' | 'url'>): string {
  return `${method} ${url}`;
}

/** What else may explain a failure. */
function otherCauseLines({ diagnoses }: StepResult, colors: Colors): string[] {
  return diagnoses.slice(1).map(({ cause, remedy }) => `${colors.yellow('Or:')} ${cause} ${remedy}`);
}

/** The request and the response. */
function sentLines({ request, response, reason }: StepResult, colors: Colors): string[] {
  if (!request) return [];
  return exchangeLines(
    { request, ...(response && { response }), ...(reason !== undefined && { reason }) },
    colors,
    true,
  );
}

/** The end of a report: counts, what now exists, what to do next. */
export function renderSummary(result: RunResult, style: TerminalStyle): string {
  const { colors } = style;
  const rows = rowsLine(result);
  const headline =
    result.outcome === 'passed' || result.outcome === 'empty'
      ? colors.green(`✓ ${stepsLine(result)}`)
      : colors.red(`✗ ${stepsLine(result)}`);
  const lines = [
    '',
    colors.bold(headline),
    `  ${checksLine(result)}`,
    ...problemLines(result).map((line) => `  ${colors.red('error:')} ${line}`),
    ...shardLines(result).map((line) => `  ${colors.yellow(line)}`),
    ...(result.iterations > 1 ? [`  ${iterationsLine(result)}`] : []),
    ...(rows === undefined ? [] : [`  ${rows}`]),
    ...targetLines(result, style),
    ...statisticsLines(result, style),
    ...comparisonLines(result, style),
    ...driftLines(result, style),
    ...createdLines(result, style),
    ...nextLines(result, style),
  ];
  return `${lines.join('\n')}\n`;
}

/** Several targets, each with how it ended. */
function targetLines(result: RunResult, { colors }: TerminalStyle): string[] {
  const rows = targetRows(result);
  if (rows.length === 0) return [];
  const [head = '', ...lines] = alignedRows([targetHead, ...rows.map(({ cells }) => cells)]);
  return ['', head, ...lines.map((line, index) => (rows[index]?.good ? line : colors.red(line)))];
}

/** For many iterations: how long the answers of each step took. */
function statisticsLines(result: RunResult, { colors }: TerminalStyle): string[] {
  if (result.iterations === 1) return [];
  const rows = statisticsOf(result).map(({ name, durations, ...counts }) => [
    name,
    passedWords(counts, ' passed'),
    durations ? `median ${duration(durations.p50)}` : counts.skipped > 0 ? '' : 'not reached',
    durations ? `95 % ${duration(durations.p95)}` : '',
    durations ? `max ${duration(durations.max)}` : '',
  ]);
  return ['', colors.bold(`Each step in ${result.iterations} iterations`), ...alignedRows(rows)];
}

function alignedRows(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widthOf(column))).join('  ')}`.trimEnd());
}

/** Beside earlier runs: durations and how they change, what is flaky, and which responses have another shape. */
function comparisonLines({ comparison, outcome }: RunResult, { colors, verbosity }: TerminalStyle): string[] {
  if (!comparison) return [];
  const { note } = comparison;
  // Where only failures are shown, steps that are as they were say nothing.
  const isShort = verbosity === 'failures' && outcome === 'passed';
  const steps = comparison.steps.filter((step) => !isShort || step.retried || !/^(steady)?$/.test(trendWords(step)));
  return [
    '',
    colors.bold(`History: ${historyLine(comparison)}`),
    ...(note === undefined ? [] : [`  ${colors.yellow('warning:')} ${note}`]),
    ...(steps.length > 0 ? alignedRows([trendHead, ...steps.map(trendCells)]) : []),
    ...flakyLines(comparison).map((line) => `  ${colors.yellow('flaky:')} ${line}`),
  ];
}

/** Responses that are not as before, or hold what no schema knows, with the change of the schema. */
function driftLines(result: RunResult, { colors }: TerminalStyle): string[] {
  const lines = driftsOf(result).flatMap((item) => [
    `  ${colors.yellow('drift:')} ${item.name}: ${driftLine(item)}`,
    ...(item.schema ? [colors.dim(`    if it is meant to be, patch ${item.schema.file}: ${patchText(item)}`)] : []),
  ]);
  return lines.length > 0 && !result.comparison ? ['', ...lines] : lines;
}

function createdLines(result: RunResult, { colors, removal, verbosity, width: columns }: TerminalStyle): string[] {
  const { created, cleanUp } = result;
  const removed = cleanUpLine(result);
  const lines = removed === undefined ? [] : ['', cleanUp?.complete ? colors.green(removed) : colors.red(removed)];
  if (created.length === 0) return lines;
  const idOf = ({ id = '' }: CreatedThing) => (verbosity === 'verbose' ? id : shortIds(id));
  const labels = created.map(({ target, kind }) => ofTarget({ target }, kind));
  const width = Math.max(...labels.map((label) => label.length));
  return [
    ...lines,
    '',
    colors.bold('What the run created'),
    ...created.map(
      (thing, index) =>
        `  ${labels[index]?.padEnd(width)}  ${thing.name}  ${colors.dim(mayExistWords(thing) ?? idOf(thing))}`,
    ),
    ...(result.figures && result.figures.created > created.length
      ? [`  and ${result.figures.created - created.length} more`]
      : []),
    ...(removal === undefined ? [] : [wrapped(printable(removal), '  ', columns)]),
  ];
}

function nextLines(result: RunResult, { colors, next, resume, width }: TerminalStyle): string[] {
  if (result.outcome === 'interrupted' && !result.cleanUp && resume !== undefined)
    return [
      '',
      colors.bold('What to do next'),
      wrapped(`- Continue after its last good step: ${printable(resume)}`, '  ', width),
    ];
  if (result.outcome !== 'passed' || result.cleanUp || next.length === 0) return [];
  const captured = new Map(
    result.steps.flatMap(({ captures }) => captures.map(({ variable, value }) => [variable, value] as const)),
  );
  const filled = (line: string) => line.replace(/\{\{(\w+)\}\}/g, (all, name: string) => captured.get(name) ?? all);
  return [
    '',
    colors.bold('What to do next'),
    ...next.map((line) => wrapped(`- ${printable(filled(line))}`, '  ', width)),
  ];
}
