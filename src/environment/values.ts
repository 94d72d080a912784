import { type Definition, mayBeUnresolved, type Variable } from '../definition/definition.ts';
import { isMapping } from '../definition/merge-patch.ts';
import { type Environment, type Scope, type ScopeVariable, textsOf, valueText } from './scope.ts';

/** Values of variables, and where each came from. */
export interface EnvironmentSource {
  /** In words, as it reads after "from": `--var`, `.env`, `the OS variable API_URL`. */
  readonly origin: string | ((name: string) => string);
  readonly values: Readonly<Record<string, string>>;
  /** They are those of the environment that a run begins with. Default: false. */
  readonly isEnvironment?: boolean;
  /** They were set for another program. Default: false. */
  readonly isOfOtherProgram?: boolean;
}

/** A value and where it came from. */
export interface GivenValue {
  readonly value: string;
  readonly origin: string;
  /** It is that of the environment that a run begins with. */
  readonly inEnvironment?: true;
  /** It was set for another program. */
  readonly ofOtherProgram?: true;
}

/** What a person gave. */
export interface Given {
  /** The first value of each variable. */
  readonly values: GivenValues;
  /** The environment file, as it stands; undefined when there is none. */
  readonly environment: Environment | undefined;
}

/** The scopes of variables that a run begins with. */
export interface InitialScopes {
  readonly environment: Environment;
  /** Variables of the collection. */
  readonly collection: Scope;
}

/** What a person gave, by variable. */
export type GivenValues = ReadonlyMap<string, GivenValue>;

/**
 * Puts sources together, the first that has a value wins. Space around a value is taken off: it comes from pasting.
 * Empty values count as not given.
 */
export function mergeSources(sources: readonly EnvironmentSource[]): GivenValues {
  const given = new Map<string, GivenValue>();
  for (const { origin, values, isEnvironment, isOfOtherProgram } of sources) {
    for (const [name, text] of Object.entries(values)) {
      const value = text.trim();
      if (value === '' || given.has(name)) continue;
      given.set(name, {
        value,
        origin: typeof origin === 'string' ? origin : origin(name),
        ...(isEnvironment && { inEnvironment: true as const }),
        ...(isOfOtherProgram && { ofOtherProgram: true as const }),
      });
    }
  }
  return given;
}

/** The values of an environment as a source, `origin` as it reads after "from". */
export function environmentSource(environment: Environment, origin: string): EnvironmentSource {
  return { origin, values: textsOf(environment.values), isEnvironment: true };
}

/** Values of the OS variables that a definition names (`os:` of a variable), by the name of the variable. */
export function valuesFromOs(
  definition: Definition,
  osVariables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = definition.variables.flatMap(({ name, os }): [string, string][] => {
    const value = os === undefined ? undefined : osVariables[os];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** A value from an OS variable of another program. */
export interface OtherValue {
  readonly value: string;
  /** Name of the OS variable. */
  readonly os: string;
}

/** Values of the OS variables of other programs that a definition names (`osAlso:`), by the name of the variable. */
export function valuesOfOtherPrograms(
  definition: Definition,
  osVariables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, OtherValue> {
  return new Map(
    definition.variables.flatMap(({ name, osAlso = {} }): [string, OtherValue][] => {
      const found = Object.entries(osAlso).flatMap(([os, meanings]): OtherValue[] => {
        const text = osVariables[os]?.trim();
        const value = text && (Object.keys(meanings).length > 0 ? meanings[text] : text);
        return value ? [{ value, os }] : [];
      });
      return found[0] ? [[name, found[0]]] : [];
    }),
  );
}

/** Every variable with the value a run begins with: what was given, else the declared one, else an empty text. */
export function initialValues(definition: Definition, given: GivenValues): Record<string, string> {
  return Object.fromEntries(
    definition.variables.map((variable: Variable) => [
      variable.name,
      given.get(variable.name)?.value ?? variable.value ?? '',
    ]),
  );
}

/**
 * The scopes that a run begins with. The environment is that of the person as it stands, with what nobody declared. In it, or added
 * to it, are the variables that a definition declares for the environment, with the value that comes first: the one that was given,
 * else the declared one. An empty value counts as not given.
 *
 * A variable of the collection has its declared value, or one that was given elsewhere than in the environment. The environment's
 * own value hides it, as in Postman.
 */
export function initialScopes(definition: Definition, { values: given, environment }: Given): InitialScopes {
  const listed = collectionVariables(definition);
  const ofCollection = new Set(listed.flatMap(({ key, disabled }) => (disabled ? [] : [key])));
  const declared = new Map(definition.variables.map((variable) => [variable.name, variable]));
  const own = (environment?.values ?? []).flatMap((entry) => {
    const variable = declared.get(entry.key);
    if (entry.disabled) return [entry];
    // It may be empty on purpose.
    if (mayBeUnresolved(variable, definition) && !given.has(entry.key)) return [entry];
    return inEnvironment(entry, variable, given.get(entry.key), ofCollection);
  });
  const present = new Set(own.flatMap(({ key, disabled }) => (disabled ? [] : [key])));
  const added = [...new Set([...declared.keys(), ...given.keys()])].flatMap((name): ScopeVariable[] => {
    const value = given.get(name)?.value ?? declared.get(name)?.value ?? '';
    if (value === '' || present.has(name) || ofCollection.has(name)) return [];
    return [{ key: name, value, ...(declared.get(name)?.secret && { type: 'secret' }) }];
  });
  return {
    environment: { ...environment, values: [...own, ...added] },
    collection: listed.map((entry) => {
      const value = given.get(entry.key);
      return value === undefined || value.inEnvironment ? entry : { ...entry, value: value.value };
    }),
  };
}

/** A variable of the environment with the value that comes first; none when it is empty and would hide one of the collection. */
function inEnvironment(
  entry: ScopeVariable,
  variable: Variable | undefined,
  given: GivenValue | undefined,
  ofCollection: ReadonlySet<string>,
): ScopeVariable[] {
  if (given?.inEnvironment) {
    const isPasted = variable !== undefined && hasForm(variable) && typeof entry.value === 'string';
    return [isPasted ? { ...entry, value: given.value } : entry];
  }
  const isEmpty = valueText(entry.value ?? undefined).trim() === '';
  if (isEmpty && variable && ofCollection.has(entry.key)) return [];
  const value = given?.value ?? variable?.value ?? '';
  return [value === '' ? entry : { ...entry, value }];
}

/**
 * Whether a declaration says what values look like, or where people keep them. Space around such a value comes from pasting; in
 * any other it may be meant.
 */
export function hasForm({ format, allowed, known, os }: Variable): boolean {
  return [format, allowed, known, os].some((part) => part !== undefined);
}

/** Variables that live in the collection, with their declared values and types. */
function collectionVariables({ variables, raw }: Definition): Scope {
  // A fragment has the whole list, as the compiled collection does.
  if (!Array.isArray(raw?.variable)) {
    return variables.flatMap(({ name, value, scope }) =>
      scope === 'collection' ? [{ key: name, value: value ?? '', type: 'string' }] : [],
    );
  }
  return raw.variable.filter(isMapping).map(({ key, id, value, type, disabled }) => ({
    key: String(key ?? id),
    value,
    ...(typeof type === 'string' && { type }),
    ...(disabled === true && { disabled: true }),
  }));
}
