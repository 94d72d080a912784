import type { Definition, Variable } from '../definition/definition.ts';

/** Values of variables, and where each came from. */
export interface EnvironmentSource {
  /** In words, as it reads after "from": `--var`, `.env`, `the OS variable API_URL`. */
  readonly origin: string | ((name: string) => string);
  readonly values: Readonly<Record<string, string>>;
}

/** A value and where it came from. */
export interface GivenValue {
  readonly value: string;
  readonly origin: string;
}

/** What a person gave, by variable. */
export type GivenValues = ReadonlyMap<string, GivenValue>;

/**
 * Puts sources together, the first that has a value wins. Space around a value is taken off: it comes from pasting.
 * Empty values count as not given.
 */
export function mergeSources(sources: readonly EnvironmentSource[]): GivenValues {
  const given = new Map<string, GivenValue>();
  for (const { origin, values } of sources) {
    for (const [name, text] of Object.entries(values)) {
      const value = text.trim();
      if (value === '' || given.has(name)) continue;
      given.set(name, { value, origin: typeof origin === 'string' ? origin : origin(name) });
    }
  }
  return given;
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

/** Every variable with the value a run begins with: what was given, else the declared one, else an empty text. */
export function initialValues(definition: Definition, given: GivenValues): Record<string, string> {
  return Object.fromEntries(
    definition.variables.map((variable: Variable) => [
      variable.name,
      given.get(variable.name)?.value ?? variable.value ?? '',
    ]),
  );
}
