import type { Definition } from '../definition/definition.ts';
import { readsUndeclared } from '../definition/raw.ts';
import { UsageError } from '../errors.ts';
import type { Environment } from './scope.ts';
import { valueProblems } from './validate.ts';
import {
  environmentSource,
  type GivenValues,
  type InitialScopes,
  initialScopes,
  initialValues,
  mergeSources,
} from './values.ts';

/**
 * The values of all variables a run begins with: those given, else those of the environment, else the declared ones. Space around
 * a value is taken off, and an empty one counts as not given. Throws `UsageError` with everything that is missing or malformed, a
 * line a problem.
 */
export function completeValues(
  definition: Definition,
  given: Readonly<Record<string, string>>,
  {
    environment,
    allowedHttpHosts = [],
  }: { readonly environment?: Environment | undefined; readonly allowedHttpHosts?: readonly string[] | undefined } = {},
): Readonly<Record<string, string>> {
  const known = givenOf(given, environment);
  const values = initialValues(definition, known);
  const problems = valueProblems(definition, known, values, allowedHttpHosts);
  const declared = new Set(definition.variables.map(({ name }) => name));
  const unknown = [...known.keys()].filter(
    (name) => !declared.has(name) && !known.get(name)?.inEnvironment && !readsUndeclared(definition),
  );
  const messages = [
    ...unknown.map((name) => `${name} (from values) is not a variable of this collection`),
    ...problems.map(({ message }) => message),
  ];
  if (messages.length > 0) throw new UsageError(messages.join('\n'));
  return values;
}

/** The scopes a run begins with, of what `completeValues` takes. What is missing or malformed stays as it is. */
export function completeScopes(
  definition: Definition,
  given: Readonly<Record<string, string>>,
  environment?: Environment,
): InitialScopes {
  return initialScopes(definition, { values: givenOf(given, environment), environment });
}

function givenOf(values: Readonly<Record<string, string>>, environment: Environment | undefined): GivenValues {
  return mergeSources([
    { origin: 'values', values },
    ...(environment ? [environmentSource(environment, 'the environment')] : []),
  ]);
}
