import { join } from 'node:path';
import { compileJoined } from '../../compile/join-collections.ts';
import type { Definition } from '../../definition/definition.ts';
import { joinDefinitions } from '../../definition/join-definitions.ts';
import { initialValues } from '../../environment/values.ts';
import { type ExitCode, exitCode, UsageError } from '../../errors.ts';
import { counted } from '../../report/text/words.ts';
import { canSweep, prefixVariable } from '../../run/clean-up/leftovers.ts';
import { cleanUpTimeout, defaultRunTimeout } from '../../run/run.ts';
import { isForService } from '../inputs/destination.ts';
import { readGivenValues } from '../inputs/given-values.ts';
import { loadCollections } from '../inputs/load-collections.ts';
import type { OptionsOf } from '../options/option-table.ts';
import type { smokeOptions } from '../options/tenant-options.ts';
import type { ReporterRequest } from '../outputs/reporter-request.ts';
import { tell } from '../outputs/say.ts';
import type { World } from '../world.ts';
import { sweep } from './clean-up-command.ts';
import { runCommand } from './run-command.ts';

export type SmokeCommandOptions = OptionsOf<typeof smokeOptions>;

/** Milliseconds beyond the time a run may take before what it created counts as left: clocks differ. */
const margin = 15 * 60_000;
/** More leftovers than this are not removed without a look at them. */
const mostLeftovers = 20;

/**
 * `smoke`: a run for schedules. It removes its own old leftovers, runs the collection, removes what that created, writes the
 * reports, and compares the run with those before it. It may run beside itself against the same tenant. It never falls back
 * to the simulator, since a schedule that does would be green for ever.
 */
export async function smokeCommand(
  names: readonly string[],
  options: SmokeCommandOptions,
  world: World,
): Promise<ExitCode> {
  const parts = (await loadCollections(names, world)).map(({ definition }) => definition);
  const definition = joinDefinitions(parts);
  const { values: given } = await readGivenValues(definition, options, world);
  if (!options.simulator && !isForService(definition, given, options))
    throw new UsageError(withoutCredentials(definition));
  const own: SmokeCommandOptions = {
    ...options,
    var: [...options.var, ...ownPrefixes(parts, initialValues(definition, given))],
  };
  if (options.plan) return showPlan(parts, own, world);

  const before = await sweepOwn(parts, own, world);
  const verdict = await runCommand(
    names,
    {
      ...own,
      // What passed is in the reports.
      failuresOnly: !options.verbose,
      verbose: false,
      only: [],
      skip: [],
      cleanup: options.keep ? 'never' : 'always',
      reporter: [...reportersFor(options.output, world), ...options.reporter],
      history: options.history ?? join(options.output, 'history.json'),
    },
    world,
  );
  // Without a token there is nothing to be swept, and it has been said already; after Ctrl-C nobody waits for it.
  if (before !== exitCode.passed && verdict !== exitCode.passed) return verdict;
  if (world.signal.aborted) return verdict;
  return Math.max(verdict, await sweepOwn(parts, own, world)) as ExitCode;
}

function withoutCredentials(definition: Definition): string {
  const names = definition.variables.filter(({ required }) => required).map(({ name, os }) => os ?? name);
  return `no credentials were given, and a smoke test does not fall back to the simulator: set ${names.join(', ')}, name a file with --environment, or say --simulator`;
}

/**
 * What a smoke test creates has a prefix of its own, so that its sweep never takes what a person made with `run` and keeps.
 */
function ownPrefixes(parts: readonly Definition[], values: Readonly<Record<string, string>>): string[] {
  const variables = new Set(parts.map(prefixVariable).filter((variable) => variable !== undefined));
  return [...variables].flatMap((variable) => {
    const prefix = values[variable] ?? '';
    return prefix.endsWith('-smoke') ? [] : [`${variable}=${prefix}-smoke`];
  });
}

/** Hours after which what a smoke test created can no longer belong to one that goes on. */
function leftoverAge({ timeout }: SmokeCommandOptions): number {
  return (Math.max(timeout * 1000, defaultRunTimeout) + cleanUpTimeout + margin) / 3_600_000;
}

/**
 * Removes what earlier smoke tests left; what later collections create in it goes with it. Says whether that is known to have
 * worked.
 */
async function sweepOwn(
  parts: readonly Definition[],
  options: SmokeCommandOptions & { readonly planOnly?: boolean },
  world: World,
): Promise<ExitCode> {
  const definition = joinDefinitions(parts);
  // The simulator of a run begins empty and ends with it.
  if (options.simulator || !canSweep(definition)) return exitCode.passed;
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(cleanUpTimeout)]);
  const sweepOptions = { ...options, olderThan: leftoverAge(options), max: mostLeftovers, yes: true };
  return sweep(definition, compileJoined(parts, definition), sweepOptions, { ...world, signal });
}

async function showPlan(parts: readonly Definition[], options: SmokeCommandOptions, world: World): Promise<ExitCode> {
  const code = await sweepOwn(parts, { ...options, planOnly: true }, world);
  const steps = parts.flatMap((part) => part.steps);
  tell(world, `${counted(steps.length, 'step')} to run:\n${steps.map(({ name }) => `  ${name}\n`).join('')}`);
  tell(world, 'This is the plan only: nothing was created and nothing was removed.\n');
  return code;
}

function reportersFor(output: string, { osVariables }: World): ReporterRequest[] {
  const files = { junit: 'junit.xml', json: 'report.json', html: 'report.html', markdown: 'report.md' } as const;
  return [
    ...Object.entries(files).map(([name, file]) => ({ name: name as keyof typeof files, file: join(output, file) })),
    ...(osVariables.GITHUB_ACTIONS === 'true' ? [{ name: 'github' as const, file: undefined }] : []),
  ];
}
