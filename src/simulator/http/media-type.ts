import { parseAccept } from 'hono/utils/accept';
import { inferredChoices } from '../inferred.ts';

const hal = 'application/hal+json';
const json = 'application/json';

/** A request's media type in lower case, without parameters; undefined when the header is missing or another charset than UTF-8 is named. */
export function mediaTypeOf(headers: Headers): string | undefined {
  const [type, ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return undefined;
  return type?.trim() || undefined;
}

/** The action that a custom media type names, such as `otp.check`. PingOne documents some with and some without `+json`. */
export function actionOf(headers: Headers): string | undefined {
  return /^application\/vnd\.pingidentity\.(.+?)(\+json)?$/.exec(mediaTypeOf(headers) ?? '')?.[1];
}

/**
 * The content type of an answer. PingOne documents both forms; HAL when the client takes either (inferred), JSON when the
 * client prefers or only names JSON. A client that names neither still gets HAL: 406 is nowhere documented.
 */
export function answerContentType(accept: string | null): string {
  const type = accept === null ? hal : preferred(accept);
  return `${type}${inferredChoices.contentTypeParameters}`;
}

function preferred(accept: string): string {
  const wanted = parseAccept(accept);
  const quality = (type: string) => wanted.find((one) => one.type.toLowerCase() === type)?.q ?? 0;
  return quality(json) > quality(hal) ? json : hal;
}
