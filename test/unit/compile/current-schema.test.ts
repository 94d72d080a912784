import { describe, expect, it } from 'vitest';
import { toCurrentSchema } from '../../../src/compile/workflow/current-schema.ts';

const place = '#/components/schemas/thing';
const draft07 = 'http://json-schema.org/draft-07/schema#';

describe('a draft-07 schema in the dialect of OpenAPI 3.1', () => {
  it.each([
    ['loses its dialect and its id', { $schema: draft07, $id: 'thing', type: 'string' }, { type: 'string' }],
    [
      'calls definitions $defs, and its references lead there',
      {
        definitions: { link: { type: 'string' } },
        properties: { self: { $ref: '#/definitions/link' }, whole: { $ref: '#' } },
        additionalProperties: false,
      },
      {
        $defs: { link: { type: 'string' } },
        properties: { self: { $ref: `${place}/$defs/link` }, whole: { $ref: place } },
        additionalProperties: false,
      },
    ],
    [
      'keeps a property that is called definitions',
      { properties: { definitions: { $ref: '#/properties/definitions' } }, additionalProperties: false },
      { properties: { definitions: { $ref: `${place}/properties/definitions` } }, additionalProperties: false },
    ],
    [
      'loses what stands beside a reference, which means nothing in draft-07',
      { items: { $ref: '#/definitions/a', minLength: 3 }, definitions: { a: {} } },
      { items: { $ref: `${place}/$defs/a` }, $defs: { a: {} } },
    ],
    [
      'says the items of a tuple by their place',
      { items: [{ type: 'string' }, { $ref: '#/items/0' }], additionalItems: false },
      { prefixItems: [{ type: 'string' }, { $ref: `${place}/prefixItems/0` }], items: false },
    ],
    [
      'says dependencies of names and of schemas apart',
      { dependencies: { a: ['b'], c: { required: ['d'] } } },
      { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } },
    ],
    [
      'says that an object is open when it does not say that it is closed',
      { anyOf: [{ properties: { a: true } }, { properties: { a: true }, additionalProperties: { type: 'string' } }] },
      {
        anyOf: [
          { properties: { a: true }, additionalProperties: true },
          { properties: { a: true }, additionalProperties: { type: 'string' } },
        ],
      },
    ],
    [
      'keeps values that look like keywords',
      { const: { definitions: { $ref: '#/definitions/x' } }, enum: [{ items: [1] }], default: { $ref: '#' } },
      { const: { definitions: { $ref: '#/definitions/x' } }, enum: [{ items: [1] }], default: { $ref: '#' } },
    ],
  ])('%s', (_what, given, want) => {
    expect(toCurrentSchema(given, place)).toEqual(want);
  });
});
