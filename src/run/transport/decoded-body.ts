import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { type Duplex, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type IconvLite from 'iconv-lite';
import { responseTooLarge } from './connection-fault.ts';

const require = createRequire(import.meta.url);

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Content codings that `readDecodedBody` takes away, as `Accept-Encoding` names them. */
export const acceptedCodings = 'gzip, deflate, br';

/**
 * The text of a response to a request with this method, decoded, as Postman reads it: in the charset of its type, UTF-8 where none is
 * named, without a byte order mark. Rejects when it is larger than `limit` bytes after decoding; no more than that is held in memory, however
 * small it came. Rejects when it breaks off. Codings that are not known stay as they are.
 */
export async function readDecodedBody(response: IncomingMessage, method: string, limit: number): Promise<string> {
  const decoding = decodersFor(response, method);
  if (decoding.length === 0) return textOf(await readPlain(response, limit), typeOf(response));
  const chunks: Buffer[] = [];
  let size = 0;
  const collected = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      done(size <= limit ? null : responseTooLarge(limit));
    },
  });
  await pipeline([response, ...decoding, collected]);
  return textOf(Buffer.concat(chunks, size), typeOf(response));
}

/** A body that is not encoded, as most of services are. */
function readPlain(response: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else response.destroy(responseTooLarge(limit));
    });
    response.on('end', () => resolve(Buffer.concat(chunks, size)));
    response.on('error', reject);
    response.on('close', () => {
      if (!response.readableEnded) reject(new Error('the response was cut off'));
    });
  });
}

/** Of several types Postman takes the last one, Node the first. */
function typeOf({ rawHeaders }: IncomingMessage): string {
  const at = rawHeaders.findLastIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return at < 0 ? '' : (rawHeaders[at + 1] ?? '');
}

function textOf(body: Buffer, type: string): string {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return body.toString('utf8').replace(/^\uFEFF/, '');
  const { decode, encodingExists } = require('iconv-lite') as typeof IconvLite;
  return decode(body, encodingExists(charset) ? charset : 'utf-8');
}

function decodersFor({ headers, statusCode }: IncomingMessage, method: string): Duplex[] {
  // Without a body there is nothing to decode, whatever the headers say.
  const isEmpty = method === 'HEAD' || statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
  if (isEmpty) return [];
  // The last one was put on last (RFC 9110, section 8.4).
  const codings = (headers['content-encoding'] ?? '').toLowerCase().split(',').reverse();
  return codings.flatMap((coding) => decoders[coding.trim()]?.() ?? []);
}
