import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPointer } from '../../src/definition/pointer.ts';
import { compareShapes, mergeShapes, readField, shapeOf, writeField } from '../../src/run/result/response-shape.ts';

/** Objects as services answer with: names for keys, lists of objects, and values that are told from everything else. */
const key = fc.stringMatching(/^[a-z_/~ ]{1,6}$/);
const body = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('SECRET', 'SECRET2', 81_549, true, null),
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
})).object;

describe('shapes of any responses', () => {
  it('hold no values, and are read as they were written', () => {
    fc.assert(
      fc.property(body, (value) => {
        const shape = shapeOf(value);
        expect(JSON.stringify(shape)).not.toMatch(/SECRET|81549/);
        expect(shape.map(writeField).map(readField)).toEqual(shape);
      }),
    );
  });

  it('are no news once they are known, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 5 }), (values) => {
        const shapes = values.map(shapeOf);
        const known = shapes.reduce(mergeShapes);
        for (const shape of shapes) expect(compareShapes(known, shape)).toEqual([]);
      }),
    );
  });

  it('with one field more, or less, differ in exactly its path', () => {
    const added = fc.tuple(body, fc.nat(), fc.stringMatching(/^[A-Z]{3,8}$/));
    fc.assert(
      fc.property(added, ([value, index, name]) => {
        // Every object that can be told apart: those at a path of its own.
        const places = objectsOf(value);
        const [path, target] = places[index % places.length] ?? ['', value];
        const without = shapeOf(value);
        target[name] = 'x';
        const changed = `${path}${formatPointer([name])}`;
        const related = ({ path: found }: { path: string }) => found;
        expect(compareShapes(without, shapeOf(value)).map(related)).toEqual([changed]);
        const vanished = compareShapes(shapeOf(value), without);
        expect(vanished.map(related)).toEqual(
          shapeOf(value).find((field) => field.path === changed)?.optional ? [] : [changed],
        );
      }),
    );
  });
});

function objectsOf(value: unknown, path = ''): [string, Record<string, unknown>][] {
  if (Array.isArray(value)) return value.flatMap((item) => objectsOf(item, `${path}/*`));
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Record<string, unknown>;
  return [
    [path, own],
    ...Object.entries(own).flatMap(([name, child]) => objectsOf(child, `${path}${formatPointer([name])}`)),
  ];
}
