import type { Colors } from 'picocolors/types.js';
import type {
  CleanUpItem,
  PlannedStep,
  RunEventContent,
  RunResult,
  ServiceProblem,
  StepResult,
} from '../run/result.ts';
import { exchangeLines } from './http-trace.ts';
import { counted, duration } from './words.ts';

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
  /** Lines for the summary of a run that passed. */
  readonly next: readonly string[];
  /** How to remove what the run created, when it is still there. */
  readonly removal?: string;
}

/** What to write for an event of a run. Lines end with a line feed; a live line does not, and is written over. */
export function renderEvent(event: RunEventContent, style: TerminalStyle): string {
  return isTold(event, style.verbosity ?? 'normal') ? renderTold(event, style) : clearLine(style);
}

/** Whether an event is told at this verbosity. What is in progress always is: it is written over. */
function isTold(event: RunEventContent, verbosity: Verbosity): boolean {
  if (verbosity === 'normal' || verbosity === 'verbose') return true;
  if (event.kind === 'step-started') return verbosity !== 'quiet';
  if (event.kind === 'step-finished') return event.result.status !== 'passed';
  if (event.kind === 'cleaned-up') return event.item.status === 'left';
  if (event.kind !== 'run-finished') return false;
  return verbosity === 'failures' || event.result.outcome !== 'passed' || event.result.cleanUp?.complete === false;
}

function renderTold(event: RunEventContent, style: TerminalStyle): string {
  switch (event.kind) {
    case 'run-started':
      return `${style.colors.bold(event.collection)} ${style.colors.dim(`(${counted(event.steps.length, 'step')})`)}\n\n`;
    case 'step-started':
      return renderLive({ kind: 'step', step: event.step }, 0, style);
    case 'exchange':
      return '';
    case 'step-finished':
      return `${clearLine(style)}${renderStep(event.result, style)}`;
    case 'step-retried':
      return `${clearLine(style)}${style.colors.yellow(`↻ ${event.step.name}`)}  ${event.because}: attempt ${event.attempt} of ${event.attempts} in ${duration(event.waitMs)}\n`;
    case 'token-renewed':
      return `${clearLine(style)}${style.colors.yellow('↻ a new access token was obtained')}: ${event.because}\n`;
    case 'cleaned-up':
      return `${clearLine(style)}${renderCleanUpItem(event.item, style)}\n`;
    case 'run-finished':
      return renderSummary(event.result, style);
  }
}

/** Takes away the line that shows the step in progress. */
function clearLine({ liveWidth }: TerminalStyle): string {
  return liveWidth === undefined ? '' : '\r\u001b[2K';
}

/** What became of a thing that clean-up tried to remove. */
export function renderCleanUpItem({ kind, name, id, status, reason }: CleanUpItem, { colors }: TerminalStyle): string {
  const what = `${kind} ${name}${id === undefined ? '' : ` ${colors.dim(id)}`}`;
  if (status === 'removed') return `${colors.green('✓')} removed ${what}`;
  if (status === 'absent') return `${colors.green('✓')} never came to be: ${what}`;
  return `${colors.red('✗')} left: ${what}: ${reason ?? ''}`;
}

/** What is going on now: a step, or the wait before its next attempt. */
export type LiveState =
  | { readonly kind: 'step'; readonly step: PlannedStep }
  | { readonly kind: 'wait'; readonly step: PlannedStep; readonly waitMs: number };

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

/** One step: its outcome, and below it what was sent, checked and captured, or what went wrong and what to do. */
export function renderStep(result: StepResult, { colors, verbosity }: TerminalStyle): string {
  if (result.status === 'not-reached') {
    return `${colors.dim(`- ${result.name}  not reached: ${result.reason ?? ''}`)}\n`;
  }
  const passed = result.status === 'passed';
  const mark = passed ? colors.green('✓') : colors.red('✗');
  const { response } = result;
  const answer = response
    ? `${response.status} ${response.reason}`
    : result.adopted
      ? 'taken over'
      : passed
        ? ''
        : 'no answer';
  const time = colors.dim(duration(response?.durationMs ?? result.durationMs));
  const captured = result.captures.map(
    ({ variable, value }) => `${variable} ${value === undefined ? '(secret)' : colors.cyan(value)}`,
  );
  const lines = [
    colors.dim(requestLine(result)),
    ...checkLines(result, colors),
    ...(captured.length > 0 ? [`captured ${captured.join(', ')}`] : []),
    ...attemptLines(result, colors),
    ...result.notes.map((note) => colors.dim(`note: ${note}`)),
    ...(passed ? [] : failureLines(result, colors)),
    ...(verbosity === 'verbose' ? detailLines(result, colors) : []),
  ];
  return `${mark} ${colors.bold(result.name)}  ${passed ? answer : colors.red(answer)}  ${time}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function requestLine({ method, url }: Pick<PlannedStep, 'method' | 'url'>): string {
  return `${method} ${url}`;
}

function checkLines({ checks }: StepResult, colors: Colors): string[] {
  const passed = checks.filter((check) => check.status === 'passed').map(({ name }) => name);
  const failed = checks.filter((check) => check.status === 'failed');
  return [
    ...(passed.length > 0 ? [`${colors.green('✓')} ${passed.join(', ')}`] : []),
    ...failed.map(({ name, message }) => `${colors.red(`✗ ${name}`)}: ${message ?? 'failed'}`),
  ];
}

function attemptLines({ attempts }: StepResult, colors: Colors): string[] {
  if (attempts.length === 0) return [];
  const each = attempts.map(({ because, waitMs }) => `${because}${waitMs > 0 ? ` (waited ${duration(waitMs)})` : ''}`);
  return [colors.yellow(`${counted(attempts.length, 'attempt')} before this one: ${each.join('; ')}`)];
}

/** What `--verbose` adds: the request and the response, and what else may explain a failure. */
function detailLines({ request, response, reason, diagnoses }: StepResult, colors: Colors): string[] {
  return [
    ...diagnoses.slice(1).map(({ cause, remedy }) => `${colors.yellow('Or:')} ${cause} ${remedy}`),
    ...(request
      ? exchangeLines({ request, ...(response && { response }), ...(reason !== undefined && { reason }) }, colors)
      : []),
  ];
}

function failureLines({ reason, response, diagnoses }: StepResult, colors: Colors): string[] {
  const [diagnosis] = diagnoses;
  const problem = response?.problem;
  return [
    ...(reason === undefined ? [] : [colors.red(reason)]),
    ...(problem ? problemLines(problem, response.correlationId) : []),
    ...(diagnosis
      ? [`${colors.yellow('Likely cause:')} ${diagnosis.cause}`, `${colors.yellow('What to do:')} ${diagnosis.remedy}`]
      : []),
  ];
}

/** What the service itself says, with the id its support asks for. */
function problemLines({ code, message, details }: ServiceProblem, correlationId: string | undefined): string[] {
  return [
    `PingOne says ${code}: ${message}`,
    ...details.map((detail) => {
      const rules = detail.unsatisfied ? ` (not met: ${detail.unsatisfied.join(', ')})` : '';
      const allowed = detail.allowed ? ` (allowed: ${detail.allowed.join(', ')})` : '';
      return `  ${detail.code}${detail.target ? ` at ${detail.target}` : ''}: ${detail.message}${rules}${allowed}`;
    }),
    ...(correlationId === undefined ? [] : [`Correlation id ${correlationId}`]),
  ];
}

/** The end of a report: counts, what now exists, what to do next. */
export function renderSummary(result: RunResult, style: TerminalStyle): string {
  const { colors } = style;
  const count = (status: StepResult['status']) => result.steps.filter((step) => step.status === status).length;
  const checks = result.steps.flatMap((step) => step.checks);
  const schemas = checks.filter((check) => check.kind === 'schema' && check.status === 'passed').length;
  const parts = [
    `${count('passed')} passed`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('error') > 0 ? [`${count('error')} could not complete`] : []),
    ...(count('not-reached') > 0 ? [`${count('not-reached')} not reached`] : []),
  ];
  const line = `${counted(result.steps.length, 'step')}: ${parts.join(', ')} in ${duration(result.durationMs)}`;
  const headline = result.outcome === 'passed' ? colors.green(`✓ ${line}`) : colors.red(`✗ ${line}`);
  const held = checks.filter((check) => check.status === 'passed').length;
  const matching = schemas === 1 ? '1 response matches its schema' : `${schemas} responses match their schema`;
  const detail = `  ${held} of ${counted(checks.length, 'check')} held, ${matching}`;
  return `${['', colors.bold(headline), detail, ...createdLines(result, style), ...nextLines(result, style)].join('\n')}\n`;
}

function createdLines({ created, cleanUp }: RunResult, { colors, removal }: TerminalStyle): string[] {
  const lines: string[] = [];
  if (cleanUp) {
    const count = (status: CleanUpItem['status']) => cleanUp.items.filter((item) => item.status === status).length;
    const left = count('left');
    const removed = `Clean-up: ${count('removed')} removed, ${left === 0 ? 'nothing left' : `${left} left`}`;
    lines.push('', left === 0 ? colors.green(removed) : colors.red(removed));
  }
  if (created.length === 0) return lines;
  const width = Math.max(...created.map(({ kind }) => kind.length));
  return [
    ...lines,
    '',
    colors.bold('What the run created'),
    ...created.map(
      ({ kind, name, id }) =>
        `  ${kind.padEnd(width)}  ${name}  ${colors.dim(id ?? '(may exist: its answer was lost)')}`,
    ),
    ...(removal === undefined ? [] : [`  ${removal}`]),
  ];
}

function nextLines(result: RunResult, { colors, next }: TerminalStyle): string[] {
  if (result.outcome !== 'passed' || result.cleanUp || next.length === 0) return [];
  return ['', colors.bold('What to do next'), ...next.map((line) => `  - ${line}`)];
}
