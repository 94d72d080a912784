import type { Definition, Step } from '../definition/definition.ts';
import { substitute } from '../definition/variables.ts';
import { runnablePrerequest } from './runnable.ts';
import { baseVariables, collectionPrerequestScript, pendingOf, prerequestScript, settersBefore } from './scripts.ts';

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
  const sources = new Map<Step, string | undefined>();
  const sourceOf = (step: Step): string | undefined => {
    if (!sources.has(step)) sources.set(step, onlyLooks(step) ? readySource(step, definition) : undefined);
    return sources.get(step);
  };
  return (step, source, read) => (sourceOf(step) === source ? whenReady(step, definition, read) : undefined);
}

/** What no value may hold. */
const hole = '{{';

function onlyLooks({ generate, scripts }: Step): boolean {
  return generate.every(({ unlessSet }) => unlessSet) && scripts?.prerequest === undefined;
}

function readySource(step: Step, definition: Definition): string {
  return runnablePrerequest(collectionPrerequestScript(definition.variables), prerequestScript(step, definition)).join(
    '\n',
  );
}

function whenReady(step: Step, definition: Definition, read: ReadVariable): ReadonlyMap<string, string> | undefined {
  const set = new Map<string, string>();
  const lookUp = (name: string) => {
    const value = set.get(name) ?? read(name);
    if (value === undefined) return undefined;
    // How Postman writes other values is for Postman to say. It takes spaces in braces for a part of the name.
    return typeof value !== 'string' || /\{\{\s|\s\}\}/.test(value) ? hole : value;
  };
  const filledIn = (name: string) => substitute(lookUp(name) ?? `{{${name}}}`, lookUp);
  for (const { name, removeSuffix } of baseVariables(definition.variables)) {
    const base = baseAddress(filledIn(name), removeSuffix ?? '');
    if (base.includes(hole)) return undefined;
    set.set(name, base);
  }
  const hasValue = (name: string) => !/^$|\{\{/.test(filledIn(name));
  const pending = pendingOf(step, definition);
  // Something of Postman's own may be filled in yet.
  if (pending?.kept.some((name) => lookUp(name) !== undefined && filledIn(name).includes(hole))) return undefined;
  if (pending) set.set(pending.name, [...pending.made, ...pending.kept.filter((name) => !hasValue(name))].join(' '));
  const notOfThisRun = settersBefore(step, definition).flatMap((setter) =>
    (lookUp(pendingOf(setter, definition)?.name ?? '') ?? '').split(' '),
  );
  const asked = [...step.generate.map(({ variable }) => variable), ...step.needs];
  return asked.every((name) => hasValue(name) && !notOfThisRun.includes(name)) ? set : undefined;
}

/** As the collection's script makes it. */
function baseAddress(text: string, ending: string): string {
  const withoutSlash = (address: string) => address.replace(/\/+$/, '');
  let base = withoutSlash(text);
  while (ending !== '' && base.endsWith(ending)) base = withoutSlash(base.slice(0, -ending.length));
  return base;
}
