import type { Request } from '../../definition/definition.ts';
import { formatPointer, leafPointers, pointerKeys, valueAt } from '../../definition/pointer.ts';
import type { Change } from '../../definition/schema.ts';
import { replaceVariables } from '../../definition/variables.ts';
import { meansItself, type Snippet } from './copies.ts';
import { bodyData, bodyLabel } from './edits.ts';

/** A program with a change in it. */
export interface ChangedSnippet {
  readonly snippet: Snippet;
  /** Parts of the change that are not in it: they would make another program. */
  readonly missing: readonly string[];
}

/**
 * The program that sends a request with a change. Values of variables are filled in elsewhere.
 *
 * @param request The request without the change, which the program sends.
 */
export function changedSnippet(snippet: Snippet, request: Request, change: Change): ChangedSnippet {
  const { headers = {}, url, method, auth } = change;
  const missing = [...(method === undefined ? [] : ['method']), ...(auth ? ['authorization'] : [])];
  let { code } = snippet;
  const apply = (part: string, changed: string | undefined) => {
    if (changed === undefined) missing.push(part);
    else code = changed;
  };
  for (const [pointer, value] of bodyChanges(request, change))
    apply(bodyLabel(pointer), withBodyValue({ ...snippet, code }, request, pointer, value));
  for (const [name, value] of Object.entries(headers)) apply(`header ${name}`, withHeader(code, request, name, value));
  if (url !== undefined) apply('address', withAddress(code, request.url, url));
  return { snippet: { ...snippet, code }, missing };
}

/** The last value of the body comes first: the ones before it say which of several alike is meant. */
function bodyChanges(request: Request, { body = {} }: Change): [pointer: string, value: unknown][] {
  const pointers = leafPointers(bodyData(request));
  return Object.entries(body).toSorted(([one], [other]) => pointers.indexOf(other) - pointers.indexOf(one));
}

function withBodyValue(
  { code, language }: Snippet,
  request: Request,
  pointer: string,
  value: unknown,
): string | undefined {
  const data = bodyData(request);
  const textOf = request.body?.form ? writtenInForm : (one: unknown) => writtenInJson(one, language);
  const before = valueAt(data, pointer);
  const [old, text] = [textOf(before), textOf(value)];
  if (old === undefined || text === undefined || typeof before !== typeof value) return undefined;
  const key = keyOf(pointer, data);
  const alike = leafPointers(data).filter(
    (other) => keyOf(other, data) === key && textOf(valueAt(data, other)) === old,
  );
  const place = placesOf(code, key, old).slice(-alike.length)[alike.indexOf(pointer)];
  return place === undefined ? undefined : replacedAt(code, place, old, text);
}

/** The name before a value; empty for an item of a list. */
function keyOf(pointer: string, data: unknown): string {
  const keys = pointerKeys(pointer);
  return Array.isArray(valueAt(data, formatPointer(keys.slice(0, -1)))) ? '' : (keys.at(-1) ?? '');
}

function writtenInForm(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[\w.-]*$/.test(replaceVariables(value, () => '')) ? value : undefined;
}

function writtenInJson(value: unknown, language: string): string | undefined {
  if (typeof value === 'string') return inQuotes(value, language);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'boolean') return undefined;
  const text = String(value);
  return language.startsWith('Python') ? text.replace(/^./, (letter) => letter.toUpperCase()) : text;
}

/** What stands between the quotes of a text within JSON that is part of a program. */
function inQuotes(value: string, language: string): string {
  const json = JSON.stringify(value).slice(1, -1);
  switch (language.split(' ')[0]) {
    case 'cURL':
      return json.replaceAll("'", "'\\''");
    case 'C#':
      return json.replaceAll('"', '""');
    case 'Go':
      return json.replaceAll('`', '`+"`"+`');
    case 'Java':
    case 'Swift':
      return JSON.stringify(json).slice(1, -1);
    case 'PHP':
      return json.replaceAll(/[\\']/g, '\\$&');
    case 'Ruby':
      return json.replaceAll(/[#$`]/g, '\\$&');
    default:
      return json;
  }
}

function withHeader(code: string, { headers }: Request, name: string, value: string): string | undefined {
  const given = headers.find((header) => header.name.toLowerCase() === name.toLowerCase());
  if (!given || !meansItself(replaceVariables(value, () => ''))) return undefined;
  const lines = code.split('\n');
  const isMeant = (line: string) =>
    line.includes(given.value) && (line.includes(given.name) || line.includes('MediaType.parse('));
  if (!lines.some(isMeant)) return undefined;
  return lines.map((line) => (isMeant(line) ? line.replace(given.value, () => value) : line)).join('\n');
}

/** Where a value stands after its name, with only quotes and the like between them. */
function placesOf(code: string, key: string, value: string): number[] {
  const places: number[] = [];
  for (let at = code.indexOf(value); at >= 0; at = code.indexOf(value, at + 1)) {
    const [before, after] = [code.slice(0, at), code.slice(at + value.length)];
    const named = before.replace(/[^\w{}[\]]{1,10}$/, '');
    const isNamed = key === '' || (named.endsWith(key) && !/[\w-]/.test(named.at(-key.length - 1) ?? ''));
    if (named !== before && isNamed && !/^\w/.test(after)) places.push(at);
  }
  return places;
}

function replacedAt(code: string, place: number, old: string, text: string): string {
  return `${code.slice(0, place)}${text}${code.slice(place + old.length)}`;
}

/** An address is one text, but for HTTP: there its host has a line of its own. */
function withAddress(code: string, old: string, url: string): string | undefined {
  if (!meansItself(replaceVariables(url, () => '').replaceAll(/[?&=]/g, ''))) return undefined;
  if (code.includes(old)) return code.replaceAll(old, () => url);
  const [before, after] = [old, url].map(requestLines);
  if (before === undefined || after === undefined || !code.includes(before)) return undefined;
  return code.replace(before, () => after);
}

/** The end of the first line of a request, and the line of its host. */
function requestLines(url: string): string | undefined {
  const [, host = '', path] = /^(\{\{\w+\}\}|https?:\/\/[^/]+)(\/.*)$/.exec(url) ?? [];
  return path === undefined ? undefined : ` ${path} HTTP/1.1\nHost: ${host.replace(/^https?:\/\//, '')}`;
}
