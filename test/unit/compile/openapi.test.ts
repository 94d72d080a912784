import { describe, expect, it } from 'vitest';
import { takeApart } from '../../../src/compile/address.ts';
import { compileOpenApi } from '../../../src/compile/workflow/openapi.ts';
import { serverOf } from '../../../src/compile/workflow/openapi-servers.ts';
import { operationsOf } from '../../../src/compile/workflow/operations.ts';
import { definitionOf, stepOf, variableOf } from './definitions.ts';

describe('an address taken apart', () => {
  it.each([
    ['{{base}}', { base: '{{base}}', path: '/', query: [] }],
    ['https://a.example:8443?x=1', { base: 'https://a.example:8443', path: '/', query: [{ name: 'x', value: '1' }] }],
    ['{{base}}/a/{{b}}#c?d', { base: '{{base}}', path: '/a/{{b}}', query: [] }],
    [
      '{{base}}/a?b=c%20d=e&f&100%=%',
      {
        base: '{{base}}',
        path: '/a',
        query: [
          { name: 'b', value: 'c d=e' },
          { name: 'f', value: '' },
          { name: '100%', value: '%' },
        ],
      },
    ],
  ])('%s', (url, want) => {
    expect(takeApart(url)).toEqual(want);
  });
});

describe('operations', () => {
  it('are one for steps that differ only in the variables of their path, with the names of the first', () => {
    const steps = [
      stepOf('first', { request: { url: '{{api}}/environments/{{envID}}/users/{{userID}}' } }),
      stepOf('other-method', { request: { method: 'DELETE', url: '{{api}}/environments/{{a}}/users/{{b}}' } }),
      stepOf('again', { request: { url: '{{api}}/environments/{{adminEnvID}}/users/{{userID}}' } }),
    ];
    expect(operationsOf(definitionOf(steps)).map(({ id, path, steps }) => [id, path, steps.length])).toEqual([
      ['first', '/environments/{envID}/users/{userID}', 2],
      ['other-method', '/environments/{envID}/users/{userID}', 1],
    ]);
  });

  it('have a name of its own for a variable that occurs twice', () => {
    const [operation] = operationsOf(definitionOf([stepOf('a', { request: { url: '{{api}}/{{x}}/of/{{x}}' } })]));
    expect(operation?.path).toBe('/{x}/of/{x-2}');
  });

  it('hold braces that are no variable as the characters they are', () => {
    const [operation] = operationsOf(definitionOf([stepOf('a', { request: { url: '{{api}}/{x}' } })]));
    expect(operation?.path).toBe('/%7Bx%7D');
  });
});

describe('the description of an operation that several steps send', () => {
  const user = { file: 'user.schema.json', content: { type: 'object' } };
  const group = { file: 'group.schema.json', content: { type: 'object' } };
  const send = (id: string, mediaType: string, json: unknown, schema: typeof user, auth?: { none: true }) =>
    stepOf(id, {
      request: {
        method: 'POST',
        headers: [{ name: 'content-type', value: `${mediaType};charset=UTF-8` }],
        body: { json },
        auth,
      },
      expect: { status: [201], schema, values: [] },
      example: { status: 201, body: { id } },
    });
  const { paths } = compileOpenApi(
    definitionOf(
      [
        send('one', 'application/json', { name: '{{name}}' }, user),
        send('two', 'application/json', { name: 7 }, group),
        send('three', 'application/vnd.example+json', [], user, { none: true }),
      ],
      { variables: [variableOf('name', { allowed: ['a', 'b'] })], authorization: { bearer: '{{token}}' } },
    ),
  ) as { paths: Record<string, { post: Record<string, unknown> }> };
  const operation = paths['/things']?.post;

  it('takes each of the bodies', () => {
    expect(operation?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            anyOf: [
              { type: 'object', required: ['name'], properties: { name: { type: 'string', enum: ['a', 'b'] } } },
              { type: 'object', required: ['name'], properties: { name: { type: 'integer' } } },
            ],
          },
        },
        'application/vnd.example+json': { schema: { type: 'array' } },
      },
    });
  });

  it('gives each of the responses, with the example of each step', () => {
    expect(operation?.responses).toMatchObject({
      201: {
        content: {
          '*/*': {
            schema: { anyOf: [{ $ref: '#/components/schemas/user' }, { $ref: '#/components/schemas/group' }] },
            examples: { one: { value: { id: 'one' } }, two: {}, three: {} },
          },
        },
      },
    });
  });

  it('needs a token or nothing, as the steps do', () => {
    expect(operation?.security).toEqual([{ bearer: [] }, {}]);
  });
});

describe('errors', () => {
  it('are described by the step, else by the collection', () => {
    const entry = (status: number, cause: string) => ({ when: { status }, cause, remedy: 'Wait.' });
    const description = compileOpenApi(
      definitionOf([stepOf('a', { troubleshooting: [entry(404, 'It is gone.'), entry(404, 'It was never there.')] })], {
        troubleshooting: [entry(404, 'Unused.'), entry(503, 'It is busy.')],
      }),
    );
    expect(description).toMatchObject({
      paths: {
        '/things': {
          get: {
            responses: {
              404: { description: '* It is gone. Wait.\n* It was never there. Wait.' },
              503: { $ref: '#/components/responses/503' },
            },
          },
        },
      },
    });
    expect(description.components).toEqual({ responses: { 503: { description: 'It is busy. Wait.' } } });
  });
});

describe('the server at a base address', () => {
  const definition = definitionOf([], {
    variables: [
      variableOf('tld', { value: 'com', allowed: ['com', 'eu'] }),
      variableOf('api', { value: 'https://api.{{tld}}/v1/', format: 'base-url', removeSuffix: '/v1' }),
      variableOf('given', { format: 'base-url', required: true }),
      variableOf('key', { value: 'k3y', secret: true }),
    ],
  });
  it.each([
    [
      '{{api}}',
      {
        url: 'https://api.{tld}',
        description: 'Says api.',
        variables: { tld: { default: 'com', enum: ['com', 'eu'], description: 'Says tld.' } },
      },
    ],
    [
      '{{given}}',
      {
        url: '{given}',
        description: 'Says given.',
        variables: { given: { default: 'https://given.invalid', description: 'Says given.' } },
      },
    ],
    ['https://example.com', { url: 'https://example.com' }],
    [
      'https://{{key}}.example',
      { url: 'https://{key}.example', variables: { key: { default: 'key', description: 'Says key.' } } },
    ],
  ])('%s', (base, want) => {
    expect(serverOf(base, definition)).toEqual(want);
  });
});
