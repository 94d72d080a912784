import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadDefinition } from '../../src/definition/load.ts';
import { renderProblems } from '../../src/definition/reading/problem.ts';
import { readMatrix } from '../../src/environment/matrix.ts';
import { expectGolden, goldenCases, goldenFolder } from './support.ts';

const definition = await loadDefinition('collections/create-a-test-environment');
const cases = await goldenCases('matrix');

describe('a bad matrix file is told in the words of its expected.txt', () => {
  test.each(cases)('%s', async (name) => {
    const folder = join(goldenFolder('matrix'), name);
    const text = await readFile(join(folder, 'matrix.yaml'), 'utf8');
    const { targets, problems } = readMatrix('matrix.yaml', text, definition);
    expect(targets).toEqual([]);
    expect(problems).not.toEqual([]);
    const told = `${renderProblems(problems)}\n`;
    // A line of the file may hold a secret, so it is not shown.
    expect(told).not.toContain('not-here');
    await expectGolden(folder, { 'matrix.yaml': text, 'expected.txt': told });
  });
});

it('a good one gives the targets, with the places of their values', () => {
  const text =
    'targets:\n  - { name: eu, osPrefix: EU_, variables: { tld: eu } }\n  - { name: com, environment: com.json }\n';
  const { targets, problems } = readMatrix('matrix.yaml', text, definition);
  expect(problems).toEqual([]);
  expect(
    targets.map(({ name, environment, osPrefix, variables: { values, origin } }) => [
      name,
      environment,
      osPrefix,
      values,
      typeof origin === 'string' ? origin : origin('tld'),
    ]),
  ).toEqual([
    ['eu', undefined, 'EU_', { tld: 'eu' }, 'matrix.yaml:2:45'],
    ['com', 'com.json', '', {}, 'matrix.yaml:3:5'],
  ]);
});
