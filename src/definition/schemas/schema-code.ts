import * as equal from 'ajv/dist/runtime/equal.js';
import * as ucs2length from 'ajv/dist/runtime/ucs2length.js';
import * as formats from 'ajv-formats/dist/formats.js';
import { provideValidator } from './response-schema.ts';

/** The program that ajv makes of a response schema, to be kept. */
export interface SchemaCode {
  /** The schema, as it is in the definition that the code is kept with. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** A CommonJS module whose export is the validator. */
  readonly code: string;
}

/** What such a program may require. */
const modules: Readonly<Record<string, unknown>> = {
  'ajv-formats/dist/formats': formats,
  'ajv/dist/runtime/equal': { default: functionOf(equal) },
  'ajv/dist/runtime/ucs2length': { default: functionOf(ucs2length) },
};

/** Has these schemas checked by these programs, which are as `schema-compiler.ts` makes them. */
export function provideSchemaCode(codes: readonly SchemaCode[]): void {
  for (const { schema, code } of codes) provideValidator(schema, () => evaluate(code));
}

type Validate = ReturnType<Parameters<typeof provideValidator>[1]>;

function evaluate(code: string): Validate {
  const module: { exports: Validate } = { exports: undefined };
  const require = (name: string) => {
    if (!(name in modules)) throw new Error(`${name} is not among what validators may require`);
    return modules[name];
  };
  try {
    new Function('require', 'module', code)(require, module);
    return module.exports;
  } catch {
    return undefined;
  }
}

/** The default export of a CommonJS module, which is one or two levels down, as it is loaded. */
function functionOf(module: unknown): unknown {
  let found = module;
  while (typeof found !== 'function') found = (found as { default: unknown }).default;
  return found;
}
