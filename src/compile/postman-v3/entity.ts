import { isMapping } from '../../definition/merge-patch.ts';
import type { Json } from '../canonical.ts';

/**
 * Parts of the format v2.1 in the words of Postman's format v3, as the Postman CLI writes and reads them.
 * https://learning.postman.com/docs/collections/collections-schemas
 */

/** What an import says of a variable that has no description. It is none, so no file of Postman says it. */
export const undescribed = 'Imported from a Postman collection; say here what it is.';

/** Entries by name where that says all of them; else the list. */
export function entriesOf(list: readonly Json[], keys: readonly string[] = ['key', 'value']): unknown {
  const names = list.map(({ key }) => key);
  const isPlain =
    list.every((entry) => Object.keys(entry).every((key) => keys.includes(key)) && typeof entry.key === 'string') &&
    new Set(names).size === names.length &&
    // Of these, JavaScript changes the order.
    names.every((name) => name !== '' && name !== '__proto__' && !/^\d+$/.test(String(name)));
  if (!isPlain) return list.map((entry) => ({ ...entry }));
  return Object.fromEntries(list.map(({ key, value }) => [key, value ?? null]));
}

/** A list of mappings, however it is given. */
export function listOf(value: unknown): Json[] {
  return (Array.isArray(value) ? value : []).filter(isMapping);
}

const kinds: Readonly<Record<string, string>> = { prerequest: 'beforeRequest', test: 'afterResponse' };

/** Scripts of an item; `prefix` is that of scripts around requests. */
export function scriptsOf(events: unknown, prefix: '' | 'http:'): Json {
  const scripts = listOf(events).flatMap(({ listen, script, disabled }) => {
    const kind = kinds[String(listen)];
    const { exec, type } = isMapping(script) ? script : {};
    const code = [exec]
      .flat()
      .filter((line) => typeof line === 'string')
      .join('\n');
    if (kind === undefined || disabled === true || code === '') return [];
    return [{ type: `${prefix}${kind}`, code, language: typeof type === 'string' ? type : 'text/javascript' }];
  });
  return scripts.length > 0 ? { scripts } : {};
}

/** Authorization of a request. */
export function authOf(auth: unknown): Json | undefined {
  if (!isMapping(auth) || typeof auth.type !== 'string') return undefined;
  const credentials = Object.fromEntries(listOf(auth[auth.type]).map(({ key, value }) => [String(key), value]));
  return { type: auth.type, ...(Object.keys(credentials).length > 0 && { credentials }) };
}

/** A body with its kind; undefined for none. What has no form here stays away: a body that is switched off. */
export function bodyOf(body: unknown): Json | undefined {
  if (!isMapping(body) || body.disabled === true) return undefined;
  const { mode, options } = body;
  if (mode === 'raw') {
    const language = isMapping(options) && isMapping(options.raw) ? options.raw.language : undefined;
    return { type: typeof language === 'string' ? language : 'text', content: String(body.raw ?? '') };
  }
  if (mode === 'urlencoded') return { type: mode, content: entriesOf(listOf(body.urlencoded)) };
  if (mode === 'formdata') {
    const fields = listOf(body.formdata).map(
      ({ type = 'text', value, ...field }): Json => ({
        type,
        ...field,
        ...(value !== null && value !== undefined && { value }),
      }),
    );
    return { type: mode, content: fields };
  }
  return mode === 'file' ? { type: mode, content: isMapping(body.file) ? body.file : {} } : undefined;
}

/** What is sent, of a request or of one that is saved with an example. */
export function requestOf(request: Json): Json {
  const { url, method, header } = request;
  const { raw = '', query, variable } = isMapping(url) ? url : { raw: url };
  const [headers, parameters, variables] = [listOf(header), listOf(query), listOf(variable)];
  const pathValues = variables.map(({ type: _, value = '', ...entry }): Json => ({ ...entry, value }));
  const body = isMapping(request.body) && request.body.mode === 'graphql' ? undefined : bodyOf(request.body);
  return {
    url: raw,
    method,
    ...(headers.length > 0 && { headers: entriesOf(headers) }),
    ...(parameters.length > 0 && { queryParams: entriesOf(parameters) }),
    ...(pathValues.length > 0 && { pathVariables: entriesOf(pathValues) }),
    ...(body && { body }),
  };
}
