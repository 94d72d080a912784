import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import newman from 'newman';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { readDefinitionFrom } from '../../src/definition/load.ts';
import { importCollection } from '../../src/import/import-collection.ts';
import { toFiles } from '../../src/import/writing/files.ts';
import { runCollection } from '../../src/run/run.ts';
import { slowUnless } from '../slow.ts';

/** The same requests arrive from Newman with the original collection and from our run of its import. */

const folder = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.postman_collection.json'));

interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string;
}

let server: Server;
let address = '';
let port = '';
let arrived: Arrived[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const boundary = /boundary=(\S+)/.exec(request.headers['content-type'] ?? '')?.[1] ?? '\0';
      arrived.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: namedHeaders(request.rawHeaders).map((line) => line.replaceAll(boundary, 'BOUNDARY')),
        body: Buffer.concat(parts).toString().replaceAll(boundary, 'BOUNDARY'),
      });
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ token: 'the-token-of-the-echo', id: '42' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = String((server.address() as AddressInfo).port);
  address = `http://127.0.0.1:${port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** What the engine adds and makes anew each time, and signatures that hold the time, are not compared. */
function namedHeaders(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
  const own = /^(host|connection|user-agent|postman-token|accept-encoding|cache-control|cookie|x-amz-date|x-random)$/i;
  return pairs
    .filter(([name]) => !own.test(name))
    .map(
      ([name, value]) => `${name}: ${value.replace(/(signature|mac|cnonce|response|Credential)="?[^",]*"?/gi, '$1=…')}`,
    )
    .map((line) => (/^authorization: AWS4/i.test(line) ? 'Authorization: AWS4' : line))
    .sort();
}

async function takeArrived(run: () => Promise<unknown>): Promise<Arrived[]> {
  arrived = [];
  await run();
  return arrived;
}

const given = () => ({
  baseUrl: address,
  port,
  fromEnvironment: 'from-environment',
  apiToken: 'api-token-value',
  clientSecretNobodySet: 'x-x-x-x',
  nobodySetsThis: 'n',
});

const values = () => Object.entries(given()).map(([key, value]) => ({ key, value, type: 'default', enabled: true }));

/** What the original says in its collection variables comes second to the environment, as in Newman. */
async function withNewman(collection: object): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    newman.run(
      {
        collection: collection as never,
        environment: { values: values() } as never,
        reporters: [],
        ignoreRedirects: true,
      },
      (error) => (error ? reject(error) : resolve()),
    );
  });
}

for (const name of names)
  test(name, { ...slowUnless(name.startsWith('bodies')), timeout: 60_000 }, async () => {
    const text = readFileSync(join(folder, name), 'utf8');
    const { definition } = await readDefinitionFrom(toFiles(importCollection(text, { file: name }), ''), '');
    if (!definition) throw new Error('no definition');
    const original = await takeArrived(() => withNewman(JSON.parse(text)));
    const defaults = Object.fromEntries(definition.variables.map((variable) => [variable.name, variable.value ?? '']));
    const result = { statuses: [] as string[] };
    const ours = await takeArrived(async () => {
      const run = await runCollection({
        definition,
        collection: compileCollection(definition),
        values: { ...defaults, ...given() },
        targetKind: 'simulator',
      });
      result.statuses = run.steps.map(
        (step) =>
          `${step.name}: ${step.status} ${step.reason ?? ''}${step.checks.map((check) => check.message ?? '').join('')}`,
      );
    });
    expect(original.length).toBeGreaterThan(1);
    const dynamic = (body: string) => (name.startsWith('variables') ? body.replace(/"name": ".*"/, '') : body);
    const comparable = (list: readonly Arrived[]) =>
      list.map((one) => ({
        ...one,
        body: dynamic(one.body),
        headers: one.headers.filter((line) => !(name.startsWith('variables') && /^content-length/i.test(line))),
      }));
    expect(comparable(ours), result.statuses.join('\n')).toEqual(comparable(original));
    expect(result.statuses.filter((status) => !status.includes(': passed'))).toEqual([]);
  });
