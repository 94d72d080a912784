import type { Definition, Step, Variable } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import { baseVariables, withoutEnding } from './base-addresses.ts';
import { runnablePrerequest } from './runnable.ts';
import { collectionPrerequestScript, pendingOf, prerequestScript, settersBefore } from './step-scripts.ts';

/** Value of a variable as the innermost scope that has it gives it; undefined when none has. */
export type ReadVariable = (name: string) => unknown;

/**
 * What a pre-request script would do, where that is known without running it: the variables of the run that it would set. Undefined when
 * the script has to run.
 *
 * @param source The script, as `runnableCollection` makes it.
 */
export type KnownOutcome = (step: Step, source: string, read: ReadVariable) => ReadonlyMap<string, string> | undefined;

/**
 * Knows the scripts that only look whether a request may be sent, as most do: they make no value, and everything has one. Any other
 * text or finding is for the sandbox, so that what does not hold is told as everywhere else.
 */
export function knownOutcomes(definition: Definition): KnownOutcome {
  const looks = new Map<Step, Look | undefined>();
  const lookOf = (step: Step): Look | undefined => {
    if (!looks.has(step)) looks.set(step, onlyLooks(step) ? newLook(step, definition) : undefined);
    return looks.get(step);
  };
  return (step, source, read) => {
    const look = lookOf(step);
    return look?.source === source ? whenReady(look, read) : undefined;
  };
}

/** A script that only looks: its text, and what it looks at. */
interface Look {
  readonly source: string;
  readonly bases: readonly Variable[];
  readonly pending: ReturnType<typeof pendingOf>;
  /** Variables that name what earlier steps have yet to set. */
  readonly earlier: readonly string[];
  /** Variables that must have a value. */
  readonly asked: readonly string[];
}

/** What no value may hold. */
const hole = '{{';

function onlyLooks({ generate, scripts }: Step): boolean {
  return generate.every(({ unlessSet }) => unlessSet) && scripts?.prerequest === undefined;
}

function newLook(step: Step, definition: Definition): Look {
  const { variables } = definition;
  const lines = runnablePrerequest(collectionPrerequestScript(variables), prerequestScript(step, definition));
  return {
    source: lines.join('\n'),
    bases: baseVariables(variables),
    pending: pendingOf(step, definition),
    earlier: settersBefore(step, definition).flatMap((setter) => pendingOf(setter, definition)?.name ?? []),
    asked: [...step.generate.map(({ variable }) => variable), ...step.needs],
  };
}

function whenReady(
  { bases, pending, earlier, asked }: Look,
  read: ReadVariable,
): ReadonlyMap<string, string> | undefined {
  const set = new Map<string, string>();
  const lookUp = (name: string) => {
    const value = set.get(name) ?? read(name);
    if (value === undefined) return undefined;
    // How Postman writes other values is for Postman to say. It takes spaces in braces for a part of the name.
    return typeof value !== 'string' || /\{\{\s|\s\}\}/.test(value) ? hole : value;
  };
  const filledIn = (name: string) => substitute(lookUp(name) ?? `{{${name}}}`, lookUp);
  const hasValue = (name: string) => {
    const value = filledIn(name);
    return value !== '' && !value.includes(hole);
  };
  for (const { name, removeSuffix } of bases) {
    const base = withoutEnding(filledIn(name), removeSuffix);
    if (base.includes(hole)) return undefined;
    set.set(name, base);
  }
  if (pending) {
    const { name, made, kept } = pending;
    // Something of Postman's own may be filled in yet.
    if (kept.some((one) => lookUp(one) !== undefined && filledIn(one).includes(hole))) return undefined;
    set.set(name, [...made, ...kept.filter((one) => !hasValue(one))].join(' '));
  }
  const notOfThisRun = earlier.flatMap((name) => (lookUp(name) ?? '').split(' '));
  return asked.every((name) => hasValue(name) && !notOfThisRun.includes(name)) ? set : undefined;
}
