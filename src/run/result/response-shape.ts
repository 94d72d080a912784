import { formatPointer } from '../../definition/pointer.ts';

/**
 * The shape of a response: which fields it has, of which types, and no values. The items of an array count together, and so
 * do the keys of an object that are ids rather than names. Both are written `*` in a path.
 */
export interface Field {
  /** JSON pointer (RFC 6901) with `*` for any item; empty for the body itself. */
  readonly path: string;
  /** In alphabetical order. */
  readonly types: readonly FieldType[];
  /** Not every object that could have it does. */
  readonly optional: boolean;
}

/** Types of JSON. Whole numbers are numbers: whether a number is whole is a matter of its value. */
export type FieldType = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';

export type Shape = readonly Field[];

/** A body with more fields, or deeper ones, is looked at no further. */
const mostFields = 2000;
const deepest = 40;

/** Longer than a name is. */
const longestName = 64;

/** A key that is made by a program, as a longer one is too: an id or a number. It would be new in every run. */
const madeKey = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+)$/i;

/** The shape of parsed JSON, fields in the order in which they are met. */
export function shapeOf(body: unknown): Shape {
  const found = new Map<string, { readonly types: Set<FieldType>; count: number; parent: string | undefined }>();
  const objects = new Map<string, number>();
  const visit = (value: unknown, path: string, parent: string | undefined, depth: number): void => {
    const known = found.get(path);
    if (!known && (found.size >= mostFields || depth > deepest)) return;
    const field = known ?? { types: new Set(), count: 0, parent };
    found.set(path, field);
    const type = typeOf(value);
    field.types.add(type);
    field.count += 1;
    if (type === 'array') for (const item of value as unknown[]) visit(item, `${path}/*`, undefined, depth + 1);
    if (type !== 'object') return;
    objects.set(path, (objects.get(path) ?? 0) + 1);
    for (const [key, child] of Object.entries(value as Record<string, unknown>)) {
      if (isMadeKey(key)) visit(child, `${path}/*`, undefined, depth + 1);
      else visit(child, `${path}${formatPointer([key])}`, path, depth + 1);
    }
  };
  visit(body, '', undefined, 0);
  return [...found].map(([path, { types, count, parent }]) => ({
    path,
    types: [...types].sort(),
    optional: parent !== undefined && count < (objects.get(parent) ?? 0),
  }));
}

/** Every text in parsed JSON, with the path that it has in the shape. */
export function pathsOfTexts(body: unknown, path = ''): (readonly [path: string, text: string])[] {
  if (typeof body === 'string') return [[path, body]];
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, child]) => pathsOfTexts(child, pathBelow(path, key, Array.isArray(body))));
}

function pathBelow(path: string, key: string, isItem: boolean): string {
  return isItem || isMadeKey(key) ? `${path}/*` : `${path}${formatPointer([key])}`;
}

function isMadeKey(key: string): boolean {
  return key.length > longestName || madeKey.test(key);
}

function typeOf(value: unknown): FieldType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}

/** A field as a line: `/user/nickname string|null?`, with a question mark when it is optional. */
export function writeField({ path, types, optional }: Field): string {
  return `${path} ${types.join('|')}${optional ? '?' : ''}`;
}

/** Reads what `writeField` wrote; undefined when it is something else. */
export function readField(line: string): Field | undefined {
  const [, path, types = '', mark] = /^((?:\/.*)?) ([a-z|]+)(\??)$/s.exec(line) ?? [];
  if (path === undefined) return undefined;
  return { path, types: types.split('|') as FieldType[], optional: mark === '?' };
}

/** A way in which a response has another shape than those before it. */
export interface ShapeChange {
  readonly path: string;
  readonly change: 'appeared' | 'vanished' | 'retyped';
  /** Types so far; empty when it appeared. */
  readonly before: readonly FieldType[];
  /** Types now; empty when it vanished. */
  readonly now: readonly FieldType[];
}

/**
 * What is new in a shape, the topmost field of each change only. Nothing is said of what cannot be compared: the items of
 * arrays that are or were empty, and what is below a field that appeared or vanished. A field that is known to be optional
 * may be missing, and one that only some items lack has not vanished.
 */
export function compareShapes(known: Shape, now: Shape): ShapeChange[] {
  const before = byPath(known);
  const present = byPath(now);
  const changed = now.flatMap(({ path, types }): ShapeChange[] => {
    const field = before.get(path);
    if (!field) {
      return couldBeIn(before, path) ? [{ path, change: 'appeared', before: [], now: types }] : [];
    }
    const isRetyped = types.some((type) => !field.types.includes(type));
    return isRetyped ? [{ path, change: 'retyped', before: field.types, now: types }] : [];
  });
  const vanished = known.filter(({ path, optional }) => !optional && !present.has(path) && couldBeIn(present, path));
  return [
    ...changed,
    ...vanished.map(({ path, types }): ShapeChange => ({ path, change: 'vanished', before: types, now: [] })),
  ];
}

/** What is known after another response: all types that were seen, and optional what was ever missing. */
export function mergeShapes(known: Shape, now: Shape): Shape {
  const before = byPath(known);
  const present = byPath(now);
  const kept = known.map((field): Field => {
    const again = present.get(field.path);
    if (!again) return { ...field, optional: field.optional || couldBeIn(present, field.path) };
    return {
      path: field.path,
      types: [...new Set([...field.types, ...again.types])].sort(),
      optional: field.optional || again.optional,
    };
  });
  const added = now
    .filter(({ path }) => !before.has(path))
    .map((field): Field => ({ ...field, optional: field.optional || couldBeIn(before, field.path) }));
  return [...kept, ...added];
}

function byPath(shape: Shape): ReadonlyMap<string, Field> {
  return new Map(shape.map((field) => [field.path, field]));
}

/** The path of the object or array that holds it. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Whether a shape has the object that would hold this field. Of items it cannot be said: an array may be empty. */
function couldBeIn(fields: ReadonlyMap<string, Field>, path: string): boolean {
  if (path === '' || path.endsWith('/*')) return false;
  return fields.get(parentOf(path))?.types.includes('object') ?? false;
}
