import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTooDeep, jsonProblem, mostLevels, parseJson } from '../../../src/run/result/parse-json.ts';
import { shapeOf } from '../../../src/run/result/response-shape.ts';
import { createRedactor } from '../../../src/run/secrets/redact.ts';

const tooDeep = `the body is nested deeper than ${mostLevels} levels`;
const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a text of a server', () => {
  it.each([
    ['lists', lists(mostLevels)],
    ['objects', objects(mostLevels)],
    ['brackets in texts', JSON.stringify(['[{'.repeat(1000), '"\\', { ['[{"\\'.repeat(1000)]: '}' }])],
    ['many next to each other', `[${'[{}],'.repeat(10_000)}[]]`],
    ['little', '1'],
  ])('is read with %s', (_what, text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(jsonProblem(text)).toBeUndefined();
  });

  it.each([
    ['lists', lists(mostLevels + 1)],
    ['a million lists', lists(1_000_000)],
    ['objects', objects(200_000)],
    ['what is never closed', '['.repeat(5_000_000)],
    ['licenses', `{"_embedded":{"licenses":${lists(4000)}}}`],
  ])('is not read when it is nested too deeply, in %s', (_what, text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(jsonProblem(text)).toBe(tooDeep);
  });

  it.each(['', '<html>', '{"a":', `${'"'.repeat(300)}`])('is no JSON: %s', (text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(jsonProblem(text)).toBe('the body is not JSON');
  });

  it('is read whatever data it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(2 * mostLevels), (data, levels) => {
        const text = `${'['.repeat(levels)}${JSON.stringify(data)}${']'.repeat(levels)}`;
        const deepest = levels + levelsOf(data);
        expect(isTooDeep(text)).toBe(deepest > mostLevels);
        if (deepest <= mostLevels) expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });
});

function levelsOf(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  return 1 + Math.max(0, ...Object.values(data).map(levelsOf));
}

it('data that is nested deeper than any text leaves without what is too deep', () => {
  let data: unknown = 'a top-secret value';
  for (let level = 0; level < 100_000; level += 1) data = level % 2 === 0 ? [data] : { a: data };
  const text = JSON.stringify(createRedactor(['top-secret']).data({ notes: ['top-secret'], data }));
  expect(text).toContain(`[nested deeper than ${mostLevels} levels]`);
  expect(text).not.toContain('top-secret');
});

it('the shape of a body has no key that is longer than a name, whatever characters it holds', () => {
  const key = `${'a\n'.repeat(500_000)}`;
  expect(shapeOf({ [key]: { a: 1 } }).map(({ path }) => path)).toEqual(['', '/*', '/*/a']);
});
