import type { HeaderField } from '../result/result.ts';
import { connectionError, endedError, notSentError } from '../transport/connection-fault.ts';
import type { EngineRequest, Limits } from './execution.ts';
import type { SdkRequest } from './postman-sdk.ts';

type RequestCallback = (error: Error | null, ...outcome: unknown[]) => void;

interface OneRequester {
  request(
    id: string,
    request: SdkRequest,
    behavior: unknown,
    callback: RequestCallback,
  ): { abort?(): void } | undefined;
}

/** What makes the requesters of a run: one for each request, also for those of scripts and of authorization. */
export interface Requester {
  create(trace: { readonly source?: string }, callback: (error: Error | null, one?: OneRequester) => void): void;
}

/** What a request passes before it leaves. */
export interface Gate {
  /** An error when nothing may be sent any more. */
  check(): Error | undefined;
  /** Called with the collection's own request; when it rejects, nothing is sent. */
  beforeSend(request: EngineRequest): Promise<void>;
  onSign(): void;
}

/**
 * Lets every request of a run wait at the gate, and ends it when the signal says so. The transport ends it when its time is over; where
 * Newman does not hear of that (an answer that switches protocols), it is ended here.
 */
export function gateRequests(requester: Requester, limits: Limits, gate: Gate): void {
  const create = requester.create.bind(requester);
  requester.create = (trace, callback) =>
    create(trace, (error, one) => {
      if (error || !one) return callback(error, one);
      const send = one.request.bind(one);
      one.request = (id, request, behavior, done) => {
        const isOwn = trace.source === 'collection' && !limits.signal?.aborted && gate.check() === undefined;
        const passed = isOwn ? gate.beforeSend(toRequest(request)) : Promise.resolve();
        return sendWithin(limits, gate, done, request, passed, (finish) => send(id, request, behavior, finish));
      };
      callback(null, one);
    });
}

/** Milliseconds that the transport has to end a request whose time is over. */
const patience = 1000;

function sendWithin(
  { requestTimeout, waitTimeout = 0, signal }: Limits,
  gate: Gate,
  done: RequestCallback,
  request: SdkRequest,
  passed: Promise<void>,
  send: (finish: RequestCallback) => { abort?(): void } | undefined,
): { abort(): void } {
  let timer: NodeJS.Timeout | undefined;
  let sent: { abort?(): void } | undefined;
  let isOver = false;
  const finish: RequestCallback = (error, ...outcome) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    gate.onSign();
    done(error, ...outcome);
  };
  const end = (error: Error) => {
    if (isOver) return;
    finish(error, undefined, request, [], undefined);
    sent?.abort?.();
  };
  const onAbort = () => end(sent ? endedError() : notSentError());
  signal?.addEventListener('abort', onAbort);
  passed.then(
    () => {
      if (isOver) return;
      const refused = signal?.aborted ? notSentError() : gate.check();
      if (refused) return end(refused);
      timer = setTimeout(
        () => end(lateError(requestTimeout)),
        Math.min(requestTimeout + waitTimeout + patience, 2 ** 31 - 1),
      );
      gate.onSign();
      sent = send(finish);
    },
    (refusal: Error) => end(refusal),
  );
  return { abort: () => end(connectionError('ABORTED', 'the request was ended')) };
}

function lateError(requestTimeout: number): Error {
  return connectionError('ETIMEDOUT', `no whole answer within ${requestTimeout / 1000} seconds`);
}

/** Newman gives it before it is sent, and once more with the headers that were added for sending. */
export function toRequest({ method, url, headers, body }: SdkRequest): EngineRequest {
  const fields: HeaderField[] = [];
  headers.each(({ key, value, disabled }) => {
    if (!disabled) fields.push({ name: key, value });
  });
  return {
    method,
    url: url.toString(),
    headers: fields,
    body: body && !body.isEmpty() ? body.toString() : undefined,
  };
}
