import { refusalAround } from '../../compile/scripts/table-script.ts';
import type { Step } from '../../definition/definition.ts';
import { replaceVariables } from '../../definition/variables.ts';

/**
 * The value that a table of `generate` gives a variable, as the compiled script finds it. Throws, in the words of the script, when the
 * table has none. Undefined for a generator of another kind.
 *
 * @param lookUp The text that a variable stands for; undefined when it has no value.
 */
export function makeValue(
  generator: Step['generate'][number],
  lookUp: (name: string) => string | undefined,
): string | undefined {
  const { table } = generator;
  if (!table) return undefined;
  const key = replaceVariables(table.of, lookUp);
  if (!Object.hasOwn(table.values, key)) {
    const [before, after] = refusalAround(table, generator);
    throw new Error(`${before}${key}${after}`);
  }
  return table.values[key];
}
