import { headerPairs, type Reply } from './respond.ts';

/** How a reply reaches the client, if it does. */
export type Delivery =
  | { readonly kind: 'whole'; readonly reply: Reply }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** Headers and half of the body, then a reset. */
  | { readonly kind: 'reset-mid-body'; readonly reply: Reply }
  | { readonly kind: 'drip'; readonly reply: Reply; readonly bytes: number; readonly milliseconds: number };

/**
 * The delivery for a client without a network: a reset rejects as `fetch` does, a hang waits for the request's own
 * signal, broken and slow bodies are streams.
 */
export async function deliverInProcess(delivery: Delivery, request: Request): Promise<Response> {
  switch (delivery.kind) {
    case 'whole':
      return responseOf(delivery.reply, request.method === 'HEAD' ? undefined : delivery.reply.body);
    case 'hang':
      return hang(request);
    case 'reset':
      throw new TypeError('fetch failed', { cause: connectionReset() });
    case 'reset-mid-body':
      return responseOf(delivery.reply, brokenStream(bytesOf(delivery.reply)));
    case 'drip':
      return responseOf(delivery.reply, drippingStream(delivery));
  }
}

/** The bytes of a reply's body. */
export function bytesOf({ body = '' }: Reply): Buffer {
  return Buffer.from(body, 'utf8');
}

/** How much of a body goes out before a reset in its middle: half of it, at least a byte. */
export function halfOf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2));
}

function responseOf({ status, headers }: Reply, body: ReadableStream<Uint8Array> | string | undefined): Response {
  return new Response(body ?? null, { status, headers: headerPairs(headers) });
}

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/**
 * Requests that hang. A Request passes on the abort of the signal it was made with only as long as something holds the
 * Request, and nobody but the simulator may hold one that hangs.
 */
const hanging = new Set<Request>();

function hang(request: Request): Promise<never> {
  return new Promise((_resolve, reject) => {
    const { signal } = request;
    if (signal.aborted) return reject(signal.reason);
    hanging.add(request);
    signal.addEventListener(
      'abort',
      () => {
        hanging.delete(request);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

function brokenStream(bytes: Buffer): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(new TypeError('terminated', { cause: connectionReset() }));
      sent = true;
      controller.enqueue(new Uint8Array(halfOf(bytes)));
    },
  });
}

function drippingStream(delivery: Extract<Delivery, { kind: 'drip' }>): ReadableStream<Uint8Array> {
  const bytes = bytesOf(delivery.reply);
  let offset = 0;
  return new ReadableStream({
    async pull(controller) {
      if (offset > 0) await new Promise((resolve) => setTimeout(resolve, delivery.milliseconds));
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(offset, offset + delivery.bytes)));
      offset += delivery.bytes;
    },
  });
}
