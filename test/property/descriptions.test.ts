import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConfig, lintFromString, loadConfig } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bundledCollections, defaultCollection } from '../../src/cli/collection-folder.ts';
import { arazzoFileName, compile, openApiFileName } from '../../src/compile/compile.ts';
import { compileArazzo } from '../../src/compile/workflow/arazzo.ts';
import { compileOpenApi } from '../../src/compile/workflow/openapi.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import { addFormats } from '../../src/definition/schemas/response-schema.ts';
import { goldenCases, goldenFolder } from '../golden/support.ts';
import { slow, slowUnless } from '../slow.ts';
import { definitionOf, stepOf } from '../unit/compile/definitions.ts';

interface Workflow {
  readonly workflowId: string;
  readonly dependsOn?: readonly string[];
  readonly inputs?: { readonly properties?: Readonly<Record<string, unknown>> };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly stepId: string;
    readonly operationId: string;
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly value: unknown }[];
    readonly outputs?: Readonly<Record<string, string>>;
  }[];
}

interface Arazzo {
  readonly sourceDescriptions: readonly { readonly name: string; readonly url: string }[];
  readonly workflows: readonly Workflow[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

const validator = new Validator();
const root = fileURLToPath(new URL('../..', import.meta.url));

function compiled(definition: Definition): { arazzo: string; openApi: string } {
  const files = compile(definition);
  const text = (wanted: string) => files.find(({ name }) => name === wanted)?.text ?? '';
  return { arazzo: text(arazzoFileName(definition.id)), openApi: text(openApiFileName(definition.id)) };
}

/** What must hold of the two files of any definition. */
async function expectSound(definition: Definition): Promise<void> {
  const texts = compiled(definition);
  const arazzo = parse(texts.arazzo) as Arazzo;
  const openApi = parse(texts.openApi) as OpenApi;

  // YAML loses nothing on the way.
  expect(arazzo).toEqual(compileArazzo(definition, `./${openApiFileName(definition.id)}`));
  expect(openApi).toEqual(compileOpenApi(definition));

  expect(await validator.validate(parse(texts.openApi))).toEqual({ valid: true });
  expectResolved(arazzo, openApi);
  expectNoHole(arazzo, definition);

  const secrets = definition.variables.flatMap(({ secret, value }) => (secret && value ? [value] : []));
  for (const secret of secrets) expect(texts.arazzo + texts.openApi).not.toContain(secret);
}

/** Every operationId is an operation, and every runtime expression refers to an input or to what was put out before. */
function expectResolved({ sourceDescriptions, workflows }: Arazzo, { paths }: OpenApi): void {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ operationId }) => ({ operationId, path })),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const used = new Set<string>();
  const workflowOutputs = new Map<string, readonly string[]>();
  for (const workflow of workflows) {
    const outputs = new Map<string, readonly string[]>();
    const expectKnown = (part: unknown) => {
      for (const [expression, kind, first = '', second = ''] of JSON.stringify(part).matchAll(
        /\$(inputs|steps|workflows)\.([A-Za-z0-9_-]+)(?:\.outputs\.(\w+))?/g,
      )) {
        if (kind === 'inputs') expect(Object.keys(workflow.inputs?.properties ?? {}), expression).toContain(first);
        if (kind === 'steps') expect(outputs.get(first), expression).toContain(second);
        if (kind !== 'workflows') continue;
        expect(workflowOutputs.get(first), expression).toContain(second);
        expect(workflow.dependsOn).toContain(first);
      }
    };
    for (const step of workflow.steps) {
      const parts = /^(?:\$sourceDescriptions\.([A-Za-z0-9_-]+)\.)?([a-z0-9-]+)$/.exec(step.operationId);
      const operation = operations.find(({ operationId }) => operationId === parts?.[2]);
      expect(operation, step.operationId).toBeDefined();
      if (sourceDescriptions.length > 1) expect(sourceDescriptions.map(({ name }) => name)).toContain(parts?.[1]);
      used.add(operation?.operationId ?? '');
      const given = (step.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(given).toEqual(operation?.path.match(/\{[^}]*\}/g) ?? []);
      expectKnown({ ...step, description: '', outputs: {} });
      outputs.set(step.stepId, Object.keys(step.outputs ?? {}));
    }
    expectKnown(workflow.outputs ?? {});
    workflowOutputs.set(workflow.workflowId, Object.keys(workflow.outputs ?? {}));
  }
  expect([...used].sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
}

/** No variable of Postman is left where Arazzo would send it as text. */
function expectNoHole({ workflows }: Arazzo, { steps, cleanUp }: Definition): void {
  expect(workflows.flatMap((workflow) => workflow.steps.map(({ stepId }) => stepId))).toEqual(
    [...steps, ...cleanUp.steps].map(({ id }) => id),
  );
  for (const step of workflows.flatMap((workflow) => workflow.steps)) {
    expect(JSON.stringify({ ...step, description: '' })).not.toMatch(/\{\{\s*\$?\w+\s*\}\}/);
  }
}

/** Ajv that knows the dialect of OpenAPI 3.1, for the schemas of a description with its examples. */
function expectExamplesFit(openApi: unknown): number {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(openApi as object, 'description');
  let count = 0;
  const { paths } = openApi as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      for (const [status, response] of Object.entries(responses)) {
        const { content = {} } = response as {
          content?: Record<string, { schema?: { $ref?: string }; examples?: Record<string, { value: unknown }> }>;
        };
        for (const { schema, examples = {} } of Object.values(content)) {
          if (schema?.$ref === undefined) continue;
          const validate = ajv.compile({ $ref: `description${schema.$ref}` });
          for (const { value } of Object.values(examples)) {
            count += 1;
            validate(value);
            expect(validate.errors ?? [], `${method} ${path} ${status}`).toEqual([]);
          }
        }
      }
    }
  }
  return count;
}

const collections = bundledCollections().map((name) => [name, join(root, 'collections', name)] as const);
const golden = (await goldenCases('ok')).map((name) => [name, join(goldenFolder('ok'), name)] as const);

/** `npm test` takes one of the bundled collections. */
const isInSample = (name: string) => name === defaultCollection || !bundledCollections().includes(name);

describe('the descriptions of a definition refer to what is there, hold no secret, and are valid', () => {
  for (const [name, folder] of [...collections, ...golden])
    test(name, slowUnless(isInSample(name)), async () => {
      await expectSound(await loadDefinition(folder, name));
    });

  const secret = 'S3cret-value';
  const names = ['a', 'b', 'c', 'd', 'e'];
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...names.map((name) => `{{${name}}}`), '{{$guid}}'),
        fc.constantFrom('x', '-', ' ', "'", '.'),
      ),
      {
        maxLength: 4,
      },
    )
    .map((parts) => parts.join(''));
  const segment = fc.constantFrom('things', 'v1', ...names.map((name) => `{{${name}}}`), 'x-{{a}}', '{{a}}');
  const url = fc
    .tuple(fc.constantFrom('{{base}}', 'https://example.com', '{{other}}'), fc.array(segment, { maxLength: 4 }), text)
    .map(([base, path, value]) => `${[base, ...path].join('/')}?q=${value}&fixed=1`);
  const step = fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'DELETE') as fc.Arbitrary<Step['request']['method']>,
      url,
      body: fc.option(
        fc.oneof(
          fc.record({
            json: fc.record({ name: text, list: fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }) }),
          }),
          fc.record({ form: fc.record({ field: text }) }),
          fc.record({ raw: text }),
        ),
        { nil: undefined },
      ),
      captured: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
      how: fc.constantFrom<object>(
        { from: '/id' },
        { from: '/t', claim: 'org' },
        { script: 'return 1' },
        { from: '/x', optional: true },
      ),
      generated: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 1 }),
      expected: text,
      status: fc.constantFrom([200], [201, 404]),
      auth: fc.constantFrom(
        undefined,
        { none: true as const },
        { bearer: '{{e}}' },
        { basic: { username: '{{a}}', password: '{{e}}' } },
      ),
      retry: fc.constantFrom(undefined, { attempts: 3 }, { propagation: 20 }),
      creates: fc.boolean(),
    })
    .map(
      (made) => (id: string) =>
        stepOf(id, {
          request: { method: made.method, url: made.url, body: made.body, auth: made.auth },
          expect: { status: made.status, schema: undefined, values: [{ pointer: '/name', value: made.expected }] },
          captures: made.captured.map((variable) => ({ variable, ...made.how })),
          generate: made.generated.map((variable) => ({ variable, runId: true as const })),
          ...(made.retry && { retry: made.retry }),
          ...(made.creates && { creates: { kind: 'thing', id: 'a', name: 'x', within: 'world' } }),
        }),
    );
  const definition = fc
    .record({
      steps: fc.array(step, { minLength: 1, maxLength: 5 }),
      cleanUp: fc.array(step, { maxLength: 2 }),
      values: fc.array(fc.constantFrom(undefined, 'plain', '{{b}}!', '{{d}}'), { minLength: 3, maxLength: 3 }),
    })
    .map(({ steps, cleanUp, values }) =>
      definitionOf(
        steps.map((make, index) => make(`step-${index}`)),
        {
          variables: [
            {
              name: 'base',
              description: 'Base.',
              value: 'https://{{region}}.example.com/v1',
              format: 'base-url',
              removeSuffix: '/v1',
            },
            { name: 'other', description: 'Other.', format: 'base-url' },
            { name: 'region', description: 'Region.', value: 'eu', allowed: ['eu', 'us'] },
            // Values may hold variables that come later, as a definition without a circle has them.
            ...['a', 'b', 'c', 'd'].map((name, index) => ({
              name,
              description: `${name}.`,
              ...(index < 3 && isLater(name, values[index]) && { value: values[index] as string }),
            })),
            { name: 'e', description: 'Secret.', value: secret, secret: true },
          ],
          authorization: { bearer: '{{e}}' },
          cleanUp: { askedBy: undefined, steps: cleanUp.map((make, index) => make(`clean-up-${index}`)) },
        },
      ),
    );

  function isLater(name: string, value: string | undefined): boolean {
    const [, other] = /\{\{(.)\}\}/.exec(value ?? '') ?? [];
    return value !== undefined && (other === undefined || other > name);
  }

  test('whatever the definition', slow, async () => {
    await fc.assert(
      fc.asyncProperty(definition, async (made) => {
        await expectSound(made);
      }),
      { numRuns: 100 },
    );
  });
});

describe("Redocly's linter", () => {
  for (const [name, folder] of collections)
    test(`finds nothing to say of the files of ${name}`, slowUnless(isInSample(name)), async () => {
      const config = await loadConfig({ configPath: join(root, 'redocly.yaml') });
      for (const file of [arazzoFileName(name), openApiFileName(name)]) {
        const problems = await lintFromString({
          source: await readFile(join(folder, file), 'utf8'),
          absoluteRef: join(folder, file),
          config,
        });
        expect(problems.map(({ ruleId, message }) => `${file}: ${ruleId}: ${message}`)).toEqual([]);
      }
    });

  for (const [index, [name, folder]] of golden.entries())
    test(`finds no mistake in the files of ${name}`, slowUnless(index % 4 === 0), async () => {
      const config = await createConfig({
        extends: ['recommended'],
        rules: {
          // That is how the definition writes the address.
          'no-path-trailing-slash': 'off',
        },
      });
      const { arazzo, openApi } = compiled(await loadDefinition(folder, name));
      for (const source of [arazzo, openApi]) {
        const problems = await lintFromString({ source, config });
        const mistakes = problems.filter(({ severity }) => severity === 'error');
        expect(mistakes.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      }
    });
});

for (const [name, folder] of collections)
  test(
    `the examples of ${name} satisfy the schemas in the dialect of OpenAPI 3.1`,
    slowUnless(isInSample(name)),
    async () => {
      expect(expectExamplesFit(compileOpenApi(await loadDefinition(folder)))).toBeGreaterThan(0);
    },
  );
