import fc from 'fast-check';
import sdk from 'postman-collection';
import { expect, test } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { readDefinitionFrom } from '../../src/definition/load.ts';
import { slow } from '../slow.ts';
import { definitionFiles } from './definitions.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What Postman's SDK made of a collection, put right where its `toJSON()` says the same in another way: it drops `url.raw` and empty
 * headers, adds empty lists and its own `_`, and makes descriptions objects.
 */
function putRight(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => putRight(item));
  if (typeof value !== 'object' || value === null) return value;
  const { content, _: internal, ...fields } = value as Json;
  if (key === 'description' && typeof content === 'string') return content;
  const language = (internal as Json | undefined)?.postman_previewlanguage;
  const all: Json = {
    ...((key === 'request' || key === 'originalRequest') && { header: [] }),
    ...fields,
    ...(key === 'url' && { raw: new sdk.Url(value as ConstructorParameters<typeof sdk.Url>[0]).toString() }),
    ...(language !== undefined && { _postman_previewlanguage: language }),
  };
  const isAdded = (name: string, child: unknown) =>
    Array.isArray(child) && child.length === 0 && (key === 'url' || name === 'event' || name === 'variable');
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, child]): [string, unknown][] =>
      child === undefined || isAdded(name, child) ? [] : [[name, putRight(child, name)]],
    ),
  );
}

test("a compiled collection is in the form that Postman's SDK gives it", { ...slow, timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(definitionFiles({ fragments: false }), async (files) => {
      const { definition } = await readDefinitionFrom(files, 'given');
      const compiled = compileCollection(definition ?? expect.unreachable());
      const read = new sdk.Collection(compiled as ConstructorParameters<typeof sdk.Collection>[0]);
      expect(putRight(read.toJSON())).toEqual(compiled);
    }),
    { numRuns: 100 },
  );
});
