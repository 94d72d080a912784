import { type Scope, type ScopeVariable, valueText } from '../../environment/scope.ts';
import { type SettableScope, type State, withVariable } from '../engine/state.ts';

/**
 * Variables whose type says what their values are, as Postman's SDK has them: the variables of a compiled collection are texts, so
 * the number 7 that is set there becomes the text '7'. A variable without one of these types holds any value as it is.
 */
const typed: Readonly<Record<string, { in(value: unknown): unknown; out(value: unknown): unknown }>> = {
  string: { in: String, out: String },
  number: { in: Number, out: Number },
  boolean: { in: Boolean, out: Boolean },
  array: { in: toJson, out: (value) => (Array.isArray(fromJson(value)) ? fromJson(value) : undefined) },
  object: { in: toJson, out: (value) => (isMapping(fromJson(value)) ? fromJson(value) : undefined) },
};

/** The state in which the variable has this value, of the type that the variable had. */
export function withTypedVariable(state: State, scope: SettableScope, name: string, value: unknown): State {
  const present = enabled(scope === 'collection' ? state.collection : state.environment.values, name);
  return withVariable(state, scope, name, typeOf(present)?.in(value) ?? value);
}

/** The text that `{{name}}` stands for: of the innermost scope that has the variable; undefined when none has. */
export function variableText(state: State, name: string): string | undefined {
  const variable = innermost(state, name);
  return variable && textOf(variable);
}

/** Whether the variable is null, a list or an object: the runtime writes it in a request, or leaves `{{name}}`, by scope and type. */
export function isOddVariable(state: State, name: string): boolean {
  const variable = innermost(state, name);
  return variable !== undefined && typeof variable.value === 'object';
}

function innermost({ run, row, environment, collection, globals }: State, name: string): ScopeVariable | undefined {
  const own = enabled(run, name);
  if (own) return own;
  if (Object.hasOwn(row, name)) return { key: name, value: row[name] };
  for (const scope of [environment.values, collection, globals]) {
    const variable = enabled(scope, name);
    if (variable) return variable;
  }
  return undefined;
}

function enabled(scope: Scope, name: string): ScopeVariable | undefined {
  return scope.findLast(({ key, disabled }) => key === name && !disabled);
}

function typeOf(variable: ScopeVariable | undefined): (typeof typed)[string] | undefined {
  const type = variable?.type?.toLowerCase();
  return type !== undefined && Object.hasOwn(typed, type) ? typed[type] : undefined;
}

function textOf(variable: ScopeVariable): string {
  const type = typeOf(variable);
  return valueText(type ? type.out(variable.value) : variable.value);
}

function toJson(value: unknown): unknown {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fromJson(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
