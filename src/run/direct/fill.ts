import { randomUUID } from 'node:crypto';
import { dynamicVariables, replaceVariables } from '../../definition/variables.ts';
import type { State } from '../engine/state.ts';
import { isOddVariable, variableText } from '../judge/typed-value.ts';

/** A text with its variables filled in, as Postman does it, dynamic ones too. What nobody has set stays as it is. */
export function fill(text: string, state: State): string {
  return replaceVariables(text, (name) => lookUp(name, state));
}

/** What `{{name}}` is filled in with. */
export function fillVariable(name: string, state: State): string {
  return fill(lookUp(name, state) ?? `{{${name}}}`, state);
}

/** Only Postman knows how a request is filled in. */
export class NeedsNewman extends Error {}

/** The same in a part of a request. Throws `NeedsNewman` for what only Postman can fill in. */
export function fillRequest(text: string, state: State): string {
  return replaceVariables(text, (name) => {
    const value = lookUp(name, state);
    const isUnknown = value === undefined && name.trim().startsWith('$') && !dynamicVariables.includes(name.trim());
    if (isUnknown || isOddVariable(state, name)) throw new NeedsNewman();
    return value;
  });
}

/** The text that a variable stands for, a dynamic one too; undefined when nobody has set it. */
export function lookUp(name: string, state: State): string | undefined {
  return variableText(state, name) ?? dynamicValue(name);
}

/** A new value at each use; undefined for a name that is none of ours. */
function dynamicValue(name: string): string | undefined {
  if (name === '$guid' || name === '$randomUUID') return randomUUID();
  if (name === '$timestamp') return String(Math.floor(Date.now() / 1000));
  return name === '$isoTimestamp' ? new Date().toISOString() : undefined;
}
