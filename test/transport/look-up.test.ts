import { expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { findByName } from '../../src/run/transport/look-up.ts';
import { createTransport } from '../../src/run/transport/transport.ts';
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
  ['brackets in a text', list([{ name: '[{"'.repeat(1000) }]), { kind: 'absent' }],
  ['some levels', `{"items":[{"name":"other","x":${deep(100)}}]}`, { kind: 'absent' }],
  ['many levels', `{"items":[{"name":"wanted","x":${deep(600)}}]}`, 'the answer is nested too deeply'],
  ['very many levels', `{"items":${deep(2_000_000)}}`, 'the answer is nested too deeply'],
  ['very many levels that do not end', '[{"a":'.repeat(500_000), 'the answer is nested too deeply'],
  ['no JSON', 'no', 'the look-up was answered with 200'],
  ['much', list(['x'.repeat(6 * 2 ** 20)]), 'the response is larger than 5 MB (--max-response-size)'],
])('%s', async (_name, body, want) => {
  expect(await lookUp(body)).toEqual(typeof want === 'string' ? { kind: 'unknown', reason: want } : want);
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
