import { randomBytes } from 'node:crypto';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { isRequested, requestedValue } from '../../src/definition/request.ts';
import { substitute } from '../../src/definition/variables.ts';
import { defaultCredentials } from '../../src/simulator/index.ts';

/** A flow without scripts, for tools that have none of Postman's. Texts hold `{{name}}` for values and captures. */
export interface PlainFlow {
  readonly requests: readonly PlainRequest[];
  /** What is known before the flow begins, by name; what scripts make in other tools is in it. */
  readonly values: Readonly<Record<string, string>>;
}

export interface PlainRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly authorization: { readonly username: string; readonly password: string } | { readonly bearer: string };
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>> | undefined;
  readonly json: unknown;
  readonly status: number;
  readonly schema: { readonly file: string; readonly content: Readonly<Record<string, unknown>> };
  readonly values: readonly { readonly path: readonly string[]; readonly value: string }[];
  readonly captures: readonly { readonly variable: string; readonly path: readonly string[] }[];
}

/**
 * The steps of a definition as requests with checks and captures. What a script would make is a value here: the license, the region, the
 * run id, which is `run`, and the password, which is made now. Throws when a request needs something that is neither.
 */
export function plainFlow(definition: Definition, url: string, run: string): PlainFlow {
  const declared = definition.variables.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  const given: Record<string, string> = {
    ...(Object.fromEntries(declared) as Record<string, string>),
    ...defaultCredentials,
    authPath: url,
    apiPath: url,
    runID: run,
    userPassword: fixedPassword(),
  };
  const values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, substitute(value, (inner) => given[inner])]),
  );
  const requests = definition.steps.map((step) => plainRequest(step, values));
  const captured = requests.flatMap(({ captures }) => captures.map(({ variable }) => variable));
  const unknown = definition.steps.flatMap(({ needs }) =>
    needs.filter((name) => values[name] === undefined && !captured.includes(name)),
  );
  if (unknown.length > 0) throw new Error(`nothing gives ${unknown.join(', ')}`);
  return { requests, values };
}

function plainRequest(step: Step, values: Readonly<Record<string, string>>): PlainRequest {
  const { request, expect, captures } = step;
  const { basic } = (request.auth ?? {}) as { basic?: { username: string; password: string } };
  const body = (request.body ?? {}) as { form?: Record<string, string>; json?: unknown };
  const { schema, status } = expect;
  if (schema === undefined || status[0] === undefined) throw new Error(`${step.id} has no schema or no status`);
  return {
    id: step.id,
    method: request.method,
    url: request.url,
    authorization: basic ?? { bearer: '{{accessToken}}' },
    contentType: request.headers.find(({ name }) => name === 'Content-Type')?.value,
    form: body.form,
    json: body.json,
    status: status[0],
    schema,
    values: expect.values.map(({ pointer, value }) => ({
      path: pathOf(pointer),
      value: String(isRequested(value) ? requestedValue(value, body.json) : value),
    })),
    // What has a value already, and what only a script can take out of an answer, is a value.
    captures: captures.flatMap(({ variable, from, claim }) =>
      from === undefined || claim !== undefined || values[variable] !== undefined
        ? []
        : [{ variable, path: pathOf(from) }],
    ),
  };
}

/** How many checks a tool makes of a flow: status, schema, values and captures, as far as it makes them. */
export function plainChecks(
  { requests }: PlainFlow,
  made: { readonly schema: boolean; readonly captures: boolean },
): number {
  return requests
    .map(({ values, captures }) => 1 + Number(made.schema) + values.length + (made.captures ? captures.length : 0))
    .reduce((one, other) => one + other, 0);
}

/** A text with each `{{name}}` replaced by what `give` makes of the name. */
export function filledIn(text: string, give: (name: string) => string): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (_, name: string) => give(name));
}

/** Every class of characters, and none three times in a row. */
export function fixedPassword(): string {
  return `Aa1!-${randomBytes(12)
    .toString('hex')
    .replace(/(.)\1+/g, '$1')}`;
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
