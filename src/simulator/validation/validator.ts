import { Ajv } from 'ajv';
import type { Static, TSchema } from 'typebox';
import type { Json, JsonObject } from '../json.ts';
import { invalidData, invalidRequest } from '../refusal.ts';
import { detailsOf, topMessageOf } from './details.ts';
import { formats } from './formats.ts';

/** Gives the checked body, without unknown and read-only keys; throws a refusal that names all problems. */
export type Validator<Schema extends TSchema> = (body: Json) => Static<Schema>;

/** Deepest nesting of a body that is looked at; no documented body comes near. */
const maximumDepth = 32;

const ajv = new Ajv({ allErrors: true, removeAdditional: true, verbose: true, formats });

/**
 * A validator for bodies of this schema. Objects need `additionalProperties: false`: keys the schema does not list are
 * read-only or unknown, and PingOne ignores them. The check is compiled at the first use.
 */
export function validatorOf<Schema extends TSchema>(schema: Schema): Validator<Schema> {
  let compiled: ReturnType<typeof ajv.compile> | undefined;
  return (body) => {
    if (!isObject(body)) throw invalidRequest();
    compiled ??= ajv.compile(schema);
    const candidate = withoutNulls(body, 0);
    if (compiled(candidate)) return candidate as Static<Schema>;
    const details = detailsOf(compiled.errors ?? []);
    throw invalidData(details, topMessageOf(details));
  };
}

/** A copy in which a null counts as absent (documented). */
function withoutNulls(value: JsonObject, depth: number): JsonObject {
  if (depth > maximumDepth) throw invalidRequest();
  const entries = Object.entries(value)
    .filter(([, child]) => child !== null)
    .map(([key, child]): [string, Json] => [key, childWithoutNulls(child ?? null, depth + 1)]);
  return Object.fromEntries(entries);
}

function childWithoutNulls(value: Json, depth: number): Json {
  if (depth > maximumDepth) throw invalidRequest();
  if (isArray(value)) return value.map((item) => childWithoutNulls(item, depth + 1));
  return isObject(value) ? withoutNulls(value, depth) : value;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}
