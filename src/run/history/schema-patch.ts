import type { Definition, Step } from '../../definition/definition.ts';
import { formatPointer, pointerKeys, valueAt } from '../../definition/pointer.ts';
import { type Field, parentOf, type Shape, type ShapeChange } from '../result/response-shape.ts';
import type { PatchOperation } from '../result/result.ts';

/** What a response schema would have to say to know a change of a response's shape. */

type Schema = Readonly<Record<string, unknown>>;

/**
 * Whether the schema says already that the response may look like this: a field it declares may appear, and a type it
 * allows may be used. A field that is missing is never expected; whether it may come and go is known from the responses.
 */
export function isDocumented(schema: Schema, { path, change, now }: ShapeChange): boolean {
  const place = locate(schema, path);
  if (place === undefined || change === 'vanished') return false;
  return change === 'appeared' || newTypes(typesOf(schema, place), now).length === 0;
}

/** Whether the schema declares the field and lets it be missing. */
export function isDeclaredOptional(schema: Schema, path: string): boolean {
  if (locate(schema, path) === undefined) return false;
  return requiredAt(schema, path) === undefined;
}

/**
 * A JSON Patch (RFC 6902) after which the schema describes the response as it is now. Empty when there is nothing to change:
 * the schema does not describe the part of the response that changed.
 */
export function schemaPatch(schema: Schema, change: ShapeChange, shape: Shape): PatchOperation[] {
  const parent = locate(schema, parentOf(change.path));
  const place = locate(schema, change.path);
  const key = pointerKeys(change.path).at(-1) ?? '';
  if (change.change === 'appeared') {
    if (parent === undefined || place !== undefined) return [];
    const value = schemaOfField(change.path, shape);
    const properties = `${parent}/properties`;
    return isRecord(valueAt(schema, properties))
      ? [{ op: 'add', path: `${properties}${formatPointer([key])}`, value }]
      : [{ op: 'add', path: properties, value: { [key]: value } }];
  }
  if (place === undefined) return [];
  if (change.change === 'retyped') {
    const declared = typesOf(schema, place);
    const added = newTypes(declared, change.now);
    if (added.length === 0) return [];
    if (declared.length > 0) return [{ op: 'replace', path: `${place}/type`, value: [...declared, ...added] }];
    // A list of allowed values says more than a type does, and what the new ones are is not known here.
    const type = [...new Set([...change.before, ...change.now])];
    return [{ op: 'replace', path: place, value: { type } }];
  }
  const required = requiredAt(schema, change.path);
  return [
    ...(required === undefined ? [] : [{ op: 'remove' as const, path: required }]),
    { op: 'remove', path: place },
  ];
}

/** The file of a step's schema. */
export function schemaFile(step: Step, definition: Definition): string {
  const folder = step.origin?.folder ?? definition.folder;
  return [folder, 'schemas', step.expect.schema?.file].filter((part) => part !== undefined).join('/');
}

/** Types that are not declared. No declared type at all allows everything, and is no documentation of it. */
function newTypes(declared: readonly string[], now: readonly string[]): string[] {
  return now.filter((type) => !declared.includes(type) && !(type === 'number' && declared.includes('integer')));
}

function typesOf(schema: Schema, place: string): string[] {
  return [valueAt(schema, `${place}/type`)].flat().filter((type): type is string => typeof type === 'string');
}

/** A schema for what was seen at a path and below it. */
function schemaOfField(path: string, shape: Shape): Record<string, unknown> {
  const field = shape.find((candidate) => candidate.path === path);
  const children = shape.filter((child) => child.path !== '' && child.path !== path && parentOf(child.path) === path);
  const keyOf = ({ path: child }: Field) => pointerKeys(child).at(-1) ?? '';
  const items = children.find((child) => keyOf(child) === '*');
  const named = children.filter((child) => child !== items);
  const type = field?.types ?? [];
  return {
    ...(type.length > 0 && { type: type.length === 1 ? type[0] : type }),
    ...(named.length > 0 && {
      properties: Object.fromEntries(named.map((child) => [keyOf(child), schemaOfField(child.path, shape)])),
    }),
    ...(items && type.includes('array') && { items: schemaOfField(items.path, shape) }),
  };
}

/** Where in `required` of its object a field is named; undefined when it is not. */
function requiredAt(schema: Schema, path: string): string | undefined {
  const parent = locate(schema, parentOf(path));
  const required = parent === undefined ? undefined : valueAt(schema, `${parent}/required`);
  const index = Array.isArray(required) ? required.indexOf(pointerKeys(path).at(-1)) : -1;
  return index < 0 ? undefined : `${parent}/required/${index}`;
}

/** JSON pointer of the schema for a field of the response; undefined when it is not declared. */
export function locate(schema: Schema, path: string): string | undefined {
  return pointerKeys(path).reduce<string | undefined>(
    (place, key) => (place === undefined ? undefined : locateKey(schema, place, key)),
    resolve(schema, ''),
  );
}

function locateKey(
  schema: Schema,
  place: string,
  key: string,
  passed: ReadonlySet<string> = new Set(),
): string | undefined {
  const node = valueAt(schema, place);
  if (!isRecord(node)) return undefined;
  const names = key === '*' ? ['items', 'additionalProperties'] : [];
  const own = [
    ...names.map((name) => `${place}/${name}`),
    ...(isRecord(node.properties) && Object.hasOwn(node.properties, key)
      ? [`${place}/properties${formatPointer([key])}`]
      : []),
  ].find((pointer) => isRecord(valueAt(schema, pointer)));
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
    if (!isRecord(node)) return undefined;
    const { $ref: reference } = node;
    if (typeof reference !== 'string') return current;
    if (!reference.startsWith('#') || passed.has(reference)) return undefined;
    passed.add(reference);
    current = reference.slice(1);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
