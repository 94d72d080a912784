import { expect, it } from 'vitest';
import { compileCollection } from '../../../src/compile/collection.ts';
import { compileJoined } from '../../../src/compile/join-collections.ts';
import { joinDefinitions } from '../../../src/definition/join-definitions.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { collectionFolder, ssoCollectionFolder } from '../../e2e/support.ts';

interface Group {
  readonly id: string;
  readonly item?: readonly Group[];
}

const parts = [await loadDefinition(collectionFolder), await loadDefinition(ssoCollectionFolder)];
const joined = joinDefinitions(parts);

/** The requests within a group. */
const requestsOf = (group: unknown): Group[] =>
  ((group as Group).item ?? []).flatMap((one) => (one.item ? requestsOf(one) : [one]));

it('joined collections hold the requests of the committed ones, to the letter', () => {
  const compiled = compileJoined(parts, joined);
  expect(requestsOf(compiled)).toEqual(parts.flatMap((part) => requestsOf(compileCollection(part))));
  expect(requestsOf(compiled)).toHaveLength(15);
});

it('each part keeps its own authorization and pre-request script, and a variable is there once', () => {
  const compiled = compileJoined(parts, joined) as {
    item: { name: string; auth: object; event: object[] }[];
    variable: { key: string }[];
  };
  const own = parts.map((part) => compileCollection(part) as { auth: object; event: object[] });
  expect(compiled.item.map(({ auth, event }) => ({ auth, event }))).toEqual(
    own.map(({ auth, event }) => ({ auth, event })),
  );
  const keys = compiled.variable.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
});

it('one collection is compiled as ever', () => {
  const [only] = parts;
  if (only) expect(compileJoined([only], only)).toEqual(compileCollection(only));
});
