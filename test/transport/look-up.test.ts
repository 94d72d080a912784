import { expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { findByName } from '../../src/run/transport/look-up.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
import { slow } from '../slow.ts';
import { serve, startProxy } from './support.ts';

const definition = { variables: [], authorization: { bearer: '{{accessToken}}' } } as unknown as Definition;
const find = { url: '{{api}}/things', items: '/items', name: '/name' } as Parameters<typeof findByName>[0];
const list = (items: unknown) => JSON.stringify({ items });

/** Looks for a thing named `wanted` where a server answers with this body. */
async function lookUp(body: string, options: { readonly maxResponseSize?: number } = {}) {
  const server = await serve((_request, response) => response.end(body));
  const transport = createTransport({ requestTimeout: 5000, osVariables: {}, ...options });
  const found = await findByName(find, 'wanted', {
    definition,
    values: { api: server.url, accessToken: 'token' },
    transport,
  });
  transport.close();
  return found;
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

it.each([
  ['a list that has it', list([{ name: 'wanted' }]), { kind: 'found', item: { name: 'wanted' } }],
  ['a list that has it not', list([{ name: 'other' }]), { kind: 'absent' }],
  [
    'fewer than it says that there are',
    JSON.stringify({ items: [{ name: 'other' }], count: 2 }),
    'it says that it has 2, and shows 1',
  ],
  ['as many as it says', JSON.stringify({ items: [{ name: 'other' }], count: 1 }), { kind: 'absent' }],
  ['more than it says', JSON.stringify({ items: [{ name: 'other' }], count: 0 }), { kind: 'absent' }],
  [
    'the thing among fewer',
    JSON.stringify({ items: [{ name: 'wanted' }], count: 9 }),
    { kind: 'found', item: { name: 'wanted' } },
  ],
  ['brackets in a text', list([{ name: '[{"'.repeat(1000) }]), { kind: 'absent' }],
  ['some levels', `{"items":[{"name":"other","x":${deep(100)}}]}`, { kind: 'absent' }],
  ['many levels', `{"items":[{"name":"wanted","x":${deep(600)}}]}`, 'the answer is nested too deeply'],
  ['very many levels', `{"items":${deep(2_000_000)}}`, 'the answer is nested too deeply'],
  ['very many levels that do not end', '[{"a":'.repeat(500_000), 'the answer is nested too deeply'],
  ['no JSON', 'no', 'the answer has no list at /items'],
  ['much', list(['x'.repeat(6 * 2 ** 20)]), 'the response is larger than 5 MB (--max-response-size)'],
])('%s', async (_name, body, want) => {
  expect(await lookUp(body)).toEqual(typeof want === 'string' ? { kind: 'unknown', reason: want } : want);
});

/** Pages by their path; `{here}` in them is the server's own address. */
async function lookUpPages(pages: Readonly<Record<string, { items: unknown[]; next?: unknown }>>) {
  const server = await serve((request, response) => {
    const { items, next } = pages[request.url ?? ''] ?? { items: 'no' };
    const page = { items, ...(next !== undefined && { _links: { next: { href: next } } }) };
    response.end(JSON.stringify(page).replaceAll('{here}', server.url));
  });
  const transport = createTransport({ requestTimeout: 5000, osVariables: {} });
  const values = { api: server.url, accessToken: 'token' };
  const found = await findByName(find, 'wanted', { definition, values, transport });
  transport.close();
  return found;
}

const other = [{ name: 'other' }];
const wanted = [{ name: 'wanted' }];

it.each<[string, Parameters<typeof lookUpPages>[0], 'found' | 'absent' | RegExp]>([
  ['on the next page', { '/things': { items: other, next: '{here}/2' }, '/2': { items: wanted } }, 'found'],
  ['on no page', { '/things': { items: other, next: '/2' }, '/2': { items: other } }, 'absent'],
  ['a page that fails', { '/things': { items: other, next: '{here}/2' } }, /no list/],
  ['another server', { '/things': { items: other, next: 'http://127.0.0.1:1/2' } }, /goes on at http:\/\/127.0.0.1:1,/],
  ['found before that', { '/things': { items: wanted, next: 'http://127.0.0.1:1/2' } }, 'found'],
  ['a next page that is no address', { '/things': { items: other, next: 7 } }, /does not say where/],
  ['a circle', { '/things': { items: other, next: '/2' }, '/2': { items: other, next: '/things' } }, /circle/],
])('pages: %s', async (_name, pages, want) => {
  const found = await lookUpPages(pages);
  if (typeof want === 'string') expect(found.kind).toBe(want);
  else expect(found).toEqual({ kind: 'unknown', reason: expect.stringMatching(want) });
});

it('is not known in a list that does not end', slow, async () => {
  let pages = 0;
  const server = await serve((_request, response) => {
    pages += 1;
    response.end(JSON.stringify({ items: other, _links: { next: { href: `/${pages}` } } }));
  });
  const transport = createTransport({ requestTimeout: 5000, osVariables: {} });
  const values = { api: server.url, accessToken: 'token' };
  const found = await findByName(find, 'wanted', { definition, values, transport });
  expect(found).toEqual({ kind: 'unknown', reason: 'it has more than 1000 pages' });
  transport.close();
});

it('goes through the proxy, with the holds of the run', async () => {
  const server = await serve((_request, response) => response.end(list([{ name: 'wanted' }])));
  const proxy = await startProxy(server.port);
  let held = 0;
  const transport = createTransport({
    requestTimeout: 5000,
    osVariables: { HTTP_PROXY: proxy.url },
    allowedHttpHosts: ['api.test'],
    holds: [
      async () => {
        held += 1;
      },
    ],
  });
  const values = { api: 'http://api.test', accessToken: 'token' };
  expect(await findByName(find, 'wanted', { definition, values, transport })).toMatchObject({ kind: 'found' });
  const refused = { ...values, api: 'http://other.test' };
  expect(await findByName(find, 'wanted', { definition, values: refused, transport })).toEqual({
    kind: 'unknown',
    reason: 'http://other.test is not encrypted; use https://, or allow it with --allow-http other.test',
  });
  transport.close();
  expect(proxy.seen).toEqual(['GET http://api.test/things']);
  expect(held).toBe(1);
});
