import type { Step } from '../../definition/definition.ts';
import type { GeneratorSource } from '../../definition/schema.ts';
import { assignment, literal } from './literal.ts';

type Table = NonNullable<GeneratorSource['table']>;

/** Function body, in JavaScript, that looks a value up in a table. */
export function tableScript(table: Table, entry: Pick<Step['generate'][number], 'variable' | 'unlessSet'>): string[] {
  const [before, after] = refusalAround(table, entry);
  return [
    ...assignment('table', table.values),
    `const key = pm.variables.replaceIn(${literal(table.of)});`,
    `if (!Object.keys(table).includes(key)) throw new Error(${literal(before)} + key + ${literal(after)});`,
    'return table[key];',
  ];
}

/** What stands before and after a key, in the sentence that the table does not have it. */
export function refusalAround(
  { of }: Table,
  { variable, unlessSet }: Pick<Step['generate'][number], 'variable' | 'unlessSet'>,
): readonly [before: string, after: string] {
  return [`there is no ${variable} for ${of.replace(/\{\{|\}\}/g, '')} "`, unlessSet ? `"; set ${variable}` : '"'];
}
