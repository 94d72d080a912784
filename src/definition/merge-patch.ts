/** JSON Merge Patch (https://www.rfc-editor.org/rfc/rfc7396): mappings are merged, null removes a key, all else is replaced. */

type Json = Readonly<Record<string, unknown>>;

/** The target with a patch put over it. Neither is changed. */
export function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch;
  const merged = new Map(Object.entries(isMapping(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyPatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** The smallest patch that makes one value the other; undefined when they are equal. `to` must hold no null but in lists. */
export function patchBetween(from: unknown, to: unknown): unknown {
  if (isMapping(from) && isMapping(to)) {
    const removed = Object.keys(from)
      .filter((key) => !Object.hasOwn(to, key))
      .map((key): [string, unknown] => [key, null]);
    const changed = Object.entries(to).flatMap(([key, value]): [string, unknown][] => {
      const patch = patchBetween(Object.hasOwn(from, key) ? from[key] : undefined, value);
      return patch === undefined ? [] : [[key, patch]];
    });
    const all = [...removed, ...changed];
    return all.length === 0 ? undefined : Object.fromEntries(all);
  }
  return isSame(from, to) ? undefined : to;
}

/** Equal as JSON data; the order of keys does not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** A JSON object, not a list and not null. */
export function isMapping(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
