import { draftOf } from './schemas/draft.ts';

/** JSON pointers (RFC 6901): `/_embedded/licenses/0/id`. */

/** Keys of a pointer, in order. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer of these keys. */
export function formatPointer(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The value a pointer leads to in plain data, or undefined when there is none. */
export function valueAt(data: unknown, pointer: string): unknown {
  return pointerKeys(pointer).reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.prototype.propertyIsEnumerable.call(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    data,
  );
}

/** What a JSON Schema says of the value a pointer leads to: `undeclared`, `optional` or `required`. */
/** Pointers to the values of plain data that hold no others, in the order in which they are written. */
export function leafPointers(data: unknown, keys: readonly string[] = []): string[] {
  if (typeof data !== 'object' || data === null) return [formatPointer(keys)];
  return Object.entries(data).flatMap(([key, value]) => leafPointers(value, [...keys, key]));
}

export type Presence = 'undeclared' | 'optional' | 'required';

/** Looks a pointer up in a schema, through `properties`, `items`, local `$ref`s, `allOf`, `anyOf` and `oneOf`. */
export function presenceIn(schema: unknown, pointer: string): Presence {
  let current = schema;
  let presence: Presence = 'required';
  for (const key of pointerKeys(pointer)) {
    const { schemas, required } = declarationOf(schema, current, key);
    if (schemas.length === 0) return 'undeclared';
    if (!required) presence = 'optional';
    current = schemas.length === 1 ? schemas[0] : { anyOf: schemas };
  }
  return presence;
}

/** The keys that a schema declares beside the last key of a pointer; where it goes astray earlier, those that it could have there. */
export function keysBeside(schema: unknown, pointer: string): string[] {
  let current = schema;
  for (const key of pointerKeys(pointer).slice(0, -1)) {
    const { schemas } = declarationOf(schema, current, key);
    if (schemas.length === 0) break;
    current = { anyOf: schemas };
  }
  return [
    ...new Set(
      partsOf(schema, current).flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : [])),
    ),
  ];
}

interface Declaration {
  /** The schemas that the value of the key has to satisfy, one or all of them; none when the key is not declared. */
  readonly schemas: readonly unknown[];
  readonly required: boolean;
}

type Known = Map<unknown, Declaration>;

/** `known` holds what was found already: references may go in circles, or lead to one schema in many ways. */
function declarationOf(root: unknown, schema: unknown, key: string, known: Known = new Map()): Declaration {
  const node = resolveReference(root, schema);
  const found = known.get(node);
  if (found) return found;
  known.set(node, { schemas: [], required: false });
  const { properties, required, items, prefixItems } = node;
  const own = isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [];
  const item =
    own.length === 0 && /^\d+$/.test(key) ? [prefixItems, items].flat().filter((one) => one !== undefined) : [];
  const declarations = (list: unknown) => asArray(list).map((part) => declarationOf(root, part, key, known));
  const allOf = declarations(node.allOf);
  const alternatives = [declarations(node.anyOf), declarations(node.oneOf)];
  const inParts = [allOf, ...alternatives].flat().flatMap(({ schemas }) => schemas);
  const declaration = {
    schemas: [...new Set([...own, ...item, ...inParts])],
    required:
      asArray(required).includes(key) ||
      (item.length > 0 && Number(key) < Number(node.minItems ?? 0)) ||
      allOf.some((part) => part.required) ||
      alternatives.some((group) => group.length > 0 && group.every((part) => part.required)),
  };
  known.set(node, declaration);
  return declaration;
}

/** A schema and all that it is made of: what `$ref`, `allOf`, `anyOf` and `oneOf` lead to. */
function partsOf(
  root: unknown,
  schema: unknown,
  found: Set<Record<string, unknown>> = new Set(),
): Record<string, unknown>[] {
  const node = resolveReference(root, schema);
  if (!found.has(node)) {
    found.add(node);
    for (const part of [node.allOf, node.anyOf, node.oneOf].flatMap(asArray)) partsOf(root, part, found);
  }
  return [...found];
}

function resolveReference(root: unknown, schema: unknown): Record<string, unknown> {
  const passed = new Set<string>();
  let node = schema;
  while (isRecord(node) && typeof node.$ref === 'string' && !passed.has(node.$ref)) {
    const target = referredPlace(root, node.$ref);
    if (target === undefined) break;
    passed.add(node.$ref);
    const { $ref: _, ...beside } = node;
    const referred = valueAt(root, target);
    // As of 2019-09, what is beside a reference holds too.
    node = Object.keys(beside).length > 0 && !isDraft07(root) ? { allOf: [referred, beside] } : referred;
  }
  return isRecord(node) ? node : {};
}

/** JSON pointer of what a local reference of a schema leads to, by pointer or by anchor; undefined when it is not known. */
export function referredPlace(root: unknown, reference: string): string | undefined {
  if (!reference.startsWith('#')) return undefined;
  const target = reference.slice(1);
  return target === '' || target.startsWith('/') ? target : anchorPlace(root, target);
}

function anchorPlace(value: unknown, anchor: string, place = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isRecord(value) && [value.$anchor, value.$dynamicAnchor].includes(anchor)) return place;
  for (const [key, child] of Object.entries(value)) {
    const found = anchorPlace(child, anchor, place + formatPointer([key]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** In draft-07 a reference stands alone; what is beside it means nothing. */
export function isDraft07(schema: unknown): boolean {
  return isRecord(schema) && draftOf(schema) === 'draft-07';
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
