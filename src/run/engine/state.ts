import { perDefinition } from '../../definition/per-definition.ts';
import { type Environment, type Scope, valueText, withoutValues, withValue } from '../../environment/scope.ts';
import type { Cookies } from './cookies.ts';

/**
 * What requests and scripts of a run see and change: data that goes into each step and comes out of it. Values have the types that
 * scripts gave them. Holds secrets.
 */
export interface State {
  readonly environment: Environment;
  /** Variables of the collection. */
  readonly collection: Scope;
  readonly globals: Scope;
  /** Variables of the run (`pm.variables.set`). */
  readonly run: Scope;
  /** The row of the data file that the iteration has (`pm.iterationData`). */
  readonly row: Readonly<Record<string, unknown>>;
  /** The iteration, from 0, and how many there are (`pm.info`). */
  readonly iteration: { readonly index: number; readonly count: number };
  readonly cookies: Cookies;
}

/** Every variable that a request can name, with its value as Postman writes it. */
export const valuesOf = perDefinition(textsOfState);

function textsOfState({ environment, collection, globals, run, row }: State): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const scope of [globals, collection, environment.values])
    for (const { key, value, disabled } of scope) if (!disabled) values[key] = valueText(value);
  for (const [key, value] of Object.entries(row)) values[key] = valueText(value);
  for (const { key, value, disabled } of run) if (!disabled) values[key] = valueText(value);
  return values;
}

/** The scope that a script sets a variable in: its own or that of the environment. */
export type SettableScope = 'environment' | 'collection';

/** The state in which a variable of this scope has this value. */
export function withVariable(state: State, scope: SettableScope, name: string, value: unknown): State {
  if (scope === 'collection') return { ...state, collection: withValue(state.collection, name, value) };
  const { environment } = state;
  return { ...state, environment: { ...environment, values: withValue(environment.values, name, value) } };
}

/** The state in which this scope has no variables of these names. */
export function withoutVariables(state: State, scope: SettableScope, names: readonly string[]): State {
  if (scope === 'collection') return { ...state, collection: withoutValues(state.collection, names) };
  const { environment } = state;
  return { ...state, environment: { ...environment, values: withoutValues(environment.values, names) } };
}
