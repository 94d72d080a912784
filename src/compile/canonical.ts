import sdk from 'postman-collection';
import transformer from 'postman-collection-transformer';
import { isMapping, isSame } from '../definition/merge-patch.ts';
import { ofLately } from '../definition/per-definition.ts';

/**
 * Items of the Postman format as `compile` writes them, whatever program wrote them: what means nothing is left out (empty
 * lists, defaults, marks of editors), and what has several forms gets one. Nothing that is sent, run or shown gets lost.
 * https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
 */

export type Json = Readonly<Record<string, unknown>>;

/** Ids and marks that a program gives for its own use. */
const ownMarks = new Set(['id', '_postman_id', '_exporter_id', '_collection_link', '_postman_isSubFolder', 'uid']);

/** The same data as JSON has it, without ids. */
export function withoutIds<Data>(value: Data): Data {
  if (Array.isArray(value)) return value.map(withoutIds) as Data;
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([key, child]) => child !== undefined && !ownMarks.has(key));
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutIds(child)])) as Data;
}

/** What stands around items: the fields of a collection or folder, without `item`. */
export function canonicalFrame(frame: Json): Json {
  const { auth, event, variable, item: _, ...rest } = frame;
  return pruned({
    ...withDescription(rest),
    auth: canonicalAuth(auth),
    event: canonicalEvents(event),
    variable: mapEntries(variable, canonicalVariable),
  });
}

/** A request with its scripts and saved examples. */
export function canonicalItem(item: Json): Json {
  const { request, response, ...rest } = item;
  return {
    ...canonicalFrame(rest),
    request: canonicalRequest(request),
    response: mapEntries(response, canonicalResponse),
  };
}

export function canonicalRequest(request: unknown): Json {
  const { method, header, url, auth, body, ...rest } = isMapping(request) ? request : { url: request };
  return {
    ...pruned(withDescription(rest)),
    ...pruned({ auth: canonicalAuth(auth), body: canonicalBody(body, languageOf(header)) }),
    method: typeof method === 'string' && method !== '' ? method.toUpperCase() : 'GET',
    header: canonicalHeaders(header),
    url: canonicalUrl(url),
  };
}

function canonicalResponse(response: Json): Json {
  const { originalRequest, header, cookie, body, ...rest } = response;
  return {
    ...pruned(rest),
    ...(originalRequest !== undefined &&
      originalRequest !== null && { originalRequest: canonicalRequest(originalRequest) }),
    header: canonicalHeaders(header),
    cookie: Array.isArray(cookie) ? cookie : [],
    body: body ?? '',
  };
}

/** Authorization in the array form, its parameters in one order; undefined for none of its own. */
export function canonicalAuth(auth: unknown): unknown {
  if (!isMapping(auth) || typeof auth.type !== 'string' || auth.type === 'inherit') return undefined;
  const { type } = auth;
  if (type === 'noauth') return { type, noauth: [] };
  const isMap = isMapping(auth[type]);
  const inArrays = isMap ? ((transformer.util.authMapToArray({ auth }) as Json | undefined) ?? { type }) : auth;
  const lists = Object.entries(inArrays).flatMap(([key, value]): [string, unknown][] => {
    if (isEmpty(value)) return [];
    return [[key, Array.isArray(value) ? canonicalParameters(value) : value]];
  });
  return Object.fromEntries(lists);
}

const firstParameters = ['username', 'password'];

function canonicalParameters(list: readonly unknown[]): unknown[] {
  const rank = (entry: unknown) => {
    const key = isMapping(entry) ? String(entry.key) : '';
    const index = firstParameters.indexOf(key);
    return index < 0 ? `2${key}` : String(index);
  };
  return list
    .filter((entry) => !isMapping(entry) || (entry.key !== 'showPassword' && entry.value !== undefined))
    .map((entry) => (isMapping(entry) ? { ...entry, type: parameterType(entry) } : entry))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

function parameterType({ value }: Json): string {
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'any';
}

/** Scripts by lines, pre-request scripts first; those without a line are left out. */
export function canonicalEvents(events: unknown): Json[] {
  return mapEntries(events, canonicalEvent)
    .filter(({ script }) => isMapping(script) && (!Array.isArray(script.exec) || script.exec.length > 0))
    .sort((a, b) => Number(a.listen !== 'prerequest') - Number(b.listen !== 'prerequest'));
}

function canonicalEvent(event: Json): Json {
  const { script, ...rest } = pruned(event);
  const given: Json = isMapping(script) ? script : { exec: script };
  const { exec, packages, requests, ...more } = pruned(given);
  const lines = scriptText(exec).split('\n');
  return {
    ...rest,
    script: {
      ...more,
      type: more.type ?? 'text/javascript',
      ...pruned({ packages: isEmpty(packages) ? null : packages, requests: isEmpty(requests) ? null : requests }),
      ...(exec === undefined && more.src !== undefined
        ? {}
        : { exec: lines.length === 1 && lines[0] === '' ? [] : lines }),
    },
  };
}

/** A script's text from `exec`, a text or a list of lines, without the line feeds at its end. */
export function scriptText(exec: unknown): string {
  const lines = [exec].flat().filter((line) => typeof line === 'string');
  return lines.join('\n').replace(/\r\n?/g, '\n').replace(/\s+$/, '');
}

function canonicalVariable(variable: Json): Json {
  const { key, id, value, type, ...rest } = variable;
  const isText = typeof value === 'string' || value === undefined;
  return {
    ...pruned(rest),
    ...(key === undefined && id !== undefined ? { key: id } : { key, ...(id !== undefined && { id }) }),
    // Postman writes null as a word.
    value: value === undefined ? '' : value,
    // The format has secret variables only in environments.
    type: isText ? 'string' : (type ?? 'any'),
  };
}

/** Headers as a list. One without a name keeps a request from being sent, so it is no empty line of an editor. */
export function canonicalHeaders(headers: unknown): Json[] {
  const list = typeof headers === 'string' ? sdk.Header.parse(headers) : headers;
  return mapEntries(list, (header): Json => {
    const { key, value, name, type, enabled, warning: _, ...rest } = header;
    const isOff = enabled === false && rest.disabled === undefined;
    return {
      ...pruned(rest),
      key: key ?? '',
      value: typeof value === 'string' ? value : String(value ?? ''),
      ...(name !== undefined && name !== null && name !== key && { name }),
      ...(type !== undefined && !['text', 'default'].includes(String(type)) && { type }),
      ...(isOff && { disabled: true }),
    };
  });
}

const bodyModes = ['raw', 'urlencoded', 'formdata', 'file', 'graphql'] as const;

/** As in Postman, which takes comments out of JSON. */
const jsonType = /^application\/(\S+\+)?json/;

/**
 * The language of a raw body that names none, as the type of its content says it; undefined where that is known only when it is sent, or
 * a header that is not sent says it.
 */
function languageOf(header: unknown): string | undefined {
  const [first, ...more] = canonicalHeaders(header).filter(({ key }) => /^content-type$/i.test(String(key).trim()));
  if (!first) return 'text';
  if (more.length > 0 || first.disabled === true || String(first.value).includes('{{')) return undefined;
  return jsonType.test(String(first.value)) ? 'json' : 'text';
}

function canonicalBody(body: unknown, language: string | undefined): Json | undefined {
  if (!isMapping(body)) return undefined;
  const { mode, options, urlencoded, formdata, ...rest } = pruned(body);
  if (typeof mode !== 'string') return isEmpty(rest) ? undefined : body;
  const others = Object.fromEntries(
    Object.entries(rest).filter(
      ([key, value]) => key === mode || !bodyModes.some((one) => one === key && isEmpty(value)),
    ),
  );
  return {
    ...others,
    mode,
    ...(mode === 'raw'
      ? { raw: rest.raw ?? '', ...rawOptions(isMapping(options) ? options : {}, language) }
      : !isEmpty(options) && { options }),
    ...(mode === 'urlencoded'
      ? {
          urlencoded: mapEntries(
            typeof urlencoded === 'string' ? parseForm(urlencoded) : urlencoded,
            canonicalFormField,
          ),
        }
      : !isEmpty(urlencoded) && { urlencoded }),
    ...(mode === 'formdata' ? { formdata: mapEntries(formdata, canonicalField) } : !isEmpty(formdata) && { formdata }),
  };
}

function rawOptions(options: Json, language: string | undefined): Json {
  const raw = { ...(language !== undefined && { language }), ...(isMapping(options.raw) && options.raw) };
  return Object.keys(options).length === 0 && isEmpty(raw) ? {} : { options: { ...options, raw } };
}

function parseForm(text: string): unknown {
  return sdk.QueryParam.parse(text);
}

function canonicalField(field: Json): Json {
  const { value, src, type, enabled, ...rest } = field;
  const isOff = enabled === false && rest.disabled === undefined;
  return {
    ...pruned(rest),
    ...(src === undefined || src === null ? { value: value ?? null } : { src, ...(value ? { value } : {}) }),
    type: type ?? 'text',
    ...(isOff && { disabled: true }),
  };
}

/** A field of a form in the address's encoding: all of them are text, so their type goes, as in Postman's SDK. */
function canonicalFormField(field: Json): Json {
  const { type, ...rest } = canonicalField(field);
  return { ...rest, ...(type !== 'text' && { type }) };
}

const urlParts = ['protocol', 'auth', 'host', 'port', 'path', 'query', 'hash'];

/** An address by its parts, with the text that they make in `raw`. */
export function canonicalUrl(url: unknown): Json {
  return urlOfText(JSON.stringify(url ?? ''));
}

/** Import and compile ask for the address of each request, and of its examples, several times: at first of all, then of all again. */
const urlOfText = ofLately((text) => urlByParts(JSON.parse(text)), 10_000);

function urlByParts(url: unknown): Json {
  const given: Json = isMapping(url) ? url : { raw: url ?? '' };
  const hasParts = urlParts.some((part) => given[part] !== undefined && given[part] !== null);
  const parsed = hasParts ? undefined : new sdk.Url(String(given.raw ?? ''));
  const parts: Json = parsed ? { ...partsOf(parsed), ...pruned({ variable: given.variable }) } : given;
  const { raw: _, variable, ...own } = parts;
  const { query, path, host, port, ...rest } = own;
  const simple: Json = {
    ...pruned(rest),
    ...pruned({
      host: typeof host === 'string' ? (host === '' ? null : host.split('.')) : host,
      port: port === undefined || port === null ? null : String(port),
      path: pathOf(path),
    }),
    ...(!isEmpty(query) && { query: queryOf(query) }),
  };
  const variables = pathVariables(simple.path, variable);
  return {
    ...Object.fromEntries(Object.entries(simple).filter(([key, value]) => key === 'hash' || !isEmpty(value))),
    // Most texts of addresses are in this form already.
    raw: parsed && isSame(simple, own) ? parsed.toString() : urlText(simple),
    ...(variables.length > 0 && { variable: variables }),
  };
}

function partsOf(url: InstanceType<typeof sdk.Url>): Json {
  return url.toJSON() as unknown as Json;
}

/** The text of an address; path variables stay names. */
export function urlText({ variable: _, ...parts }: Json): string {
  return new sdk.Url(parts as unknown as ConstructorParameters<typeof sdk.Url>[0]).toString();
}

function pathOf(path: unknown): unknown {
  if (typeof path === 'string') return path === '' ? null : path.replace(/^\//, '').split('/');
  if (!Array.isArray(path)) return null;
  return path.map((segment) => (isMapping(segment) ? segment.value : segment));
}

function queryOf(query: unknown): Json[] {
  const list = typeof query === 'string' ? sdk.QueryParam.parse(query) : query;
  if (!Array.isArray(list)) {
    return Object.entries(isMapping(list) ? list : {}).map(([key, value]) => ({ key, value }));
  }
  return mapEntries(
    list,
    ({ key, value, ...rest }): Json => ({ ...pruned(rest), key: key ?? null, value: value ?? null }),
  );
}

/** `:name` in the path, each with its value where there is one; then what is listed beyond them. */
function pathVariables(path: unknown, variable: unknown): Json[] {
  const listed = mapEntries(
    variable,
    ({ key, id, value, type, ...rest }): Json => ({
      ...pruned(rest),
      key: key ?? id,
      ...(value !== undefined && value !== null && value !== '' && { value }),
      type: type === undefined || ['string', 'text', 'default'].includes(String(type)) ? 'any' : type,
    }),
  );
  const names = (Array.isArray(path) ? path : []).flatMap((segment) => {
    const name = typeof segment === 'string' && /^:[^:/]+/.test(segment) ? segmentName(segment) : undefined;
    return name === undefined ? [] : [name];
  });
  const inPath = [...new Set(names)].map(
    (name) => listed.find(({ key }) => key === name) ?? { key: name, type: 'any' },
  );
  return [...inPath, ...listed.filter((entry) => !inPath.includes(entry))];
}

/** The name that Postman's parser finds in a segment: what it makes of an address with that segment only. */
function segmentName(segment: string): string | undefined {
  if (/^:\w+$/.test(segment)) return segment.slice(1);
  const [first] = (partsOf(new sdk.Url(`http://a/${segment}`)).variable ?? []) as Json[];
  return first === undefined ? undefined : String(first.key);
}

function withDescription(fields: Json): Json {
  const { description, ...rest } = fields;
  const text = descriptionText(description);
  return typeof text === 'string' ? { ...rest, ...(text.trim() !== '' && { description: text.trim() }) } : fields;
}

/** The text of a description, which may be an object that also names its type. */
function descriptionText(description: unknown): unknown {
  return isMapping(description) && typeof description.content === 'string' ? description.content : description;
}

/** Entries that are mappings, each put in its form. */
function mapEntries(list: unknown, toCanonical: (entry: Json) => Json): Json[] {
  return (Array.isArray(list) ? list : []).filter(isMapping).map((entry) => toCanonical(entry));
}

/** Without keys that say nothing: null, an empty description, list or mapping of Postman's own, and what is not disabled. */
function pruned(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]): [string, unknown][] => {
      if (value === undefined || (value === null && key !== 'value')) return [];
      if (key === 'description') {
        const text = descriptionText(value);
        return text === '' ? [] : [[key, text]];
      }
      if (key === 'disabled' && value === false) return [];
      if (['event', 'variable', 'protocolProfileBehavior'].includes(key) && isEmpty(value)) return [];
      return [[key, value]];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isMapping(value) && Object.keys(value).length === 0;
}
