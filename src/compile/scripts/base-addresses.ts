import type { Definition, Step, Variable } from '../../definition/definition.ts';
import { substitute, variablesIn } from '../../definition/variables.ts';
import { settersOf, variableNamed } from './planned-checks.ts';

/** Where a variable has its value from when a step uses it, in a format that runs no scripts. */
export type Origin =
  /** Captured from the response of an earlier step. */
  | { readonly kind: 'output'; readonly step: Step }
  /** A person gives it. `maker` is the step that makes it in Postman, by means that only scripts have. */
  | { readonly kind: 'input'; readonly maker?: Step }
  /** The declared value, which holds other variables. */
  | { readonly kind: 'text'; readonly text: string };

/** Where `name` has its value from in `step`: the last step that set it, else the person or the declaration. */
export function originOf(definition: Definition, step: Step, name: string): Origin {
  if (step.generate.some(({ variable }) => variable === name)) return { kind: 'input', maker: step };
  const { positions, setters: allSetters } = settersOf(definition);
  const setters = allSetters.get(name) ?? [];
  const position = positions.get(step) ?? -1;
  const setter = setters.findLast((candidate) => (positions.get(candidate) ?? 0) < position);
  if (setter && outputsOf(setter).some(({ variable }) => variable === name)) return { kind: 'output', step: setter };
  const maker = setter ?? setters[0];
  if (maker) return { kind: 'input', maker };
  const variable = variableNamed(definition, name);
  if (!variable?.value || variable.secret || variablesIn(variable.value).length === 0) return { kind: 'input' };
  return constantOf(definition, variable) === undefined ? { kind: 'text', text: variable.value } : { kind: 'input' };
}

/** A capture that is a place in the response: all that needs no script. */
export interface Output {
  readonly variable: string;
  /** JSON pointer into the response body. */
  readonly from: string;
  readonly optional: boolean;
}

export function outputsOf(step: Step): Output[] {
  return step.captures.flatMap(({ variable, from, claim, optional = false }) =>
    from === undefined || claim !== undefined ? [] : [{ variable, from, optional }],
  );
}

/** The value that a variable has when nobody gives one; undefined when there is none. A secret has none that may be shown. */
export function constantOf(definition: Definition, variable: Variable): string | undefined {
  if (variable.secret || !variable.value) return undefined;
  const declared = (name: string) => variableNamed(definition, name);
  const value = substitute(variable.value, (name) => (declared(name)?.secret ? undefined : declared(name)?.value));
  if (value === '' || variablesIn(value).length > 0) return undefined;
  return variable.format === 'base-url' ? withoutEnding(value, variable.removeSuffix) : value;
}

/** The variables that hold base addresses. */
export function baseVariables(variables: readonly Variable[]): Variable[] {
  return variables.filter(({ format }) => format === 'base-url');
}

/** A base address without slashes at its end, and without the ending that is taken off before use. */
export function withoutEnding(base: string, ending = ''): string {
  const bare = base.replace(/\/+$/, '');
  return ending !== '' && bare.endsWith(ending) ? withoutEnding(bare.slice(0, -ending.length), ending) : bare;
}
