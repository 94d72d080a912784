/** Variables of Postman: `{{name}}` in text, and what scripts read and set. */

/** Dynamic variables that every engine knows. The random words and passwords of Postman use `Math.random`: not here. */
export const dynamicVariables: readonly string[] = ['$guid', '$isoTimestamp', '$randomUUID', '$timestamp'];

const reference = /\{\{([^{}]*)\}\}/g;

/** Names in `{{…}}` in a text, in order, without duplicates. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(reference)].map((match) => (match[1] ?? '').trim()))];
}

/** What substituting may add to a text; values that multiply each other ("{{a}}{{a}}{{a}}") would fill the memory. */
const maximumGrowth = 1024 * 1024;

/**
 * The text with each `{{name}}` replaced by its value, values of values too (as Postman does, up to 19 rounds).
 * What `lookUp` does not know stays as it is.
 */
export function substitute(text: string, lookUp: (name: string) => string | undefined): string {
  let current = text;
  let growth = 0;
  for (let round = 0; round < 19; round += 1) {
    const next = current.replace(reference, (whole, name: string) => {
      const value = lookUp(name.trim()) ?? whole;
      growth += value.length;
      return growth > maximumGrowth ? whole : value;
    });
    if (next === current) return next;
    current = next;
  }
  return current;
}

/** Every text inside plain data, with the path that leads to it (keys are not texts). */
export function textsIn(
  data: unknown,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; text: string }[] {
  if (typeof data === 'string') return [{ path, text: data }];
  if (Array.isArray(data)) return data.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof data === 'object' && data !== null) {
    return Object.entries(data).flatMap(([key, value]) => textsIn(value, [...path, key]));
  }
  return [];
}
