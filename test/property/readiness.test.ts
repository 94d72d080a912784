import { createRequire } from 'node:module';
import fc from 'fast-check';
import sdk from 'postman-collection';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCollection } from '../../src/compile/collection.ts';
import { knownOutcomes } from '../../src/compile/readiness.ts';
import { runnableCollection, runnablePrerequest } from '../../src/compile/runnable.ts';
import { collectionPrerequestScript, prerequestScript } from '../../src/compile/step-scripts.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { loadDefinition, readDefinitionFrom } from '../../src/definition/load.ts';
import { collectionFolder, ssoCollectionFolder } from '../e2e/support.ts';
import { definitionFiles } from './definitions.ts';

/** Variables by scope, as the runtime has them before a script. */
interface Scopes {
  readonly _variables: Values;
  readonly data: Values;
  readonly environment: Values;
  readonly collectionVariables: Values;
}
type Values = Readonly<Record<string, string>>;

interface Sandbox {
  execute(target: object, options: object, done: (error: Error | null, result: SandboxResult) => void): void;
  on(event: string, listener: () => void): void;
  removeAllListeners(event: string): void;
  dispose(): void;
}

interface SandboxResult {
  readonly _variables: { readonly values: readonly { readonly key: string; readonly value: unknown }[] };
  readonly environment: { readonly mutations: { readonly stream: readonly unknown[]; readonly compacted: object } };
  readonly collectionVariables: SandboxResult['environment'];
}

let sandbox: Sandbox;

beforeAll(async () => {
  const require = createRequire(import.meta.url);
  const { createContext } = createRequire(require.resolve('postman-runtime'))('postman-sandbox') as {
    createContext(options: object, done: (error: Error | null, sandbox: Sandbox) => void): void;
  };
  sandbox = await new Promise((resolve, reject) => {
    createContext({}, (error, made) => (error ? reject(error) : resolve(made)));
  });
});

afterAll(() => sandbox.dispose());

/** What the script does in Postman's sandbox: variables of the run, and whether it does anything else. */
async function done(source: string, scopes: Scopes): Promise<{ variables: Values; others: number }> {
  let told = 0;
  const events = ['execution.assertion', 'execution.error', 'execution.skipRequest.one'];
  for (const event of events) {
    sandbox.on(event, () => {
      told += 1;
    });
  }
  const target = new sdk.Event({ listen: 'prerequest', script: { exec: source.split('\n') } } as never);
  const scope = (values: Values) => ({ values: Object.entries(values).map(([key, value]) => ({ key, value })) });
  const { data, ...named } = scopes;
  const context = { data, ...Object.fromEntries(Object.entries(named).map(([name, values]) => [name, scope(values)])) };
  const result = await new Promise<SandboxResult>((resolve, reject) => {
    sandbox.execute(target, { id: 'one', context }, (error, made) => (error ? reject(error) : resolve(made)));
  });
  for (const event of events) sandbox.removeAllListeners(event);
  const changes = [result.environment, result.collectionVariables].flatMap(({ mutations: { stream, compacted } }) => [
    ...stream,
    ...Object.keys(compacted),
  ]);
  const variables = Object.fromEntries(result._variables.values.map(({ key, value }) => [key, String(value)]));
  return { variables, others: told + changes.length };
}

function known(definition: Definition, step: Step, source: string, scopes: Scopes): Values | undefined {
  const { _variables, data, environment, collectionVariables } = scopes;
  const read = (name: string) =>
    [_variables, data, environment, collectionVariables].find((scope) => Object.hasOwn(scope, name))?.[name];
  const set = knownOutcomes(definition)(step, source, read);
  return set && { ..._variables, ...Object.fromEntries(set) };
}

function sourceOf(step: Step, definition: Definition): string {
  return runnablePrerequest(collectionPrerequestScript(definition.variables), prerequestScript(step, definition)).join(
    '\n',
  );
}

const value = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('one', 'https://api.example/v1', 'https://api.example/as//', 'https://a/v1/v1/'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '/',
      '{{tld}}',
      '{{ tld }}',
      '{{envID}}-{{runID}}',
      '{{missing}}',
      '{{$guid}}',
      '{{a',
      'a}}',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
);

/** Values for the variables of a definition and for what its scripts call pending, most of them there. */
function scopesOf(definition: Definition): fc.Arbitrary<Scopes> {
  const names = [...definition.variables.map(({ name }) => name), ...definition.steps.flatMap(({ needs }) => needs)];
  const pending = definition.steps.map(({ id }) => `pending-${id}`);
  const some = (known: readonly string[], given: fc.Arbitrary<string>, minLength = 0): fc.Arbitrary<Values> =>
    fc
      .subarray([...known], { minLength })
      .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, given]))));
  return fc.record({
    environment: some(names, value, Math.max(0, names.length - 1)),
    collectionVariables: some(names, value),
    // The sandbox of Postman ends by a row of a data file with such a name.
    data: some(names.filter((name) => name !== '__proto__').slice(0, 3), value),
    _variables: fc
      .tuple(
        some(names.slice(0, 4), value),
        some(pending, fc.constantFrom('', '', '', names[0] ?? '', `${names[1]} ${names[2]}`)),
      )
      .map(([own, left]) => ({ ...own, ...left })),
  });
}

const tutorials = await Promise.all([collectionFolder, ssoCollectionFolder].map((folder) => loadDefinition(folder)));
let times = 0;

async function expectAgreement(definition: Definition, step: Step, scopes: Scopes): Promise<void> {
  const source = sourceOf(step, definition);
  const outcome = known(definition, step, source, scopes);
  if (outcome === undefined) return;
  times += 1;
  expect(await done(source, scopes)).toEqual({ variables: outcome, others: 0 });
}

test('a pre-request script that need not run would set just these variables, and do nothing else', async () => {
  const cases = fc.constantFrom(...tutorials).chain((definition) =>
    fc.record({
      definition: fc.constant(definition),
      step: fc.constantFrom(...definition.steps, ...definition.cleanUp.steps),
      scopes: scopesOf(definition),
    }),
  );
  times = 0;
  await fc.assert(
    fc.asyncProperty(cases, ({ definition, step, scopes }) => expectAgreement(definition, step, scopes)),
    { numRuns: 1000 },
  );
  expect(times).toBeGreaterThan(50);
}, 300_000);

test('so it is for any definition', async () => {
  const cases = fc.record({ files: definitionFiles({ fragments: false }), seed: fc.nat() });
  times = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ files, seed }) => {
      const definition = (await readDefinitionFrom(files, 'given')).definition ?? expect.unreachable();
      // An object literal, as in the collection's script, has no such key.
      fc.pre(!definition.variables.some(({ name, format }) => name === '__proto__' && format === 'base-url'));
      for (const step of [...definition.steps, ...definition.cleanUp.steps]) {
        for (const scopes of fc.sample(scopesOf(definition), { numRuns: 5, seed }))
          await expectAgreement(definition, step, scopes);
      }
    }),
    { numRuns: 200 },
  );

  expect(times).toBeGreaterThan(20);
}, 300_000);

test('the scripts of the tutorial that make nothing need not run when everything has a value', () => {
  const [tutorial] = tutorials;
  if (!tutorial) return expect.unreachable();
  const names = [...tutorial.variables.map(({ name }) => name), ...tutorial.steps.flatMap(({ needs }) => needs)];
  const environment = Object.fromEntries(names.map((name) => [name, 'https://api.example/v1']));
  const scopes = { environment, collectionVariables: {}, data: {}, _variables: {} };
  const found = tutorial.steps.map((step) => known(tutorial, step, sourceOf(step, tutorial), scopes) !== undefined);
  expect(found).toEqual([true, true, false, true, true, false]);
  // These are the scripts that our runner has.
  const runnable = JSON.stringify(runnableCollection(compileCollection(tutorial)));
  for (const step of tutorial.steps) expect(runnable).toContain(JSON.stringify(sourceOf(step, tutorial).split('\n')));
  const [first] = tutorial.steps;
  if (first) expect(known(tutorial, first, `${sourceOf(first, tutorial)} `, scopes)).toBeUndefined();
});
