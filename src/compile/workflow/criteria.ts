import type { Definition, Step } from '../../definition/definition.ts';
import { formatPointer } from '../../definition/pointer.ts';
import { isRequested, requestedValue } from '../../definition/request.ts';
import type { ExpectedValue, RequestedValue } from '../../definition/schema.ts';
import { textsIn, variablesIn } from '../../definition/variables.ts';
import { sentBody } from '../request-body.ts';
import { expressionOf } from './expression.ts';

/** A Criterion Object of Arazzo. */
export interface Criterion {
  readonly condition: string;
  readonly context?: string;
  readonly type?: 'regex';
}

/** What must hold of a step's response: its status and its values. (Its schema is in the OpenAPI description.) */
export function successCriteria(step: Step, definition: Definition): Criterion[] {
  return [
    ...(step.expect.status.length > 0 ? [{ condition: statusCondition(step.expect.status) }] : []),
    ...step.expect.values.map(({ pointer, value }) => valueCriterion(bodyExpression(pointer), value, step, definition)),
  ];
}

/** `$statusCode == 204 || $statusCode == 404` */
export function statusCondition(status: readonly number[]): string {
  return status.map((code) => `$statusCode == ${code}`).join(' || ');
}

/** The part of the response body that a JSON pointer leads to. */
export function bodyExpression(pointer: string): string {
  return pointer === '' ? '$response.body' : `$response.body#${pointer}`;
}

function valueCriterion(actual: string, value: ExpectedValue, step: Step, definition: Definition): Criterion {
  if (isRequested(value)) return requestedCriterion(actual, value, step, definition);
  if (typeof value !== 'string') return { condition: `${actual} == ${JSON.stringify(value)}` };
  if (variablesIn(value).length === 0) {
    // In a pattern every text can be written; between quotes, only one that does not disturb the condition around it.
    return /^[\w .:/@-]*$/.test(value)
      ? { condition: `${actual} == '${value}'` }
      : { context: actual, type: 'regex', condition: `^${escaped(value)}$` };
  }
  const expected = expressionOf(value, step, definition);
  if (/^\$[^\s{}]+$/.test(expected)) return { condition: `${actual} == ${expected}` };
  const sent = placeInRequest(value, step);
  if (sent !== undefined) return { condition: `${actual} == $request.body#${sent}` };
  // A condition cannot put a text together, so the parts that only the run knows may be anything.
  const pattern = expected
    .split(/\{\$[^{}]*\}/)
    .map(escaped)
    .join('.*');
  return { context: actual, type: 'regex', condition: `^${pattern}$` };
}

/** Of what the request says when it is known only as it is sent, any of the words will do. */
function requestedCriterion(actual: string, value: RequestedValue, step: Step, definition: Definition): Criterion {
  if (!value.writtenAs) return { condition: `${actual} == $request.body#${value.requested}` };
  const body = sentBody(step.request);
  const asked = body?.kind === 'json' ? requestedValue(value, body.value) : undefined;
  if (isScalar(asked) && variablesIn(String(asked)).length === 0)
    return valueCriterion(actual, asked, step, definition);
  const words = Object.values(value.writtenAs).map(escaped).join('|');
  return { context: actual, type: 'regex', condition: `^(${words})$` };
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Where the request sends the same text, as a JSON pointer: comparing with that is exact. */
function placeInRequest(text: string, step: Step): string | undefined {
  const body = sentBody(step.request);
  if (body?.kind !== 'json') return undefined;
  const place = textsIn(body.value).find((candidate) => candidate.text === text && candidate.path.length > 0);
  return place && formatPointer(place.path);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('\n', '\\n');
}
