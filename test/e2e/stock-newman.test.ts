import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledCollectionFolder, bundledCollections } from '../../src/cli/collection-folder.ts';
import { compileCollection } from '../../src/compile/collection.ts';
import { compileJoined } from '../../src/compile/join-collections.ts';
import { plannedChecks } from '../../src/compile/scripts/planned-checks.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { joinDefinitions } from '../../src/definition/join-definitions.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { runCollection } from '../../src/run/run.ts';
import { DEFAULT_PORT } from '../../src/simulator/index.ts';
import { slow, slowUnless } from '../slow.ts';
import {
  collectionFile,
  collectionFolder,
  type RunningSimulator,
  root,
  simulatorEnvironmentFile,
  ssoCollectionFile,
  ssoCollectionFolder,
  ssoEnvironmentFile,
  startSimulator,
} from './support.ts';

/** Newman 6.2.2 with the runtime it was published with: no Web Crypto in its scripts. */
const newman = createRequire(import.meta.url)('newman-stock') as {
  run(options: object, callback: (error: Error | null, summary: Summary) => void): unknown;
};

interface Summary {
  readonly run: {
    readonly executions: readonly {
      readonly item: { readonly name: string };
      readonly response?: { readonly code: number };
      readonly assertions?: readonly { readonly assertion: string; readonly error?: { readonly message: string } }[];
    }[];
    readonly failures: readonly {
      readonly error: { readonly message: string };
      readonly source?: { readonly name: string };
    }[];
  };
  readonly environment: { toJSON(): { readonly values: readonly { readonly key: string; readonly value: string }[] } };
}

type Values = Readonly<Record<string, string>>;

let target: RunningSimulator;
let collection: object;
beforeAll(async () => {
  target = await startSimulator();
  collection = JSON.parse(await readFile(collectionFile, 'utf8')) as object;
});
beforeEach(() => target.simulator.reset());
afterAll(() => target.close());

/** Runs the committed files as they are, but for the port of this test's simulator. */
async function runStock(
  values: Values = {},
  options: object = {},
  environmentFile: string = simulatorEnvironmentFile,
): Promise<Summary> {
  const text = (await readFile(environmentFile, 'utf8')).replaceAll(`http://127.0.0.1:${DEFAULT_PORT}`, target.url);
  const envVar = Object.entries(values).map(([key, value]) => ({ key, value }));
  return new Promise((resolve, reject) => {
    newman.run({ collection, environment: JSON.parse(text), envVar, reporters: [], ...options }, (error, summary) =>
      error ? reject(error) : resolve(summary),
    );
  });
}

/** What our runner begins with: the values of the definition, and those of the simulator's environment. */
async function initialValues({ variables }: Definition): Promise<Values> {
  const { values } = JSON.parse(await readFile(target.environment, 'utf8')) as {
    values: { key: string; value: string }[];
  };
  return Object.fromEntries([
    ...variables.map(({ name, value }) => [name, value ?? '']),
    ...values.map(({ key, value }) => [key, value]),
  ]) as Values;
}

/** Why checks failed, without what to do about it. */
const firstLines = (summary: Summary) => summary.run.failures.map(({ error }) => error.message.split('\n')[0]);
const checksOf = (summary: Summary) =>
  summary.run.executions.flatMap(({ item, assertions }) =>
    (assertions ?? []).map(({ assertion }) => `${item.name}: ${assertion}`),
  );
const environmentValue = (summary: Summary, key: string) =>
  summary.environment.toJSON().values.find((entry) => entry.key === key)?.value;
const environmentNames = () =>
  JSON.stringify(target.simulator.snapshot()).match(/pingone-tutorial-\d{8}T\d{6}-[0-9a-f]{8}/g) ?? [];

describe('stock Newman with the committed collection and simulator environment', () => {
  it('names the users of its iterations after the rows of a data file', slow, async () => {
    const iterationData = [{ username: 'Anna Lee' }, { username: 'b-{{runID}}' }];
    const summary = await runStock({}, { iterationData, iterationCount: 2 });
    expect(summary.run.failures.map(({ error }) => error.message)).toEqual([]);
    const names = target.simulator.history().flatMap(({ type, name }) => (type === 'user' ? [name] : []));
    expect(names).toEqual(['Anna Lee', expect.stringMatching(/^b-\d{8}T\d{6}-[0-9a-f]{8}$/)]);
  });

  it('passes the same six requests with the same checks as our runner', slow, async () => {
    const summary = await runStock();
    expect(summary.run.failures.map(({ error }) => error.message)).toEqual([]);
    expect(summary.run.executions.map(({ response }) => response?.code)).toEqual([200, 200, 201, 201, 201, 200]);

    const definition = await loadDefinition(collectionFolder);
    const result = await runCollection({
      definition,
      collection: compileCollection(definition),
      values: await initialValues(definition),
      targetKind: 'given',
    });
    expect(checksOf(summary)).toEqual(
      result.steps.flatMap((step) => step.checks.map((check) => `${step.name}: ${check.name}`)),
    );
    expect(result.outcome).toBe('passed');
  });

  it(
    'makes a password of 24 characters although it has no Web Crypto, and empties the digits it used',
    slow,
    async () => {
      const summary = await runStock();
      expect(environmentValue(summary, 'userPassword')).toMatch(/^[!-~]{24}$/);
      expect(JSON.stringify(summary.environment)).not.toContain('passwordEntropy":"');
    },
  );

  it('makes another password at each run', slow, async () => {
    const passwords = new Set([
      environmentValue(await runStock(), 'userPassword'),
      environmentValue(await runStock(), 'userPassword'),
    ]);
    expect(passwords.size).toBe(2);
  });

  it('never sends the digits of the disabled header', async () => {
    const seen: string[] = [];
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const base = `http://127.0.0.1:${port}`;
    await runStock(
      { authPath: base, apiPath: base, accessToken: 'x', envID: 'x', sharedPopID: 'x', runID: 'x' },
      { folder: 'Step 5: Create a user' },
    );
    server.close();
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toContain('entropy');
  });

  it.each(['', '/', '/v1', '/v1/', '/v1/v1'])('accepts an apiPath that ends in "%s"', slow, async (ending) => {
    const summary = await runStock({ apiPath: `${target.url}${ending}` });
    expect(summary.run.failures).toEqual([]);
  });

  it('skips the clean-up folder, so that there is something to look at', slow, async () => {
    const summary = await runStock();
    expect(summary.run.executions.map(({ item }) => item.name)).not.toContain('Delete the environment');
    expect(environmentNames()).toHaveLength(1);
  });

  it('deletes what it created when the variable asks for it, and nothing else', slow, async () => {
    await runStock();
    const [kept] = environmentNames();
    const summary = await runStock({ cleanUp: 'true' });
    expect(summary.run.failures).toEqual([]);
    expect(summary.run.executions.at(-1)?.response?.code).toBe(204);
    expect(environmentNames()).toEqual([kept]);
    expect(environmentValue(summary, 'envID')).toBeUndefined();
  });

  it('refuses to delete an environment that it did not create', slow, async () => {
    const summary = await runStock(
      { cleanUp: 'true', envID: 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502' },
      { folder: 'Clean up' },
    );
    expect(summary.run.executions).toEqual([]);
    expect(firstLines(summary)).toEqual([
      'createdEnvID is empty: "Step 3: Create an environment" sets it; accessToken is empty: "Step 1: Get an access token" sets it',
    ]);
  });

  it('can be run again with the environment that the first run left', slow, async () => {
    const first = await runStock();
    const { values } = first.environment.toJSON();
    const second = await runStock(Object.fromEntries(values.map(({ key, value }) => [key, value])));
    expect(second.run.failures).toEqual([]);
    expect(environmentNames()).toHaveLength(2);
  });

  it('uses nothing that the first run left when a request of the second one fails', slow, async () => {
    const first = await runStock();
    const { values } = first.environment.toJSON();
    target.simulator.setFaults([{ match: { step: 3 }, do: { kind: 'status', status: 403 } }]);
    const second = await runStock(Object.fromEntries(values.map(({ key, value }) => [key, value])));
    target.simulator.setFaults([]);
    expect(second.run.executions.map(({ response }) => response?.code)).toEqual([200, 200, 403]);
    expect(second.run.failures.map(({ source }) => source?.name)).toEqual(['Step 3: Create an environment']);
  });

  it('sends nothing after an answer that breaks its schema', slow, async () => {
    target.simulator.setFaults([{ match: { step: 3 }, do: { kind: 'mistyped-field', pointer: '/license' } }]);
    const summary = await runStock();
    target.simulator.setFaults([]);
    expect(summary.run.executions.map(({ response }) => response?.code)).toEqual([200, 200, 201]);
    expect(environmentValue(summary, 'createdEnvID')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not take the id of an error for the id of an environment', slow, async () => {
    const summary = await runStock({ region: 'SG', licenseID: 'd0a8b5c6-1e42-4f97-b3d6-58c7a9e0f104', envID: '' });
    expect(environmentValue(summary, 'envID')).toBe('');
  });

  it('keeps the organization that was given and takes it from the token when it is empty', slow, async () => {
    expect(environmentValue(await runStock(), 'orgID')).toBe('6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01');
    const foreign = await runStock({ orgID: '00000000-0000-4000-8000-000000000000' });
    expect(environmentValue(foreign, 'orgID')).toBe('00000000-0000-4000-8000-000000000000');
  });

  it('derives the region from tld unless it was given', slow, async () => {
    expect(environmentValue(await runStock({ region: '' }), 'region')).toBe('NA');
    expect(environmentValue(await runStock({ tld: 'com.au', region: '' }), 'region')).toBe('AU');
    expect(environmentValue(await runStock({ tld: 'com', region: 'EU' }), 'region')).toBe('EU');
  });

  it('sends nothing with a hole in it: it says which variable is empty and who sets it', slow, async () => {
    const summary = await runStock({ adminEnvID: '', adminAppSecret: '' });
    expect(summary.run.executions).toEqual([]);
    expect(firstLines(summary)).toEqual([
      'adminEnvID is empty: set it in the environment; adminAppSecret is empty: set it in the environment',
    ]);
  });
});

describe('stock Newman with the second collection', slow, () => {
  const valuesOf = (summary: Summary): Values =>
    Object.fromEntries(summary.environment.toJSON().values.map(({ key, value }) => [key, value]));
  const applications = () =>
    target.simulator.snapshot().environments.flatMap((environment) => environment.applications);
  let second: object;
  beforeAll(async () => {
    second = JSON.parse(await readFile(ssoCollectionFile, 'utf8')) as object;
  });

  it('signs the seed’s user on with the committed collection and environment', async () => {
    const summary = await runStock({}, { collection: second }, ssoEnvironmentFile);
    expect(summary.run.failures.map(({ error }) => error.message)).toEqual([]);
    expect(summary.run.executions.map(({ response }) => response?.code)).toEqual([200, 201, 200, 200, 200, 200, 200]);
    const definition = await loadDefinition(ssoCollectionFolder);
    const planned = definition.steps.flatMap((step) => plannedChecks(step).map(({ name }) => `${step.name}: ${name}`));
    expect(checksOf(summary)).toEqual(expect.arrayContaining(planned));
    expect(environmentValue(summary, 'signedOnUserID')).toBe(environmentValue(summary, 'sharedUserID'));
  });

  it('deletes the application when the variable asks for it', async () => {
    const summary = await runStock({ cleanUp: 'true' }, { collection: second }, ssoEnvironmentFile);
    expect(summary.run.failures).toEqual([]);
    expect(summary.run.executions.at(-1)?.response?.code).toBe(204);
    expect(applications()).toEqual([]);
  });

  it('goes on where the first collection ended, with the environment that it leaves', async () => {
    const first = await runStock();
    const left = valuesOf(first);
    const summary = await runStock(left, { collection: second });
    expect(summary.run.failures.map(({ error }) => error.message)).toEqual([]);
    expect(summary.run.executions).toHaveLength(7);
    expect(environmentValue(summary, 'signedOnUserID')).toBe(left.sharedUserID);
  });

  it('sends nothing without the user of the first collection', async () => {
    const summary = await runStock({}, { collection: second });
    expect(summary.run.executions.map(({ item }) => item.name)).toEqual(['SSO step 1: Get an access token']);
    expect(firstLines(summary)[0]).toBe('envID is empty: set it in the environment');
  });
});

for (const { what, folders } of [
  { what: 'the first collection', folders: [collectionFolder] },
  { what: 'both collections in one run', folders: [collectionFolder, ssoCollectionFolder] },
])
  it(`our runner passes with the stock package too: ${what}`, slowUnless(folders.length === 1), async () => {
    const parts = await Promise.all(folders.map((folder) => loadDefinition(folder)));
    const definition = joinDefinitions(parts);
    const result = await runCollection({
      definition,
      collection: compileJoined(parts, definition),
      values: await initialValues(definition),
      targetKind: 'given',
      newman: 'newman-stock',
    });
    const failed = result.steps.flatMap(({ checks }) => checks.filter(({ status }) => status === 'failed'));
    expect(failed).toEqual([]);
    expect(result.outcome).toBe('passed');
  });

describe('stock Newman, one collection after the other', () => {
  it('passes all of them with the values that the earlier ones left', slow, async () => {
    const left = new Map<string, string>();
    const failures: Record<string, string[]> = {};
    for (const id of bundledCollections()) {
      const prefix = id === 'create-a-test-environment' ? '' : `${id}-`;
      const summary = await runStock(
        Object.fromEntries(left),
        { collection: join(bundledCollectionFolder(id), `${id}.postman_collection.json`) },
        join(root, 'environments', `${prefix}simulator.postman_environment.json`),
      );
      failures[id] = summary.run.failures.map(({ error }) => error.message);
      for (const { key, value } of summary.environment.toJSON().values) if (value !== '') left.set(key, value);
    }
    expect(failures).toEqual(Object.fromEntries(bundledCollections().map((id) => [id, []])));
    expect(bundledCollections().length).toBeGreaterThanOrEqual(8);
  });
});
