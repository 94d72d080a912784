import type { Definition, Step } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { variablesIn } from '../../definition/variables.ts';
import { takeApart } from '../address.ts';

/** A method of a path, with every step that sends it: OpenAPI describes it once. */
export interface Operation {
  /** Id of the first of its steps. */
  readonly id: string;
  readonly method: Step['request']['method'];
  /** Path template of OpenAPI: `/environments/{envID}/users`. */
  readonly path: string;
  /** Names of the parameters in the path, in order. */
  readonly pathParameters: readonly string[];
  readonly steps: readonly [Step, ...Step[]];
}

const reference = /\{\{[^{}]*\}\}/g;

/**
 * The operations of a definition, clean-up included, in the order of their first use. Two paths that differ only in the
 * variables they hold are one path, as OpenAPI wants it; its parameters have the names of the first.
 */
export const operationsOf = perDefinition(({ steps, cleanUp }: Pick<Definition, 'steps' | 'cleanUp'>): Operation[] => {
  const paths = new Map<string, Pick<Operation, 'path' | 'pathParameters'>>();
  const operations = new Map<string, Operation & { readonly steps: [Step, ...Step[]] }>();
  for (const step of [...steps, ...cleanUp.steps]) {
    const { path } = takeApart(step.request.url);
    const shape = path.replace(reference, '{{}}');
    const template = paths.get(shape) ?? pathTemplate(path);
    paths.set(shape, template);
    const { method } = step.request;
    const known = operations.get(`${method} ${shape}`);
    if (known) known.steps.push(step);
    else operations.set(`${method} ${shape}`, { id: step.id, method, ...template, steps: [step] });
  }
  return [...operations.values()];
});

const operationByStep = perDefinition(
  (definition: Pick<Definition, 'steps' | 'cleanUp'>): ReadonlyMap<Step, Operation> =>
    new Map(operationsOf(definition).flatMap((operation) => operation.steps.map((step) => [step, operation]))),
);

/** The operation that a step sends. */
export function operationOf(step: Step, definition: Pick<Definition, 'steps' | 'cleanUp'>): Operation | undefined {
  return operationByStep(definition).get(step);
}

/** The variables in the path of a step, in order, also those that occur twice: the values of `pathParameters`. */
export function pathVariables(step: Step): string[] {
  return [...takeApart(step.request.url).path.matchAll(reference)].flatMap(([whole]) => variablesIn(whole));
}

/** The name that a variable has in OpenAPI and Arazzo: `{{$guid}}`, which the engine makes up, is called `guid`. */
export function plainName(variable: string): string {
  return variable.replace(/[^A-Za-z0-9_]/g, '');
}

function pathTemplate(path: string): Pick<Operation, 'path' | 'pathParameters'> {
  const names: string[] = [];
  const parts = path.split(reference).map((text) => text.replaceAll('{', '%7B').replaceAll('}', '%7D'));
  const references = [...path.matchAll(reference)].map(([whole]) => {
    const name = plainName(whole);
    const count = names.filter((other) => other === name || other.startsWith(`${name}-`)).length;
    names.push(count === 0 ? name : `${name}-${count + 1}`);
    return `{${names.at(-1)}}`;
  });
  return { path: parts.map((text, index) => text + (references[index] ?? '')).join(''), pathParameters: names };
}
