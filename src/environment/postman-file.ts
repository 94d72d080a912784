import { messageOf, UsageError } from '../errors.ts';

/**
 * Values of a Postman environment file (the format Postman exports), without disabled ones.
 * Throws `UsageError` when the text is not such a file. No value is in the message.
 */
export function parsePostmanEnvironment(text: string, file: string): Record<string, string> {
  const data = parseJson(text, file);
  const values = (data as { values?: unknown } | null)?.values;
  if (!Array.isArray(values)) {
    throw new UsageError(
      `${file} is not a Postman environment: it has no list "values". Export it in Postman from Environments, or use one of those that compile writes`,
    );
  }
  const wrong: string[] = [];
  const entries = values.flatMap((entry: unknown, index): [string, string][] => {
    const { key, value, enabled } = (entry ?? {}) as Record<string, unknown>;
    if (typeof key !== 'string' || key === '') {
      wrong.push(`values[${index}] has no "key"`);
      return [];
    }
    if (value !== undefined && value !== null && typeof value !== 'string') {
      wrong.push(`the value of "${key}" is not a text`);
      return [];
    }
    return enabled === false ? [] : [[key, value ?? '']];
  });
  if (wrong.length > 0) throw new UsageError(`${file} is not a Postman environment: ${wrong.join('; ')}`);
  return Object.fromEntries(entries);
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
