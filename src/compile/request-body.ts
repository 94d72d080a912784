import type { Request } from '../definition/definition.ts';

/** What a request sends, as OpenAPI and Arazzo see it. Texts still hold `{{variables}}`. */
export type SentBody =
  | { readonly kind: 'json'; readonly mediaType: string; readonly value: unknown }
  | { readonly kind: 'form'; readonly mediaType: string; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'text'; readonly mediaType: string; readonly value: string };

/** The text of a body in Postman's form `raw`, with its variables; undefined for a form, and for none. */
export function rawBody(body: Request['body']): string | undefined {
  if (!body || body.form) return undefined;
  return body.jsonText ?? body.raw ?? JSON.stringify(body.json, null, 4);
}

/**
 * The body of a request with its media type, which its Content-Type header decides; undefined when it has none. A Content-Type without a
 * body is an empty text: neither OpenAPI nor Arazzo has that header otherwise.
 */
export function sentBody({ method, body, headers }: Request): SentBody | undefined {
  const mediaType = mediaTypeOf(sentHeader(headers, 'content-type'));
  if (!body) {
    const mayHaveBody = !['GET', 'HEAD', 'DELETE'].includes(method);
    return mediaType !== undefined && mayHaveBody ? { kind: 'text', mediaType, value: '' } : undefined;
  }
  if (body.form) return { kind: 'form', mediaType: mediaType ?? 'application/x-www-form-urlencoded', value: body.form };
  if (body.jsonText !== undefined) {
    const value = parsed(body.jsonText);
    return value === undefined
      ? { kind: 'text', mediaType: mediaType ?? 'application/json', value: body.jsonText }
      : { kind: 'json', mediaType: mediaType ?? 'application/json', value };
  }
  if (body.raw === undefined) return { kind: 'json', mediaType: mediaType ?? 'application/json', value: body.json };
  if (mediaType !== undefined && /[/+]json$/i.test(mediaType)) {
    const value = parsed(body.raw);
    if (value !== undefined) return { kind: 'json', mediaType, value };
  }
  return { kind: 'text', mediaType: mediaType ?? 'text/plain', value: body.raw };
}

/** A media type without its parameters: `application/json` of `application/json;charset=UTF-8`. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim() || undefined;
}

function sentHeader(headers: Request['headers'], wanted: string): string | undefined {
  return headers.find(({ name, disabled }) => !disabled && name.toLowerCase() === wanted)?.value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
