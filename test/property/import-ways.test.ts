import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EchoServer, startEchoServer } from '../../scripts/import-check/echo-server.ts';
import { hasChecksOf } from '../../scripts/import-check/outcomes.ts';
import { temporaryFolder } from '../e2e/support.ts';
import { importAndCompile, type Outcome, runOurs, runStock } from '../parity/outcomes.ts';
import { slow } from '../slow.ts';
import { type GeneratedCollection, postmanCollections } from './postman-collections.ts';

/** So many collections. */
const amount = Number(process.env.IMPORT_WAYS ?? 20);

type Comparable = Pick<Outcome, 'received' | 'checks' | 'fails'>;

const comparable = ({ received, checks, fails }: Outcome): Comparable => ({ received, checks, fails });

/** What comes of a collection in stock Newman, of what its import compiles to, and of our run. */
async function threeWays({ collection, environment, data }: GeneratedCollection, server: EchoServer) {
  const folder = await temporaryFolder();
  try {
    const put = async (name: string, text: string) => {
      await writeFile(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const port = new URL(server.url).port;
    const atServer = (value: unknown) =>
      JSON.stringify(value)
        .replaceAll('http://echo', server.url)
        .replaceAll('"host":["echo"]', `"host":["127","0","0","1"],"port":"${port}"`);
    const original = await put('original.json', atServer(collection));
    const files = {
      environment: environment && (await put('environment.json', atServer(environment))),
      data: data && (await put('data.csv', data)),
    };
    const definition = join(folder.path, 'imported');
    const stock = await runStock(original, files, server);
    const compiled = await runStock(await importAndCompile(original, definition), files, server);
    const hasTests = await saysTests(definition);
    const ours = await runOurs(definition, files, server, folder.path, ['--retries', '0']);
    return { stock: comparable(stock), compiled: comparable(compiled), ours, hasTests };
  } finally {
    await folder.remove();
  }
}

/** Whether a test script was imported in the words of the format. */
async function saysTests(folder: string): Promise<boolean> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.some((text) => text.includes('\ntests:\n'));
}

describe(`${amount} collections of Postman`, () => {
  test('send the same, check the same and end the same when they are imported', {
    ...slow,
    timeout: 3_000_000,
  }, async () => {
    const server = await startEchoServer('exact');
    let inWords = 0;
    try {
      await fc.assert(
        fc.asyncProperty(postmanCollections, async (generated) => {
          const { stock, compiled, ours, hasTests } = await threeWays(generated, server);
          inWords += Number(hasTests);
          expect(compiled).toEqual(stock);
          const { received, checks, fails } = stock;
          expect({ received: ours.received, fails: ours.fails }, ours.output).toEqual({ received, fails });
          if (!hasChecksOf(checks, ours.checks, JSON.stringify(generated.collection)))
            expect(ours.checks).toEqual(checks);
        }),
        { numRuns: amount },
      );
      expect(inWords).toBeGreaterThan(amount / 5);
    } finally {
      await server.close();
    }
  });
});
