/**
 * The keyword of a response schema that lists the values which are documented. It checks nothing: a service adds values, and a
 * healthy run stays green. Where a value matters, the step says so in `expect.values`.
 */
export const knownValuesKeyword = 'x-known-values';

/** Keywords whose value is a schema or a list of them, or schemas by name (in the latter, keys are no keywords). */
const holdsSchemas = new Set(
  'additionalItems additionalProperties allOf anyOf contains else if items not oneOf propertyNames then'.split(' '),
);
const holdsNamedSchemas = new Set('definitions dependencies patternProperties properties'.split(' '));

/** A schema without its lists of known values, for readers that refuse keywords they do not know (ajv 8 in Bruno). */
export function withoutKnownValues<T>(schema: T): T {
  return strip(schema) as T;
}

function strip(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strip);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([keyword]) => keyword !== knownValuesKeyword);
  return Object.fromEntries(
    kept.map(([keyword, value]) => {
      if (holdsSchemas.has(keyword)) return [keyword, strip(value)];
      if (!holdsNamedSchemas.has(keyword)) return [keyword, value];
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, strip(child)]))];
    }),
  );
}
