import { applyPatch, type Operation } from 'rfc6902';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/definition/schemas/response-schema.ts';
import { isDocumented, schemaPatch } from '../../../src/run/history/schema-patch.ts';
import { compareShapes, shapeOf } from '../../../src/run/result/response-shape.ts';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['id', 'list'],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    count: { type: 'integer' },
    status: { enum: ['OK', 'BAD'] },
    open: { type: 'object' },
    list: { type: 'array', items: { $ref: '#/definitions/item' } },
    either: { anyOf: [{ type: 'object', properties: { a: { type: 'number' } } }, { type: 'null' }] },
    again: { $ref: '#' },
  },
  definitions: {
    item: { type: 'object', required: ['name'], additionalProperties: false, properties: { name: { type: 'string' } } },
  },
};
const good = { id: 'x', count: 1, status: 'OK', open: {}, list: [{ name: 'a' }], either: { a: 1 } };

/** The patches for what changed between the good response and this one. */
function patchesFor(now: unknown) {
  const shape = shapeOf(now);
  return compareShapes(shapeOf(good), shape).map((change) => schemaPatch(schema, change, shape));
}

describe('the patch that is proposed for a schema', () => {
  it.each([
    ['a field', { ...good, added: [{ x: 1 }] }],
    ['a field in a list', { ...good, list: [{ name: 'a', size: { w: 1, h: null } }] }],
    ['another type', { ...good, id: 7 }],
    ['another type instead of a choice', { ...good, status: 7 }],
    ['a number that is a text now', { ...good, count: '1' }],
    ['null in a list', { ...good, list: [{ name: null }] }],
    ['a field that is gone', { count: 1, open: {}, list: [{ name: 'a' }], either: { a: 1 } }],
    ['a field of a list that is gone', { ...good, list: [{}] }],
    ['several at once', { ...good, id: null, list: [{ name: 'a', x: 1 }], more: 'x' }],
  ])('is a JSON Patch after which the schema takes the response: %s', (_what, now) => {
    expect(compileSchema(schema)(now)).not.toEqual([]);
    const patched = structuredClone(schema);
    for (const patch of patchesFor(now)) {
      expect(applyPatch(patched, [...patch] as Operation[])).toEqual(patch.map(() => null));
    }
    expect(compileSchema(patched)(now)).toEqual([]);
  });

  it.each([
    [
      'a key in an object that is open',
      { ...good, open: { x: 1 } },
      '/properties/open/properties',
      { x: { type: 'number' } },
    ],
    [
      'a key in an alternative',
      { ...good, either: { a: 1, b: '' } },
      '/properties/either/properties',
      { b: { type: 'string' } },
    ],
  ])('describes also what the schema let pass: %s', (_what, now, path, value) => {
    expect(patchesFor(now)).toEqual([[{ op: 'add', path, value }]]);
  });

  it('is empty where the schema describes nothing', () => {
    expect(
      schemaPatch({}, { path: '/a/b', change: 'appeared', before: [], now: ['string'] }, shapeOf({ a: { b: '' } })),
    ).toEqual([]);
  });
});

describe('what a schema documents', () => {
  const appeared = (path: string) => isDocumented(schema, { path, change: 'appeared', before: [], now: ['string'] });

  it('is a field it declares, through references and alternatives', () => {
    for (const path of ['/count', '/list/*/name', '/either/a', '/again/again/list/*/name'])
      expect(appeared(path)).toBe(true);
    for (const path of ['/other', '/list/*/other', '/either/b', '/open/x']) expect(appeared(path)).toBe(false);
  });

  it('is a type it allows', () => {
    const retyped = (path: string, now: 'number' | 'string') =>
      isDocumented(schema, { path, change: 'retyped', before: ['null'], now: [now] });
    expect([retyped('/count', 'number'), retyped('/id', 'string'), retyped('/id', 'number')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('ends where parts of a schema refer to each other', () => {
    const circle = { allOf: [{ $ref: '#/definitions/a' }], definitions: { a: { allOf: [{ $ref: '#' }] } } };
    expect(isDocumented(circle, { path: '/x', change: 'appeared', before: [], now: ['string'] })).toBe(false);
  });
});
