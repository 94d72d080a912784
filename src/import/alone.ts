import { type Definition, type Schemas, type Step, toDefinition, toStep } from '../definition/definition.ts';
import type { StepFile } from '../definition/schema.ts';

/** A step from its file alone, as far as its scripts depend on it. */
export function stepAlone(file: StepFile, schemas: Schemas = {}): Step {
  return toStep('', file, schemas, [], '');
}

/** A step of a definition that holds nothing else but variables, whose scopes decide how scripts set them. */
export function definitionAround(step: Step, variables: Definition['variables']): Definition {
  const { id, name, description } = step;
  const collection = { id, name, description, variables: {}, authorization: { none: true as const }, steps: [] };
  return { ...toDefinition(collection, [step], [], ''), variables };
}

/** The smallest step file. */
export const smallestStep: StepFile = {
  id: 'x',
  name: 'x',
  description: '',
  request: { method: 'GET', url: 'x' },
  expect: { status: 200 },
};
