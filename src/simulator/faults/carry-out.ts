import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery } from '../http/delivery.ts';
import { type Reply, replyOf } from '../http/respond.ts';
import type { Refusal } from '../refusal.ts';
import { statusAnswer } from './answers.ts';
import { damaged } from './damage.ts';
import type { FaultAction } from './fault.ts';
import type { Firing } from './injector.ts';

/** What a fault is carried out on. */
export interface FaultyExchange {
  readonly request: Request;
  readonly path: string;
  readonly correlationId: string;
  readonly now: Date;
  /** Does what the request asks for. */
  readonly process: () => Promise<Reply>;
  /** Ends waiting when nobody waits for the answer any more. */
  readonly gone?: () => AbortSignal;
}

/** Standard pieces of a slow body. */
const standardDrip = { bytes: 16, milliseconds: 100 };

/** Carries a request out the way the faults want it. */
export async function carryOut(firing: Firing, exchange: FaultyExchange): Promise<Delivery> {
  const { process } = exchange;
  for (const { milliseconds } of firing.delays.filter((delay) => !delay.processed)) await pause(milliseconds, exchange);
  const delivery = await faultyDelivery(firing, { ...exchange, process });
  for (const { milliseconds } of firing.delays.filter((delay) => delay.processed)) await pause(milliseconds, exchange);
  return delivery;
}

async function faultyDelivery({ action, refusal }: Firing, exchange: FaultyExchange): Promise<Delivery> {
  if (refusal !== undefined) return { kind: 'whole', reply: refusedReply(refusal, exchange) };
  switch (action?.kind) {
    case undefined:
      return { kind: 'whole', reply: await exchange.process() };
    case 'status':
      if (action.processed) await exchange.process();
      return { kind: 'whole', reply: statusReply(action, exchange) };
    case 'hang':
      if (action.processed) await exchange.process();
      return { kind: 'hang' };
    case 'reset-before-reading':
      return { kind: 'reset' };
    case 'reset-after-processing':
      await exchange.process();
      return { kind: 'reset' };
    case 'reset-mid-body':
      return { kind: 'reset-mid-body', reply: await exchange.process() };
    case 'slow-drip': {
      const { bytes = standardDrip.bytes, milliseconds = standardDrip.milliseconds } = action;
      return { kind: 'drip', reply: await exchange.process(), bytes, milliseconds };
    }
    default:
      return { kind: 'whole', reply: damaged(await exchange.process(), action as FaultAction) };
  }
}

function statusReply(action: Extract<FaultAction, { kind: 'status' }>, exchange: FaultyExchange): Reply {
  const { request, path, correlationId, now } = exchange;
  const answer = statusAnswer(action, request.method, path, correlationId, now);
  return replyOf(answer, request.headers.get('accept'), correlationId, now);
}

function refusedReply(refusal: Refusal, { request, correlationId, now }: FaultyExchange): Reply {
  const answer = { status: refusal.status, body: refusal.body(correlationId) };
  return replyOf(answer, request.headers.get('accept'), correlationId, now);
}

/** Waits; ends at once, without an error, when the client has gone. The request is then carried out all the same. */
async function pause(milliseconds: number, { gone }: FaultyExchange): Promise<void> {
  await wait(milliseconds, undefined, gone === undefined ? {} : { signal: gone() }).catch(() => undefined);
}
