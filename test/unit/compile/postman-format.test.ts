import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostmanValidator } from '@har-sdk/validator';
import { parse } from 'acorn';
import sdk from 'postman-collection';
import { describe, expect, test } from 'vitest';
import { collectionFileName, compile } from '../../../src/compile/compile.ts';
import { loadDefinition } from '../../../src/definition/load.ts';
import { goldenCases, goldenFolder } from '../../golden/support.ts';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly item?: readonly Item[];
  readonly request?: Request;
  readonly response?: readonly { readonly id: string; readonly originalRequest: Request }[];
  readonly event?: readonly Event[];
}

interface Request {
  readonly url: { readonly raw: string };
  readonly auth?: Record<string, unknown>;
  readonly body?: { readonly mode: string; readonly options?: { readonly raw?: { readonly language?: string } } };
}

interface Event {
  readonly id?: string;
  readonly script: { readonly id?: string; readonly type: string; readonly exec: readonly string[] };
}

interface Collection {
  readonly info: { readonly schema: string };
  readonly auth: Record<string, unknown>;
  readonly item: readonly Item[];
  readonly event?: readonly Event[];
}

/** Compiles Postman's schema once for all tests. */
const validator = new PostmanValidator();

const committed = fileURLToPath(new URL('../../../collections/create-a-test-environment', import.meta.url));
const committedText = await readFile(join(committed, collectionFileName('create-a-test-environment')), 'utf8');

const collections: [string, Collection][] = [
  ['the committed create-a-test-environment', JSON.parse(committedText)],
  ...(await Promise.all(
    (
      await goldenCases('ok')
    ).map(async (name): Promise<[string, Collection]> => {
      const [collection] = compile(await loadDefinition(join(goldenFolder('ok'), name)));
      return [name, JSON.parse(collection?.text ?? '')];
    }),
  )),
];

function itemsOf(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...itemsOf(item.item ?? [])]);
}

function requestsOf(collection: Collection): Request[] {
  return itemsOf(collection.item).flatMap(({ request, response }) => [
    ...(request ? [request] : []),
    ...(response ?? []).map(({ originalRequest }) => originalRequest),
  ]);
}

function eventsOf(collection: Collection): Event[] {
  return [...(collection.event ?? []), ...itemsOf(collection.item).flatMap(({ event }) => event ?? [])];
}

describe.each(collections)('%s', (_name, collection) => {
  test("satisfies Postman's own schema of the format v2.1.0", async () => {
    expect(collection.info.schema).toBe('https://schema.getpostman.com/json/collection/v2.1.0/collection.json');
    expect(await validator.verify(collection as never)).toEqual([]);
  });

  test('has in url.raw what host, path and query say', () => {
    expect(requestsOf(collection).length).toBeGreaterThan(0);
    for (const { url } of requestsOf(collection)) {
      const { raw, ...parts } = url;
      expect(new sdk.Url(parts as never).toString()).toBe(raw);
      expect(new sdk.Url(raw).toString()).toBe(raw);
    }
  });

  test('has authorization in the array form', () => {
    const inRequests = requestsOf(collection).flatMap(({ auth }) => (auth ? [auth] : []));
    for (const { type, ...parameters } of [collection.auth, ...inRequests]) {
      expect(Object.keys(parameters)).toEqual([type]);
      for (const list of Object.values(parameters)) expect(list).toEqual(expect.any(Array));
    }
  });

  test('names the language of every raw body', () => {
    for (const { body } of requestsOf(collection)) {
      if (body?.mode === 'raw') expect(body.options?.raw?.language).toMatch(/^(json|text)$/);
    }
  });

  test('gives every folder and request its own name, and everything its own id', () => {
    const items = itemsOf(collection.item);
    const events = eventsOf(collection);
    // What a fragment brings has none.
    const ids = [
      ...items.map(({ id }) => id),
      ...items.flatMap(({ response }) => (response ?? []).map(({ id }) => id)),
      ...events.flatMap(({ id, script }) => [id, script.id]),
    ].filter((id) => id !== undefined);
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has scripts of one line an entry that parse as ECMAScript 2020', () => {
    for (const { script } of eventsOf(collection)) {
      expect(script.type).toBe('text/javascript');
      for (const line of script.exec) expect(line).not.toMatch(/[\r\n\u2028\u2029]|<\//);
      expect(() => parse(script.exec.join('\n'), { ecmaVersion: 2020, sourceType: 'script' })).not.toThrow();
    }
  });

  test('is what the SDK of Postman reads and writes again', () => {
    const read = new sdk.Collection(collection as never);
    const names: string[] = [];
    read.forEachItem(({ name }) => names.push(name));
    expect(names).toEqual(itemsOf(collection.item).flatMap(({ name, request }) => (request ? [name] : [])));
  });
});

test('the committed collection is what its definition compiles to', async () => {
  expect(compile(await loadDefinition(committed))[0]?.text).toBe(committedText);
});
