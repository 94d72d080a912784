import type { ClaimCheck, Definition, Step, Variable } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { formatPointer, pointerKeys } from '../../definition/pointer.ts';
import { isRequested } from '../../definition/request.ts';
import type { ConditionSource, ExpectedValue } from '../../definition/schema.ts';
import { isCheckedInPostman } from '../../definition/schemas/draft.ts';

/** What a check is about. `ready` is the check before sending: every variable has a value. */
export type CheckKind = 'ready' | 'status' | 'schema' | 'value' | 'capture' | 'script';

/** A check that a compiled script makes, by the name it has there. */
export interface PlannedCheck {
  readonly kind: CheckKind;
  /** Name of the `pm.test`. */
  readonly name: string;
  /** JSON pointer of the part of the step file that asks for it. */
  readonly askedAt: string;
  /** The variable that is captured. */
  readonly variable?: string;
}

/** Name of the check that fails when a request would be sent with a hole in it. */
export const readyCheckName = 'every variable has a value';

/** The checks of a compiled test script: those of the step, without what the sandbox of Postman cannot check. */
export function scriptedChecks(step: Step): PlannedCheck[] {
  return plannedChecks(step).filter(({ kind }) => kind !== 'schema' || scriptedSchema(step) !== undefined);
}

/** The schema of a step that a script can check. */
export function scriptedSchema({ expect: { schema } }: Step): Step['expect']['schema'] {
  return schema && isCheckedInPostman(schema.content) ? schema : undefined;
}

/** The checks of a step, in its order. (`ready` appears only when it fails.) */
export const plannedChecks = perDefinition((step: Step): readonly PlannedCheck[] => [
  ...(step.expect.status.length > 0
    ? [{ kind: 'status', name: statusCheckName(step.expect.status), askedAt: '/expect/status' } as const]
    : []),
  ...(step.expect.schema
    ? [{ kind: 'schema', name: schemaCheckName(step.expect.schema.file), askedAt: '/expect/schema' } as const]
    : []),
  ...step.expect.values.map(
    ({ pointer, value }) =>
      ({
        kind: 'value',
        name: valueCheckName(pointer, value),
        askedAt: formatPointer(['expect', 'values', pointer]),
      }) as const,
  ),
  ...(step.expect.claims ?? []).map(
    (check) =>
      ({
        kind: 'value',
        name: claimCheckName(check),
        askedAt: formatPointer(['expect', 'claims', check.pointer, check.claim]),
      }) as const,
  ),
  ...step.captures
    .filter(({ optional }) => !optional)
    .map(
      ({ variable }) =>
        ({
          kind: 'capture',
          name: captureCheckName(variable),
          askedAt: formatPointer(['capture', variable]),
          variable,
        }) as const,
    ),
]);

export function statusCheckName(status: readonly number[]): string {
  return `status is ${status.join(' or ')}`;
}

export function schemaCheckName(file: string): string {
  return `body matches ${file}`;
}

export function valueCheckName(pointer: string, value: ExpectedValue): string {
  const part = ['body', ...pointerKeys(pointer)].join('.');
  if (isRequested(value)) return `${part} fits the request's ${pointerKeys(value.requested).join('.') || 'body'}`;
  return `${part} is ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/** `id_token claim iss ends with /as`: parts that are no plain words are written as they are in the definition, so that names differ. */
export function claimCheckName({ pointer, claim, condition }: ClaimCheck): string {
  const isPlain = (text: string) => /^\w+$/.test(text);
  const keys = pointerKeys(pointer);
  const path = keys.length > 0 && keys.every(isPlain) ? keys.join('.') : `body${pointer}`;
  return `${path} claim ${isPlain(claim) ? claim : JSON.stringify(claim)} ${conditionWords(condition)}`;
}

function conditionWords({ is, has, endsWith, atLeast, past }: ConditionSource): string {
  if (is !== undefined) return `is ${[is].flat().join(' or ')}`;
  if (has !== undefined) return `has ${has}`;
  if (endsWith !== undefined) return `ends with ${endsWith}`;
  if (atLeast !== undefined) return `is at least ${atLeast}`;
  return past ? 'is in the past' : 'is in the future';
}

export function captureCheckName(variable: string): string {
  return `captures ${variable}`;
}

/** Types of the values that a capture takes, as `typeof` names them. An empty text is none. */
export const capturedTypes: readonly string[] = ['string', 'number', 'boolean'];

/** Where a captured value comes from, in the words of a failed check. */
export function captureOrigin({ from, claim, variable }: Step['captures'][number]): string {
  if (from === undefined) return variable;
  const path = pointerKeys(from).join('.');
  return claim ? `the claim ${claim} of ${path}` : path;
}

/** Variable of the run that names what a step has yet to set. A definition would have to mean it to declare one of this name. */
export function pendingName(id: string): string {
  return `pending-${id}`;
}

const variablesByName = perDefinition(
  (variables: readonly Variable[]): ReadonlyMap<string, Variable> =>
    // The first of a name, should there be two.
    new Map(variables.toReversed().map((variable) => [variable.name, variable])),
);

/** The declared variable of a name. */
export function variableNamed({ variables }: Pick<Definition, 'variables'>, name: string): Variable | undefined {
  return variablesByName(variables).get(name);
}

/** Variables a step gives a value to. */
export function setBy(step: Step): string[] {
  return [...step.generate, ...step.captures].map(({ variable }) => variable);
}

/** Whether a step may leave a variable as it was given: it sets it only when it is empty, or chooses the item that has it, or a script decides. */
export function keepsValue(step: Step, variable: string): boolean {
  const generator = step.generate.find((entry) => entry.variable === variable);
  const capture = step.captures.find((entry) => entry.variable === variable);
  return (
    generator?.unlessSet === true ||
    capture?.unlessSet === true ||
    capture?.choose !== undefined ||
    capture?.script !== undefined
  );
}

/** Who gives a variable its value, in words: the steps that set it, or the person. */
export function setterOf(definition: Pick<Definition, 'steps' | 'cleanUp'>, variable: string): string {
  const [first] = settersOf(definition).setters.get(variable) ?? [];
  return first ? `"${first.name}" sets it` : 'set it in the environment';
}

/** The place of each step, clean-up included, and the steps that give each variable a value, in their order. */
export const settersOf = perDefinition(({ steps, cleanUp }: Pick<Definition, 'steps' | 'cleanUp'>) => {
  const positions = new Map<Step, number>();
  const setters = new Map<string, Step[]>();
  for (const step of [...steps, ...cleanUp.steps]) {
    positions.set(step, positions.size);
    for (const variable of setBy(step)) {
      const known = setters.get(variable) ?? [];
      setters.set(variable, known);
      if (known.at(-1) !== step) known.push(step);
    }
  }
  return { positions, setters };
});
