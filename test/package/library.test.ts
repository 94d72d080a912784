import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import * as sources from '../../src/index.ts';
import { root } from '../e2e/support.ts';

/** The library as users import it. */
const { bundledCollectionFolder, createSimulator, defaultCredentials, loadDefinition, run, ...others } = (await import(
  pathToFileURL(join(root, 'dist/bundle/library.js')).href
)) as typeof sources;

it('exports what the sources do', () => {
  const own = { bundledCollectionFolder, createSimulator, defaultCredentials, loadDefinition, run, ...others };
  expect(Object.keys(own).sort()).toEqual(Object.keys(sources).sort());
});

it.each([
  { newman: 'newman', runtime: '7.56.1' },
  { newman: 'newman-stock', runtime: '7.39.1' },
])('runs a collection with the package $newman', async ({ newman, runtime }) => {
  const definition = await loadDefinition(bundledCollectionFolder());
  const simulator = await createSimulator().listen();
  const values = { ...defaultCredentials, authPath: simulator.url, apiPath: simulator.url };
  const { outcome, steps } = await run({ definition, values, newman, cleanUp: 'always' }).result;
  await simulator.close();
  expect(outcome).toBe('passed');
  const headers = steps.flatMap(({ request }) => request?.headers ?? []);
  const agents = new Set(headers.filter(({ name }) => name === 'User-Agent').map(({ value }) => value));
  expect([...agents]).toEqual([`PostmanRuntime/${runtime}`]);
});
