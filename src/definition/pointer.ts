/** JSON pointers (RFC 6901): `/_embedded/licenses/0/id`. */

/** Keys of a pointer, in order. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value a pointer leads to in plain data, or undefined when there is none. */
export function valueAt(data: unknown, pointer: string): unknown {
  return pointerKeys(pointer).reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    data,
  );
}

/** What a JSON Schema says of the value a pointer leads to: `undeclared`, `optional` or `required`. */
export type Presence = 'undeclared' | 'optional' | 'required';

/** Looks a pointer up in a schema, through `properties`, `items` and local `$ref`s. */
export function presenceIn(schema: unknown, pointer: string): Presence {
  let current = schema;
  let presence: Presence = 'required';
  for (const key of pointerKeys(pointer)) {
    const node = resolveReference(schema, current);
    const properties = node.properties;
    if (isRecord(properties) && Object.hasOwn(properties, key)) {
      const required = node.required;
      if (!(Array.isArray(required) && required.includes(key))) presence = 'optional';
      current = properties[key];
    } else if (/^\d+$/.test(key) && node.items !== undefined) {
      presence = 'optional';
      current = node.items;
    } else {
      return 'undeclared';
    }
  }
  return presence;
}

function resolveReference(root: unknown, node: unknown): Record<string, unknown> {
  if (!isRecord(node)) return {};
  const reference = node.$ref;
  if (typeof reference !== 'string' || !reference.startsWith('#')) return node;
  const target = valueAt(root, reference.slice(1));
  return isRecord(target) ? target : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
