import { longFlag, type OptionSpec, type OptionTable, shortFlag } from '../options/option-table.ts';
import { everyCommandOptions } from '../options/shared-options.ts';

/** What may stand in a place of the command line: these words, names that the program prints when it is asked, or files. */
export type Completed = readonly string[] | 'collections' | 'steps' | 'files';

export interface CompletedOption {
  /** The long flag, and the short one when there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined: it takes no value. */
  readonly values: Completed | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: Completed;
}

/** What completion needs of the table of commands. */
export type CompletedTable = Readonly<
  Record<
    string,
    {
      readonly description: string;
      readonly arguments: readonly { readonly name: string; readonly choices?: readonly string[] }[];
      readonly options: OptionTable;
    }
  >
>;

/** Every command, `help` included, with what completes its command line. */
export function completedCommands(table: CompletedTable): CompletedCommand[] {
  const commands = Object.entries(table).map(
    ([
      name,
      {
        description,
        arguments: [first],
        options,
      },
    ]) => ({
      name,
      description,
      options: Object.values<OptionSpec>({ ...options, ...everyCommandOptions }).flatMap(completedOptions),
      arguments: first?.choices ?? (first?.name.includes('collection') ? ('collections' as const) : ('files' as const)),
    }),
  );
  const help = { name: 'help', description: 'print help for a command', options: [], arguments: Object.keys(table) };
  return [...commands, help];
}

function completedOptions(spec: OptionSpec): CompletedOption[] {
  const { description, negation } = spec;
  const option = { flags: flagsOf(spec), description, values: valuesOf(spec) };
  return negation ? [option, { ...negation, flags: flagsOf(negation), values: undefined }] : [option];
}

function flagsOf(spec: OptionSpec): string[] {
  const short = shortFlag(spec);
  return short === undefined ? [longFlag(spec)] : [longFlag(spec), short];
}

function valuesOf({ flags, choices, suggested }: OptionSpec): Completed | undefined {
  const [, placeholder] = /[<[]([a-z]+)/.exec(flags) ?? [];
  if (placeholder === undefined) return undefined;
  if (choices ?? suggested) return choices ?? suggested;
  if (placeholder.startsWith('step')) return 'steps';
  return ['file', 'folder', 'ledger'].includes(placeholder) ? 'files' : [];
}
