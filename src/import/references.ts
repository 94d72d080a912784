import { isDeclarable } from '../definition/raw.ts';
import { inspectScript } from '../definition/script-facts.ts';
import { dynamicVariables, keysIn, textsIn, variablesIn } from '../definition/variables.ts';

/** What a definition may say of variables: names that can be declared, and dynamic ones. */

const dynamic = /^\$[A-Za-z]+$/;

/** Names in `{{…}}` in every text of plain data. */
export function referencesIn(data: unknown): string[] {
  return textsIn(data).flatMap(({ text }) => variablesIn(text));
}

/** Names in `{{…}}` in every key of plain data. */
export function keyReferencesIn(data: unknown): string[] {
  return keysIn(data).flatMap(({ text }) => variablesIn(text));
}

/** Every `{{…}}` in the data is a variable that a definition can declare, or a dynamic one. */
export function hasKnownReferences(data: unknown): boolean {
  return [...keyReferencesIn(data), ...referencesIn(data)].every((name) => isDeclarable(name) || dynamic.test(name));
}

/** Dynamic variables among names that have to be allowed. */
export function dynamicNames(names: readonly string[]): string[] {
  const unusual = names.filter((name) => dynamic.test(name) && !dynamicVariables.includes(name));
  return [...new Set(unusual)].sort();
}

/** A script that a definition may hold: it parses, uses what every engine has, and variables that can be declared. */
export function isAllowedScript(text: string, kind: 'body' | 'script'): boolean {
  const { parsed, problems, reads, sets } = inspectScript(text, kind);
  return (
    parsed && problems.length === 0 && [...reads, ...sets].every((name) => isDeclarable(name) || dynamic.test(name))
  );
}
