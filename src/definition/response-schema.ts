import { Ajv, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';

// ajv-formats is CommonJS: its default export is one level down under NodeNext.
const addFormats = ajvFormats as unknown as typeof ajvFormats.default;

/** A way in which a response body differs from its schema. */
export interface SchemaViolation {
  /** JSON pointer into the body; empty for the body itself. */
  readonly pointer: string;
  /** What is wrong there, e.g. `must be string`. Holds no value of the body. */
  readonly message: string;
}

/** Checks a body against a schema; an empty list when it satisfies it. */
export type SchemaCheck = (body: unknown) => readonly SchemaViolation[];

/**
 * Compiles a draft-07 schema (all errors, formats, strict mode).
 * Throws ajv's error when the schema itself is not valid.
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  addFormats(ajv);
  const validate: ValidateFunction = ajv.compile(schema);
  return (body) => {
    if (validate(body)) return [];
    return (validate.errors ?? []).map((error) => ({
      pointer: error.instancePath,
      message: withDetail(error.message ?? 'is not valid', error.params),
    }));
  };
}

function withDetail(message: string, params: Readonly<Record<string, unknown>>): string {
  const allowed = params.allowedValues ?? params.allowedValue;
  return allowed === undefined ? message : `${message}: ${JSON.stringify(allowed)}`;
}
