import { describe, expect, it } from 'vitest';
import type { Definition, Step, Variable } from '../../../src/definition/definition.ts';
import { joinDefinitions, simulatorTemplate } from '../../../src/definition/join-definitions.ts';

function step(id: string, change: Partial<Step> = {}): Step {
  return {
    id,
    name: `Step ${id}`,
    description: '',
    file: `${id}.yaml`,
    places: '',
    request: { method: 'GET', url: 'https://example.com', headers: [], auth: undefined, body: undefined },
    generate: [],
    expect: { status: [200], schema: undefined, values: [] },
    captures: [],
    unset: [],
    troubleshooting: [],
    example: undefined,
    needs: [],
    ...change,
  };
}

function definition(id: string, change: Partial<Definition> = {}): Definition {
  return {
    id,
    name: id.toUpperCase(),
    folder: `collections/${id}`,
    description: `What ${id} does.`,
    variables: [],
    authorization: { bearer: '{{token}}' },
    steps: [step(`${id}-1`)],
    cleanUp: { askedBy: undefined, steps: [] },
    environments: [],
    next: [],
    retry: {},
    troubleshooting: [],
    ...change,
  };
}

const variable = (name: string, change: Partial<Variable> = {}): Variable => ({ name, description: name, ...change });
const sets = (name: string) => step(`sets-${name}`, { captures: [{ variable: name, from: '/x' }] });
const entry = (cause: string) => ({ when: { status: 400 }, cause, remedy: 'x' });

describe('joining collections', () => {
  it('leaves one alone as it is', () => {
    const only = definition('a');
    expect(joinDefinitions([only])).toBe(only);
  });

  it('keeps whether iterations share their values, and refuses parts that differ in it', () => {
    const shared = { iterations: 'shared' as const };
    expect(joinDefinitions([definition('a', shared), definition('b', shared)])).toMatchObject(shared);
    expect(() => joinDefinitions([definition('a', shared), definition('b')])).toThrow(
      'iterations are shared in a, separate in b',
    );
  });

  it('refuses one whose raw parts hold for more than a step', () => {
    const raw = { event: [] };
    for (const change of [{ raw }, { folders: [{ path: ['A'], raw }] }]) {
      expect(() => joinDefinitions([definition('a'), definition('b', change)])).toThrow(
        'b says in raw what holds for all its requests or those of a folder; run it alone',
      );
    }
  });

  it('puts the steps in sequence, and each keeps its collection and what that says for all its steps', () => {
    const joined = joinDefinitions([
      definition('a', { retry: { attempts: 2 }, troubleshooting: [entry('all of a')] }),
      definition('b', {
        steps: [step('b-1', { retry: { baseDelay: 3 }, troubleshooting: [entry('own')] })],
        retry: { baseDelay: 9, attempts: 4 },
      }),
    ]);
    expect(joined).toMatchObject({ id: 'a+b', name: 'A, then B', retry: {}, troubleshooting: [] });
    expect(joined.steps).toMatchObject([
      {
        id: 'a-1',
        origin: { id: 'a', folder: 'collections/a' },
        retry: { attempts: 2 },
        troubleshooting: [{ cause: 'all of a' }],
      },
      {
        id: 'b-1',
        origin: { id: 'b', folder: 'collections/b' },
        retry: { baseDelay: 3, attempts: 4 },
        troubleshooting: [{ cause: 'own' }],
      },
    ]);
  });

  it('refuses those of different services, and reads the errors of each as its own collection says', () => {
    const ofTasks = (service: NonNullable<Definition['service']>) => definition('b', { service });
    const first = definition('a', { service: { name: 'Boards', client: 'the app', errors: { final: ['FULL'] } } });
    const joined = joinDefinitions([definition('c'), first, ofTasks({ name: 'Boards', errors: { code: '/e' } })]);
    expect(joined.service).toMatchObject({ name: 'Boards', client: 'the app' });
    expect(joined.steps.map(({ origin }) => origin?.service?.errors)).toEqual([
      undefined,
      { final: ['FULL'] },
      { code: '/e' },
    ]);
    expect(() => joinDefinitions([definition('c'), first, ofTasks({ name: 'Tasks', client: 'a key' })])).toThrow(
      [
        'c and a and b cannot run as one:',
        '  service.name is "Boards" in a, "Tasks" in b',
        '  service.client is "the app" in a, "a key" in b',
      ].join('\n'),
    );
  });

  it('does not ask for what a step of an earlier collection sets, but for all else', () => {
    const joined = joinDefinitions([
      definition('a', { steps: [sets('made')], variables: [variable('made'), variable('shared', { value: 'x' })] }),
      definition('b', {
        variables: [
          variable('made', { required: true, os: 'MADE', format: 'uuid' }),
          variable('shared', { required: true, value: 'x' }),
          variable('own', { required: true }),
        ],
      }),
    ]);
    expect(joined.variables).toEqual([
      variable('made'),
      variable('shared', { required: true, value: 'x' }),
      variable('own', { required: true }),
    ]);
  });

  it('leads to the simulator with the values of all that no step sets', () => {
    const joined = joinDefinitions([
      definition('a', { steps: [sets('made')], environments: [{ id: 'simulator', name: 'S', values: { host: 'h' } }] }),
      definition('b', {
        environments: [{ id: 'b-simulator', name: 'S', values: { host: 'h', made: 'm', more: 'n' } }],
      }),
    ]);
    expect(simulatorTemplate(joined)?.values).toEqual({ host: 'h', more: 'n' });
    expect(simulatorTemplate(joinDefinitions([definition('a'), joined]))).toBeUndefined();
  });

  it.each([
    {
      what: 'a step id',
      a: {},
      b: { steps: [step('a-1', { name: 'Other' })] },
      says: 'a step of the id "a-1" is in a and in b',
    },
    {
      what: 'a step name',
      a: {},
      b: { steps: [step('b-1', { name: 'Step a-1' })] },
      says: 'a step of the name "Step a-1" is in a and in b',
    },
    {
      what: 'a clean-up step',
      a: { cleanUp: { askedBy: 'x', steps: [step('undo')] } },
      b: { cleanUp: { askedBy: 'x', steps: [step('undo', { name: 'Other' })] } },
      says: 'a step of the id "undo" is in a and in b',
    },
    {
      what: 'whether a variable is secret',
      a: { variables: [variable('v')] },
      b: { variables: [variable('v', { secret: true })] },
      says: 'the variable "v" has another secret in a than in b',
    },
    {
      what: 'where a variable lives',
      a: { variables: [variable('v', { scope: 'collection' as const })] },
      b: { variables: [variable('v')] },
      says: 'the variable "v" has another scope in a than in b',
    },
    {
      what: 'the value of a variable',
      a: { variables: [variable('v', { value: '1' })] },
      b: { variables: [variable('v', { value: '2' })] },
      says: 'the variable "v" has another value in a than in b',
    },
    {
      what: 'the authorization',
      a: {},
      b: { authorization: { none: true as const } },
      says: 'b has another authorization than a',
    },
    {
      what: 'what asks for clean-up',
      a: { cleanUp: { askedBy: 'x', steps: [] } },
      b: { cleanUp: { askedBy: 'y', steps: [] } },
      says: 'clean-up is asked for by x in a, by y in b',
    },
    {
      what: 'the environment for the simulator',
      a: { environments: [{ id: 'simulator', name: 'S', values: { host: '1' } }] },
      b: { environments: [{ id: 'simulator', name: 'S', values: { host: '2' } }] },
      says: "the simulator's environment has another host in b than before",
    },
  ])('says what they differ in: $what', ({ a, b, says }) => {
    expect(() => joinDefinitions([definition('a', a), definition('b', b)])).toThrow(
      `a and b cannot run as one:\n  ${says}`,
    );
  });

  it('says all of it at once', () => {
    const other = definition('b', { steps: [step('a-1')], authorization: { none: true } });
    const message = (() => {
      try {
        joinDefinitions([definition('a'), other]);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message.split('\n')).toHaveLength(4);
  });
});
