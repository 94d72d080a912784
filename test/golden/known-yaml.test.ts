import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDefinition } from '../../src/definition/load.ts';
import type { ReadYaml, YamlMemory } from '../../src/definition/reading/yaml-memory.ts';
import { collectionFolder, ssoCollectionFolder } from '../e2e/support.ts';
import { goldenCases, goldenFolder } from './support.ts';

/** A memory that tells what it was asked; texts go through a clone, as in a file. */
function memoryOf(texts: Map<string, ReadYaml>): YamlMemory & { readonly asked: boolean[] } {
  const asked: boolean[] = [];
  return {
    asked,
    find: (kind, text) => {
      const known = texts.get(`${kind} ${text}`);
      asked.push(known !== undefined);
      return structuredClone(known);
    },
    keep: (kind, text, read) => void texts.set(`${kind} ${text}`, read),
  };
}

const folders = [
  collectionFolder,
  ssoCollectionFolder,
  ...(await goldenCases('ok')).map((name) => join(goldenFolder('ok'), name)),
  ...(await goldenCases('err')).map((name) => join(goldenFolder('err'), name)),
];

describe('a definition is the same, and told of in the same words, when its YAML is known', () => {
  test.each(folders)('%s', async (folder) => {
    const plain = await readDefinition(folder, 'it');
    const texts = new Map<string, ReadYaml>();
    const [first, second] = [memoryOf(texts), memoryOf(texts)];
    expect(await readDefinition(folder, 'it', { memory: first })).toEqual(plain);
    expect(await readDefinition(folder, 'it', { memory: second })).toEqual(plain);
    // A text may stand in two files.
    expect(first.asked).toContain(false);
    // Texts with something wrong in them are not known again.
    if (plain.definition) expect(second.asked).not.toContain(false);
  });
});
