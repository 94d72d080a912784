import type { ReceivedResponse, RunEventContent, SentRequest, StepResult } from '../result/result.ts';
import type { Redactor } from './redact.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** The redaction boundary: through it results, events and errors leave a run: without secrets, and with bodies cut. */

/** Characters of a body that are retained. */
const retainedBody = 64 * 1024;

/** The result of a step as it leaves. It holds whole bodies until then. */
export function redactedResult(result: StepResult, secrets: SecretKeeper): StepResult {
  const { request: _, response: __, ...rest } = result;
  return { ...secrets.redactor().data(rest), ...redactedMessages(result, secrets, result.id) };
}

/**
 * An event as it leaves. What an exchange holds is learned first, so that no later event holds it either. The results of steps and
 * iterations have come through `redactedResult` already.
 */
export function redactedEvent(event: RunEventContent, secrets: SecretKeeper): RunEventContent {
  if (event.kind === 'step-finished' || event.kind === 'iteration-finished') return event;
  if (event.kind !== 'exchange') return secrets.redactor().data(event);
  secrets.learnFromExchange(event);
  const { request, response: _, ...rest } = event;
  return { ...secrets.redactor().data(rest), request, ...redactedMessages(event, secrets, event.step?.id ?? '') };
}

function redactedMessages(
  { request, response }: { readonly request?: SentRequest; readonly response?: ReceivedResponse },
  secrets: SecretKeeper,
  step: string,
): { request?: SentRequest; response?: ReceivedResponse } {
  const redactor = secrets.redactor();
  const names = secrets.namesOf({ id: step });
  return {
    ...(request && {
      request: {
        method: request.method,
        url: redactor.text(request.url, names),
        ...redactedParts(request, redactor, names),
      },
    }),
    ...(response && { response: { ...redactor.data(withoutParts(response)), ...redactedParts(response, redactor) } }),
  };
}

function withoutParts({ headers: _, body: __, ...rest }: ReceivedResponse): Omit<ReceivedResponse, 'headers' | 'body'> {
  return rest;
}

function redactedParts(
  { headers, body }: Pick<SentRequest, 'headers' | 'body'>,
  redactor: Redactor,
  names?: readonly string[],
): Pick<SentRequest, 'headers' | 'body'> {
  return {
    headers: headers.map((header) => redactor.header(header, names)),
    ...(body && { body: redactor.body(body, retainedBody, names) }),
  };
}

/**
 * An error as it leaves: the same one, with the secrets taken out of its texts (message, stack and others) and of those of
 * its causes. What is no error is redacted as data.
 */
export function redactedError(thrown: unknown, { redactor }: Pick<SecretKeeper, 'redactor'>): unknown {
  const seen = new Set<object>();
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redactor().text(value);
    if (!(value instanceof Error)) return value;
    if (seen.has(value)) return value;
    seen.add(value);
    for (const key of new Set(['message', 'stack', 'cause', ...Object.getOwnPropertyNames(value)])) {
      const held: unknown = Reflect.get(value, key);
      const told = Array.isArray(held) ? held.map(clean) : clean(held);
      if (held !== undefined) Reflect.defineProperty(value, key, { value: told, configurable: true, writable: true });
    }
    return value;
  };
  return clean(thrown);
}
