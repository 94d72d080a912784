import type { Definition } from '../definition/definition.ts';
import { UsageError } from '../errors.ts';
import { valueProblems } from './validate.ts';
import { initialValues, mergeSources } from './values.ts';

/**
 * The values of all variables a run begins with: those given, else the declared ones. Space around a value is taken off, and
 * an empty one counts as not given. Throws `UsageError` with everything that is missing or malformed, a line a problem.
 */
export function completeValues(
  definition: Definition,
  given: Readonly<Record<string, string>>,
  allowedHttpHosts: readonly string[] = [],
): Readonly<Record<string, string>> {
  const known = mergeSources([{ origin: 'values', values: given }]);
  const values = initialValues(definition, known);
  const problems = valueProblems(definition, known, values, allowedHttpHosts);
  const unknown = [...known.keys()].filter((name) => !definition.variables.some((variable) => variable.name === name));
  const messages = [
    ...unknown.map((name) => `${name} (from values) is not a variable of this collection`),
    ...problems.map(({ message }) => message),
  ];
  if (messages.length > 0) throw new UsageError(messages.join('\n'));
  return values;
}
