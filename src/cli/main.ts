import { Argument, Command, CommanderError } from 'commander';
import { type ExitCode, exitCode, UsageError } from '../errors.ts';
import { printable } from '../printable.ts';
import { createSecrets } from '../run/secrets/redact.ts';
import { tool } from '../run/tool.ts';
import { isCollection } from './collection-folder.ts';
import { type CommandSpec, commands } from './commands.ts';
import { exitCodeNotes } from './help-notes.ts';
import { commanderOptions, withLists } from './options/commander-options.ts';
import { npmOptionsError } from './options/npm-options.ts';
import { longFlag } from './options/option-table.ts';
import { everyCommandOptions } from './options/shared-options.ts';
import { reportError } from './outputs/report-error.ts';
import { type World, wantsColor } from './world.ts';

/** A world in which the secrets may be known to the command alone. */
type OutsideWorld = Omit<World, 'secrets'> & Partial<Pick<World, 'secrets'>>;

/** The command line: reads `argv` (without node and the program), does what it says, and gives the exit code. */
export async function main(argv: readonly string[], outside: OutsideWorld): Promise<ExitCode> {
  let code: ExitCode = exitCode.passed;
  const world: World = { secrets: createSecrets(), ...outside };
  // Before anything is read: it holds for help and for errors too.
  const shownIn = argv.includes('--no-color')
    ? { ...world, osVariables: { ...world.osVariables, NO_COLOR: '1' } }
    : world;
  const program = createProgram(shownIn, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.passed : exitCode.usage;
    return reportError(error, shownIn);
  }
}

function createProgram(world: World, onResult: (code: ExitCode) => void): Command {
  const program = new Command('pingone-tutorial')
    .description('Turns YAML step definitions into a Postman collection and runs it.')
    .version(tool.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(--help lists what is possible)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: (text, write) => write(printable(text)),
      getOutHasColors: () => wantsColor(world.stdout, world.osVariables),
      getErrHasColors: () => wantsColor(world.stderr, world.osVariables),
    })
    .addHelpText('after', exitCodeNotes);
  for (const [name, spec] of Object.entries(commands)) describeCommand(program.command(name), spec, world, onResult);
  return program;
}

/** Gives commander's command what its table says. */
function describeCommand(command: Command, spec: CommandSpec, world: World, onResult: (code: ExitCode) => void): void {
  command.description(spec.description).addHelpText('after', spec.notes);
  for (const { name, description, default: usual, choices } of spec.arguments) {
    const argument = new Argument(name, description);
    if (choices) argument.choices(choices);
    command.addArgument(usual === undefined ? argument : argument.default(usual));
  }
  for (const table of [spec.options, everyCommandOptions])
    for (const option of commanderOptions(table)) command.addOption(option);
  refuseContradictions(command, spec);
  // Values whose options npm has taken are arguments too many: that is said first.
  command.allowExcessArguments();
  command.action(async () => {
    refuseWhatNpmTook(command, spec, world);
    refuseExcess(command, spec);
    onResult(await spec.run(command.processedArgs, withLists(spec.options, command.opts()), world));
  });
}

/** An option and its negation: commander would let the last one win. */
function refuseContradictions(command: Command, { options }: CommandSpec): void {
  for (const option of Object.values(options)) {
    if (!option.negation) continue;
    const flags = [longFlag(option), longFlag(option.negation)];
    const given = new Set<string>();
    for (const flag of flags)
      command.on(`option:${flag.slice(2)}`, () => {
        if (given.add(flag).size > 1)
          throw new UsageError(`${flags.join(' and ')} contradict each other; give one of them`);
      });
  }
}

function refuseWhatNpmTook(command: Command, { options, arguments: expected }: CommandSpec, world: World): void {
  const takesCollections = expected.some(({ name }) => name.includes('collection'));
  const error = npmOptionsError(
    options,
    {
      words: command.parent?.args.slice(1) ?? [],
      arguments: command.args,
      isOwn: (argument) => (takesCollections ? isCollection(argument, world.cwd) : expected.length > 0),
      has: (name) => command.getOptionValueSource(name) === 'cli',
    },
    world.osVariables,
  );
  if (error) throw error;
}

function refuseExcess(command: Command, { arguments: expected }: CommandSpec): void {
  if (expected.at(-1)?.name.includes('...')) return;
  const excess = command.args.slice(expected.length);
  if (excess.length > 0) command.error(`error: too many arguments for "${command.name()}": ${excess.join(' ')}`);
}
