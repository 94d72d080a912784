import type { Static, TSchema } from 'typebox';
import { inferredChoices } from '../inferred.ts';
import type { Json } from '../json.ts';
import { invalidRequest, unsupportedMediaType } from '../refusal.ts';
import type { Validator } from '../validation/validator.ts';
import type { Call } from './call.ts';
import { mediaTypeOf } from './media-type.ts';

/** Media types taken where a plain JSON body is expected; PingOne documents the first. */
export const jsonMediaTypes: readonly string[] = ['application/json', 'application/hal+json'];

/** Throws 415 unless the request's media type is one of `accepted`. */
export function requireMediaType(call: Call, accepted: readonly string[]): void {
  const type = mediaTypeOf(call.request.headers);
  if (type === undefined || !accepted.includes(type)) throw unsupportedMediaType();
}

/** Reads a JSON body and checks it. Throws 415, 400 INVALID_REQUEST (not JSON) or 400 INVALID_DATA (all its problems). */
export async function readBody<Schema extends TSchema>(
  call: Call,
  validator: Validator<Schema>,
  mediaTypes: readonly string[] = jsonMediaTypes,
): Promise<Static<Schema>> {
  requireMediaType(call, mediaTypes);
  return validator(await readJson(call.request));
}

/** The bodies that were read, for the page. */
const bodies = new WeakMap<Request, string>();

/** The body as text; undefined when it is too long, broken off, or no UTF-8. */
export async function readText(request: Request): Promise<string | undefined> {
  try {
    const bytes = await request.arrayBuffer();
    if (bytes.byteLength > inferredChoices.maximumBodyBytes) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    bodies.set(request, text);
    return text;
  } catch {
    return undefined;
  }
}

/** The body that `readText` has read; undefined when it has not. */
export function bodyOf(request: Request): string | undefined {
  return bodies.get(request);
}

async function readJson(request: Request): Promise<Json> {
  const text = await readText(request);
  if (text === undefined) throw invalidRequest();
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalidRequest();
  }
}
