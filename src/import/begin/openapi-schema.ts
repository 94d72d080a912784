import { isMapping } from '../../definition/merge-patch.ts';
import { referredPlace, valueAt } from '../../definition/pointer.ts';

type Json = Readonly<Record<string, unknown>>;

/** What OpenAPI has beside JSON Schema, and says nothing of a value. */
const otherKeywords = new Set(['discriminator', 'example', 'externalDocs', 'xml', '$schema', '$id']);
const prefix = '#/components/schemas/';

/** The JSON Schema (2020-12) of the JSON body of a response of an OpenAPI description; undefined when it has none. */
export function responseSchema(response: Json, document: Json): object | undefined {
  const [, content] = Object.entries(asJson(response.content)).find(([type]) => /[/+]json\b/.test(type)) ?? [];
  const schema = asJson(content).schema;
  if (!isMapping(schema)) return undefined;
  const used = new Map<string, unknown>();
  const body = converted(schema, document, used);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...asJson(body),
    ...(used.size > 0 && { $defs: Object.fromEntries(used) }),
  };
}

/** A schema with what OpenAPI 3.0 says in words of its own, and references to `$defs`; what they lead to is added to `used`. */
function converted(value: unknown, document: Json, used: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => converted(item, document, used));
  if (!isMapping(value)) return value;
  const { nullable, $ref, ...rest } = value;
  const entries = Object.entries(rest).filter(
    ([key, child]) => !otherKeywords.has(key) && !key.startsWith('x-') && !(/^exclusive/.test(key) && child === false),
  );
  const schema: Record<string, unknown> = Object.fromEntries(
    entries.map(([key, child]) => [
      key,
      ['properties', 'patternProperties', '$defs'].includes(key) && isMapping(child)
        ? Object.fromEntries(Object.entries(child).map(([name, one]) => [name, converted(one, document, used)]))
        : ['enum', 'const', 'default', 'examples', 'required'].includes(key)
          ? child
          : converted(child, document, used),
    ]),
  );
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (schema[flag] !== true) continue;
    schema[flag] = schema[limit];
    delete schema[limit];
  }
  if (nullable === true && typeof schema.type === 'string') schema.type = [schema.type, 'null'];
  if (nullable === true && Array.isArray(schema.enum)) schema.enum = [...schema.enum, null];
  if (typeof $ref === 'string' && $ref.startsWith(prefix)) {
    const name = $ref.slice(prefix.length);
    if (!used.has(name)) {
      used.set(name, {});
      used.set(name, converted(valueAt(document, `/components/schemas/${name}`), document, used));
    }
    schema.$ref = `#/$defs/${name}`;
  }
  return schema;
}

/** A value to send: the example that a media type gives, else one that its schema allows. */
export function exampleOf({ example, examples, schema }: Json, document: Json): unknown {
  if (example !== undefined) return example;
  const [first] = Object.values(asJson(examples));
  if (isMapping(first) && first.value !== undefined) return first.value;
  return valueFor(schema, document, 0);
}

function valueFor(schema: unknown, document: Json, depth: number): unknown {
  const { $ref, example, examples, const: fixed, default: usual, enum: values, ...rest } = asJson(schema);
  const place = typeof $ref === 'string' ? referredPlace(document, $ref) : undefined;
  // A schema may lead back to itself.
  if (depth > 6) return null;
  if (place !== undefined) return valueFor(valueAt(document, place), document, depth + 1);
  for (const given of [example, asList(examples)[0], fixed, usual, asList(values)[0]])
    if (given !== undefined) return given;
  const [part] = asList(rest.oneOf ?? rest.anyOf);
  if (part !== undefined) return valueFor(part, document, depth + 1);
  const parts = asList(rest.allOf).map((one) => valueFor(one, document, depth + 1));
  const [type] = [rest.type].flat();
  if (type === 'object' || rest.properties !== undefined || parts.length > 0) {
    const required = asList(rest.required);
    const own = Object.entries(asJson(rest.properties))
      .filter(([name]) => required.includes(name))
      .map(([name, child]) => [name, valueFor(child, document, depth + 1)] as const);
    return { ...Object.assign({}, ...parts.filter(isMapping)), ...Object.fromEntries(own) };
  }
  if (type === 'array') return [];
  return { integer: 1, number: 1, boolean: true, null: null }[String(type) as 'integer'] ?? 'text';
}

export function asJson(value: unknown): Json {
  return isMapping(value) ? value : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
