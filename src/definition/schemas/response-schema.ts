import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { type Draft, draftOf } from './draft.ts';
import { knownValuesKeyword } from './known-values.ts';

/** Adds the formats of JSON Schema to ajv. (ajv-formats is CommonJS: its default export is one level down under NodeNext.) */
export function addFormats(ajv: Ajv): void {
  (ajvFormats as unknown as typeof ajvFormats.default)(ajv);
}

/** A way in which a response body differs from its schema. */
export interface SchemaViolation {
  /** JSON pointer into the body; empty for the body itself. */
  readonly pointer: string;
  /** What is wrong there, e.g. `must be a string`. Holds no value of the body. */
  readonly message: string;
}

/** Checks a body against a schema; an empty list when it satisfies it. */
export type SchemaCheck = (body: unknown) => readonly SchemaViolation[];

const compiled = new WeakMap<object, SchemaCheck>();

/** What ajv makes of a schema. */
type Validate = ((body: unknown) => unknown) & { errors?: readonly ErrorObject[] | null };

const provided = new WeakMap<object, () => Validate | undefined>();

/** Has `compileSchema` take what `make` gives for this schema, instead of compiling it; undefined when that cannot be used. */
export function provideValidator(schema: Readonly<Record<string, unknown>>, make: () => Validate | undefined): void {
  provided.set(schema, make);
}

/**
 * Compiles a schema of its draft (all errors, formats, strict mode), once for each object. Of a body with more than 20,000 values only
 * the first error is given: there may be as many as values, and each takes hundreds of bytes.
 * Throws ajv's error when the schema cannot be used; that it is a schema at all is checked in `schema-file.ts`.
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const known = compiled.get(schema);
  if (known) return known;
  const validate: Validate = provided.get(schema)?.() ?? newAjv(draftOf(schema)).compile(schema);
  let stopping: Validate | undefined;
  const check: SchemaCheck = (body) => {
    const isLarge = hasMoreValues(body, mostValues);
    if (isLarge) stopping ??= newAjv(draftOf(schema), { allErrors: false }).compile(schema);
    const used = (isLarge && stopping) || validate;
    if (used(body)) return [];
    return (used.errors ?? []).map((error) => ({ pointer: error.instancePath, message: inPlainWords(error) }));
  };
  compiled.set(schema, check);
  return check;
}

const mostValues = 20_000;

function hasMoreValues(body: unknown, most: number): boolean {
  const open = [body];
  let count = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const values: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    count += values.length;
    if (count > most) return true;
    open.push(...values);
  }
  return false;
}

/** ajv as response schemas are compiled with it; `source` to keep the programs that it makes. */
export function newAjv(
  draft: Draft,
  { source = false, allErrors = true }: { source?: boolean; allErrors?: boolean } = {},
): Ajv {
  const ajv = ajvOf(draft, {
    allErrors,
    strict: true,
    strictRequired: false,
    // Schemas of later drafts are often not written for this program: a keyword without a type beside it is no slip.
    ...(draft !== 'draft-07' && { strictTypes: false, strictTuples: false }),
    // As in the sandbox of Postman: 1e999, which JavaScript reads as infinity, is a number.
    strictNumbers: false,
    allowUnionTypes: true,
    validateSchema: false,
    code: { source },
  });
  addFormats(ajv);
  // ajv resolves anchors, but in strict mode it does not know the keyword.
  if (draft !== 'draft-07') ajv.addKeyword('$anchor');
  ajv.addKeyword({ keyword: knownValuesKeyword, metaSchema: { type: 'array', minItems: 1, uniqueItems: true } });
  return ajv;
}

/** ajv for a draft. */
export function ajvOf(draft: Draft, options: Options): Ajv {
  // Only that of this draft is loaded.
  if (draft === '2019-09') return new Ajv2019(options);
  return draft === '2020-12' ? new Ajv2020(options) : new Ajv(options);
}

/** What is wrong, in the words of a person who reads JSON; says what was expected, and no value of the data. */
export function inPlainWords({ keyword, message, params }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return `must not have the key "${params.additionalProperty}"`;
    case 'required':
      return `must have the key "${params.missingProperty}"`;
    case 'type':
      return `must be ${[params.type].flat().map(withArticle).join(' or ')}`;
    case 'enum':
      return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'uniqueItems':
      return `must not have an item twice (items ${params.j + 1} and ${params.i + 1})`;
    case 'anyOf':
    case 'oneOf':
      return 'must satisfy one of the alternatives that the schema names';
    default:
      return (message ?? 'is not valid').replace('must NOT', 'must not');
  }
}

function withArticle(type: string): string {
  return type === 'null' ? 'null' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
