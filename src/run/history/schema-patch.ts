import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer, pointerKeys, valueAt } from '../../definition/pointer.ts';
import { locate } from '../../definition/schemas/schema-places.ts';
import { parentOf, type Shape, type ShapeChange } from '../result/response-shape.ts';
import type { PatchOperation } from '../result/result.ts';
import { schemaOfField } from './schema-of-shape.ts';

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
    return isMapping(valueAt(schema, properties))
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

/** Types that are not declared. No declared type at all allows everything, and is no documentation of it. */
function newTypes(declared: readonly string[], now: readonly string[]): string[] {
  return now.filter((type) => !declared.includes(type) && !(type === 'number' && declared.includes('integer')));
}

function typesOf(schema: Schema, place: string): string[] {
  return [valueAt(schema, `${place}/type`)].flat().filter((type): type is string => typeof type === 'string');
}

/** Where in `required` of its object a field is named; undefined when it is not. */
function requiredAt(schema: Schema, path: string): string | undefined {
  const parent = locate(schema, parentOf(path));
  const required = parent === undefined ? undefined : valueAt(schema, `${parent}/required`);
  const index = Array.isArray(required) ? required.indexOf(pointerKeys(path).at(-1)) : -1;
  return index < 0 ? undefined : `${parent}/required/${index}`;
}
