import { describe, expect, test } from 'vitest';
import { keysBeside, type Presence, pointerKeys, presenceIn, valueAt } from '../../../src/definition/pointer.ts';

describe('the examples of RFC 6901', () => {
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };

  test.each<{ given: string; want: unknown }>([
    { given: '', want: document },
    { given: '/foo', want: ['bar', 'baz'] },
    { given: '/foo/0', want: 'bar' },
    { given: '/', want: 0 },
    { given: '/a~1b', want: 1 },
    { given: '/c%d', want: 2 },
    { given: '/e^f', want: 3 },
    { given: '/g|h', want: 4 },
    { given: '/i\\j', want: 5 },
    { given: '/k"l', want: 6 },
    { given: '/ ', want: 7 },
    { given: '/m~0n', want: 8 },
  ])('$given', ({ given, want }) => {
    expect(valueAt(document, given)).toEqual(want);
  });
});

test.each<{ given: string; want: string[] }>([
  { given: '', want: [] },
  { given: '/', want: [''] },
  { given: '/a/b', want: ['a', 'b'] },
  { given: '/~01', want: ['~1'] },
  { given: '/a//b', want: ['a', '', 'b'] },
])('the keys of "$given" are $want', ({ given, want }) => {
  expect(pointerKeys(given)).toEqual(want);
});

test.each(['/toString', '/__proto__', '/list/length', '/list/2', '/list/-', '/text/0', '/nothing/a', '/a/b'])(
  '%s leads to nothing',
  (given) => {
    expect(valueAt({ list: [1, 2], text: 'abc', nothing: null }, given)).toBeUndefined();
  },
);

describe('what a schema says of a value', () => {
  const schema = {
    required: ['id', 'owner', 'list', 'filled', 'either', 'both'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string' },
      owner: { $ref: '#/definitions/owner' },
      list: { items: { required: ['id'], properties: { id: {} } } },
      tuple: { items: [{ properties: { a: {} } }] },
      filled: { minItems: 1, items: { required: ['id'], properties: { id: {} } } },
      either: {
        anyOf: [
          { required: ['always', 'first'], properties: { always: {}, first: {} } },
          { required: ['always'], properties: { always: {}, second: {} } },
        ],
      },
      both: { allOf: [{ properties: { a: {}, b: {} } }, { required: ['a'] }] },
      circle: { $ref: '#/properties/circle' },
      far: { $ref: '#/properties/owner' },
    },
    definitions: { owner: { required: ['id'], properties: { id: {}, boss: { $ref: '#/definitions/owner' } } } },
  };

  test.each<{ given: string; want: Presence }>([
    { given: '', want: 'required' },
    { given: '/id', want: 'required' },
    { given: '/name', want: 'optional' },
    { given: '/other', want: 'undeclared' },
    { given: '/toString', want: 'undeclared' },
    { given: '/owner/id', want: 'required' },
    { given: '/owner/boss/boss/id', want: 'optional' },
    { given: '/owner/name', want: 'undeclared' },
    { given: '/far/id', want: 'optional' },
    { given: '/list/0', want: 'optional' },
    { given: '/list/0/id', want: 'optional' },
    { given: '/filled/0/id', want: 'required' },
    { given: '/filled/1/id', want: 'optional' },
    { given: '/list/first', want: 'undeclared' },
    { given: '/tuple/0/a', want: 'optional' },
    { given: '/either/always', want: 'required' },
    { given: '/either/first', want: 'optional' },
    { given: '/either/second', want: 'optional' },
    { given: '/either/third', want: 'undeclared' },
    { given: '/both/a', want: 'required' },
    { given: '/both/b', want: 'optional' },
    { given: '/circle/a', want: 'undeclared' },
  ])('$given is $want', ({ given, want }) => {
    expect(presenceIn(schema, given)).toBe(want);
  });

  test.each<{ given: string; want: string[] }>([
    { given: '/other', want: Object.keys(schema.properties) },
    { given: '/owner/name', want: ['id', 'boss'] },
    { given: '/owner/nmae/first', want: ['id', 'boss'] },
    { given: '/either/third', want: ['always', 'first', 'second'] },
    { given: '/id/a', want: [] },
  ])('beside $given it declares $want', ({ given, want }) => {
    expect(keysBeside(schema, given)).toEqual(want);
  });

  test.each([undefined, null, true, [], 'text'])('%s declares nothing', (given) => {
    expect(presenceIn(given, '/a')).toBe('undeclared');
    expect(keysBeside(given, '/a')).toEqual([]);
  });
});
