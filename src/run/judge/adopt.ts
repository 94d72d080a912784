import { plannedChecks } from '../../compile/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { valueAt } from '../../definition/pointer.ts';
import type { SchemaCheck } from '../../definition/response-schema.ts';
import { substitute } from '../../definition/variables.ts';
import type { CheckResult } from '../result/result.ts';
import { checkResult, placeOf } from './step-result.ts';

/** What taking over a thing that was found by its name gives. */
export interface Adoption {
  /** Variables as the step's captures would have set them. */
  readonly values: Readonly<Record<string, string>>;
  readonly checks: readonly CheckResult[];
}

/**
 * Takes over what a look-up found, in place of the answer that was lost: the schema, values and captures of the step are
 * applied to it here. What only a script could capture is left as it is.
 */
export function adopt(
  step: Step,
  definition: Definition,
  item: unknown,
  values: Readonly<Record<string, string>>,
  schemaCheck: SchemaCheck | undefined,
): Adoption {
  const next: Record<string, string> = { ...values };
  const outcomes = new Map<string, string | undefined>();
  for (const { variable, from, unlessSet } of step.captures) {
    const value = from === undefined ? undefined : valueAt(item, from);
    if (unlessSet && (values[variable] ?? '') !== '') continue;
    if (typeof value === 'string' && value !== '') next[variable] = value;
    else outcomes.set(variable, 'it is not in what was found');
  }
  const checks = plannedChecks(step).flatMap((check): CheckResult[] => {
    const source = placeOf(step, definition, check.askedAt);
    if (check.kind === 'status') return [];
    if (check.kind === 'capture') return [checkResult(check, outcomes.get(check.variable ?? ''), source)];
    if (check.kind === 'schema') return schemaCheck ? [checkResult(check, describe(schemaCheck(item)), source)] : [];
    const expected = step.expect.values[plannedValueIndex(step, check.name)];
    if (!expected) return [];
    const wanted =
      typeof expected.value === 'string' ? substitute(expected.value, (name) => next[name]) : expected.value;
    const found = valueAt(item, expected.pointer);
    return [checkResult(check, found === wanted ? undefined : `found ${JSON.stringify(found)}`, source)];
  });
  return { values: next, checks };
}

function plannedValueIndex(step: Step, name: string): number {
  return plannedChecks(step)
    .filter(({ kind }) => kind === 'value')
    .findIndex((check) => check.name === name);
}

function describe(violations: ReturnType<SchemaCheck>): string | undefined {
  return violations.length === 0
    ? undefined
    : violations.map(({ pointer, message }) => `${pointer || 'the body'} ${message}`).join('; ');
}
