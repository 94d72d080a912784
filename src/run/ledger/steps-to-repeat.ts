import { setBy } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import type { LedgerContent } from './read-ledger.ts';

/**
 * Good steps of an earlier run that must run again before the ones that are left (`left`), because what they gave was not
 * kept: a secret that is needed, or a cookie. From the first of them on, all are repeated, since they build on each other;
 * but never one that creates something, and not `except`, which runs anyway.
 */
export function stepsToRepeat(
  definition: Pick<Definition, 'steps' | 'variables'>,
  { passed }: Pick<LedgerContent, 'passed'>,
  left: readonly Step[],
  except: Step | undefined,
): readonly Step[] {
  if (left.length === 0) return [];
  const secret = new Set(definition.variables.filter((variable) => variable.secret).map(({ name }) => name));
  const withCookies = new Set(passed.filter(({ cookies }) => cookies).map(({ step }) => step));
  const candidates = definition.steps.filter(
    (step) => step !== except && !step.creates && passed.some((entry) => entry.step === step.id),
  );
  let repeated = from(candidates, ({ id }) => withCookies.has(id));
  for (;;) {
    const lacking = new Set([...left, ...repeated].flatMap(({ needs }) => needs.filter((name) => secret.has(name))));
    const next = from(candidates, (step) => repeated.includes(step) || setBy(step).some((name) => lacking.has(name)));
    if (next.length === repeated.length) return repeated;
    repeated = next;
  }
}

function from(steps: readonly Step[], isFirst: (step: Step) => boolean): readonly Step[] {
  const first = steps.findIndex(isFirst);
  return first < 0 ? [] : steps.slice(first);
}
