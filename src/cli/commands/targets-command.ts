import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';
import type { Definition } from '../../definition/definition.ts';
import { renderProblems } from '../../definition/reading/problem.ts';
import type { DataFileFacts } from '../../environment/data/data-file.ts';
import { type MatrixTarget, readMatrix, withOsPrefix } from '../../environment/matrix.ts';
import { codeOf, type ExitCode, messageOf, UsageError } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import { exitCodeOf } from '../../run/result/exit-code.ts';
import { shardOf } from '../../run/result/shard.ts';
import { type RunTarget, runTargets } from '../../run/run-targets.ts';
import { commandLine } from '../../run/tool.ts';
import { type Destination, type DestinationOptions, openDestination } from '../inputs/destination.ts';
import { checkIterations, openPlan } from '../inputs/iteration-plan.ts';
import { requestLimits } from '../inputs/request-limits.ts';
import { type RunSelection, selectRun } from '../inputs/selected-steps.ts';
import { namesOfFiles } from '../inputs/target-names.ts';
import { longFlag, type OptionsOf } from '../options/option-table.ts';
import { runOptions } from '../options/run-options.ts';
import { beginLedger } from '../outputs/ledger-folder.ts';
import { reportError } from '../outputs/report-error.ts';
import { openReporting } from '../outputs/reporting.ts';
import type { World } from '../world.ts';
import { finish, prepareRun, retryOverrides, selectionContext, styleOf } from './run-command.ts';

/** `run` as it is asked for on the command line, with any number of targets. */
export type TargetsCommandOptions = OptionsOf<typeof runOptions>;

/** Targets that run at once when nothing is said: they mostly wait for answers, but scripts and checks share one processor. */
const usualWorkers = 8;

/** `run` against several targets in parallel, or a shard of them, with one report. */
export async function targetsCommand(
  names: readonly string[],
  options: TargetsCommandOptions,
  world: World,
): Promise<ExitCode> {
  refuseForOneOnly(options);
  const { definition: whole, collection } = await prepareRun(names, world);
  // Its shards are of the targets, each of which has all rows.
  const { shard, ...ofEach } = options;
  const data = await checkIterations(whole, ofEach, world);
  const all = await describedTargets(whole, options, world);
  const described = shard ? shardOf(all, shard) : all;
  const targets = await openTargets(whole, names, described, options, data, world);
  if (shard && targets.length === 0)
    world.stderr.write(
      `warning: shard ${shard.index}/${shard.count} has no target, since there ${all.length === 1 ? 'is' : 'are'} ${counted(all.length, 'target')}: nothing is run\n`,
    );
  const opened: { close(): void }[] = [];
  try {
    const { definition, steps } = await selectForAll(whole, targets, options, data, world);
    const reporting = await openReporting(
      {
        reporters: options.reporter,
        style: styleOf({ next: [], ...removalOf(targets) }, options, world),
        debugHttp: options.debugHttp === true,
      },
      world,
    );
    try {
      const runs: RunTarget[] = [];
      for (const target of targets)
        runs.push(await beginTarget(target, { definition, steps }, ofEach, data, opened, world));
      const result = await runTargets({
        definition,
        collection,
        targets: runs,
        workers: options.workers ?? usualWorkers,
        shard,
        ...requestLimits(options),
        ...(options.timeout !== undefined && { runTimeout: options.timeout * 1000 }),
        retry: retryOverrides(options),
        ...(options.rate !== undefined && { rate: options.rate }),
        cleanUp: options.cleanup ?? 'never',
        signal: world.signal,
        secrets: world.secrets,
        exchanges: reporting.wantsExchanges,
        iterationEvents: reporting.wantsIterationEvents,
        onEvent: reporting.onEvent,
        onProblem: (error) => reportError(error, world),
      });
      return Math.max(exitCodeOf(result), finish(reporting, result, world)) as ExitCode;
    } catch (error) {
      reporting.discard();
      throw error;
    }
  } finally {
    for (const file of opened) file.close();
    await Promise.all(targets.map(({ destination }) => destination.close()));
  }
}

/** The chosen steps, with what they need in any of the targets. */
async function selectForAll(
  definition: Definition,
  targets: readonly OpenTarget[],
  { resume: _, ...options }: TargetsCommandOptions,
  data: DataFileFacts | undefined,
  world: World,
): Promise<Pick<RunSelection, 'definition' | 'steps'>> {
  const [first, ...others] = targets.map(({ destination }) => selectionContext(destination, data));
  if (!first) return { definition, steps: undefined };
  const values = Object.fromEntries(
    Object.entries(first.values).filter(([name]) => others.every((other) => other.values[name])),
  );
  return (await selectRun(definition, options, { ...first, values }, world)) ?? { definition, steps: undefined };
}

/** Opens what a target has for itself: its iterations with their results file, and its ledger. Each is added to `opened`. */
async function beginTarget(
  { name, destination }: OpenTarget,
  { definition, steps }: Pick<RunSelection, 'definition' | 'steps'>,
  options: Omit<TargetsCommandOptions, 'shard'>,
  data: DataFileFacts | undefined,
  opened: { close(): void }[],
  world: World,
): Promise<RunTarget> {
  const { results, ledger: folder } = options;
  const own = { ...options, ...(results !== undefined && { results: resultsFileOf(results, name) }) };
  const iterations = await openPlan(definition, own, data, undefined, world);
  if (iterations) opened.push(iterations);
  // What is in a simulator of this process ends with it: there is nothing to write down.
  const ledger =
    destination.kind === 'given'
      ? beginLedger(
          definition,
          destination,
          { ...(folder !== undefined && { ledger: folder }), iterations: iterations?.recorded, steps },
          world,
        )
      : undefined;
  if (ledger) opened.push(ledger);
  const { values, environment, collection: collectionVariables, kind: targetKind } = destination;
  return {
    name,
    values,
    environment,
    collectionVariables,
    targetKind,
    ledger,
    ...(iterations && { iterations: iterations.plan }),
  };
}

/** The results file of one of several targets: `users.eu.ndjson` of `users.ndjson`. */
function resultsFileOf(path: string, target: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${encodeURIComponent(target)}${ext}`);
}

/** Options of which several targets would have the same file, or a plan each. */
const forOneTarget = [
  'resume',
  'exportEnvironment',
  'history',
  'rerunFailed',
  'dryRun',
] as const satisfies readonly (keyof TargetsCommandOptions)[];

function refuseForOneOnly(options: TargetsCommandOptions): void {
  const { environment, matrix } = options;
  const problems: string[] = [];
  if (matrix !== undefined && environment.length > 0)
    problems.push('--matrix and --environment both name targets; put the environment files into the matrix file');
  if (matrix === undefined && environment.length === 0)
    problems.push(
      '--workers is for several targets, --shard for those or for rows; name targets with --environment or --matrix, rows with --data or --iterations',
    );
  for (const name of forOneTarget) {
    if (options[name] !== undefined)
      problems.push(`${longFlag(runOptions[name])} is for a run against one target; run that target alone`);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** A target before its values are read. */
type DescribedTarget = Omit<MatrixTarget, 'environmentProblem'> & Partial<Pick<MatrixTarget, 'environmentProblem'>>;

async function describedTargets(
  definition: Definition,
  { matrix, environment }: TargetsCommandOptions,
  { cwd }: World,
): Promise<readonly DescribedTarget[]> {
  if (matrix !== undefined) return matrixTargets(matrix, definition, cwd);
  const twice = environment.find((file, index) => environment.findIndex((other) => isSame(other, file, cwd)) !== index);
  if (twice !== undefined) throw new UsageError(`the environment file ${twice} is named twice`);
  const names = namesOfFiles(environment, cwd);
  return environment.map((file, index) => ({
    name: names[index] ?? file,
    environment: file,
    osPrefix: '',
    variables: { origin: '', values: {} },
  }));
}

function isSame(one: string, other: string, cwd: string): boolean {
  return resolve(cwd, one) === resolve(cwd, other);
}

async function matrixTargets(file: string, definition: Definition, cwd: string): Promise<readonly MatrixTarget[]> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new UsageError(`cannot read the matrix file ${file}: ${reason}`, { cause: error });
  });
  const { targets, problems } = readMatrix(file, text, definition);
  if (problems.length > 0) throw new UsageError(renderProblems(problems));
  return targets.map((target) => ({
    ...target,
    environment: target.environment && pathFrom(dirname(file), target.environment),
  }));
}

function pathFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

interface OpenTarget {
  readonly name: string;
  readonly destination: Destination;
}

/** Opens every target. Throws `UsageError` with everything that is wrong with the values of all. */
async function openTargets(
  definition: Definition,
  names: readonly string[],
  described: readonly DescribedTarget[],
  options: TargetsCommandOptions,
  data: DataFileFacts | undefined,
  world: World,
): Promise<readonly OpenTarget[]> {
  const targets: OpenTarget[] = [];
  const close = () => Promise.all(targets.map(({ destination }) => destination.close()));
  const problems: string[] = [];
  for (const { name, environment, osPrefix, variables, environmentProblem } of described) {
    const here: DestinationOptions = {
      var: options.var,
      ...(environment !== undefined && { environment }),
      variables,
      fromData: data?.variables,
      // Somebody who names targets means them: nothing falls back to the simulator.
      simulator: options.simulator ?? false,
    };
    if (environmentProblem && environment !== undefined && !existsSync(resolve(world.cwd, environment))) {
      problems.push(renderProblems([environmentProblem(`there is no file ${environment}`)]));
      continue;
    }
    try {
      const destination = await openDestination(withOsPrefix(definition, osPrefix), names, here, saying(name, world));
      targets.push({ name, destination });
    } catch (error) {
      if (!(error instanceof UsageError)) {
        await close();
        throw error;
      }
      problems.push(...error.message.split('\n').map((line) => `[${name}] ${line}`));
    }
  }
  if (problems.length === 0) return targets;
  await close();
  throw new UsageError(problems.join('\n'));
}

/** The world, in which what is said names the target. */
function saying(target: string, world: World): World {
  const { stderr } = world;
  const write = (text: string) => stderr.write(text.replace(/^(?=.)/gm, `[${target}] `).replace(/\n+$/, '\n'));
  return { ...world, stderr: { isTTY: stderr.isTTY, columns: stderr.columns, write } };
}

function removalOf(targets: readonly OpenTarget[]): { readonly removal?: string } {
  const [first] = targets;
  if (!first) return {};
  if (targets.every(({ destination }) => destination.kind === 'simulator'))
    return { removal: first.destination.removal };
  const command = commandLine('cleanup');
  return { removal: `To remove it: ${command} for each target, with its credentials; or run with --cleanup always.` };
}
