import { Option } from 'commander';
import type { OptionSpec, OptionTable } from './option-table.ts';

/** Commander's options of a table, in its order; a negation follows its option. */
export function commanderOptions(table: OptionTable): Option[] {
  return Object.values(table).flatMap((spec) => {
    const { negation } = spec;
    return [commanderOption(spec), ...(negation ? [new Option(negation.flags, negation.description)] : [])];
  });
}

function commanderOption(spec: OptionSpec): Option {
  const { flags, description, choices, parse, repeatable, defaultNote } = spec;
  const option = new Option(flags, defaultNote ? `${description} (default: ${defaultNote})` : description);
  if (choices) option.choices(choices);
  const read = parse ?? ((text: string) => text);
  if (repeatable) option.argParser((text, earlier: readonly unknown[] | undefined) => [...(earlier ?? []), read(text)]);
  else if (parse) option.argParser(read);
  if (spec.default !== undefined) option.default(spec.default);
  return option;
}

/** The values that commander has read, with an empty list for each list that was not given: help would show it as a default. */
export function withLists(table: OptionTable, values: object): object {
  const lists = Object.entries(table).filter(([, { repeatable }]) => repeatable);
  return { ...Object.fromEntries(lists.map(([name]) => [name, []])), ...values };
}
