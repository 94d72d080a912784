import { formatPointer, pointerKeys, valueAt } from '../../definition/pointer.ts';
import { printable, printableJson } from '../../printable.ts';
import { widthOf } from '../../report/text/lines.ts';
import { wrapped } from './markdown-lines.ts';
import type { Colors } from './screen-style.ts';

/** What is said beside parts of a body, by JSON pointer. */
export type Marks = ReadonlyMap<string, string>;

export interface BodyLook {
  readonly colors: Colors;
  readonly width: number;
  readonly marks: Marks;
  /** Lines that the body may take; what has no mark is left out first. Default: all is shown. */
  readonly lines?: number;
  /** Short fields that follow one another share a line. */
  readonly packs?: boolean;
}

/** JSON as lines for a terminal, colored, with marks; what is left out is counted. */
export function bodyLines(data: unknown, look: BodyLook): string[] {
  const whole = partLines(data, [], look, () => true);
  const limit = look.lines;
  if (limit === undefined || whole.length <= limit) return whole;
  const isOnTop: Keeps = (keys, value) => keys.length === 1 && isLeaf(value);
  const flat = partLines(data, [], look, (keys, value) => isMarked(keys, look) || isOnTop(keys, value));
  if (flat.length <= limit) return flat;
  const marked: Keeps = (keys) => isMarked(keys, look);
  const item = markedItem(data, look);
  if (!item) return partLines(data, [], look, marked);
  const { list, index, count } = item;
  return [
    look.colors.dim(`${list.join('.')}, item ${index + 1} of ${count}:`),
    ...partLines(valueAt(data, formatPointer([...list, index])), [...list, String(index)], look, marked),
  ];
}

/** Whether a part is shown. */
type Keeps = (keys: readonly string[], value: unknown) => boolean;

/** Whether a part has a mark, or holds one. */
function isMarked(keys: readonly string[], { marks }: BodyLook): boolean {
  const pointer = formatPointer(keys);
  return [...marks.keys()].some((marked) => marked === pointer || marked.startsWith(`${pointer}/`));
}

/** The item of a list in which all marks are. */
function markedItem(
  data: unknown,
  { marks }: BodyLook,
): { readonly list: readonly string[]; readonly index: number; readonly count: number } | undefined {
  const [first = ''] = marks.keys();
  const keys = pointerKeys(first);
  const at = keys.findIndex((_key, depth) => Array.isArray(valueAt(data, formatPointer(keys.slice(0, depth)))));
  const item = formatPointer(keys.slice(0, at + 1));
  if (at < 0 || ![...marks.keys()].every((pointer) => pointer.startsWith(`${item}/`))) return undefined;
  const list = keys.slice(0, at);
  const { length } = valueAt(data, formatPointer(list)) as readonly unknown[];
  return { list, index: Number(keys[at]), count: length };
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** The lines of a part of a body, which stands at `keys`. */
function partLines(data: unknown, keys: readonly string[], look: BodyLook, keeps: Keeps): string[] {
  const { colors } = look;
  const lines = (value: unknown, at: readonly string[], before: string, after: string): string[] => {
    const margin = '  '.repeat(at.length - keys.length);
    const oneLine = `${margin}${before}${inOneLine(value, at, look, keeps)}${after}`;
    const mark = look.marks.get(formatPointer(at)) ?? marksWithin(at, look);
    const fits = widthOf(oneLine) + (mark?.length ?? 0) < look.width;
    if (isLeaf(value) || (fits && at.length > keys.length && mark !== severalMarks))
      return withMark(oneLine, mark, look);
    const isList = Array.isArray(value);
    if (isBrief(value, oneLine, look)) return [oneLine];
    const { shown, left } = divided(value as object, at, keeps);
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    return [
      `${margin}${before}${open}`,
      ...packed(
        shown.map(([key, item], index) => {
          const name = isList ? '' : `${colors.blue(jsonOf(key))}: `;
          return lines(item, [...at, key], name, index === shown.length - 1 ? '' : ',');
        }),
        look,
      ),
      ...(left.length > 0 ? [leftOut(left, isList, `${margin}  `, look)] : []),
      `${margin}${close}${after}`,
    ];
  };
  return lines(data, keys, '', '');
}

/** Whether a whole body is so short that it takes one line. */
function isBrief(value: unknown, oneLine: string, { marks, width }: BodyLook): boolean {
  const holdsData = Object.values(value as object).some((item) => !isLeaf(item));
  return marks.size === 0 && !holdsData && widthOf(oneLine) <= Math.min(briefWidth, width);
}

const briefWidth = 60;

/** The lines of parts that follow one another. */
function packed(parts: readonly (readonly string[])[], { packs, width }: BodyLook): string[] {
  if (!packs) return parts.flat();
  const packedLines: string[] = [];
  let wasShort = false;
  for (const lines of parts) {
    const [last = '', first = ''] = [packedLines.at(-1), lines[0]?.trimStart()];
    const isShort = lines.length === 1;
    if (isShort && wasShort && widthOf(last) + widthOf(first) < width) packedLines.splice(-1, 1, `${last} ${first}`);
    else packedLines.push(...lines);
    wasShort = isShort;
  }
  return packedLines;
}

function divided(value: object, at: readonly string[], keeps: Keeps): { shown: [string, unknown][]; left: string[] } {
  const entries = Object.entries(value) as [string, unknown][];
  const shown = entries.filter(([key, item]) => keeps([...at, key], item));
  return { shown, left: entries.filter((entry) => !shown.includes(entry)).map(([key]) => key) };
}

/** Marks that cannot stand at the end of one line. */
const severalMarks = '…';

/** The mark of a part in one line for those within it: a tick when they are ticks. */
function marksWithin(at: readonly string[], { marks }: BodyLook): string | undefined {
  const within = [...marks].filter(([pointer]) => pointer.startsWith(`${formatPointer(at)}/`)).map(([, mark]) => mark);
  if (within.length === 0) return undefined;
  return within.every((mark) => mark === '✓') ? '✓' : severalMarks;
}

function jsonOf(value: unknown): string {
  return printableJson(JSON.stringify(value));
}

function inOneLine(value: unknown, at: readonly string[], look: BodyLook, keeps: Keeps): string {
  const { colors } = look;
  if (typeof value === 'string') return colors.green(jsonOf(value));
  if (isLeaf(value)) return colors.yellow(jsonOf(value));
  const isList = Array.isArray(value);
  const { shown, left } = divided(value as object, at, isList ? () => true : keeps);
  const items = shown.map(([key, item]) => {
    const text = inOneLine(item, [...at, key], look, keeps);
    return isList ? text : `${colors.blue(jsonOf(key))}: ${text}`;
  });
  const all = [...items, ...(left.length > 0 ? [colors.dim('…')] : [])].join(', ');
  if (isList) return `[${all}]`;
  return all === '' ? '{}' : `{ ${all} }`;
}
/** A part and its mark, which has a line of its own where there is no room. A text that is too long goes on below itself. */
function withMark(line: string, mark: string | undefined, { colors, width }: BodyLook): string[] {
  if (mark === undefined) {
    const text = line.trimStart();
    const margin = ' '.repeat(line.length - text.length);
    return wrapped(text, width - margin.length, 2).map((one) => `${margin}${one}`);
  }
  const room = width - widthOf(line) - mark.length - 1;
  if (room < 0) return [line, `${' '.repeat(Math.max(0, width - mark.length))}${colors.magenta(mark)}`];
  return [`${line}${' '.repeat(room + 1)}${colors.magenta(mark)}`];
}

/** `… 7 more: createdAt, updatedAt, …` */
function leftOut(keys: readonly string[], isList: boolean, margin: string, { colors, width }: BodyLook): string {
  const count = `${margin}… ${keys.length} more`;
  if (isList) return colors.dim(count);
  let named = `${count}: ${printable(keys.join(', '))}`;
  if (named.length > width) named = `${named.slice(0, named.lastIndexOf(',', width - 4))}, …`;
  return colors.dim(named);
}

/** The pointer of the item of a list in which a part has this value; undefined when there is none. */
export function itemWith(data: unknown, list: string, part: string, value: string | undefined): string | undefined {
  const items = valueAt(data, list);
  const index = Array.isArray(items) ? items.findIndex((item) => valueAt(item, part) === value) : -1;
  return index < 0 ? undefined : `${list}/${index}`;
}
