import type { Definition, Step } from '../definition.ts';
import { isMapping } from '../merge-patch.ts';
import { formatPointer, pointerKeys, referredPlace, valueAt } from '../pointer.ts';

/** Where a schema says something. */

type Schema = Readonly<Record<string, unknown>>;

/** The file of a step's schema. */
export function schemaFile(step: Step, definition: Definition): string {
  const folder = step.origin?.folder ?? definition.folder;
  return [folder, 'schemas', step.expect.schema?.file].filter((part) => part !== undefined).join('/');
}

/** JSON pointer of the schema for a field of the response; undefined when it is not declared. */
export function locate(schema: Schema, path: string): string | undefined {
  return pointerKeys(path).reduce<string | undefined>(
    (place, key) => (place === undefined ? undefined : locateKey(schema, place, key)),
    locateBody(schema),
  );
}

/** The same for the whole body. */
export function locateBody(schema: Schema): string | undefined {
  return resolve(schema, '');
}

/** The same for a key (`*` for any item) of what the schema at `place` is for. */
export function locateKey(
  schema: Schema,
  place: string,
  key: string,
  passed: ReadonlySet<string> = new Set(),
): string | undefined {
  const node = valueAt(schema, place);
  if (!isMapping(node)) return undefined;
  const names = key === '*' ? ['items', 'additionalProperties'] : [];
  const own = [
    ...names.map((name) => `${place}/${name}`),
    ...(isMapping(node.properties) && Object.hasOwn(node.properties, key)
      ? [`${place}/properties${formatPointer([key])}`]
      : []),
  ].find((pointer) => isMapping(valueAt(schema, pointer)));
  if (own !== undefined) return resolve(schema, own);
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = node[name];
    if (!Array.isArray(parts)) continue;
    for (const index of parts.keys()) {
      const part = resolve(schema, `${place}/${name}/${index}`);
      // Parts that refer to what they are a part of would lead round in circles.
      const isCircle = part === undefined || part === place || passed.has(part);
      const found = isCircle ? undefined : locateKey(schema, part, key, new Set([...passed, place]));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Follows local references. */
function resolve(schema: Schema, place: string): string | undefined {
  const passed = new Set<string>();
  let current = place;
  for (;;) {
    const node = valueAt(schema, current);
    if (!isMapping(node)) return undefined;
    const { $ref: reference } = node;
    if (typeof reference !== 'string') return current;
    const target = referredPlace(schema, reference);
    if (target === undefined || passed.has(reference)) return undefined;
    passed.add(reference);
    current = target;
  }
}
