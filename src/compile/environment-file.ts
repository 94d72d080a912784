import type { Definition, EnvironmentTemplate } from '../definition/definition.ts';
import { stableId } from './ids.ts';

/** A Postman environment file, as Postman exports it. */
export interface PostmanEnvironment {
  readonly id: string;
  readonly name: string;
  readonly values: readonly PostmanEnvironmentValue[];
  readonly _postman_variable_scope: 'environment';
}

export interface PostmanEnvironmentValue {
  readonly key: string;
  readonly value: string;
  /** `secret` hides the value in Postman. */
  readonly type: 'default' | 'secret';
  readonly enabled: boolean;
}

/** An environment with the values that variables have after a run, SECRETS INCLUDED: every variable of the definition. */
export function exportEnvironment(
  definition: Definition,
  values: Readonly<Record<string, string>>,
): PostmanEnvironment {
  return compileEnvironment(definition, {
    id: 'export',
    name: `${definition.name} (after a run)`,
    values: Object.fromEntries(
      definition.variables.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : [])),
    ),
  });
}

/** Compiles one environment template: every variable that lives in the environment, in the order of its declaration. */
export function compileEnvironment(definition: Definition, template: EnvironmentTemplate): PostmanEnvironment {
  const own = (name: string) => (Object.hasOwn(template.values, name) ? template.values[name] : undefined);
  return {
    id: stableId(definition.id, 'environment', template.id),
    name: template.name,
    values: definition.variables
      .filter((variable) => variable.scope !== 'collection' || own(variable.name) !== undefined)
      .map((variable) => ({
        key: variable.name,
        value: own(variable.name) ?? variable.value ?? '',
        type: variable.secret ? 'secret' : 'default',
        enabled: true,
      })),
    _postman_variable_scope: 'environment',
  };
}
