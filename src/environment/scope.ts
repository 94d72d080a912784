/** A variable of a scope, as Postman stores it: the value may be any plain data. */
export interface ScopeVariable {
  readonly key: string;
  readonly value: unknown;
  /** `secret` in an environment hides the value; other types say what the value is. */
  readonly type?: string;
  /** A disabled variable (`enabled: false` or `disabled: true` in Postman's files) counts as not there. */
  readonly disabled?: boolean;
}

/** The variables of a scope. Of two with the same name the last one counts, as in Postman's SDK. */
export type Scope = readonly ScopeVariable[];

/** An environment with its name, which scripts read as `pm.environment.name`. */
export interface Environment {
  readonly name?: string;
  readonly values: Scope;
}

/** The value of a variable in a scope; undefined when the scope has none of this name. */
export function valueIn(scope: Scope, name: string): unknown {
  return scope.findLast(({ key, disabled }) => key === name && !disabled)?.value;
}

/** The scope with this value, of the type that the variable had. */
export function withValue(scope: Scope, name: string, value: unknown): Scope {
  const index = scope.findLastIndex(({ key, disabled }) => key === name && !disabled);
  const present = scope[index];
  return present ? scope.with(index, { ...present, value }) : [...scope, { key: name, value }];
}

/** The scope without the variables of these names. Those that are disabled stay, as in Postman's SDK. */
export function withoutValues(scope: Scope, names: readonly string[]): Scope {
  const isGone = ({ key, disabled }: ScopeVariable) => !disabled && names.includes(key);
  return scope.some(isGone) ? scope.filter((variable) => !isGone(variable)) : scope;
}

/** A value as Postman writes it in place of `{{name}}`. */
export function valueText(value: unknown): string {
  // Data may have a key of this name.
  const isPlain = typeof value !== 'object' || value === null || typeof value.toString === 'function';
  return value === undefined || !isPlain ? '' : String(value);
}

/** The variables of a scope that are not disabled, as texts; null is an empty one. */
export function textsOf(scope: Scope): Record<string, string> {
  return Object.fromEntries(
    scope.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, valueText(value ?? undefined)]),
  );
}
