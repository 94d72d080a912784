import type { IncomingMessage } from 'node:http';
import { type Duplex, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { responseTooLarge } from './connection-fault.ts';

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Content codings that `readDecodedBody` takes away, as `Accept-Encoding` names them. */
export const acceptedCodings = 'gzip, deflate, br';

/**
 * The text of a response to a request with this method, decoded. Rejects when it is larger than `limit` bytes after decoding; no more than that is held in memory, however
 * small it came. Rejects when it breaks off. Codings that are not known stay as they are.
 */
export async function readDecodedBody(response: IncomingMessage, method: string, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const collected = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      done(size <= limit ? null : responseTooLarge(limit));
    },
  });
  await pipeline([response, ...decodersFor(response, method), collected]);
  return Buffer.concat(chunks, size).toString('utf8');
}

function decodersFor({ headers, statusCode }: IncomingMessage, method: string): Duplex[] {
  // Without a body there is nothing to decode, whatever the headers say.
  const isEmpty = method === 'HEAD' || statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
  if (isEmpty) return [];
  // The last one was put on last (RFC 9110, section 8.4).
  const codings = (headers['content-encoding'] ?? '').toLowerCase().split(',').reverse();
  return codings.flatMap((coding) => decoders[coding.trim()]?.() ?? []);
}
