import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import type { RunEvent } from '../../src/run/result/result.ts';
import { runCollection } from '../../src/run/run.ts';
import { createSimulator, defaultCredentials } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { collectionFolder } from './support.ts';

/** A proxy before the simulator that remembers every secret on the wire: the token, and the password of step 6. */
const seen = { tokens: new Set<string>(), passwords: new Set<string>(), basic: new Set<string>() };
const simulator = createSimulator();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const { authorization = '' } = request.headers;
    if (authorization.startsWith('Basic ')) seen.basic.add(authorization.slice(6));
    if (request.url?.endsWith('/password'))
      seen.passwords.add((JSON.parse(body.toString()) as { value: string }).value);
    const answer = await simulator.fetch(
      new Request(`${base}${request.url}`, {
        method: request.method ?? 'GET',
        headers: request.headers as Record<string, string>,
        ...(body.length > 0 && { body }),
      }),
    );
    const text = await answer.text();
    if (text.includes('access_token')) seen.tokens.add((JSON.parse(text) as { access_token: string }).access_token);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  });
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const definition = await loadDefinition(collectionFolder);

async function everythingThatLeaves(values: Record<string, string>): Promise<string> {
  const events: RunEvent[] = [];
  const result = await runCollection({
    definition,
    collection: compileCollection(definition),
    values: {
      ...Object.fromEntries(definition.variables.map(({ name, value }) => [name, value ?? ''])),
      authPath: base,
      apiPath: base,
      ...defaultCredentials,
      ...values,
    },
    targetKind: 'given',
    onEvent: (event) => events.push(event),
  });
  return JSON.stringify([result, events]);
}

describe('no secret leaves a run', () => {
  it('that passes: neither the client secret nor the token nor the password', async () => {
    const output = await everythingThatLeaves({ licenseID: '' });
    expect(output).toContain('"outcome":"passed"');
    expect([seen.tokens.size, seen.passwords.size, seen.basic.size]).toEqual([1, 1, 1]);
    for (const secret of [...seen.tokens, ...seen.passwords, ...seen.basic, defaultCredentials.adminAppSecret]) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it('that fails because the secret is wrong', async () => {
    const output = await everythingThatLeaves({ adminAppSecret: 'a "wrong" secret & more' });
    expect(output).toContain('"outcome":"failed"');
    expect(output).not.toContain('wrong\\');
    expect(output).not.toContain('secret & more');
  });

  it('that cannot reach an address with a secret in it', slow, async () => {
    const output = await everythingThatLeaves({
      authPath: 'http://127.0.0.1:1/canary-secret-5417',
      adminAppSecret: 'canary-secret-5417',
    });
    expect(output).toContain('"outcome":"error"');
    expect(output).not.toContain('canary-secret-5417');
  });
});
