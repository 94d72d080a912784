import type { Request, Step } from './definition.ts';
import { formatPointer, pointerKeys, valueAt } from './pointer.ts';
import type { Change, ExpectedValue, RequestedValue } from './schema.ts';
import { textsIn, variablesIn } from './variables.ts';

/**
 * A step with a change in its request. Variables that the change gives are not made by the step; their values go into the state of
 * the run. The collection that is compiled from it has the checks that fit.
 */
export function changedStep(step: Step, change: Change): Step {
  const given = givenVariables(change);
  const named = textsIn(change).flatMap(({ text }) => variablesIn(text));
  const { creates, ...others } = step;
  return {
    ...others,
    request: changedRequest(step.request, change),
    generate: step.generate.filter(({ variable }) => !Object.hasOwn(given, variable)),
    needs: [...new Set([...step.needs, ...named])],
    // What reads creates nothing.
    ...(creates && change.method !== 'GET' && { creates }),
  };
}

/** The values of variables that a change gives. */
export function givenVariables({ variables, simulator }: Change): Readonly<Record<string, string>> {
  return { ...variables, ...simulator };
}

/** Two changes, one after the other. */
export function joinChanges(one: Change | undefined, other: Change): Change {
  if (!one) return other;
  const joined = (['variables', 'simulator', 'body', 'headers'] as const).flatMap((key) =>
    one[key] || other[key] ? [[key, { ...one[key], ...other[key] }]] : [],
  );
  return { ...one, ...other, ...(Object.fromEntries(joined) as Change) };
}

function changedRequest(request: Request, { method, url, auth, headers = {}, body = {} }: Change): Request {
  return {
    ...request,
    ...(method && { method }),
    ...(url !== undefined && { url }),
    ...(auth && { auth }),
    headers: Object.entries(headers).reduce(withHeader, request.headers),
    body: changedBody(request.body, body),
  };
}

function withHeader(headers: Request['headers'], [name, value]: [string, string]): Request['headers'] {
  const others = headers.filter((header) => header.name.toLowerCase() !== name.toLowerCase());
  return [...others, { name, value }];
}

function changedBody(body: Request['body'], changes: NonNullable<Change['body']>): Request['body'] {
  const entries = Object.entries(changes);
  if (entries.length === 0) return body;
  if (body?.form) {
    const fields = entries.map(([pointer, value]) => [pointerKeys(pointer)[0] ?? '', String(value)]);
    return { form: { ...body.form, ...(Object.fromEntries(fields) as Record<string, string>) } };
  }
  return {
    json: entries.reduce((data, [pointer, value]) => withValueAt(data, pointerKeys(pointer), value), body?.json),
  };
}

/** Data with another value at a place, which need not be there. */
function withValueAt(data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(data)) return data.with(Number(key), withValueAt(data[Number(key)], rest, value));
  return { ...(data as object | undefined), [key]: withValueAt(valueAt(data, formatPointer([key])), rest, value) };
}

/** Whether a value is not given but asked for by the request. */
export function isRequested(value: ExpectedValue): value is RequestedValue {
  return typeof value === 'object' && value !== null;
}

/**
 * What a response must show of what a request asked for.
 *
 * @param sent The JSON body of the request, parsed.
 */
export function requestedValue({ requested, writtenAs = {} }: RequestedValue, sent: unknown): unknown {
  const asked = valueAt(sent, requested);
  const key = String(asked);
  return Object.hasOwn(writtenAs, key) ? writtenAs[key] : asked;
}
