import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { longFlag, type OptionSpec, type OptionTable, shortFlag } from './option-table.ts';

/**
 * `npm run tutorial --simulator` gives the option to npm, which sets `npm_config_simulator` and starts the script without it.
 * A run without an option that was asked for must not begin.
 */

type OsVariables = Readonly<Record<string, string | undefined>>;

/** What the program was given. */
export interface GivenArguments {
  /** All of it, after the name of the command. */
  readonly words: readonly string[];
  /** The words that are no options. A value after a blank may be among them: npm passes it on without its option. */
  readonly arguments: readonly string[];
  /** Whether an argument is what the command expects there, and not such a value. */
  readonly isOwn: (argument: string) => boolean;
  /** Whether the option with this name in the table was given. */
  readonly has: (name: string) => boolean;
}

/** When npm has taken options from the command line that started this program: an error with the right command. */
export function npmOptionsError(
  options: OptionTable,
  given: GivenArguments,
  osVariables: OsVariables,
): UsageError | undefined {
  const script = npmScript(osVariables);
  if (script === undefined) return undefined;
  const configured = configuredValues(osVariables);
  const taken = (name: string) => {
    const value = osVariables[`npm_config_${name}`];
    return value === configured.get(name) ? undefined : value;
  };
  const values = given.arguments.filter((argument) => !given.isOwn(argument));
  const passedOn = ownWords(given.words, values, osVariables);
  const words = withoutPartsOfPlan(
    valueRequiredFirst(options).flatMap(([name, spec]) => (given.has(name) ? [] : takenWords(spec, taken, values))),
  );
  const dryRun = !('dryRun' in options) && taken('dry_run') === 'true';
  if (words.length === 0 && !dryRun) return undefined;
  const flags = new Set([...words.map(([flag]) => flag), ...(dryRun ? ['--dry-run'] : [])]);
  const instead = dryRun ? insteadOfDryRun(options, words) : [];
  const right = [...words.flat(), ...instead, ...passedOn].map(shellWord);
  return new UsageError(
    [
      `npm took ${[...flags].join(', ')} for itself; nothing was sent`,
      ...(dryRun ? [`there is no --dry-run${instead.length > 0 ? `, but ${instead[0]}` : ''}`] : []),
      ...(right.length > 0
        ? ['options of this program come after "--":', `  npm run ${script} -- ${right.join(' ')}`]
        : []),
    ].join('\n'),
  );
}

/** The script that npm runs. Other package managers pass options on; `npx` has options of its own before the program. */
function npmScript({ npm_config_user_agent: agent, npm_lifecycle_event: script, npm_command: command }: OsVariables) {
  return agent?.startsWith('npm/') && command !== 'exec' ? script : undefined;
}

/** The words that npm has passed on, without those of the script itself and the values of options that npm has taken. */
function ownWords(words: readonly string[], values: readonly string[], { npm_lifecycle_script: text }: OsVariables) {
  const others = new Set([...values, ...(text?.split(/\s+/) ?? [])]);
  return words.filter((word) => !others.has(word));
}

/** Of the values that npm has passed on, an option that can do without gets what the others leave. */
function valueRequiredFirst(options: OptionTable): (readonly [name: string, spec: OptionSpec])[] {
  const rank = (spec: OptionSpec) => Number(spec.flags.endsWith(']'));
  return Object.entries(options).sort(([, one], [, other]) => rank(one) - rank(other));
}

/** An option that npm has taken, with its value, as often as it was given. A value that was passed on is taken from `values`. */
function takenWords(spec: OptionSpec, taken: (name: string) => string | undefined, values: string[]): string[][] {
  const flag = longFlag(spec);
  const value = [flag, shortFlag(spec)].map((each) => taken(npmName(each))).find((each) => each !== undefined);
  if (value === undefined) return [];
  // `--no-simulator` is an empty `npm_config_simulator`.
  if (value === '') return spec.negation ? [[longFlag(spec.negation)]] : [];
  const [bracket, placeholder] = /[<[](.+)[>\]]$/.exec(spec.flags) ?? [];
  if (placeholder === undefined) return [[flag]];
  return value.split('\n\n').map((each) => {
    const given = each === 'true' ? values.shift() : each;
    if (given === undefined && bracket?.startsWith('[')) return [flag];
    return [flag, given ?? `<${placeholder}>`];
  });
}

/**
 * Under which name npm has the value of a flag. `--plan` is short for three options of npm, and `--max` the beginning of one.
 * What npm does with `--verbose` and `--quiet` is often set for npm itself, and harmless when it was meant for us.
 */
function npmName(flag: string | undefined): string {
  const others: Readonly<Record<string, string>> = {
    '--plan': 'parseable',
    '-p': 'parseable',
    '--max': 'maxsockets',
    '-y': 'yes',
  };
  const name = flag ?? '';
  return others[name] ?? name.replace(/^-+/, '').replaceAll('-', '_');
}

/** One of the three options that npm takes `--plan` for is `--all`. */
function withoutPartsOfPlan(words: readonly string[][]): string[][] {
  const plan = words.some(([flag]) => flag === '--plan');
  return words.filter(([flag]) => !(plan && flag === '--all'));
}

/** What a command has in place of `--dry-run`. */
function insteadOfDryRun(options: OptionTable, words: readonly string[][]): string[] {
  const option = [options.plan, options.check].find((spec) => spec !== undefined);
  if (option === undefined || words.some(([flag]) => flag === longFlag(option))) return [];
  return [longFlag(option)];
}

/** What the configuration files of npm set: nobody has typed that. */
function configuredValues({
  npm_config_userconfig: user,
  npm_config_globalconfig: everybody,
  npm_config_local_prefix: project,
}: OsVariables): ReadonlyMap<string, string> {
  const files = [everybody, user, project === undefined ? undefined : join(project, '.npmrc')];
  const lines = files.flatMap((file) => (file === undefined ? [] : textOf(file).split(/\r?\n/)));
  return new Map(
    lines.map((line) => {
      const [name = '', value = 'true'] = line.split(/=(.*)/s).map((part) => part.trim());
      return [name.toLowerCase().replaceAll('-', '_'), value === 'false' ? '' : value];
    }),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A word as a shell takes it. A placeholder is for the person to fill in. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$|^<.+>$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
