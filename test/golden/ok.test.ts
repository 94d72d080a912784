import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { expectGolden, goldenCases, goldenFolder } from './support.ts';

const cases = await goldenCases('ok');

describe('a good definition is compiled to the files of its expected folder', () => {
  test.each(cases)('%s', async (name) => {
    const folder = join(goldenFolder('ok'), name);
    const files = compile(await loadDefinition(folder, name));
    expect(files.length).toBeGreaterThan(0);
    await expectGolden(join(folder, 'expected'), Object.fromEntries(files.map((file) => [file.name, file.text])));
  });
});
