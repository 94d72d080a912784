import { baseVariables, withoutEnding } from '../../compile/scripts/base-addresses.ts';
import { keepsValue, setBy } from '../../compile/scripts/planned-checks.ts';
import type { Definition, Step } from '../../definition/definition.ts';
import { replaceVariables } from '../../definition/variables.ts';
import { needsNewman } from '../direct/native-step.ts';
import type { HeaderField } from '../result/result.ts';
import { redactionMark } from '../secrets/named-secrets.ts';

/** A request before its run: what is not known yet stands there as `{{variable}}`, and no secret does. */
export interface PlannedRequest {
  readonly step: Pick<Step, 'id' | 'name'>;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderField[];
  readonly body: string | undefined;
  /** Variables that the step sets. */
  readonly sets: readonly string[];
  readonly creates:
    | { readonly kind: string; readonly name: string; readonly removedBy: string | undefined }
    | undefined;
  /** Scripts, or parts in the format of Postman, may change the request. */
  readonly isOpen: boolean;
}

/** The requests of these steps in their order, filled in with what is known of `values` when the run begins. */
export function planRequests(
  definition: Definition,
  steps: readonly Step[],
  values: Readonly<Record<string, string>>,
): PlannedRequest[] {
  const set = new Set<string>();
  const secret = new Set(definition.variables.filter((variable) => variable.secret).map(({ name }) => name));
  const bases = new Map(baseVariables(definition.variables).map(({ name, removeSuffix }) => [name, removeSuffix]));
  const lookUp = (name: string): string | undefined => {
    if (set.has(name) || !values[name]) return undefined;
    if (secret.has(name)) return redactionMark;
    return bases.has(name) ? withoutEnding(fill(values[name]), bases.get(name)) : values[name];
  };
  const fill = (text: string): string => replaceVariables(text, (name) => lookUp(name.trim()));
  return steps.map((step) => {
    for (const { variable, unlessSet } of step.generate) if (!unlessSet || !values[variable]) set.add(variable);
    const planned = planRequest(step, definition, fill);
    for (const name of setBy(step)) if (!values[name] || !keepsValue(step, name)) set.add(name);
    return planned;
  });
}

function planRequest(step: Step, definition: Definition, fill: (text: string) => string): PlannedRequest {
  const { id, name, request, creates } = step;
  const { basic, bearer } = request.auth ?? definition.authorization;
  const authorization = basic ? `Basic ${redactionMark}` : bearer && `Bearer ${fill(bearer)}`;
  const own = request.headers.filter((header) => !header.disabled);
  return {
    step: { id, name },
    method: request.method,
    url: fill(request.url),
    headers: [
      ...(authorization ? [{ name: 'Authorization', value: authorization }] : []),
      ...own.map((header) => ({ name: fill(header.name), value: fill(header.value) })),
    ],
    body: bodyText(request.body, fill),
    sets: setBy(step),
    creates: creates && { kind: creates.kind, name: fill(creates.name), removedBy: creates.undo ?? creates.within },
    isOpen: needsNewman(step, definition),
  };
}

function bodyText(body: Step['request']['body'], fill: (text: string) => string): string | undefined {
  if (!body) return undefined;
  if (body.form)
    return Object.entries(body.form)
      .map(([name, value]) => `${fill(name)}=${fill(value)}`)
      .join('&');
  return fill(body.raw ?? body.jsonText ?? JSON.stringify(body.json));
}
