import { pointerKeys } from '../../definition/pointer.ts';
import { type Field, parentOf, type Shape } from '../result/response-shape.ts';
import { redactionMark } from '../secrets/named-secrets.ts';

/** Formats of JSON Schema that are recognized in texts. */
const patterns = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
};

export type KnownFormat = keyof typeof patterns;

/** The format that a text has; undefined when it has none that is known. */
export function formatOf(text: string): KnownFormat | undefined {
  return (Object.keys(patterns) as KnownFormat[]).find((format) => patterns[format].test(text));
}

/**
 * A schema for what was seen at a path and below it, without any value: its types. With formats, by path, also these, and what is
 * required; then the type of what was always null is left open.
 */
export function schemaOfField(
  path: string,
  shape: Shape,
  formats?: ReadonlyMap<string, KnownFormat | undefined>,
): Record<string, unknown> {
  const { types = [] } = shape.find((field) => field.path === path) ?? {};
  const children = shape.filter((child) => child.path !== '' && child.path !== path && parentOf(child.path) === path);
  const keyOf = ({ path: child }: Field) => pointerKeys(child).at(-1) ?? '';
  const items = children.find((child) => keyOf(child) === '*');
  // A key that is a secret stays out.
  const named = children.filter((child) => child !== items && !child.path.includes(redactionMark));
  const required = formats ? named.filter(({ optional }) => !optional).map(keyOf) : [];
  const format = formats?.get(path);
  const isOpen = formats !== undefined && types.join() === 'null';
  return {
    ...(types.length > 0 && !isOpen && { type: types.length === 1 ? types[0] : types }),
    ...(format && { format }),
    ...(required.length > 0 && { required }),
    ...(named.length > 0 && {
      properties: Object.fromEntries(named.map((child) => [keyOf(child), schemaOfField(child.path, shape, formats)])),
    }),
    ...(items && types.includes('array') && { items: schemaOfField(items.path, shape, formats) }),
  };
}
