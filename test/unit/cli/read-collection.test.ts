import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCollection } from '../../../src/cli/inputs/collection-cache.ts';
import { readKnown } from '../../../src/cli/inputs/parsed-yaml-cache.ts';
import { messageOf } from '../../../src/errors.ts';
import { type Cache, openCache } from '../../../src/start/cache.ts';
import { collectionFolder, copyCollection, ssoCollectionFolder } from '../../e2e/support.ts';
import { slowUnless } from '../../slow.ts';

let base: string;
let cache: Cache;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pingone-tutorial-'));
  const opened = openCache({ XDG_CACHE_HOME: base }, 'linux');
  if (!opened) throw new Error('there is no cache');
  cache = opened;
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const kept = (kind = 'definition') =>
  readdirSync(join(base, 'pingone-tutorial')).filter((name) => name.startsWith(`${kind}-`));

describe('a definition that was read before', () => {
  for (const folder of [collectionFolder, ssoCollectionFolder])
    it(`is the same from the cache: ${folder}`, slowUnless(folder === collectionFolder), async () => {
      const read = await readCollection(folder, 'shown', undefined);
      await readCollection(folder, 'shown', cache);
      expect(kept()).toHaveLength(1);
      const again = await readCollection(folder, 'shown', cache);
      expect(again.definition).toStrictEqual(read.definition);
      expect(again.collection).toStrictEqual(read.collection);
      expect(again.text).toBe(read.text);
    });

  it('is read again when a file has changed, or there is one more', async () => {
    const folder = await copyCollection(base);
    const before = await readCollection(folder, 'shown', cache);
    await copyCollection(base, { 'collection.yaml': [before.definition.name, 'Another name'] });
    expect((await readCollection(folder, 'shown', cache)).definition.name).toBe('Another name');
    await copyCollection(base, { 'schemas/token.schema.json': ['access_token', 'other_token'] }).catch(() => undefined);
  });

  it('has only the files parsed again that have changed', async () => {
    const folder = await copyCollection(base);
    await readKnown(folder, 'shown', cache);
    expect(kept('yaml')).toHaveLength(1);
    const [name = ''] = kept('yaml');
    const texts = () => (JSON.parse(String(cache.read(name))) as [string, unknown][]).map(([text]) => text);
    const before = texts();
    await copyCollection(base, { 'collection.yaml': ['Create a test environment', 'Another name'] });
    expect((await readKnown(folder, 'shown', cache)).definition?.name).toBe('Another name');
    expect(texts()).toHaveLength(before.length);
    expect(texts().filter((text) => !before.includes(text))).toHaveLength(1);
    cache.write(name, 'nonsense');
    expect((await readKnown(folder, 'shown', cache)).definition?.name).toBe('Another name');
  });

  it('is read again where JSON cannot say what it holds', async () => {
    const folder = await copyCollection(base, {
      '5-create-user.yaml': ['\n    json:\n', '\n    json:\n      size: .inf\n'],
    });
    const first = await readKnown(folder, 'shown', cache);
    expect(first.definition?.steps[4]?.request.body?.json).toHaveProperty('size', Infinity);
    expect(await readKnown(folder, 'shown', cache)).toEqual(first);
  });

  it('is called as it is named now', async () => {
    await readCollection(collectionFolder, 'one', cache);
    const { definition } = await readCollection(collectionFolder, 'other', cache);
    expect(definition.folder).toContain('other');
  });

  it('is not kept when it has problems, which are said each time', async () => {
    const folder = await copyCollection(base, { 'collection.yaml': ['\nname:', '\nnmae:'] });
    const problems = async (where: Cache | undefined) =>
      readCollection(folder, 'shown', where).then(
        () => 'none',
        (error) => messageOf(error),
      );
    const want = await problems(undefined);
    expect(want).toContain('unknown key "nmae"');
    expect(await problems(cache)).toBe(want);
    expect(await problems(cache)).toBe(want);
    expect(kept()).toEqual([]);
  });

  it('is read again when the entry is broken', async () => {
    await readCollection(collectionFolder, 'shown', cache);
    const [name = ''] = kept();
    cache.write(name, 'nonsense');
    expect((await readCollection(collectionFolder, 'shown', cache)).definition.steps).toHaveLength(6);
  });
});
