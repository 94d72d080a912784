import { describe, expect, it } from 'vitest';
import { compileArazzo } from '../../../src/compile/workflow/arazzo.ts';
import type { Definition, Step } from '../../../src/definition/definition.ts';
import { definitionOf, stepOf, variableOf } from './definitions.ts';

interface Workflow {
  readonly inputs: {
    readonly required?: readonly string[];
    readonly properties: Record<string, { default?: string; description: string }>;
  };
  readonly steps: readonly Record<string, unknown>[];
  readonly outputs?: Record<string, string>;
}

function workflowsOf(steps: readonly Step[], fields: Partial<Definition> = {}): readonly Workflow[] {
  return compileArazzo(definitionOf(steps, fields), './things.openapi.yaml').workflows as readonly Workflow[];
}

const checking = (value: string | number | null, body?: unknown) =>
  stepOf('check', {
    request: body === undefined ? {} : { method: 'POST', body: { json: body } },
    expect: { status: [200], schema: undefined, values: [{ pointer: '/a/0', value }] },
  });

describe('an expected value', () => {
  it.each<[string, Step, object]>([
    ['is compared as it is', checking('a b'), { condition: "$response.body#/a/0 == 'a b'" }],
    ['may be a number', checking(7), { condition: '$response.body#/a/0 == 7' }],
    ['may be null', checking(null), { condition: '$response.body#/a/0 == null' }],
    ['may be an input', checking('{{x}}'), { condition: '$response.body#/a/0 == $inputs.x' }],
    [
      'that is put together is compared with the same text in the request',
      checking('{{x}}-{{y}}', { deep: ['{{x}}-{{y}}'] }),
      { condition: '$response.body#/a/0 == $request.body#/deep/0' },
    ],
    [
      'that is put together and not sent is compared as far as it is known',
      checking('(a) {{x}}.{{y}}'),
      { context: '$response.body#/a/0', type: 'regex', condition: '^\\(a\\) .*\\..*$' },
    ],
    [
      'with quotes is a pattern that fits it alone',
      checking("it's $1"),
      { context: '$response.body#/a/0', type: 'regex', condition: "^it's \\$1$" },
    ],
  ])('%s', (_what, step, want) => {
    const variables = [variableOf('x'), variableOf('y')];
    expect(workflowsOf([step], { variables })[0]?.steps[0]?.successCriteria).toEqual([
      { condition: '$statusCode == 200' },
      want,
    ]);
  });
});

describe('a variable', () => {
  const use = (text: string) => stepOf('use', { request: { method: 'POST', body: { json: { value: text } } } });
  const payload = (workflow: Workflow | undefined) => {
    const step = workflow?.steps.find(({ stepId }) => stepId === 'use');
    return (step?.requestBody as { payload: { value: string } } | undefined)?.payload.value;
  };

  it('that an earlier step captures is its output, the last one when there are several', () => {
    const capture = (id: string) => stepOf(id, { captures: [{ variable: 'x', from: '/id' }] });
    const [workflow] = workflowsOf([capture('one'), capture('two'), use('{{x}}'), capture('three')], {
      variables: [variableOf('x')],
    });
    expect(payload(workflow)).toBe('$steps.two.outputs.x');
  });

  it('that clean-up uses is an output of the workflow', () => {
    const [main, cleanUp] = workflowsOf([stepOf('make', { captures: [{ variable: 'x', from: '/id' }] })], {
      variables: [variableOf('x')],
      cleanUp: { askedBy: undefined, steps: [use('id {{x}}')] },
    });
    expect(main?.outputs).toEqual({ x: '$steps.make.outputs.x' });
    expect(payload(cleanUp)).toBe('id {$workflows.things.outputs.x}');
  });

  it.each<[string, Partial<Step>, RegExp]>([
    ['a password', { generate: [{ variable: 'x', password: { length: 24 } }] }, /a new password of 24 characters/],
    ['the name of the run', { generate: [{ variable: 'x', runId: true }] }, /that no run had before/],
    ['made by a script', { generate: [{ variable: 'x', script: 'return 1' }] }, /a script makes it/],
    ['chosen by a script', { captures: [{ variable: 'x', script: 'return 1' }] }, /from the response of "Step make"/],
    ['a claim of a token', { captures: [{ variable: 'x', from: '/t', claim: 'org' }] }, /the claim "org" of a token/],
  ])('that is %s is an input that says so', (_what, fields, want) => {
    const [workflow] = workflowsOf([stepOf('make', fields), use('{{x}}')], { variables: [variableOf('x')] });
    expect(payload(workflow)).toBe('$inputs.x');
    expect(workflow?.inputs.required).toEqual(['x']);
    expect(workflow?.inputs.properties.x?.description).toMatch(want);
  });

  it('has its declared value as default, with the ending of a base address taken off', () => {
    const [workflow] = workflowsOf([use('{{api}} {{key}}')], {
      variables: [
        variableOf('tld', { value: 'com' }),
        variableOf('api', { value: 'https://api.{{tld}}/v1', format: 'base-url', removeSuffix: '/v1' }),
        variableOf('key', { value: 'very-secret', secret: true }),
      ],
    });
    expect(workflow?.inputs).toEqual({
      type: 'object',
      required: ['key'],
      properties: {
        api: { type: 'string', description: 'Says api.', default: 'https://api.com' },
        key: { type: 'string', description: 'Says key.', format: 'password' },
      },
    });
  });

  it('whose declared value is made of what only the run knows is written out', () => {
    const [workflow] = workflowsOf([use('<{{greeting}}>')], {
      variables: [variableOf('greeting', { value: 'Hello {{who}}' }), variableOf('who', { required: true })],
    });
    expect(payload(workflow)).toBe('<Hello {$inputs.who}>');
  });

  it('that the engine makes up is an input', () => {
    const [workflow] = workflowsOf([use('{{$guid}}')]);
    expect(workflow?.inputs.properties).toEqual({
      guid: { type: 'string', description: 'A new UUID. Postman makes it up itself; Arazzo cannot.' },
    });
  });

  it('that may have no value is an output only when a later step needs it', () => {
    const maybe = stepOf('maybe', { captures: [{ variable: 'x', from: '/x', optional: true }] });
    const variables = [variableOf('x')];
    expect(workflowsOf([maybe], { variables })[0]?.steps[0]).not.toHaveProperty('outputs');
    expect(workflowsOf([maybe, use('{{x}}')], { variables })[0]?.steps[0]?.outputs).toEqual({ x: '$response.body#/x' });
  });
});

describe('retries', () => {
  const creates = { kind: 'thing', id: 'x', name: 'x', undo: 'y' };
  const retriesOf = (steps: readonly Step[], retry: Definition['retry']) =>
    workflowsOf(steps, { retry })[0]?.steps.map(({ onFailure = [] }) =>
      (onFailure as { name: string; retryAfter: number; retryLimit: number; criteria: { condition: string }[] }[]).map(
        ({ name, retryAfter, retryLimit, criteria }) => [name, retryAfter, retryLimit, criteria[0]?.condition],
      ),
    );

  it('are those that the definition asks for, none by default', () => {
    expect(retriesOf([stepOf('a')], {})).toEqual([[]]);
    expect(retriesOf([stepOf('a')], { attempts: 1 })).toEqual([[]]);
    expect(retriesOf([stepOf('a', { retry: { baseDelay: 2 } })], { attempts: 3 })).toEqual([
      [
        [
          'retry-when-busy',
          2,
          2,
          '$statusCode == 408 || $statusCode == 429 || $statusCode == 500 || $statusCode == 502 || $statusCode == 503 || $statusCode == 504',
        ],
      ],
    ]);
  });

  it('send a request that creates something again only when it was certainly not carried out', () => {
    expect(retriesOf([stepOf('a', { creates })], { attempts: 2 })).toEqual([
      [['retry-when-busy', 1, 1, '$statusCode == 429']],
    ]);
  });

  it('wait for what was just created, but not for an answer that is expected', () => {
    const gone = stepOf('b', { expect: { status: [404], schema: undefined, values: [] } });
    expect(retriesOf([stepOf('a', { creates }), gone], { attempts: 1, propagation: 12 })).toEqual([
      [],
      [['retry-until-known', 5, 3, '$statusCode == 403']],
    ]);
  });
});

it('several base addresses are sources of their own, so that each can have another address', () => {
  const steps = [
    stepOf('token', {
      request: { url: '{{auth}}/token', auth: { basic: { username: '{{id}}', password: '{{secret}}' } } },
    }),
    stepOf('things', { request: { url: '{{api}}/things', auth: { bearer: '{{token}}' } } }),
  ];
  const description = compileArazzo(definitionOf(steps), './things.openapi.yaml');
  expect(description.sourceDescriptions).toEqual([
    { name: 'auth', url: './things.openapi.yaml', type: 'openapi' },
    { name: 'api', url: './things.openapi.yaml', type: 'openapi' },
  ]);
  expect(description.workflows).toMatchObject([
    {
      steps: [
        {
          operationId: '$sourceDescriptions.auth.token',
          'x-security': [
            {
              schemeName: '$sourceDescriptions.auth.basic',
              values: { username: '$inputs.id', password: '$inputs.secret' },
            },
          ],
        },
        {
          operationId: '$sourceDescriptions.api.things',
          parameters: [{ name: 'Authorization', in: 'header', value: 'Bearer {$inputs.token}' }],
        },
      ],
    },
  ]);
});
