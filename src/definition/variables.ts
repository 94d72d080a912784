/** Variables of Postman: `{{name}}` in text, and what scripts read and set. */

/** Dynamic variables that every engine knows. The random words and passwords of Postman use `Math.random`: not here. */
export const dynamicVariables: readonly string[] = ['$guid', '$isoTimestamp', '$randomUUID', '$timestamp'];

const reference = /\{\{([^{}]*)\}\}/g;

/** Names in `{{…}}` in a text, in order, without duplicates. */
export function variablesIn(text: string): string[] {
  if (!text.includes('{{')) return [];
  return [...new Set([...text.matchAll(reference)].map((match) => (match[1] ?? '').trim()))];
}

/** What substituting may add to a text; values that multiply each other ("{{a}}{{a}}{{a}}") would fill the memory. */
const maximumGrowth = 1024 * 1024;

/**
 * The text with each `{{name}}` replaced by its value, values of values too (as Postman does, up to 19 rounds).
 * What `lookUp` does not know stays as it is.
 */
export function substitute(text: string, lookUp: (name: string) => string | undefined): string {
  return replaceVariables(text, (name) => lookUp(name.trim()));
}

/** The same to the letter, as `pm.variables.replaceIn` does it: spaces in the braces are a part of the name. */
export function replaceVariables(text: string, lookUp: (name: string) => string | undefined): string {
  let current = text;
  let growth = 0;
  for (let round = 0; round < 19 && current.includes('{{'); round += 1) {
    const next = current.replace(reference, (whole, name: string) => {
      const value = lookUp(name) ?? whole;
      growth += value.length;
      return growth > maximumGrowth ? whole : value;
    });
    if (next === current) return next;
    current = next;
  }
  return current;
}

/**
 * The names, with the variables that steps set (`set`) in the place of those whose declared value is made of them: once the
 * steps have set these, the others have a value too. `values` are the declared ones, by variable.
 */
export function withoutMade(
  names: readonly string[],
  values: ReadonlyMap<string, string | undefined>,
  set: ReadonlySet<string>,
): string[] {
  const partsOf = (name: string, way: readonly string[]): string[] => {
    if (set.has(name)) return [name];
    if (way.includes(name)) return [];
    return variablesIn(values.get(name) ?? '').flatMap((part) => partsOf(part, [...way, name]));
  };
  const needed = names.flatMap((name) => {
    const parts = partsOf(name, []);
    return parts.length > 0 ? parts : [name];
  });
  return [...new Set(needed)];
}

/** Every key inside plain data, with the path that leads to it. */
export function keysIn(
  data: unknown,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; text: string }[] {
  if (typeof data !== 'object' || data === null) return [];
  if (Array.isArray(data)) return data.flatMap((item, index) => keysIn(item, [...path, index]));
  return Object.entries(data).flatMap(([key, value]) => [
    { path: [...path, key], text: key },
    ...keysIn(value, [...path, key]),
  ]);
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
