import type { Definition, Step } from '../definition/definition.ts';
import { compileCollection, type PostmanCollection } from './collection.ts';

/**
 * The collection for our own runner, which checks responses against their schemas itself, and finds causes and remedies: the same
 * scripts without these checks and hints. The sandbox would compile each schema anew for each answer, which takes a fifth of a flow.
 */
export function compileForRun(definition: Definition): PostmanCollection {
  return compileCollection(withoutOwnWork(definition));
}

/** The definition whose test scripts look at no schema and give no hints. A step whose own scripts use its schema keeps it. */
export function withoutOwnWork(definition: Definition): Definition {
  const { steps, cleanUp } = definition;
  return {
    ...definition,
    steps: steps.map(withoutOwnWorkOf),
    cleanUp: { ...cleanUp, steps: cleanUp.steps.map(withoutOwnWorkOf) },
    troubleshooting: [],
  };
}

function withoutOwnWorkOf(step: Step): Step {
  const own = [step.scripts?.test, ...step.captures.map(({ script }) => script)];
  const usesSchema = own.some((script) => /\bschema\b/.test(script ?? ''));
  const expect = step.expect.schema && !usesSchema ? { ...step.expect, schema: undefined } : step.expect;
  return expect === step.expect && step.troubleshooting.length === 0 ? step : { ...step, expect, troubleshooting: [] };
}
