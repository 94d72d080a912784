import { formatPointer, isDraft07, pointerKeys } from '../../definition/pointer.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Keywords whose value is a schema, a list of schemas, or schemas by name (in the last, keys are no keywords). */
const holdsSchemas = new Set(
  'additionalProperties contains contentSchema else if items not propertyNames then unevaluatedItems unevaluatedProperties allOf anyOf oneOf prefixItems'.split(
    ' ',
  ),
);
const holdsNamedSchemas = new Set('$defs dependentSchemas patternProperties properties'.split(' '));

/**
 * A schema of any draft in the dialect of OpenAPI 3.1 (JSON Schema 2020-12), with the same meaning. `place` is where it will be in
 * the document, e.g. `#/components/schemas/user`: references within the schema lead there.
 */
export function toCurrentSchema(schema: Schema, place: string): Schema {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  return convert(rest, place, isDraft07(schema)) as Schema;
}

function convert(schema: unknown, place: string, isOld: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((item) => convert(item, place, isOld));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, definitions, ...others } = schema as { $ref?: unknown; definitions?: Schema };
  // In draft-07 a reference stands alone; what is beside it means nothing.
  const beside = isOld ? {} : others;
  const meant =
    typeof $ref === 'string'
      ? { ...beside, $ref: moved($ref, place), ...(definitions && { definitions }) }
      : (schema as Schema);
  const converted = Object.entries(withCurrentKeywords(meant, isOld)).map(([key, value]): [string, unknown] => {
    if (holdsSchemas.has(key)) return [key, convert(value, place, isOld)];
    if (holdsNamedSchemas.has(key)) {
      const named = Object.entries(value as Schema).map(
        ([name, child]) => [name, convert(child, place, isOld)] as const,
      );
      return [key, Object.fromEntries(named)];
    }
    return [key, value];
  });
  return Object.fromEntries(converted);
}

/**
 * Keywords that have another name, or became two. An object of draft-07 says that it is open, since some
 * readers take silence for no; elsewhere that would touch `unevaluatedProperties`.
 */
function withCurrentKeywords(schema: Schema, isOld: boolean): Schema {
  const { definitions, dependencies, items, additionalItems, ...rest } = schema;
  const dependency = Object.entries((dependencies ?? {}) as Schema);
  const names = dependency.filter(([, value]) => Array.isArray(value));
  const schemas = dependency.filter(([, value]) => !Array.isArray(value));
  return {
    ...rest,
    ...(Array.isArray(items)
      ? { prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) }
      : items !== undefined && { items }),
    ...(isOld &&
      rest.properties !== undefined &&
      rest.additionalProperties === undefined && { additionalProperties: true }),
    ...(names.length > 0 && { dependentRequired: Object.fromEntries(names) }),
    ...(schemas.length > 0 && { dependentSchemas: Object.fromEntries(schemas) }),
    ...(definitions !== undefined && { $defs: { ...(rest.$defs as Schema | undefined), ...definitions } }),
  };
}

/** `#/definitions/link` → `#/components/schemas/user/$defs/link`. */
function moved(reference: string, place: string): string {
  // An anchor is found wherever it is.
  if (/^#[^/]/.test(reference)) return reference;
  const keys = pointerKeys(decodeURI(reference.replace(/^[^#]*#?/, '')));
  const renamed = keys.map((key, index) => {
    if (holdsNamedSchemas.has(keys[index - 1] ?? '') || keys[index - 1] === 'definitions') return key;
    if (key === 'definitions') return '$defs';
    if (key === 'dependencies') return 'dependentSchemas';
    if (key === 'additionalItems') return 'items';
    return key === 'items' && /^\d+$/.test(keys[index + 1] ?? '') ? 'prefixItems' : key;
  });
  return place + encodeURI(formatPointer(renamed));
}
