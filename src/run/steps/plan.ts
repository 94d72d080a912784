import { ownTest } from '../../compile/scripts/plain-tests.ts';
import { setterOf } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { rawScripts } from '../../definition/raw.ts';
import { inspectScript } from '../../definition/script-facts.ts';
import { substitute, variablesIn } from '../../definition/variables.ts';

/** A variable without a value, told before anything is sent. */
export interface MissingValue {
  readonly variable: string;
  readonly message: string;
}

/** Variables that a step sets before its request is sent. */
export function setBefore({ generate, scripts, raw }: Step): string[] {
  const inFragment = rawScripts(raw).flatMap(({ before, facts }) => (before ? facts.sets : []));
  return [...generate.map(({ variable }) => variable), ...setByScript(scripts?.prerequest), ...inFragment];
}

/** Variables that a step sets from its response. */
export function setAfter(step: Step): string[] {
  const inFragment = rawScripts(step.raw).flatMap(({ before, facts }) => (before ? [] : facts.sets));
  return [...step.captures.map(({ variable }) => variable), ...setByScript(ownTest(step)), ...inFragment];
}

function setByScript(text: string | undefined): readonly string[] {
  return text === undefined ? [] : inspectScript(text, 'script').sets;
}

/** By scripts of the collection and its folders, which run with every request. */
function setEverywhere({ raw, folders }: Definition): string[] {
  const fragments = [raw, ...(folders ?? []).map((folder) => folder.raw)];
  return fragments.flatMap(rawScripts).flatMap(({ facts }) => facts.sets);
}

/**
 * What the steps need that has no value, is not `givenLater`, and that no earlier step sets. `values` are those of all scopes as
 * texts, also of variables that nobody declared: these are sent as they are, be they empty.
 */
export function missingValues(
  definition: Definition,
  steps: readonly Step[],
  values: Readonly<Record<string, string>>,
  givenLater: Iterable<string> = [],
): MissingValue[] {
  const declared = new Set(definition.variables.map(({ name }) => name));
  const known = new Set([
    ...givenLater,
    ...Object.keys(values).filter((name) => !declared.has(name) || isComplete(values, name)),
    ...setEverywhere(definition),
  ]);
  const missing = new Map<string, string>();
  for (const step of steps) {
    for (const variable of setBefore(step)) known.add(variable);
    for (const name of step.needs) {
      if (known.has(name) || missing.has(name)) continue;
      missing.set(name, `${name} has no value, and "${step.name}" needs it: ${setterOf(definition, name)}`);
    }
    for (const variable of setAfter(step)) known.add(variable);
  }
  return [...missing].map(([variable, message]) => ({ variable, message }));
}

function isComplete(values: Readonly<Record<string, string>>, name: string): boolean {
  const value = substitute(values[name] ?? '', (inner) => values[inner] || undefined);
  return value !== '' && variablesIn(value).length === 0;
}
