import { idPattern, type StrictSchemaName, strictSchemas, timestampPattern } from '../simulator/strict-schemas.ts';

/** A way in which an answer of the service may grow. Of items of a list, all are changed. */
export interface Growth {
  readonly schema: StrictSchemaName;
  readonly kind: 'new value' | 'dropped field' | 'new field';
  /** Keys from the body to the place; `*` is any item of a list. Of a new field: to the object that gets it. */
  readonly path: readonly string[];
  /** The field may be missing, by the documentation. */
  readonly optional: boolean;
}

interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schemaOf = (name: StrictSchemaName): Schema => strictSchemas[name];

/** Every listed value, every field and every object of the strict schemas. */
export const growths: readonly Growth[] = (Object.keys(strictSchemas) as StrictSchemaName[]).flatMap((schema) => [
  ...growthsIn(schema, schemaOf(schema), []),
]);

function* growthsIn(schema: StrictSchemaName, node: Schema, path: readonly string[]): Generator<Growth> {
  if (node.enum) yield { schema, kind: 'new value', path, optional: false };
  if (node.items) yield* growthsIn(schema, node.items, [...path, '*']);
  if (!node.properties) return;
  yield { schema, kind: 'new field', path, optional: false };
  for (const [key, child] of Object.entries(node.properties)) {
    yield { schema, kind: 'dropped field', path: [...path, key], optional: !node.required?.includes(key) };
    yield* growthsIn(schema, child, [...path, key]);
  }
}

/** A body that has grown so. What may be missing is there before, so that it can be missing then. */
export function grown(body: unknown, { schema, kind, path }: Growth): unknown {
  const whole = completed(body, schemaOf(schema));
  if (path.length === 0) return kind === 'new field' ? { ...(whole as object), ...newField } : whole;
  change(whole, path, kind);
  return whole;
}

const newField = { aNewField: { of: ['PingOne'] } };

function change(node: unknown, [key = '', ...rest]: readonly string[], kind: Growth['kind']): void {
  if (typeof node !== 'object' || node === null) return;
  const parent = node as Record<string, unknown>;
  if (key === '*' && rest.length === 0 && kind === 'new value') {
    // A list of values gets one more.
    (node as unknown[]).push('NEW_VALUE');
    return;
  }
  for (const own of key === '*' ? Object.keys(parent) : [key]) {
    if (!Object.hasOwn(parent, own)) continue;
    if (rest.length > 0) change(parent[own], rest, kind);
    else if (kind === 'dropped field') delete parent[own];
    else if (kind === 'new value') parent[own] = 'NEW_VALUE';
    else Object.assign(parent[own] as object, newField);
  }
}

/** Pages that follow are no field of a thing: there is no address for them. */
const notCompleted = ['next', 'prev'];

/** The body with every field that its schema knows. */
function completed(body: unknown, schema: Schema): unknown {
  if (Array.isArray(body)) return body.map((item) => completed(item, schema.items ?? {}));
  if (typeof body !== 'object' || body === null || !schema.properties) return body;
  const own = Object.entries(body).map(([key, value]) => [key, completed(value, schema.properties?.[key] ?? {})]);
  const added = Object.entries(schema.properties)
    .filter(([key]) => !Object.hasOwn(body, key) && !notCompleted.includes(key))
    .map(([key, child]) => [key, sampleOf(child)]);
  return Object.fromEntries([...own, ...added]);
}

const id = '11111111-2222-4333-8444-555555555555';

function sampleOf({ type, enum: values, pattern, minLength = 0, minimum = 0, properties, items }: Schema): unknown {
  if (values) return values[0];
  if (properties) return completed({}, { properties });
  if (type === 'array') return items ? [sampleOf(items)] : [];
  if (type === 'object') return {};
  if (type === 'boolean') return true;
  if (type === 'integer') return minimum;
  if (pattern === idPattern) return id;
  if (pattern === timestampPattern) return '2026-01-01T00:00:00.000Z';
  if (pattern?.startsWith('^https?:')) return `https://api.pingone.com/v1/environments/${id}`;
  return pattern?.includes('\\.') ? 'a.b.c' : id.padEnd(minLength, 'x');
}
