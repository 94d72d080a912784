import { randomUUID } from 'node:crypto';
import { baseVariables, withoutEnding } from '../../compile/scripts/base-addresses.ts';
import { pendingName, setterOf, variableNamed } from '../../compile/scripts/planned-checks.ts';
import { isLookedAt, pendingOf, settersBefore, skippedNote, waitingNote } from '../../compile/scripts/step-scripts.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { withValue } from '../../environment/scope.ts';
import { messageOf } from '../../errors.ts';
import { type SettableScope, type State, withoutVariables } from '../engine/state.ts';
import { hasValue } from '../judge/judge.ts';
import { makeValue } from '../judge/make-value.ts';
import { withTypedVariable } from '../judge/typed-value.ts';
import { fill, fillVariable, lookUp } from './fill.ts';
import { makePassword } from './make-password.ts';

/** What stands before a request is sent. */
export interface Preparation {
  /** With the values that were made. */
  readonly state: State;
  /** What is missing: then nothing is sent. */
  readonly problems: readonly string[];
  /** Why the step is skipped, which is no failure. */
  readonly skipped: string | undefined;
}

/**
 * What the compiled pre-request scripts of a step (`prerequestScript`) and of what is around it do in Postman, without running them.
 *
 * @param step A step of `definition`, with the variables that it needs as it is sent.
 */
export function prepare(step: Step, definition: Definition, before: State): Preparation {
  let state = withBareBases(definition, before);
  const { askedBy, steps } = definition.cleanUp;
  if (askedBy !== undefined && steps.includes(step) && fillVariable(askedBy, state) !== 'true')
    return { state, problems: [], skipped: skippedNote(askedBy) };
  if (!isLookedAt(step, definition)) return { state, problems: [], skipped: undefined };
  state = withPending(step, definition, state);
  const skipped = waitingFor(step, definition, state);
  if (skipped !== undefined) return { state, problems: [], skipped };
  const problems: string[] = [];
  for (const entry of step.generate) {
    const scope: SettableScope = variableNamed(definition, entry.variable)?.scope ?? 'environment';
    if (entry.unlessSet && hasValue(entry.variable, state)) continue;
    try {
      state = withTypedVariable(state, scope, entry.variable, made(entry, state));
    } catch (error) {
      state = withoutVariables(state, scope, [entry.variable]);
      problems.push(`${entry.variable} cannot be made: ${messageOf(error)}`);
    }
  }
  return { state, problems: [...problems, ...missing(step, definition, state)], skipped: undefined };
}

/** Base addresses without what is taken off before use. */
function withBareBases({ variables }: Definition, before: State): State {
  let state = before;
  for (const { name, removeSuffix } of baseVariables(variables)) {
    const base = withoutEnding(fillVariable(name, state), removeSuffix);
    if (!base.includes('{{')) state = { ...state, run: withValue(state.run, name, base) };
  }
  return state;
}

/** Later steps that need what this one sets are not sent until its checks have held. */
function withPending(step: Step, definition: Definition, state: State): State {
  const pending = pendingOf(step, definition);
  if (!pending) return state;
  const { name, made: always, kept } = pending;
  const names = [...always, ...kept.filter((variable) => !hasValue(variable, state))];
  return { ...state, run: withValue(state.run, name, names.join(' ')) };
}

function made(generator: Step['generate'][number], state: State): string {
  const { password, runId } = generator;
  if (password)
    return makePassword(
      password.length,
      (password.avoid ?? []).map((text) => fill(text, state)),
    );
  if (runId) return `${new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomUUID().slice(0, 8)}`;
  const value = makeValue(generator, (name) => lookUp(name, state));
  if (value === undefined) throw new Error('only Newman can make it');
  return value;
}

/** Why the request is not sent when a step that did not pass would have set what it needs. */
function waitingFor(step: Step, definition: Definition, state: State): string | undefined {
  for (const { id, name } of settersBefore(step, definition)) {
    const pending = fillVariable(pendingName(id), state).split(' ');
    const variable = pending.find((one) => step.needs.includes(one));
    if (variable !== undefined) return waitingNote(name, variable);
  }
  return undefined;
}

/** The variables that the request needs and that have no value. */
function missing(step: Step, definition: Definition, state: State): string[] {
  return step.needs.flatMap((name) => {
    const value = fillVariable(name, state);
    return value === '' || /\{\{[^{}]*\}\}/.test(value) ? [`${name} is empty: ${setterOf(definition, name)}`] : [];
  });
}
