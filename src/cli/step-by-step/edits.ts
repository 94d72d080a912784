import { variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { leafPointers, pointerKeys, valueAt } from '../../definition/pointer.ts';
import type { Change } from '../../definition/schema.ts';
import { variablesIn } from '../../definition/variables.ts';

/** A part of a request that a person can change. */
export interface Edit {
  readonly label: string;
  /** What it is now; empty for a secret. */
  readonly value: string;
  readonly isSecret: boolean;
  /** The change that gives it another value. */
  toChange(value: string): Change;
}

/** What can be changed in a request: the variables in it, the values of its body, its headers, its address. */
export function editsOf(step: Step, definition: Definition, values: Readonly<Record<string, string>>): Edit[] {
  const { request } = step;
  return [
    ...step.needs.map((name) => variableEdit(name, definition, values)),
    ...bodyEdits(request),
    ...request.headers
      .filter(({ disabled }) => !disabled)
      .map(({ name, value }) => textEdit(`header ${name}`, value, (text) => ({ headers: { [name]: text } }))),
    textEdit('address', request.url, (url) => ({ url })),
  ];
}

function variableEdit(name: string, definition: Definition, values: Readonly<Record<string, string>>): Edit {
  const isSecret = variableNamed(definition, name)?.secret === true;
  return {
    label: `variable ${name}`,
    value: isSecret ? '' : (values[name] ?? ''),
    isSecret,
    toChange: (value) => ({ variables: { [name]: value } }),
  };
}

/** The data that a body is made of. */
export function bodyData({ body }: Step['request']): unknown {
  return body?.form ?? body?.json ?? {};
}

/** What a value of a body is called. */
export function bodyLabel(pointer: string): string {
  return `body ${pointerKeys(pointer).join('.')}`;
}

/** Values of a body that are not just a variable, which is in the list itself. */
function bodyEdits(request: Step['request']): Edit[] {
  const data = bodyData(request);
  return leafPointers(data).flatMap((pointer) => {
    const value = valueAt(data, pointer);
    const isVariable = typeof value === 'string' && variablesIn(value).some((name) => value === `{{${name}}}`);
    if (isVariable) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const typed = (answer: string) => (typeof value === 'string' ? answer : asData(answer));
    return [textEdit(bodyLabel(pointer), text, (answer) => ({ body: { [pointer]: typed(answer) } }))];
  });
}

function textEdit(label: string, value: string, toChange: Edit['toChange']): Edit {
  return { label, value, isSecret: false, toChange };
}

/** What a person typed, as JSON where it is JSON. */
function asData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
