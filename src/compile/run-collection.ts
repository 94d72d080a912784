import type { Definition, Step } from '../definition/definition.ts';
import { compileCollection, type PostmanCollection } from './collection.ts';

/**
 * The collection for our own runner, which checks responses against their schemas itself: the same scripts without these checks, since the
 * sandbox would compile each schema anew for each answer, and that takes a fifth of a flow.
 */
export function compileForRun(definition: Definition): PostmanCollection {
  return compileCollection(withoutSchemaChecks(definition));
}

/** The definition whose test scripts look at no schema. A step whose own scripts use it stays as it is. */
export function withoutSchemaChecks(definition: Definition): Definition {
  const { steps, cleanUp } = definition;
  return {
    ...definition,
    steps: steps.map(withoutSchemaCheck),
    cleanUp: { ...cleanUp, steps: cleanUp.steps.map(withoutSchemaCheck) },
  };
}

function withoutSchemaCheck(step: Step): Step {
  const own = [step.scripts?.test, ...step.captures.map(({ script }) => script)];
  if (!step.expect.schema || own.some((script) => /\bschema\b/.test(script ?? ''))) return step;
  return { ...step, expect: { ...step.expect, schema: undefined } };
}
