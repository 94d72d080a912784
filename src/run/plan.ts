import { keepsValue, setBy, setterOf } from '../compile/checks.ts';
import type { Definition, Step } from '../definition/definition.ts';
import { substitute, variablesIn } from '../definition/variables.ts';

/** A variable without a value, told before anything is sent. */
export interface MissingValue {
  readonly variable: string;
  readonly message: string;
}

/** What the steps need that has no value and that no earlier step sets. */
export function missingValues(
  definition: Definition,
  steps: readonly Step[],
  values: Readonly<Record<string, string>>,
): MissingValue[] {
  const known = new Set(Object.keys(values).filter((name) => isComplete(values, name)));
  const missing = new Map<string, string>();
  for (const step of steps) {
    for (const { variable } of step.generate) known.add(variable);
    for (const name of step.needs) {
      if (known.has(name) || missing.has(name)) continue;
      missing.set(name, `${name} has no value, and "${step.name}" needs it: ${setterOf(definition, name)}`);
    }
    for (const { variable } of step.captures) known.add(variable);
  }
  return [...missing].map(([variable, message]) => ({ variable, message }));
}

function isComplete(values: Readonly<Record<string, string>>, name: string): boolean {
  const value = substitute(values[name] ?? '', (inner) => values[inner] || undefined);
  return value !== '' && variablesIn(value).length === 0;
}

/**
 * For each step that cannot run because `failed` did not pass: the variable it lacks and the step that should have set it.
 * A variable that had a value before the run (`given`) is not lacking when the step would have kept it: a value that the step
 * always replaces is one of an earlier run.
 */
export function blockedSteps(
  later: readonly Step[],
  failed: Step,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, { readonly variable: string; readonly setter: Step }> {
  const lacking = new Map<string, Step>();
  const markLacking = (step: Step) => {
    for (const name of setBy(step)) if ((given[name] ?? '') === '' || !keepsValue(step, name)) lacking.set(name, step);
  };
  markLacking(failed);
  const blocked = new Map<string, { variable: string; setter: Step }>();
  for (const step of later) {
    const variable = step.needs.find((name) => lacking.has(name));
    const setter = variable === undefined ? undefined : lacking.get(variable);
    if (variable === undefined || setter === undefined) continue;
    blocked.set(step.id, { variable, setter });
    markLacking(step);
  }
  return blocked;
}
