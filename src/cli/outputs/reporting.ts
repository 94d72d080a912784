import { UsageError } from '../../errors.ts';
import { type Reporter, reporters } from '../../report/reporters.ts';
import { renderExchange } from '../../report/text/http-trace.ts';
import {
  type LiveState,
  renderEvent,
  renderLive,
  renderLiveTargets,
  type TargetLiveState,
  type TerminalStyle,
} from '../../report/text/terminal.ts';
import type { RunEvent, RunResult } from '../../run/result/result.ts';
import { appendToFile } from '../../whole-file.ts';
import type { Output, World } from '../world.ts';
import { openReportFile, type ReportFile } from './report-file.ts';
import type { ReporterName, ReporterRequest } from './reporter-request.ts';
import { writing } from './write-files.ts';

/** Where the events and the result of a run are told. */
export interface Reporting {
  /** Whether any report tells of exchanges. */
  readonly wantsExchanges: boolean;
  /** Whether any report tells what happens within iterations. */
  readonly wantsIterationEvents: boolean;
  onEvent(event: RunEvent): void;
  /** Writes what is made from the whole result. Throws `UsageError` with everything that could not be written. */
  finish(result: RunResult): void;
  /** Takes back unfinished files, when there is no result. */
  discard(): void;
}

export interface ReportingOptions {
  readonly reporters: readonly ReporterRequest[];
  /** How the terminal report looks; colours and width as the output it goes to has them. */
  readonly style: (output: Output) => TerminalStyle;
  readonly debugHttp: boolean;
  /** Whether a guide shows the steps, so that the terminal report need not. */
  readonly isGuided?: boolean;
}

/**
 * Opens every report. The terminal report goes to standard output; to standard error when another report is written there.
 * Throws `UsageError` when a file cannot be written, or two reports want the same place.
 */
export async function openReporting(options: ReportingOptions, world: World): Promise<Reporting> {
  const { stdout, stderr } = world;
  refuseTwoOnStdout(options.reporters);
  const onStdout = options.reporters.some(({ name, file }) => isData(name) && file === undefined);
  const whole = terminalSink(onStdout ? stderr : stdout, options.style);
  const terminal = options.isGuided ? withoutSteps(whole) : whole;
  const sinks: Sink[] = [terminal];
  if (options.debugHttp) sinks.push(debugSink(stderr, options.style));
  const discard = () => {
    for (const sink of sinks) sink.discard();
  };
  try {
    for (const request of options.reporters) {
      if (request.name === 'github') sinks.push(await githubSink(request.file, world));
      else if (request.name === 'terminal') {
        if (request.file !== undefined)
          sinks.push(transcriptSink(openReportFile(request.file, world.cwd), options.style));
      } else sinks.push(await reporterSink(request.name, request.file, world));
    }
  } catch (error) {
    discard();
    throw error;
  }
  const writable = new Set(sinks);
  const wantsExchanges = options.debugHttp || options.reporters.some(({ name }) => name === 'ndjson');
  return {
    wantsExchanges,
    wantsIterationEvents: wantsExchanges || options.style(stdout).verbosity === 'verbose',
    onEvent: (event) => tellAll(writable, event),
    finish: (result) => {
      const problems: string[] = [];
      for (const sink of writable) {
        try {
          sink.finish(result);
        } catch (error) {
          sink.discard();
          if (!(error instanceof UsageError)) throw error;
          problems.push(error.message);
        }
      }
      if (problems.length > 0) throw new UsageError(problems.join('\n'));
    },
    discard,
  };
}

/** Leaves out from then on what cannot be written, and throws why when the others know of the event. */
function tellAll(sinks: Set<Sink>, event: RunEvent): void {
  const failures: unknown[] = [];
  for (const sink of sinks) {
    try {
      sink.onEvent(event);
    } catch (error) {
      sinks.delete(sink);
      sink.discard();
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

interface Sink {
  onEvent(event: RunEvent): void;
  finish(result: RunResult): void;
  discard(): void;
}

const silent: Sink = { onEvent: () => {}, finish: () => {}, discard: () => {} };

function isData(name: ReporterName): boolean {
  return name !== 'terminal' && name !== 'github';
}

function refuseTwoOnStdout(requests: readonly ReporterRequest[]): void {
  if (requests.filter(({ name, file }) => isData(name) && file === undefined).length < 2) return;
  throw new UsageError(
    'two reporters would write to standard output; give each a file of its own: --reporter NAME=FILE',
  );
}

/** The live report: a line is written over while a step is in progress or a wait goes on. */
function terminalSink(output: Output, styleFor: ReportingOptions['style']): Sink {
  const style = styleFor(output);
  let live: { readonly state: LiveState; readonly since: number } | undefined;
  // In the order of the targets, so that what is shown keeps its place.
  const atTargets = new Map<string, { readonly state: TargetLiveState; readonly since: number } | undefined>();
  const liveTargets = () => {
    const now = Date.now();
    const lives = [...atTargets.values()]
      .filter((each) => each !== undefined)
      .map(({ state, since }) => ({ live: state, elapsedMs: now - since }));
    return lives.length === 0 ? '' : renderLiveTargets(lives, style);
  };
  const ticker = setInterval(() => {
    if (live) output.write(renderLive(live.state, Date.now() - live.since, style));
    else output.write(liveTargets());
  }, 1000);
  ticker.unref();
  return {
    onEvent: (event) => {
      const state = liveState(event);
      const target = targetOf(event);
      if (target !== undefined) {
        const text = event.kind === 'step-started' ? '' : renderEvent(event, style);
        if (event.kind === 'iteration-finished')
          atTargets.set(target, { state: { kind: 'iterations', target, progress: event.progress }, since: Date.now() });
        else if (state !== 'as before') atTargets.set(target, state && { state, since: Date.now() });
        else if (text === '') return;
        output.write(`${text}${liveTargets()}`);
        return;
      }
      if (event.kind === 'run-started')
        for (const step of event.steps) if (step.target !== undefined) atTargets.set(step.target, undefined);
      if (state !== 'as before')
        live = state && style.liveWidth !== undefined ? { state, since: Date.now() } : undefined;
      output.write(renderEvent(event, style));
    },
    finish: () => clearInterval(ticker),
    discard: () => clearInterval(ticker),
  };
}

/** The report without what a guide shows. */
function withoutSteps(sink: Sink): Sink {
  const shown = ['run-started', 'step-started', 'step-finished'];
  return { ...sink, onEvent: (event) => (shown.includes(event.kind) ? undefined : sink.onEvent(event)) };
}

/** Name of the target that an event is of, when the run has several. */
function targetOf(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'run-started':
    case 'run-finished':
      return undefined;
    case 'target-finished':
      return event.target.name;
    case 'cleaned-up':
      return event.item.target;
    case 'iteration-finished':
    case 'token-renewed':
    case 'exchange':
      return event.target;
    default:
      return event.step.target;
  }
}

function liveState(event: RunEvent): LiveState | undefined | 'as before' {
  if (event.kind === 'exchange' || event.iteration !== undefined) return 'as before';
  if (event.kind === 'step-started') return { kind: 'step', step: event.step };
  return event.kind === 'step-retried' ? { kind: 'wait', step: event.step, waitMs: event.waitMs } : undefined;
}

function transcriptSink(file: ReportFile, styleFor: ReportingOptions['style']): Sink {
  const style = styleFor({ isTTY: false, write: () => {} });
  return {
    onEvent: (event) => file.append(renderEvent(event, style)),
    finish: () => file.finish(),
    discard: () => file.discard(),
  };
}

function debugSink(output: Output, styleFor: ReportingOptions['style']): Sink {
  const { colors } = styleFor(output);
  return {
    ...silent,
    onEvent: (event) => {
      if (event.kind === 'exchange') output.write(renderExchange(event, colors));
    },
  };
}

async function reporterSink(name: keyof typeof reporters, path: string | undefined, world: World): Promise<Sink> {
  const reporter: Reporter = await reporters[name]();
  const file = path === undefined ? undefined : openReportFile(path, world.cwd);
  const write = (text: string) => (file ? file.append(text) : world.stdout.write(text));
  return {
    onEvent: (event) => {
      if (reporter.kind === 'stream') write(reporter.render(event));
    },
    finish: (result) => {
      if (reporter.kind === 'document') write(reporter.render(result));
      file?.finish();
    },
    discard: () => file?.discard(),
  };
}

/**
 * Annotations go to standard output, where GitHub reads them; the summary to the file that was named, else to the one that
 * GitHub names in GITHUB_STEP_SUMMARY, to which steps append.
 */
async function githubSink(path: string | undefined, { stdout, cwd, osVariables }: World): Promise<Sink> {
  const { renderGithubAnnotations, renderGithubSummary } = await import('../../report/text/github.ts');
  const file = path === undefined ? undefined : openReportFile(path, cwd);
  const shared = osVariables.GITHUB_STEP_SUMMARY;
  return {
    ...silent,
    finish: (result) => {
      stdout.write(renderGithubAnnotations(result));
      const summary = renderGithubSummary(result);
      if (file) {
        file.append(summary);
        file.finish();
      } else if (shared) writing(shared, () => appendToFile(shared, summary));
      else stdout.write(summary);
    },
    discard: () => file?.discard(),
  };
}
