import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCode } from '../errors.ts';
import { printable } from '../printable.ts';
import { createSecrets } from '../run/secrets/redact.ts';
import { tool } from '../run/tool.ts';
import { type CommandSpec, commands } from './commands.ts';
import { exitCodeNotes } from './help-notes.ts';
import { commanderOptions, withLists } from './options/commander-options.ts';
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
    .showHelpAfterError('(--help shows what is possible)')
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
  for (const argument of spec.arguments) command.argument(argument.name, argument.description, argument.default);
  for (const table of [spec.options, everyCommandOptions])
    for (const option of commanderOptions(table)) command.addOption(option);
  command.action(async () => {
    onResult(await spec.run(command.processedArgs, withLists(spec.options, command.opts()), world));
  });
}
