import { type ExitCode, UsageError } from '../errors.ts';
import { bundledCollections, defaultCollection, everyCollection } from './collection-folder.ts';
import {
  completionNotes,
  examples,
  importNotes,
  initNotes,
  mergeReportsNotes,
  runNotes,
  simulateNotes,
} from './help-notes.ts';
import { compileOptions, importOptions, initOptions, mergeReportsOptions } from './options/file-options.ts';
import type { OptionsOf, OptionTable } from './options/option-table.ts';
import { runOptions } from './options/run-options.ts';
import { simulateOptions } from './options/simulate-options.ts';
import { cleanUpOptions, doctorOptions, smokeOptions, sweepOptions } from './options/tenant-options.ts';
import { type ReporterRequest, readReporter } from './outputs/reporter-request.ts';
import { defaultNames, readSettings } from './repository-settings.ts';
import type { World } from './world.ts';

/** An argument of a command that is no option. */
export interface ArgumentSpec {
  /** As commander reads it: `<file>`, `[folder]` when it may be left out, `[collections...]` for a list. */
  readonly name: string;
  readonly description: string;
  readonly default?: string;
  /** The values that are possible. Default: all. */
  readonly choices?: readonly string[];
}

/** A command of the program, as the command line knows it. */
export interface CommandSpec {
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: OptionTable;
  /** Text after the options in its help. */
  readonly notes: string;
  /** Does the work, with what commander has read; loads it first. */
  readonly run: (given: readonly unknown[], options: object, world: World) => Promise<ExitCode>;
}

/** A command whose `run` gets arguments and options with the types that their tables say. */
function command<const Arguments extends readonly ArgumentSpec[], Table extends OptionTable>(
  spec: Omit<CommandSpec, 'arguments' | 'options' | 'run'> & {
    readonly arguments: Arguments;
    readonly options: Table;
    readonly run: (given: GivenFor<Arguments>, options: OptionsOf<Table>, world: World) => Promise<ExitCode>;
  },
): CommandSpec {
  return {
    ...spec,
    run: (given, options, world) => spec.run(given as GivenFor<Arguments>, options as OptionsOf<Table>, world),
  };
}

type GivenFor<Arguments extends readonly ArgumentSpec[]> = {
  readonly [Index in keyof Arguments]: Arguments[Index] extends { readonly name: `${string}...${string}` }
    ? readonly string[]
    : Arguments[Index] extends { readonly name: `<${string}` } | { readonly default: string }
      ? string
      : string | undefined;
};

export type CommandName = keyof typeof commands;

const collectionHelp = `name of a collection (${bundledCollections().join(', ')}), or path of a folder with a collection.yaml`;

/** Every command, in the order of the help. What it does is loaded when it is run: help loads none of it. */
export const commands = {
  run: command({
    description: 'run a collection: against PingOne when credentials are given, else against the built-in simulator',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp}; several run in sequence (default: ${defaultCollection})`,
      },
    ],
    options: runOptions,
    notes: runNotes,
    run: async ([given], flags, world) => {
      const collections = namesOf(given, flags, world);
      const options = withSettings(flags, world);
      if (hasTargets(options)) {
        if (options.step) throw new UsageError('--step goes through one run: give one environment, and no --matrix');
        if (options.proposeSchemas !== undefined)
          throw new UsageError('--propose-schemas looks at one run: give one environment, and no --matrix');
        const { targetsCommand } = await import('./commands/targets-command.ts');
        return targetsCommand(collections, options, world);
      }
      const { runCommand } = await import('./commands/run-command.ts');
      const {
        environment: [file],
        ...others
      } = options;
      return runCommand(collections, { ...others, ...(file !== undefined && { environment: file }) }, world);
    },
  }),
  'merge-reports': command({
    description: 'put the JSON reports and the results files of shards together, and write any report of the whole',
    arguments: [
      {
        name: '<paths...>',
        description:
          'JSON reports (run --reporter json=FILE) and results files (run --results FILE.ndjson), or folders that hold them',
      },
    ],
    options: mergeReportsOptions,
    notes: mergeReportsNotes,
    run: async ([paths], options, world) => {
      const { mergeReportsCommand } = await import('./commands/merge-reports-command.ts');
      return mergeReportsCommand(paths, options, world);
    },
  }),
  smoke: command({
    description: 'run a collection for a schedule: removes leftovers first, cleans up, writes reports and a history',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp}; several run in sequence (default: ${defaultCollection})`,
      },
    ],
    options: smokeOptions,
    notes: examples(
      'pingone-tutorial smoke',
      'PINGONE_TLD=eu pingone-tutorial smoke --output reports/eu --history history/eu.json',
      'pingone-tutorial smoke --plan',
      'pingone-tutorial smoke --simulator',
    ),
    run: async ([collections], options, world) => {
      const { smokeCommand } = await import('./commands/smoke-command.ts');
      return smokeCommand(
        namesOf(collections, options, world),
        withReporters(withEnvironment(options, world), world),
        world,
      );
    },
  }),
  doctor: command({
    description:
      'check addresses, credentials, roles, what the reading steps find, and names before a run; changes nothing',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp}; several are looked at as one (default: ${defaultCollection})`,
      },
    ],
    options: doctorOptions,
    notes: examples('pingone-tutorial doctor', 'PINGONE_TLD=eu pingone-tutorial doctor --json'),
    run: async ([collections], options, world) => {
      const { doctorCommand } = await import('./commands/doctor-command.ts');
      return doctorCommand(namesOf(collections, options, world), withEnvironment(options, world), world);
    },
  }),
  cleanup: command({
    description: 'delete what crashed runs left behind, as recorded in their ledgers',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp}; those that ran as one (default: ${defaultCollection})`,
      },
    ],
    options: cleanUpOptions,
    notes: examples('pingone-tutorial cleanup', 'pingone-tutorial cleanup --environment my.postman_environment.json'),
    run: async ([collections], options, world) => {
      const { cleanUpCommand } = await import('./commands/clean-up-command.ts');
      return cleanUpCommand(namesOf(collections, options, world), withEnvironment(options, world), world);
    },
  }),
  sweep: command({
    description: 'find what runs left behind in the tenant, by name and age; show a plan, ask, and delete it',
    arguments: [{ name: '[collection]', description: `${collectionHelp} (default: ${defaultCollection})` }],
    options: sweepOptions,
    notes: examples('pingone-tutorial sweep', 'pingone-tutorial sweep --older-than 24 --yes'),
    run: async ([collection], options, world) => {
      const { sweepCommand } = await import('./commands/clean-up-command.ts');
      const [first = defaultCollection] = defaultNames(collection === undefined ? [] : [collection], world.cwd);
      return sweepCommand(first, withEnvironment(options, world), world);
    },
  }),
  compile: command({
    description: 'write the Postman collection, the environments and the editor schemas',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp} (default: all that come with the package)`,
      },
    ],
    options: compileOptions,
    notes: examples(
      'pingone-tutorial compile',
      'pingone-tutorial compile --check',
      'pingone-tutorial compile ./my-collection',
    ),
    run: async ([collections], options, world) => {
      const { compileCommand } = await import('./commands/compile-command.ts');
      return compileCommand(orAll(collections, world), options, world);
    },
  }),
  validate: command({
    description: 'print everything that is wrong in the definitions',
    arguments: [
      {
        name: '[collections...]',
        description: `${collectionHelp} (default: all that come with the package)`,
      },
    ],
    options: {},
    notes: examples('pingone-tutorial validate', 'pingone-tutorial validate ./my-collection'),
    run: async ([collections], _options, world) => {
      const { validateCommand } = await import('./commands/validate-command.ts');
      return validateCommand(orAll(collections, world), world);
    },
  }),
  import: command({
    description:
      'turn a Postman collection (v2.0 or v2.1) into a definition, or carry an edit made in Postman into one',
    arguments: [
      { name: '<file>', description: 'Postman collection, as exported' },
      {
        name: '[folder]',
        description: 'folder of the definition (default: one with the name of the collection)',
      },
    ],
    options: importOptions,
    notes: importNotes,
    run: async ([file, folder], options, world) => {
      const { importCommand } = await import('./commands/import-command.ts');
      return importCommand(file, folder, options, world);
    },
  }),
  init: command({
    description: 'write a starter into a folder: a small collection, and what runs it every day',
    arguments: [{ name: '[folder]', description: 'the folder, usually that of a repository', default: '.' }],
    options: initOptions,
    notes: initNotes,
    run: async ([folder], options, world) => {
      const { initCommand } = await import('./commands/init-command.ts');
      return initCommand(folder, options, world);
    },
  }),
  simulate: command({
    description: 'run a PingOne simulator, for Postman and other clients',
    arguments: [],
    options: simulateOptions,
    notes: simulateNotes,
    run: async (_given, options, world) => {
      const { simulateCommand } = await import('./commands/simulate-command.ts');
      return simulateCommand(options, world);
    },
  }),
  completion: command({
    description: 'print the completion script of a shell',
    arguments: [
      {
        name: '<what>',
        description: 'script of a shell, or the names that such a script asks for',
        choices: ['bash', 'zsh', 'fish', 'collections', 'steps'],
      },
      { name: '[of...]', description: 'for steps: words of a command line, with the collections among them' },
    ],
    options: {},
    notes: completionNotes,
    run: async ([what, words], _options, world) => {
      const { completionCommand } = await import('./completion/completion-command.ts');
      return completionCommand(what, words, allCommands(), world);
    },
  }),
} as const;

function allCommands(): Readonly<Record<string, CommandSpec>> {
  return commands;
}

/**
 * Whether the run has targets with names, even when it is only one: then it is `targetsCommand`'s. A shard is of targets unless
 * there are rows, and one place at most to run them against.
 */
function hasTargets({ environment, matrix, shard, workers, data, iterations }: OptionsOf<typeof runOptions>): boolean {
  if (environment.length > 1 || matrix !== undefined || workers !== undefined) return true;
  return shard !== undefined && data === undefined && iterations === undefined;
}

/** The collections that a command is for. */
function namesOf(given: readonly string[], { all }: { readonly all?: boolean }, world: World): readonly string[] {
  if (!all) return defaultNames(given, world.cwd);
  if (given.length > 0) throw new UsageError('--all is every collection: leave out their names');
  return everyCollection(world.cwd);
}

/** All collections, where none is named. */
function orAll(collections: readonly string[], { cwd }: World): readonly string[] {
  return collections.length > 0 ? collections : everyCollection(cwd);
}

/** The options of a run with what the repository says in their place, where they were not given. */
function withSettings(options: OptionsOf<typeof runOptions>, world: World): OptionsOf<typeof runOptions> {
  const settings = readSettings(world.cwd);
  if (!settings) return options;
  const { environment, cleanup } = settings;
  const isElsewhere = options.environment.length > 0 || options.matrix !== undefined || environment === undefined;
  return {
    ...withReporters(options, world),
    ...(!isElsewhere && { environment: [environment] }),
    ...(options.cleanup === undefined && cleanup !== undefined && { cleanup }),
  };
}

function withEnvironment<Options extends { readonly environment?: string }>(options: Options, { cwd }: World): Options {
  const environment = options.environment ?? readSettings(cwd)?.environment;
  return environment === undefined ? options : { ...options, environment };
}

function withReporters<Options extends { readonly reporter: readonly ReporterRequest[] }>(
  options: Options,
  { cwd }: World,
): Options {
  if (options.reporter.length > 0) return options;
  return { ...options, reporter: (readSettings(cwd)?.reporters ?? []).map(readReporter) };
}
