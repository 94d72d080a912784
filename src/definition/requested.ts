import { valueAt } from './pointer.ts';
import type { ExpectedValue, RequestedValue } from './schema.ts';

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
