import { setterOf, variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { nearest } from '../../definition/reading/nearest.ts';
import { substitute, variablesIn, withoutMade } from '../../definition/variables.ts';
import { UsageError } from '../../errors.ts';
import { tokenStepOf } from '../judge/access-token.ts';
import { type MissingValue, setAfter, setBefore } from '../steps/plan.ts';

/** Which steps to run, each by its id, its name, its number in the run (from 1) or a tag; several in one text with commas. */
export interface StepSelection {
  /** Default: all. */
  readonly only?: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly skip?: readonly string[];
}

/** A step that is run because a chosen one needs a variable that it sets. */
export interface AddedStep {
  readonly step: Step;
  readonly variable: string;
  readonly neededBy: Step;
}

/** The steps of a run. */
export interface SelectedSteps {
  /** In the order of the run. */
  readonly steps: readonly Step[];
  readonly added: readonly AddedStep[];
  /** What a step needs, and nothing sets. */
  readonly missing: readonly MissingValue[];
}

export interface SelectionContext {
  /** What the run begins with. */
  readonly values: Readonly<Record<string, string>>;
  /** Variables that get their value later, such as those of a data file. Default: none. */
  readonly givenLater?: Iterable<string>;
  /** Whether every step that is needed is added, or only those that run once and the one that gets the token. Default: false. */
  readonly addsAll?: boolean;
}

/**
 * The chosen steps, with those that they need: the step that gets the token, and steps that run once, unless their variable has a
 * value. What another step sets is missing, and so is what a skipped step sets. Throws `UsageError` for a step that there is not, and
 * when none is left.
 */
export function selectSteps(
  definition: Definition,
  selection: StepSelection,
  { values, givenLater = [], addsAll = false }: SelectionContext,
): SelectedSteps {
  const { chosen, skipped } = chosenSteps(definition, selection);
  const later = new Set(givenLater);
  const token = tokenStepOf(definition);
  const added: AddedStep[] = [];
  const included = new Set(chosen);
  const mayAdd = (step: Step) => !skipped.has(step) && (addsAll || step.once === true || step === token?.step);
  for (;;) {
    const open = unmetNeeds(
      definition,
      included,
      (name) => later.has(name) || isGiven(definition, values, name, token),
    );
    const next = open.find(({ setter }) => setter !== undefined && mayAdd(setter));
    if (!next?.setter)
      return { steps: inOrder(definition, included), added, missing: missingValues(open, definition, selection) };
    included.add(next.setter);
    added.push({ step: next.setter, variable: next.variable, neededBy: next.step });
  }
}

/** A variable that a step needs and that nobody gives a value. */
interface UnmetNeed {
  readonly step: Step;
  readonly variable: string;
  /** The last step before it that would set the variable, and is not run. */
  readonly setter: Step | undefined;
}

function unmetNeeds(
  definition: Definition,
  included: ReadonlySet<Step>,
  isKnown: (name: string) => boolean,
): UnmetNeed[] {
  const declared = new Map(definition.variables.map(({ name, value }) => [name, value]));
  const everySet = new Set(definition.steps.flatMap(setAnyhow));
  return definition.steps.flatMap((step, position) => {
    if (!included.has(step)) return [];
    const before = definition.steps.slice(0, position);
    const set = new Set([...before.filter((one) => included.has(one)).flatMap(setAnyhow), ...setBefore(step)]);
    return withoutMade(
      step.needs.filter((name) => !isKnown(name)),
      declared,
      everySet,
    )
      .filter((name) => !set.has(name) && !isKnown(name))
      .map((variable) => ({ step, variable, setter: before.findLast((one) => setAnyhow(one).includes(variable)) }));
  });
}

function setAnyhow(step: Step): string[] {
  return [...setBefore(step), ...setAfter(step)];
}

/** A token that was given is not believed: it may have expired. */
function isGiven(
  { variables }: Definition,
  values: Readonly<Record<string, string>>,
  name: string,
  token: ReturnType<typeof tokenStepOf>,
): boolean {
  if (name === token?.variable) return false;
  const value = substitute(values[name] ?? '', (inner) => values[inner] || undefined);
  return value !== '' && variablesIn(value).every((inner) => !variables.some((variable) => variable.name === inner));
}

function inOrder({ steps }: Definition, included: ReadonlySet<Step>): Step[] {
  return steps.filter((step) => included.has(step));
}

function missingValues(open: readonly UnmetNeed[], definition: Definition, { only }: StepSelection): MissingValue[] {
  const first = open.filter((need) => open.find(({ variable }) => variable === need.variable) === need);
  return first.map(({ step, variable, setter }) => {
    if (!setter) {
      const message = `${variable} has no value, and "${step.name}" needs it: ${setterOf(definition, variable)}`;
      return { variable, message };
    }
    const choice = only ? `add --only ${setter.id}` : `choose ${setter.id} too`;
    const { secret, os } = variableNamed(definition, variable) ?? {};
    const instead = secret
      ? `in ${os ? `the OS variable ${os}` : 'an environment file'}`
      : `with --var ${variable}=VALUE`;
    const message = `"${step.name}" needs ${variable}, which "${setter.name}" sets: ${choice}, or give the value ${instead}`;
    return { variable, message };
  });
}

/** The steps that a person chose, and those that must not run. */
function chosenSteps(
  { steps }: Definition,
  { only, from, until, skip = [] }: StepSelection,
): { readonly chosen: readonly Step[]; readonly skipped: ReadonlySet<Step> } {
  const all = (texts: readonly string[]) => new Set(texts.flatMap((text) => findSteps(steps, text)));
  const skipped = all(skip);
  const named = only && all(only);
  const first = from === undefined ? 0 : steps.indexOf(findSteps(steps, from)[0] as Step);
  const last = until === undefined ? steps.length - 1 : steps.lastIndexOf(findSteps(steps, until).at(-1) as Step);
  const chosen = steps.filter(
    (step, index) => index >= first && index <= last && !skipped.has(step) && (named?.has(step) ?? true),
  );
  if (chosen.length === 0)
    throw new UsageError('no step is left to run: choose others with --only, --from, --until, --skip');
  return { chosen, skipped };
}

/** The steps that a text names. A comma divides names, unless it is in one. */
function findSteps(steps: readonly Step[], text: string): readonly Step[] {
  const whole = stepsNamed(steps, text.trim());
  if (whole.length > 0) return whole;
  return text.split(',').flatMap((part) => {
    const found = stepsNamed(steps, part.trim());
    if (found.length === 0) throw new UsageError(unknownStep(steps, part.trim()));
    return found;
  });
}

function stepsNamed(steps: readonly Step[], text: string): readonly Step[] {
  const byNumber = /^[1-9]\d*$/.test(text) ? steps[Number(text) - 1] : undefined;
  if (byNumber) return [byNumber];
  const one = steps.find(({ id, name }) => id === text || name.toLowerCase() === text.toLowerCase());
  return one ? [one] : steps.filter(({ tags }) => tags?.includes(text));
}

function unknownStep(steps: readonly Step[], text: string): string {
  const tags = [...new Set(steps.flatMap((step) => step.tags ?? []))];
  const near = nearest(text, [...steps.flatMap(({ id, name }) => [id, name]), ...tags]);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const list = steps.map(({ id }, index) => `${index + 1} ${id}`).join(', ');
  const tagged = tags.length > 0 ? `; tags: ${tags.join(', ')}` : '';
  return `there is no step "${text}".${hint} Steps: ${list}${tagged}`;
}
