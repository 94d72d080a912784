import { describe, expect, it } from 'vitest';
import { compareShapes, mergeShapes, readField, shapeOf, writeField } from '../../../src/run/result/response-shape.ts';

const shape = (body: unknown) => shapeOf(body).map(writeField);
const changes = (...bodies: readonly [unknown, unknown, ...unknown[]]) => {
  const shapes = bodies.map(shapeOf);
  const known = shapes.slice(0, -1).reduce((all, next) => mergeShapes(all, next));
  return compareShapes(known, shapes.at(-1) ?? []).map(
    ({ path, change, before, now }) => `${path} ${change} ${before.join('|')}>${now.join('|')}`,
  );
};

describe('the shape of a response', () => {
  it('has paths and types, and no values', () => {
    expect(shape({ name: 'Ann', age: 7, on: true, none: null, 'a/b': {}, list: [] })).toEqual([
      ' object',
      '/name string',
      '/age number',
      '/on boolean',
      '/none null',
      '/a~1b object',
      '/list array',
    ]);
  });

  it('takes the items of an array together, and says what not all of them have', () => {
    expect(shape({ users: [{ id: 'a', nick: null }, { id: 'b', nick: 'x' }, { id: 'c' }] })).toEqual([
      ' object',
      '/users array',
      '/users/* object',
      '/users/*/id string',
      '/users/*/nick null|string?',
    ]);
  });

  it('holds no key that is an id or a number', () => {
    const id = '0ca9327d-b900-42b7-a58d-d99d08e6c495';
    expect(shape({ [id]: { n: 1 }, 17: { n: 2 }, deadbeefdeadbeef00: { m: 1 } })).toEqual([
      ' object',
      '/* object',
      '/*/n number?',
      '/*/m number?',
    ]);
  });

  it('ends somewhere, however large or deep a body is', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, 1]));
    expect(shapeOf(wide)).toHaveLength(2000);
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown;
    expect(shapeOf(deep).length).toBeLessThan(100);
  });

  it.each([' object', '/a b/c string|null?', '/x~1y/* array'])('is read as it was written: %s', (line) => {
    const field = readField(line);
    expect(field && writeField(field)).toBe(line);
  });

  it.each(['', 'x', '/a', 'a string'])('is not read from anything else: "%s"', (line) => {
    expect(readField(line)).toBeUndefined();
  });
});

describe('two shapes', () => {
  const list = (...items: unknown[]) => ({ _embedded: { users: items } });

  it.each([
    ['nothing changed', [{ a: 1 }, { a: 2 }], []],
    ['a field appeared', [{ a: 1 }, { a: 1, b: 'x' }], ['/b appeared >string']],
    ['a field vanished', [{ a: 1, b: 'x' }, { a: 1 }], ['/b vanished string>']],
    ['a field has another type', [{ a: 1 }, { a: '1' }], ['/a retyped number>string']],
    ['a field is null', [{ a: 1 }, { a: null }], ['/a retyped number>null']],
    ['only the topmost field that appeared', [{}, { a: { b: { c: 1 } } }], ['/a appeared >object']],
    ['only the topmost field that vanished', [{ a: { b: { c: 1 } } }, {}], ['/a vanished object>']],
    [
      'in the items of an array: appeared',
      [list({ a: 1 }), list({ a: 1, b: 2 })],
      ['/_embedded/users/*/b appeared >number'],
    ],
    [
      'in the items of an array: vanished',
      [list({ a: 1, b: 2 }), list({ a: 1 })],
      ['/_embedded/users/*/b vanished number>'],
    ],
    [
      'in the items of an array: retyped',
      [list({ a: 1 }), list({ a: [] })],
      ['/_embedded/users/*/a retyped number>array'],
    ],
    [
      'in arrays in arrays',
      [list({ e: [[{ x: 1 }]] }), list({ e: [[{ x: '' }]] })],
      ['/_embedded/users/*/e/*/*/x retyped number>string'],
    ],
    ['the body is an array now', [{}, []], [' retyped object>array']],
    ['an array was empty', [list(), list({ a: 1 })], []],
    ['an array is empty', [list({ a: 1 }), list()], []],
    ['a field that only some items have is missing', [list({ a: 1 }, { a: 1, b: 2 }), list({ a: 1 })], []],
    ['only some items lack a field', [list({ a: 1, b: 2 }), list({ a: 1, b: 2 }, { a: 1 })], []],
    ['a field that was missing once is missing', [{ a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2 }, { a: 1 }], []],
    ['a field that came late is missing', [{ a: 1 }, { a: 1, b: 2 }, { a: 1 }], []],
    ['a type that was seen once is back', [{ a: 1 }, { a: null }, { a: 1 }], []],
    ['what is below something of another type', [{ a: null }, { a: { b: 1 } }], ['/a retyped null>object']],
  ] as const)('say what changed: %s', (_what, bodies, wanted) => {
    expect(changes(...(bodies as unknown as [unknown, unknown]))).toEqual(wanted);
  });
});
