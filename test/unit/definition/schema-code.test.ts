import { describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections, defaultCollection } from '../../../src/cli/collection-folder.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { compileSchema } from '../../../src/definition/schemas/response-schema.ts';
import { provideSchemaCode } from '../../../src/definition/schemas/schema-code.ts';
import { schemaCodes } from '../../../src/definition/schemas/schema-compiler.ts';
import { slowUnless } from '../../slow.ts';

const bodies = [
  undefined,
  null,
  'text',
  1,
  [],
  {},
  { id: 5 },
  { access_token: '', expires_in: 'x' },
  { _links: {}, _embedded: {} },
];

describe('a kept validator', () => {
  for (const name of bundledCollections())
    it(`says the same as one that is compiled now: ${name}`, slowUnless(name === defaultCollection), async () => {
      const definition = await loadDefinition(bundledCollectionFolder(name));
      const codes = schemaCodes(definition).map(({ schema, code }) => ({ schema: { ...schema }, code }));
      const examples = [...definition.steps, ...definition.cleanUp.steps].map(({ example }) => example?.body);
      provideSchemaCode(codes);
      let violations = 0;
      for (const { schema } of codes) {
        for (const body of [...bodies, ...examples]) {
          const found = compileSchema(schema)(body);
          expect(found).toEqual(compileSchema({ ...schema })(body));
          violations += found.length;
        }
      }
      expect(violations).toBeGreaterThan(0);
    });

  it('has formats, lengths, patterns and equality', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        when: { type: 'string', format: 'date-time' },
        id: { type: 'string', format: 'uuid', minLength: 40, pattern: '^x' },
        kind: { enum: [{ a: 1 }, 'b'] },
        list: { type: 'array', uniqueItems: true, items: { type: 'object' } },
        link: { type: 'string', format: 'uri' },
      },
    };
    const code = schemaCodes({ steps: [{ expect: { schema: { content: schema } } }], cleanUp: { steps: [] } } as never);
    const own = { ...schema };
    provideSchemaCode(code.map((one) => ({ ...one, schema: own })));
    const body = { when: 'now', id: 'y', kind: { a: 2 }, list: [{ b: 1 }, { b: 1 }], link: 'no link' };
    expect(compileSchema(own)(body)).toEqual(compileSchema({ ...schema })(body));
    expect(compileSchema(own)(body)).toHaveLength(7);
  });

  it('is compiled now when the kept one cannot be used', () => {
    const schema = { type: 'string' };
    provideSchemaCode([{ schema, code: 'module.exports = require("node:fs")' }]);
    expect(compileSchema(schema)(5)).toEqual([{ pointer: '', message: 'must be a string' }]);
  });
});
