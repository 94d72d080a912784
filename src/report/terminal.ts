import type { Colors } from 'picocolors/types.js';
import type {
  CleanUpItem,
  PlannedStep,
  RunEventContent,
  RunResult,
  ServiceProblem,
  StepResult,
} from '../run/result.ts';
import { counted, duration } from './words.ts';

/** How a terminal report looks. */
export interface TerminalStyle {
  readonly colors: Colors;
  /** Width of the terminal, on which a line may be written over again; undefined when it is not a terminal. */
  readonly liveWidth: number | undefined;
  /** Lines for the summary of a run that passed. */
  readonly next: readonly string[];
  /** How to remove what the run created, when it is still there. */
  readonly removal?: string;
}

/** What to write for an event of a run. Lines end with a line feed; a live line does not, and is written over. */
export function renderEvent(event: RunEventContent, style: TerminalStyle): string {
  switch (event.kind) {
    case 'run-started':
      return `${style.colors.bold(event.collection)} ${style.colors.dim(`(${counted(event.steps.length, 'step')})`)}\n\n`;
    case 'step-started':
      return style.liveWidth === undefined ? '' : progressLine(event.step, style.liveWidth, style.colors);
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

/** No longer than the terminal is wide: a line that wraps could not be written over. */
function progressLine(step: PlannedStep, width: number, colors: Colors): string {
  const name = `… ${step.name}  `.slice(0, width - 1);
  return `${colors.cyan(name)}${colors.dim(requestLine(step).slice(0, Math.max(0, width - 1 - name.length)))}`;
}

/** One step: its outcome, and below it what was sent, checked and captured, or what went wrong and what to do. */
export function renderStep(result: StepResult, { colors }: TerminalStyle): string {
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
