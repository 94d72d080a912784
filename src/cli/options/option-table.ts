/**
 * One option of a command, written once. From it come commander's option and its help (`commander-options.ts`), the type of
 * what the command gets (`OptionsOf`) and the list in README.md (`npm run reference`).
 */
export interface OptionSpec {
  /** As commander reads them: `-d, --data <file>`, `--bail [number]` where the value may be left out, `--tls` without one. */
  readonly flags: string;
  readonly description: string;
  /** Reads the value. Throws `InvalidArgumentError` with what is expected. Default: the text as it is. */
  readonly parse?: (text: string) => unknown;
  /** The values that are possible. Default: all. */
  readonly choices?: readonly string[];
  /** What shells offer for a value that may begin otherwise too. */
  readonly suggested?: readonly string[];
  /** The value when the option is not given, as `parse` would give it. Default: the command gets none. */
  readonly default?: string | number;
  /** Words for a default that only the command knows, for people to read. */
  readonly defaultNote?: string;
  /** May be given more than once: the value is a list, empty when the option is not given. */
  readonly repeatable?: true;
  /** The flag that sets it to false. Neither flag: the command gets none. */
  readonly negation?: { readonly flags: string; readonly description: string };
  /** Row of the README under which the option is listed. Only options of `run` are. */
  readonly group?: string;
}

/** Options by the names under which a command gets their values: `timeoutRequest` for `--timeout-request`. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What a command gets: a value for each option that has a default or is a list, for others when they were given. */
export type OptionsOf<Table extends OptionTable> = Flattened<
  { readonly [Name in keyof Table as Table[Name] extends AlwaysSet ? Name : never]: ValueOf<Table[Name]> } & {
    readonly [Name in keyof Table as Table[Name] extends AlwaysSet ? never : Name]?: ValueOf<Table[Name]>;
  }
>;

/** The options of one group. */
export type OptionsOfGroup<
  Table extends OptionTable,
  Group extends NonNullable<Table[keyof Table]['group']>,
> = OptionsOf<{
  readonly [Name in keyof Table as Table[Name] extends { readonly group: Group } ? Name : never]: Table[Name];
}>;

type AlwaysSet = { readonly default: unknown } | { readonly repeatable: true };

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly repeatable: true }
  ? readonly SingleValueOf<Spec>[]
  : Spec extends { readonly flags: `${string}<${string}` }
    ? SingleValueOf<Spec>
    : // Without the value it is `true`.
      Spec extends { readonly flags: `${string}[${string}` }
      ? SingleValueOf<Spec> | true
      : boolean;

type SingleValueOf<Spec extends OptionSpec> = Spec extends { readonly parse: (text: string) => infer Value }
  ? Value
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : string;

/** The same type in one piece, so that editors and compiler errors show its members. */
type Flattened<Type> = { [Name in keyof Type]: Type[Name] };

/** The long flag without its value: `--data` of `-d, --data <file>`. */
export function longFlag({ flags }: OptionSpec): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

/** The short flag: `-d` of `-d, --data <file>`. */
export function shortFlag({ flags }: OptionSpec): string | undefined {
  return /^-[a-zA-Z](?=,)/.exec(flags)?.[0];
}
