import standalone from 'ajv/dist/standalone/index.js';
import type { Definition } from '../definition.ts';
import { draftOf } from './draft.ts';
import { newAjv } from './response-schema.ts';
import type { SchemaCode } from './schema-code.ts';

const standaloneCode = standalone as unknown as typeof standalone.default;

/** The programs of a definition's response schemas, each once. */
export function schemaCodes({ steps, cleanUp }: Definition): SchemaCode[] {
  const all = [...steps, ...cleanUp.steps].map(({ expect }) => expect.schema?.content);
  const schemas = new Set(all.filter((schema) => schema !== undefined));
  return [...schemas].map((schema) => {
    const ajv = newAjv(draftOf(schema), { source: true });
    return { schema, code: standaloneCode(ajv, ajv.compile(schema)) };
  });
}
