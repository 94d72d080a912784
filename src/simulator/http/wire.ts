import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { bytesOf, type Delivery, halfOf } from './delivery.ts';
import type { Reply } from './respond.ts';

/** The delivery over a real connection. */
export async function deliverOverWire(delivery: Delivery, outgoing: ServerResponse): Promise<void> {
  switch (delivery.kind) {
    case 'whole':
      writeHead(delivery.reply, outgoing);
      outgoing.end(delivery.reply.body);
      return;
    case 'hang':
      return;
    case 'reset':
      reset(outgoing);
      return;
    case 'reset-mid-body':
      return breakOff(delivery.reply, outgoing);
    case 'drip':
      return drip(delivery, outgoing);
  }
}

function writeHead({ status, headers, body }: Reply, outgoing: ServerResponse): void {
  // 204 has no length (RFC 9110, 8.6); any other answer without a body has one of 0.
  outgoing.writeHead(
    status,
    status === 204 ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body ?? '') },
  );
}

/** Ends the connection with a TCP reset, which clients see as ECONNRESET. Over TLS Node can only break it off. */
function reset(outgoing: ServerResponse): void {
  const { socket } = outgoing;
  if (socket === null) return;
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Time for the first half of a body to arrive: a reset makes the other side throw away what it has not read. */
const settlingMilliseconds = 50;

async function breakOff(reply: Reply, outgoing: ServerResponse): Promise<void> {
  writeHead(reply, outgoing);
  await new Promise<void>((resolve) => outgoing.write(halfOf(bytesOf(reply)), () => resolve()));
  await wait(settlingMilliseconds);
  reset(outgoing);
}

async function drip(delivery: Extract<Delivery, { kind: 'drip' }>, outgoing: ServerResponse): Promise<void> {
  writeHead(delivery.reply, outgoing);
  const bytes = bytesOf(delivery.reply);
  for (let offset = 0; offset < bytes.length && !outgoing.destroyed; offset += delivery.bytes) {
    if (offset > 0) await wait(delivery.milliseconds);
    outgoing.write(bytes.subarray(offset, offset + delivery.bytes));
  }
  outgoing.end();
}
