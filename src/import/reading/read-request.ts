import type { Json } from '../../compile/canonical.ts';
import { isMapping } from '../../definition/merge-patch.ts';
import type { AuthorizationSource, StepFile } from '../../definition/schema.ts';
import { hasKnownReferences } from '../references.ts';

/** What the format can say of a canonical request; where it cannot, the fragment that is added later says it. */

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

export function readRequest(request: Json): StepFile['request'] {
  const method = methods.find((known) => known === request.method);
  const headers = readHeaders(request.header);
  const auth = readAuthorization(request.auth);
  const body = readBody(request.body);
  return {
    // Of a method that the format does not know, nothing is taken for granted.
    method: method ?? 'POST',
    url: readUrl(request.url),
    ...(headers && headers.length > 0 && { headers }),
    ...(auth && { auth }),
    ...(body && { body }),
  };
}

/** The text of an address. What looks like a variable and cannot be one loses its braces; a fragment has it as it was. */
function readUrl(url: unknown): string {
  const text = isMapping(url) ? String(url.raw) : '';
  const known = text.replace(/\{\{[^{}]*\}\}/g, (reference) =>
    hasKnownReferences(reference) ? reference : reference.slice(1, -1),
  );
  return known === '' ? 'http://localhost' : known;
}

function readHeaders(header: unknown): StepFile['request']['headers'] {
  const list = header as readonly Json[];
  if (!hasKnownReferences(list.map(({ key, value }) => [key, value]))) return undefined;
  const headers = list.flatMap(({ key, value, description, disabled, ...more }) =>
    Object.keys(more).length === 0 && typeof key === 'string' && key !== '' && typeof value === 'string'
      ? [
          {
            name: key,
            value,
            ...(typeof description === 'string' && { description }),
            ...(disabled === true && { disabled }),
          },
        ]
      : [],
  );
  return headers.length === list.length ? headers : undefined;
}

/** Basic, Bearer and no authorization; undefined for none of its own, and for what the format has no words for. */
export function readAuthorization(auth: unknown): AuthorizationSource | undefined {
  if (!isMapping(auth) || !hasKnownReferences(auth)) return undefined;
  const { type, ...lists } = auth;
  if (type === 'noauth') return { none: true };
  if (typeof type !== 'string' || Object.keys(lists).length !== 1) return undefined;
  const list = lists[type];
  const entries = (Array.isArray(list) ? list : []).flatMap((entry: unknown): [string, string][] =>
    isMapping(entry) && Object.keys(entry).length === 3 && typeof entry.value === 'string' && entry.value !== ''
      ? [[String(entry.key), entry.value]]
      : [],
  );
  const values: Readonly<Record<string, string>> = Object.fromEntries(entries);
  const names = entries.map(([key]) => key).join(' ');
  const { username, password, token } = values;
  if (type === 'basic' && names === 'username password' && username && password)
    return { basic: { username, password } };
  if (type === 'bearer' && names === 'token' && token) return { bearer: token };
  return undefined;
}

/** Levels of lists and mappings that a body may have as YAML. */
const maximumDepth = 60;

function readBody(body: unknown): StepFile['request']['body'] {
  if (!isMapping(body)) return undefined;
  if (body.mode === 'urlencoded') return readForm(body.urlencoded);
  if (body.mode !== 'raw' || typeof body.raw !== 'string' || !hasKnownReferences(body.raw)) return undefined;
  const language = isMapping(body.options) && isMapping(body.options.raw) ? body.options.raw.language : undefined;
  if (language !== 'json') return { raw: body.raw };
  const data = jsonOf(body.raw);
  return data === undefined || !hasKnownReferences(data) ? { jsonText: body.raw } : { json: data };
}

/** The data, when writing it the way `compile` does gives the same text. */
export function jsonOf(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text);
    return JSON.stringify(data, null, 4) === text && depthOf(data) <= maximumDepth ? data : undefined;
  } catch {
    return undefined;
  }
}

function depthOf(data: unknown): number {
  return typeof data === 'object' && data !== null ? 1 + Math.max(0, ...Object.values(data).map(depthOf)) : 0;
}

function readForm(list: unknown): StepFile['request']['body'] {
  const fields = list as readonly Json[];
  const entries = fields.flatMap(({ key, value, type, ...more }): [string, string][] =>
    Object.keys(more).length === 0 &&
    typeof key === 'string' &&
    typeof value === 'string' &&
    (type === undefined || type === 'text')
      ? [[key, value]]
      : [],
  );
  const form = Object.fromEntries(entries);
  return Object.keys(form).length === fields.length && hasKnownReferences(form) ? { form } : undefined;
}
