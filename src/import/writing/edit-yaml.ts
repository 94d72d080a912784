import { Document, isMap, isScalar, isSeq, type Pair, parse, parseDocument, type YAMLMap } from 'yaml';
import { isMapping, isSame } from '../../definition/merge-patch.ts';
import { documentOptions, layout, readable, withEscapes } from './yaml.ts';

type Path = readonly (string | number)[];

/**
 * A YAML text with what is different between `before` and `after` changed in it. Everything else stays as it is written:
 * keys that do not change to the byte, and comments inside of those that do. Undefined when that cannot be done.
 */
export function editYaml(text: string, before: unknown, after: unknown): string | undefined {
  if (isSame(before, after)) return text;
  const document = parseDocument(text, documentOptions);
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents) || contents.flow) return undefined;
  const original = parseDocument(text, documentOptions).toJS() as unknown;
  const { slices, start, end } = slicesOf(text, contents);
  change(document, [], before, after);
  const made = `${text.slice(0, start)}${edited(text, contents, slices, before, after, 0)}${text.slice(end)}`;
  return isSame(parse(made, documentOptions), withChanges(original, before, after)) ? made : undefined;
}

/** The lines of a mapping: those of keys that did not change as they were, the others written anew. */
function edited(
  text: string,
  map: YAMLMap,
  slices: Map<unknown, Slice>,
  before: unknown,
  after: unknown,
  indentation: number,
): string {
  const lines = map.items.map((pair) => {
    const slice = slices.get(pair);
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const [old, now] = [before, after].map((data) =>
      isMapping(data) && Object.hasOwn(data, key) ? data[key] : undefined,
    );
    if (slice && isSame(old, now)) return slice.text;
    if (slice?.inner && isMap(pair.value) && isMapping(old) && isMapping(now)) {
      const { slices: inner, start, end, column } = slice.inner;
      const lead = text.slice(slice.from, start);
      return `${lead}${edited(text, pair.value, inner, old, now, column)}${text.slice(end, slice.to)}`;
    }
    const margin = ' '.repeat(indentation);
    return `${slice?.lead ?? ''}${rendered(pair).replace(/^(?=.)/gm, margin)}`;
  });
  return lines.map((part) => (part === '' || part.endsWith('\n') ? part : `${part}\n`)).join('');
}

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Comments and empty lines above the key. */
  readonly lead: string;
  /** Of a value that is a mapping over several lines: its keys. */
  readonly inner: Slices | undefined;
}

interface Slices {
  readonly slices: Map<unknown, Slice>;
  readonly start: number;
  readonly end: number;
  /** Where its keys begin in their lines. */
  readonly column: number;
}

/** The text of each key of a mapping with its value, from the comments above it to those above the next one. */
function slicesOf(text: string, map: YAMLMap, end = text.length): Slices {
  const starts = map.items.map(({ key }) => {
    const at = (key as { range?: [number, number, number] }).range?.[0] ?? 0;
    const line = text.lastIndexOf('\n', at - 1) + 1;
    return { at, line, from: startOfLead(text, line, at - line) };
  });
  const column = (starts[0]?.at ?? 0) - (starts[0]?.line ?? 0);
  const start = starts[0]?.from ?? end;
  const slices = map.items.map((pair, index): [unknown, Slice] => {
    const { from, line } = starts[index] ?? { from: end, line: end };
    const to = starts[index + 1]?.from ?? end;
    const { value } = pair;
    const isBlock = isMap(value) && !value.flow && value.items.length > 0;
    const inner = isBlock ? slicesOf(text, value, to) : undefined;
    return [pair, { from, to, text: text.slice(from, to), lead: text.slice(from, line), inner }];
  });
  return { slices: new Map(slices), start, end, column };
}

/** Goes up from a line over empty lines and comments that are not indented less than it, but never to the first line. */
function startOfLead(text: string, line: number, column: number): number {
  let from = line;
  while (from > 0) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    const content = text.slice(above, from);
    // The first line names the editor schema: it stays at the top.
    if (above === 0 || !(content.trim() === '' || /^ *#/.exec(content)?.[0].length === column + 1)) break;
    from = above;
  }
  return from;
}

function rendered(pair: Pair): string {
  if (isScalar(pair.key)) {
    pair.key.commentBefore = null;
    pair.key.spaceBefore = false;
  }
  const document = new Document({}, documentOptions);
  (document.contents as unknown as YAMLMap).items.push(pair as never);
  return withEscapes(String(readable(document).toString(layout)));
}

/** Changes in a document what is different between two versions of its data. */
function change(document: Document, path: Path, before: unknown, after: unknown): void {
  if (isSame(before, after)) return;
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMapping(before) && isMapping(after) && isMap(node)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = [...path, key];
      if (!Object.hasOwn(after, key)) document.deleteIn(inner);
      else change(document, inner, Object.hasOwn(before, key) ? before[key] : undefined, after[key]);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && isSeq(node)) {
    for (const [index, value] of after.entries()) change(document, [...path, index], before[index], value);
  } else if (Array.isArray(before) && Array.isArray(after) && isSeq(node) && node.items.length === before.length) {
    const { from, removed, added } = spliceBetween(before, after);
    node.items.splice(from, removed, ...added.map((value) => document.createNode(value)));
  } else if (isScalar(node) && typeof node.value === 'string' && typeof after === 'string') {
    // A block of lines ends with a line feed.
    node.value = node.value.endsWith('\n') && !after.endsWith('\n') ? `${after}\n` : after;
  } else {
    document.setIn(path, document.createNode(after));
  }
}

/** Where lists differ: what is between their common beginning and their common end. */
function spliceBetween(
  before: readonly unknown[],
  after: readonly unknown[],
): { from: number; removed: number; added: unknown[] } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && isSame(before[from], after[from])) from += 1;
  let end = 0;
  while (end < shorter - from && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  return { from, removed: before.length - end - from, added: after.slice(from, after.length - end) };
}

/** The same on plain data, to see that the text came out right. */
function withChanges(data: unknown, before: unknown, after: unknown): unknown {
  if (isSame(before, after)) return data;
  if (isMapping(before) && isMapping(after) && isMapping(data)) {
    const result = new Map(Object.entries(data));
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!Object.hasOwn(after, key)) result.delete(key);
      else
        result.set(key, withChanges(result.get(key), Object.hasOwn(before, key) ? before[key] : undefined, after[key]));
    }
    return Object.fromEntries(result);
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && Array.isArray(data)) {
    return data.map((item: unknown, index) => withChanges(item, before[index], after[index]));
  }
  if (Array.isArray(before) && Array.isArray(after) && Array.isArray(data) && data.length === before.length) {
    const { from, removed, added } = spliceBetween(before, after);
    return data.toSpliced(from, removed, ...added);
  }
  const isLines = typeof data === 'string' && typeof after === 'string' && data.endsWith('\n') && !after.endsWith('\n');
  return isLines ? `${after}\n` : after;
}
