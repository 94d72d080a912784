import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultKinds } from '../../src/simulator/index.ts';
import { inferredChoices } from '../../src/simulator/inferred.ts';
import { routes } from '../../src/simulator/routes.ts';

const readme = readFileSync(join(import.meta.dirname, '../../src/simulator/README.md'), 'utf8');
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

test('the README lists exactly the routes there are', () => {
  const listed = rows
    .map(([first = '']) => /^`([A-Z]+ \/[^`]*)`$/.exec(first)?.[1])
    .filter((route) => route !== undefined);
  expect(listed.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
});

test('the README lists exactly the kinds of fault there are', () => {
  const section = readme.slice(readme.indexOf('| `kind`'), readme.indexOf('## Watching'));
  const kinds = [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, kind]) => kind);
  expect(kinds).toEqual(['kind', ...faultKinds]);
});

test('each proof that the README names is a test that exists', () => {
  const proofs = rows.map((row) => row.at(-1) ?? '').filter((cell) => cell.includes(' › '));
  expect(proofs.length).toBeGreaterThan(80);
  const missing = proofs.filter((proof) => {
    const [file = '', ...title] = proof.split(' › ');
    const source = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8').replaceAll("\\'", "'");
    return !source.includes(title.join(' › '));
  });
  expect(missing).toEqual([]);
});

test('the README states how many rows are only inferred', () => {
  const facts = rows.filter((row) => row.length === 3 && row[2]?.includes(' › '));
  const onlyInferred = facts.filter(([, mark = '']) => /^I\b/.test(mark));
  expect(readme).toContain(`${onlyInferred.length} of the ${facts.length} rows are only inferred`);
});

test('the README states the inferred figures that hold', () => {
  expect(readme).toContain(`waits (${inferredChoices.softDeleteWaitingDays} days)`);
  expect(readme).toContain(`over ${inferredChoices.maximumBodyBytes / 1024 / 1024} MB`);
  expect(inferredChoices.guessesPerSecond).toBe(1e10);
});
