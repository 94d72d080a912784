import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition } from '../../definition/definition.ts';
import { type Environment, type Scope, textsOf, withValue } from '../../environment/scope.ts';
import type { Cookies } from '../engine/cookies.ts';
import { type State, withVariable } from '../engine/state.ts';

/** What a run begins with. */
export interface StartValues {
  readonly definition: Definition;
  readonly collection: PostmanCollection;
  /** Values of the variables, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** Default: the values of the variables that are not of the collection. */
  readonly environment?: Environment | undefined;
  /** Default: those of the compiled collection, and what `values` say of them. */
  readonly collectionVariables?: Scope | undefined;
}

/** All that a run begins with, as texts: also what nobody declared. */
export function givenTexts({
  values,
  environment,
}: Pick<StartValues, 'values' | 'environment'>): Readonly<Record<string, string>> {
  // An empty value in the environment counts as not given where a variable is declared.
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return { ...values, ...textsOf(environment?.values ?? []), ...Object.fromEntries(given) };
}

/** The state of the first request: scopes apart, as the files that people import have them. */
export function startState(
  { definition, collection, values, environment, collectionVariables }: StartValues,
  cookies: Cookies,
): State {
  const ofCollection = new Set(
    definition.variables.filter(({ scope }) => scope === 'collection').map(({ name }) => name),
  );
  const given = Object.entries(values).filter(([, value]) => value !== '');
  const declared = (collection.variable ?? []) as Scope;
  return {
    environment: environment ?? {
      values: given.filter(([name]) => !ofCollection.has(name)).map(([key, value]) => ({ key, value })),
    },
    collection:
      collectionVariables ??
      given
        .filter(([name]) => ofCollection.has(name))
        .reduce((scope, [name, value]) => withValue(scope, name, value), declared),
    globals: [],
    run: [],
    row: {},
    iteration: { index: 0, count: 1 },
    cookies,
  };
}

/** The state with these values, each in the scope that the definition gives its variable. */
export function withValues(state: State, { variables }: Definition, values: Readonly<Record<string, string>>): State {
  const scopes = new Map(variables.map(({ name, scope }) => [name, scope]));
  return Object.entries(values).reduce(
    (next, [name, value]) =>
      withVariable(next, scopes.get(name) === 'collection' ? 'collection' : 'environment', name, value),
    state,
  );
}
