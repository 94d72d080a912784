import type { Definition, Step } from '../../../src/definition/definition.ts';

/** A step that asks for a page and expects 200, with what a test says of it. */
export function stepOf(
  id: string,
  fields: Partial<Omit<Step, 'request'>> & { request?: Partial<Step['request']> } = {},
): Step {
  const { request, ...rest } = fields;
  return {
    id,
    name: `Step ${id}`,
    description: `Does ${id}.`,
    file: `${id}.yaml`,
    places: '',
    request: {
      method: 'GET',
      url: 'https://example.com/things',
      headers: [],
      auth: undefined,
      body: undefined,
      ...request,
    },
    generate: [],
    expect: { status: [200], schema: undefined, values: [] },
    captures: [],
    unset: [],
    troubleshooting: [],
    example: undefined,
    needs: [],
    ...rest,
  };
}

/** A definition of these steps, without authorization. */
export function definitionOf(steps: readonly Step[], fields: Partial<Definition> = {}): Definition {
  return {
    id: 'things',
    name: 'Things',
    description: 'Does things.',
    variables: [],
    authorization: { none: true },
    steps,
    cleanUp: { askedBy: undefined, steps: [] },
    environments: [],
    next: [],
    retry: {},
    troubleshooting: [],
    ...fields,
  };
}

/** A variable with a description. */
export function variableOf(name: string, fields: Partial<Definition['variables'][number]> = {}) {
  return { name, description: `Says ${name}.`, ...fields };
}
