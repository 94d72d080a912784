import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NewmanRunSummary, run } from 'newman';
import { expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/index.ts';
import { createSimulator, DEFAULT_PORT } from '../../src/simulator/index.ts';
import { slow } from '../slow.ts';
import { root } from './support.ts';

/** Newman as its registry has it, with the runtime and the sandbox that it asks for. */
const stock = createRequire(import.meta.url)('newman-stock') as { run: typeof run };

interface Value {
  readonly key: string;
  readonly value: string;
}

function runInNewman(collection: object, environment: object): Promise<NewmanRunSummary> {
  return new Promise((resolve, reject) => {
    stock.run({ collection, environment, reporters: [] }, (error, summary) =>
      error ? reject(error) : resolve(summary),
    );
  });
}

it(
  'the compiled files of all collections pass one after the other in the published Newman, which hands values on',
  slow,
  async () => {
    const simulator = createSimulator();
    const { url, close } = await simulator.listen();
    const known = new Map<string, string>();
    const failures: Record<string, string[]> = {};
    for (const id of bundledCollections()) {
      const prefix = id === 'create-a-test-environment' ? '' : `${id}-`;
      const file = join(root, 'environments', `${prefix}simulator.postman_environment.json`);
      const text = (await readFile(file, 'utf8')).replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, url);
      const environment = JSON.parse(text) as { values: Value[] };
      const values = [...environment.values.map(({ key, value }) => [key, value] as const), ...known].map(
        ([key, value]) => ({ key, value: known.get(key) || value }),
      );
      const collection: object = JSON.parse(
        await readFile(join(bundledCollectionFolder(id), `${id}.postman_collection.json`), 'utf8'),
      );
      const { run: outcome, environment: left } = await runInNewman(collection, { ...environment, values });
      failures[id] = outcome.failures.map(({ error }) => error.message);
      for (const { key, value } of (left.toJSON() as { values: Value[] }).values) known.set(key, value);
    }
    await close();
    expect(failures).toEqual(Object.fromEntries(bundledCollections().map((id) => [id, []])));
    expect(bundledCollections().length).toBeGreaterThanOrEqual(8);
  },
);
