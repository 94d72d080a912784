import { messageOf, UsageError } from '../errors.ts';
import { type Environment, type ScopeVariable, textsOf } from './scope.ts';

/**
 * Reads a Postman environment file: as Postman exports it, or as its API gives it, `{"environment": {…}}`. Everything stays as it
 * stands: name, order, types, values that nobody declared, empty and disabled ones.
 * Throws `UsageError` when the text is not such a file. No value is in the message.
 */
export function readPostmanEnvironment(text: string, file: string): Environment {
  const data = parseJson(text, file);
  const { name, values } = unwrapped(data);
  if (!Array.isArray(values)) {
    throw new UsageError(
      `${file} is not a Postman environment: it has no list "values". Export it in Postman from Environments, or use one of those that compile writes`,
    );
  }
  const nameless = values.flatMap((entry: unknown, index) => (hasKey(entry) ? [] : [`values[${index}] has no "key"`]));
  if (nameless.length > 0) throw new UsageError(`${file} is not a Postman environment: ${firstOf(nameless)}`);
  return { ...(typeof name === 'string' && { name }), values: values.map(toVariable) };
}

/** The enabled values of a Postman environment file as texts, by variable. Throws as `readPostmanEnvironment` does. */
export function parsePostmanEnvironment(text: string, file: string): Record<string, string> {
  return textsOf(readPostmanEnvironment(text, file).values);
}

function unwrapped(data: unknown): Readonly<Record<string, unknown>> {
  const outer = (data ?? {}) as Readonly<Record<string, unknown>>;
  const inner = outer.environment;
  return typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : outer;
}

function hasKey(entry: unknown): boolean {
  const { key } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  return typeof key === 'string' && key !== '';
}

function toVariable(entry: Readonly<Record<string, unknown>>): ScopeVariable {
  const { key, value, type, enabled, disabled } = entry;
  return {
    key: String(key),
    value,
    ...(typeof type === 'string' && { type }),
    ...((enabled === false || disabled === true) && { disabled: true }),
  };
}

/** A file of something else may have thousands of entries. */
const shown = 5;

function firstOf(problems: readonly string[]): string {
  const more = problems.length > shown ? [`and ${problems.length - shown} more`] : [];
  return [...problems.slice(0, shown), ...more].join('; ');
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // Without a position the text ends too early.
    const offset = Number(/position (\d+)/.exec(messageOf(error))?.[1] ?? text.length);
    const before = text.slice(0, offset).split('\n');
    // The engine's own message may quote the text around the place, which can hold a secret.
    throw new UsageError(`${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: this is not valid JSON`);
  }
}
