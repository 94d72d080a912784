import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
const read = (file: string) => readFileSync(file, 'utf8');
const fromPattern = /export (?:type )?(?:\{([^}]*)\}|\*) from '([^']+)'/g;

interface Exported {
  readonly name: string;
  readonly file: string;
}

/** Everything that a file exports, each with the file in which it is declared. */
function exportsOf(file: string): Exported[] {
  const text = read(file);
  const own = [...text.matchAll(/^export (?:abstract |async )?(?:function|const|class|interface|type) (\w+)/gm)];
  return [
    ...own.map(([, name = '']) => ({ name, file })),
    ...[...text.matchAll(fromPattern)].flatMap(([, list, from = '']) => {
      const all = exportsOf(join(dirname(file), from));
      const named = list?.split(',').flatMap((entry) => entry.trim().replace(/^type /, '') || []);
      return named === undefined ? all : all.filter(({ name }) => named.includes(name));
    }),
  ];
}

it('everything the library exports has a doc comment', () => {
  const exported = exportsOf(index);
  expect(exported.length).toBeGreaterThan(60);
  const bare = exported.filter(
    ({ name, file }) =>
      !new RegExp(`\\*/\\nexport (abstract |async )?(function|const|class|interface|type) ${name}\\b`).test(read(file)),
  );
  expect(bare.map(({ name }) => name)).toEqual([]);
});
