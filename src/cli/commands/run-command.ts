import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition } from '../../definition/definition.ts';
import { joinDefinitions } from '../../definition/join-definitions.ts';
import type { DataFileFacts } from '../../environment/data/data-file.ts';
import { textsOf } from '../../environment/scope.ts';
import { environmentSource, initialScopes, mergeSources } from '../../environment/values.ts';
import { type ExitCode, exitCode, UsageError, UserError } from '../../errors.ts';
import { unbroken } from '../../report/text/lines.ts';
import type { TerminalStyle } from '../../report/text/terminal.ts';
import { creationsWithoutStep } from '../../run/clean-up/leftovers.ts';
import { otherTenant, storedValues } from '../../run/clean-up/stored-values.ts';
import { reopenLedger } from '../../run/ledger/ledger.ts';
import type { LedgerContent } from '../../run/ledger/read-ledger.ts';
import { exitCodeOf } from '../../run/result/exit-code.ts';
import type { RunResult } from '../../run/result/result.ts';
import { type RunOptions, runCollection } from '../../run/run.ts';
import type { SelectionContext } from '../../run/selection/select-steps.ts';
import type { RetryPolicy } from '../../run/steps/retry.ts';
import { commandLine } from '../../run/tool.ts';
import { bundledCollections } from '../collection-folder.ts';
import { type Destination, type DestinationOptions, openDestination } from '../inputs/destination.ts';
import { checkIterations, openPlan } from '../inputs/iteration-plan.ts';
import { compileLoaded, type LoadedCollection, loadCollections } from '../inputs/load-collections.ts';
import { nextSteps } from '../inputs/next-steps.ts';
import type { Proposals } from '../inputs/propose-schemas.ts';
import { requestLimits } from '../inputs/request-limits.ts';
import { type RunSelection, selectRun } from '../inputs/selected-steps.ts';
import type { OptionsOf, OptionsOfGroup } from '../options/option-table.ts';
import type { runOptions } from '../options/run-options.ts';
import type { HistoryFile } from '../outputs/history-file.ts';
import { beginLedger, ledgerToResume } from '../outputs/ledger-folder.ts';
import { reportError } from '../outputs/report-error.ts';
import { openReportFile, type ReportFile } from '../outputs/report-file.ts';
import { openReporting, type Reporting } from '../outputs/reporting.ts';
import { say } from '../outputs/say.ts';
import type { OpenGuide } from '../step-by-step/open-guide.ts';
import { type Output, reportWidth, type World, wantsColor } from '../world.ts';

/** Options of `run` against one target. */
export type RunCommandOptions = Omit<
  OptionsOf<typeof runOptions>,
  'environment' | keyof OptionsOfGroup<typeof runOptions, 'many tenants'>
> &
  DestinationOptions;

/**
 * `run`: compiles a collection and runs it, against its service when credentials are given, else against the simulator. Several
 * are run in sequence, as one.
 */
export async function runCommand(
  names: readonly string[],
  options: RunCommandOptions,
  world: World,
): Promise<ExitCode> {
  if (options.step) refuseStep(options, world);
  const proposals = await proposalsFor(names, options, world);
  const { definition, collection } = await prepareRun(names, world);
  const data = await checkIterations(definition, options, world);
  if (options.dryRun) {
    const { dryRun } = await import('../inputs/dry-run.ts');
    return dryRun(definition, options, data, world);
  }
  const destination = await openDestination(definition, names, { ...options, fromData: data?.variables }, world);
  try {
    const selection = await selectRun(definition, options, selectionContext(destination, data), world);
    if (!selection) return exitCode.passed;
    const guide = options.step ? await guideFor(names, destination, world) : undefined;
    const next = [...nextSteps(names, options, world.cwd), ...destination.next];
    const resume = unbroken(commandLine('run', [...names, '--resume']));
    const here = { ...destination, next, ...(destination.kind === 'given' && { resume }) };
    const code = await runThere(selection, collection, here, { ...options, guide, proposals }, data, world);
    world.stderr.write(guide?.farewell() ?? '');
    return code;
  } finally {
    await destination.close();
  }
}

/** What is known of variables before the run. */
export function selectionContext(
  { values, environment }: Pick<Destination, 'values' | 'environment'>,
  data: DataFileFacts | undefined,
): SelectionContext {
  return { values: { ...textsOf(environment.values), ...values }, givenLater: data?.variables ?? [] };
}

/** A run step by step needs somebody at a terminal, and one run. */
function refuseStep({ iterations, data }: RunCommandOptions, { stdin, stderr }: World): void {
  if (iterations !== undefined || data !== undefined)
    throw new UsageError('--step goes through one run: leave out --iterations and --data');
  if (!stdin?.isTTY || !stderr.isTTY)
    throw new UsageError('--step needs a terminal: standard input and standard error must be one');
}

async function guideFor(names: readonly string[], { kind }: Destination, world: World): Promise<OpenGuide> {
  const { openGuide } = await import('../step-by-step/open-guide.ts');
  return openGuide(names, kind === 'simulator', world);
}

async function proposalsFor(
  names: readonly string[],
  { proposeSchemas }: RunCommandOptions,
  world: World,
): Promise<Proposals | undefined> {
  if (proposeSchemas === undefined) return undefined;
  const { openProposals } = await import('../inputs/propose-schemas.ts');
  return openProposals(names, proposeSchemas, world);
}

/** Options with what was opened for them. */
type OpenedOptions = RunCommandOptions & {
  readonly guide: OpenGuide | undefined;
  readonly proposals: Proposals | undefined;
};

/** The collections of these names as one, compiled. Warns when a file that people import is another. */
export async function prepareRun(
  names: readonly string[],
  world: World,
): Promise<{ readonly definition: Definition; readonly collection: PostmanCollection }> {
  const loaded = await loadCollections(names, world);
  const parts = loaded.map(({ definition }) => definition);
  const definition = joinDefinitions(parts);
  const collection = await compileLoaded(loaded, definition);
  const own = names.filter((name) => !bundledCollections().includes(name));
  for (const part of loaded) await warnWhenStale(part, own, world);
  return { definition, collection };
}

async function runThere(
  selection: RunSelection,
  collection: PostmanCollection,
  destination: Destination & Pick<TerminalStyle, 'resume'>,
  options: OpenedOptions,
  data: DataFileFacts | undefined,
  world: World,
): Promise<ExitCode> {
  const opened = await openReporting(
    {
      reporters: options.reporter,
      style: styleOf(destination, options, world),
      debugHttp: options.debugHttp === true,
      isGuided: options.guide !== undefined,
    },
    world,
  );
  const reporting = options.proposals?.watch(opened) ?? opened;
  const { definition } = selection;
  let exported: ReportFile | undefined;
  let history: HistoryFile | undefined;
  try {
    if (options.history !== undefined) {
      const { openHistoryFile } = await import('../outputs/history-file.ts');
      history = openHistoryFile(options.history, definition, world);
    }
    if (options.exportEnvironment !== undefined)
      exported = openReportFile(options.exportEnvironment, world.cwd, privateMode);
    const { result, values } = await runWithLedger(
      selection,
      collection,
      destination,
      options,
      data,
      reporting,
      world,
      history,
    );
    return Math.max(
      codeOfRun(result, options.guide),
      finish(reporting, result, world),
      history ? finish(history, result, world) : exitCode.passed,
      await exportTo(exported, definition, values, world),
      await propose(options.proposals, definition, world),
    ) as ExitCode;
  } catch (error) {
    reporting.discard();
    exported?.discard();
    history?.discard();
    throw error;
  }
}

/** A run that the person has ended is as good as the steps until then. */
function codeOfRun(result: RunResult, guide: OpenGuide | undefined): ExitCode {
  const isLeft = guide?.signal.aborted && result.outcome === 'interrupted';
  return exitCodeOf(isLeft ? { ...result, outcome: 'passed' } : result);
}

/** For its owner only. */
const privateMode = 0o600;

async function runWithLedger(
  { definition, steps, resume }: RunSelection,
  collection: PostmanCollection,
  destination: Destination,
  options: OpenedOptions,
  data: DataFileFacts | undefined,
  reporting: Reporting,
  world: World,
  history: HistoryFile | undefined,
): Promise<{ readonly result: RunResult; readonly values: Readonly<Record<string, string>> }> {
  // What is in the simulator of this process ends with it: there is nothing to write down.
  const found = resume === undefined ? undefined : await ledgerToResume(resume);
  if (found) refuseOther(definition, found, destination);
  let ledger = found && destination.kind === 'given' ? reopenLedger(found.file) : undefined;
  try {
    // As it is now that nobody else works on it.
    const earlier = found && (await ledgerToResume(found.file));
    const iterations = await openPlan(definition, options, data, earlier, world);
    if (destination.kind === 'given')
      ledger ??= beginLedger(
        definition,
        destination,
        { ...(options.ledger !== undefined && { ledger: options.ledger }), iterations: iterations?.recorded, steps },
        world,
      );
    let values: Readonly<Record<string, string>> = {};
    const result = await runCollection({
      definition,
      collection,
      values: { ...destination.values, ...(earlier && storedValues(definition, earlier.run.values)) },
      ...scopesOf(definition, destination, earlier),
      resume: earlier,
      targetKind: destination.kind,
      ...requestLimits(options),
      ...(options.timeout !== undefined && { runTimeout: options.timeout * 1000 }),
      retry: retryOverrides(options),
      cleanUp: options.cleanup ?? 'never',
      ledger,
      signal: options.guide ? AbortSignal.any([world.signal, options.guide.signal]) : world.signal,
      ...(options.guide && { guide: options.guide.guide }),
      secrets: world.secrets,
      onEvent: reporting.onEvent,
      onProblem: (error) => reportError(error, world),
      compare: history?.compare,
      exchanges: reporting.wantsExchanges,
      iterationEvents: reporting.wantsIterationEvents,
      ...(iterations && { iterations: iterations.plan }),
      ...(options.rate !== undefined && { rate: options.rate }),
      onValues: (last) => {
        values = last;
      },
    });
    iterations?.close();
    return { result, values };
  } finally {
    ledger?.close();
  }
}

/** What a tenant has is not gone on with in another, and no secret goes there; nor is what steps made that there are no more. */
function refuseOther(definition: Definition, ledger: LedgerContent, { values }: Destination): void {
  const { file, run } = ledger;
  const other = otherTenant(definition, run.values, values);
  if (other) throw new UsageError(`the run of ${file} was in another tenant: its ${other.name} was ${other.value}`);
  const lost = creationsWithoutStep(ledger, definition);
  if (lost.length > 0)
    throw new UsageError(
      `the run of ${file} cannot be resumed: ${lost.join('; ')}. Begin a new run; cleanup lists what is left`,
    );
}

/** The scopes to begin with; those of a run that is resumed have the values that it began with. */
function scopesOf(
  definition: Definition,
  { environment, collection }: Destination,
  earlier: LedgerContent | undefined,
): Pick<RunOptions, 'environment' | 'collectionVariables'> {
  if (!earlier) return { environment, collectionVariables: collection };
  const values = mergeSources([
    { origin: earlier.file, values: storedValues(definition, earlier.run.values) },
    environmentSource(environment, 'the environment'),
    { origin: 'the collection', values: textsOf(collection) },
  ]);
  const scopes = initialScopes(definition, { values, environment });
  return { environment: scopes.environment, collectionVariables: scopes.collection };
}

/** Writes the reports. What cannot be written is said, and does not hide how the run ended. */
export function finish(reporting: Pick<Reporting, 'finish'>, result: RunResult, world: World): ExitCode {
  try {
    reporting.finish(result);
    return exitCode.passed;
  } catch (error) {
    return sayProblem(error, world);
  }
}

async function exportTo(
  file: ReportFile | undefined,
  definition: Definition,
  values: Readonly<Record<string, string>>,
  world: World,
): Promise<ExitCode> {
  if (!file) return exitCode.passed;
  try {
    const { exportEnvironment } = await import('../../compile/environment-file.ts');
    const { jsonText } = await import('../../compile/compile.ts');
    world.stderr.write(maskCommands(definition, values, world.osVariables));
    file.append(jsonText(exportEnvironment(definition, values)));
    file.finish();
    say(world, `warning: ${file.path} holds secrets in clear; delete it when it is no longer needed`);
    return exitCode.passed;
  } catch (error) {
    file.discard();
    return sayProblem(error, world);
  }
}

async function propose(proposals: Proposals | undefined, definition: Definition, world: World): Promise<ExitCode> {
  try {
    await proposals?.write(definition);
    return exitCode.passed;
  } catch (error) {
    return sayProblem(error, world);
  }
}

/** In GitHub Actions: commands that keep what is exported out of the logs of later steps. Elsewhere nothing. */
function maskCommands(
  definition: Definition,
  values: Readonly<Record<string, string>>,
  osVariables: World['osVariables'],
): string {
  if (osVariables.GITHUB_ACTIONS !== 'true') return '';
  const secrets = definition.variables.filter(({ secret, name }) => secret && values[name]);
  // A command is one line; the runner reads %25 as %.
  return secrets
    .map(({ name }) => `::add-mask::${values[name]?.replaceAll('%', '%25').replaceAll('\n', '%0A')}\n`)
    .join('');
}

/** What goes wrong when the run is over is no mistake of the command line: the run is not complete. */
function sayProblem(error: unknown, world: World): ExitCode {
  if (!(error instanceof UserError)) throw error;
  for (const line of error.message.split('\n')) say(world, `error: ${line}`);
  return exitCode.incomplete;
}

/** How the terminal report looks. */
export function styleOf(
  destination: Pick<TerminalStyle, 'next' | 'removal' | 'resume'>,
  options: Pick<RunCommandOptions, 'quiet' | 'failuresOnly' | 'verbose' | 'step'>,
  world: World,
): (output: Output) => TerminalStyle {
  const verbosity = options.quiet
    ? 'quiet'
    : options.failuresOnly
      ? 'failures'
      : options.verbose
        ? 'verbose'
        : 'normal';
  return (output) => ({
    colors: pc.createColors(wantsColor(output, world.osVariables)),
    verbosity,
    liveWidth: output.isTTY && !options.quiet ? (output.columns ?? 80) : undefined,
    width: reportWidth(output, world.osVariables),
    next: destination.next,
    ...(destination.resume !== undefined && { resume: destination.resume }),
    ...(destination.removal !== undefined && { removal: destination.removal }),
  });
}

/** Limits of the command line, in the units of a run. */
export function retryOverrides({
  retries,
  retryBudget,
  maxWait,
}: Pick<RunCommandOptions, 'retries' | 'retryBudget' | 'maxWait'>): Partial<RetryPolicy> {
  return {
    ...(retries !== undefined && { attempts: retries + 1 }),
    ...(retryBudget !== undefined && { budget: retryBudget }),
    ...(maxWait !== undefined && { maximumDelay: maxWait * 1000 }),
  };
}

/** People import the compiled file; it should be what was run. `own` are the collections to name to `compile`. */
async function warnWhenStale(
  { folder, definition, text }: LoadedCollection,
  own: readonly string[],
  world: World,
): Promise<void> {
  const file = join(folder.path, `${definition.id}.postman_collection.json`);
  const present = await readFile(resolve(world.cwd, file), 'utf8').catch(() => undefined);
  if (present === undefined || present === text) return;
  say(world, `warning: ${file} is not what the definition compiles to now; run ${commandLine('compile', own)}`);
}
