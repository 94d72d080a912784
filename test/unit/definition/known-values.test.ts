import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withoutKnownValues } from '../../../src/definition/schemas/known-values.ts';
import { compileSchema } from '../../../src/definition/schemas/response-schema.ts';
import { root } from '../../e2e/support.ts';

const region = { type: 'string', 'x-known-values': ['NA', 'EU'] };

describe('x-known-values', () => {
  it('checks nothing, whatever the value', () => {
    const check = compileSchema(region);
    expect(check('NA')).toEqual([]);
    expect(check('a new one')).toEqual([]);
    expect(check(1)).toEqual([{ pointer: '', message: 'must be a string' }]);
  });

  it.each(['NA', [], ['NA', 'NA']])('must be a list of different values, not %j', (list) => {
    expect(() => compileSchema({ type: 'string', 'x-known-values': list })).toThrow(
      '"x-known-values" value is invalid',
    );
  });

  it('is left out wherever it is a keyword, and nowhere else', () => {
    const schema = {
      properties: {
        region,
        'x-known-values': { type: 'array', items: region },
        either: { anyOf: [region, { $ref: '#/definitions/other' }] },
      },
      dependencies: { region: ['either'] },
      definitions: { other: { default: region } },
    };
    const plain = { type: 'string' };
    expect(withoutKnownValues(schema)).toEqual({
      ...schema,
      properties: {
        region: plain,
        'x-known-values': { type: 'array', items: plain },
        either: { anyOf: [plain, { $ref: '#/definitions/other' }] },
      },
    });
  });
});

describe('the response schemas of the project', () => {
  const files = ['collections', 'src/cli/starter/collections', 'test/docs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /schemas[\\/][^\\/]+\.schema\.json$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const read = (file: string) => readFileSync(join(root, file), 'utf8');

  it('close no list of values', () => {
    expect(files.length).toBeGreaterThan(12);
    expect(files.filter((file) => /"(enum|const)":/.test(read(file)))).toEqual([]);
  });

  // Bruno compiles them with ajv in strict mode, which refuses keywords that it does not know.
  it('keep their documented values out of scripts, and hand them to readers of OpenAPI', () => {
    const name = 'create-a-test-environment';
    const compiled = (extension: string) => read(`collections/${name}/${name}.${extension}`);
    expect(compiled('postman_collection.json')).not.toContain('x-known-values');
    const { components } = parse(compiled('openapi.yaml')) as {
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    };
    expect(components.schemas.environment?.properties.type).toEqual({
      type: 'string',
      'x-known-values': ['SANDBOX', 'PRODUCTION'],
    });
  });
});
