import { itemId } from '../../compile/collection.ts';
import { keepsValue, setBy } from '../../compile/scripts/planned-checks.ts';
import { type Definition, itemName, type Step } from '../../definition/definition.ts';
import type { Execution } from '../engine/execution.ts';
import { valuesOf } from '../engine/state.ts';
import type { Session } from './session.ts';

/** Which step comes next, and which cannot run: the path of a run through its steps. */

/** Why a step cannot run, when it needs a variable that is `lacking`; undefined when it can. */
export function reasonNotReached(
  step: Step,
  lacking: ReadonlyMap<string, Step>,
  { state }: Pick<Session, 'state'>,
): string | undefined {
  const variable = step.needs.find((name) => lacking.has(name));
  const setter = variable === undefined ? undefined : lacking.get(variable);
  if (variable === undefined || setter === undefined) return undefined;
  return valuesOf(state)[variable]
    ? `it needs ${variable} of "${setter.name}", which did not pass`
    : `it needs ${variable}, which "${setter.name}" did not set`;
}

/**
 * Marks what a step that did not pass should have set as lacking: its captures and generated values, not what its scripts may set.
 * A variable that had a value before the run is not lacking when the step would have kept it: a value that the step always replaces
 * is one of an earlier run.
 */
export function lackingAfter(step: Step, { given }: Pick<Session, 'given'>, lacking: Map<string, Step>): void {
  for (const name of setBy(step)) if (!given[name] || !keepsValue(step, name)) lacking.set(name, step);
}

/** What a step that passed has set is there again, whichever step failed to set it. */
export function noLongerLacking(step: Step, lacking: Map<string, Step>): void {
  for (const name of setBy(step)) lacking.delete(name);
}

/**
 * The position after that of a step whose scripts go on at `next` (`setNextRequest`): an id before a name, the last of that name. Null
 * and what names no request end the collection that the step is of; another collection of the run goes on then.
 */
export function nextPosition(
  steps: readonly Step[],
  position: number,
  next: Execution['next'],
  definition: Pick<Definition, 'id'>,
): number {
  if (!next) return position + 1;
  const origin = steps[position]?.origin?.id;
  const isOfPart = (step: Step | undefined) => step?.origin?.id === origin;
  const named = (matches: (step: Step) => boolean) => steps.findLastIndex((step) => isOfPart(step) && matches(step));
  if (next.to !== null) {
    const byId = named((step) => itemId(definition, step) === next.to);
    const found = byId >= 0 ? byId : named((step) => itemName(step) === next.to);
    if (found >= 0) return found;
  }
  const after = steps.findIndex((step, index) => index > position && !isOfPart(step));
  return after < 0 ? steps.length : after;
}
