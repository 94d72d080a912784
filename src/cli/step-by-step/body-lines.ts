import { formatPointer, valueAt } from '../../definition/pointer.ts';
import { widthOf } from './markdown-lines.ts';
import type { Colors } from './screen-style.ts';

/** What is said beside parts of a body, by JSON pointer. */
export type Marks = ReadonlyMap<string, string>;

export interface BodyLook {
  readonly colors: Colors;
  readonly width: number;
  readonly marks: Marks;
  /** Lines that the body may take; what has no mark is left out first. Default: all is shown. */
  readonly lines?: number;
}

/** JSON as lines for a terminal, colored, with marks; what is left out is counted. */
export function bodyLines(data: unknown, look: BodyLook): string[] {
  const whole = render(data, look, { keeps: () => true });
  const limit = look.lines;
  if (limit === undefined || whole.length <= limit) return whole;
  const flat = render(data, look, {
    keeps: (keys, value) => isMarked(keys, look) || (keys.length === 1 && isLeaf(value)),
  });
  if (flat.length <= limit) return flat;
  return render(data, look, { keeps: (keys) => isMarked(keys, look) });
}

interface Choice {
  /** Whether a part is shown. */
  keeps(keys: readonly string[], value: unknown): boolean;
}

/** Whether a part has a mark, or holds or stands within one that has. */
function isMarked(keys: readonly string[], { marks }: BodyLook): boolean {
  const pointer = formatPointer(keys);
  return [...marks.keys()].some((marked) => marked === pointer || marked.startsWith(`${pointer}/`));
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function render(data: unknown, look: BodyLook, choice: Choice): string[] {
  const lines = (value: unknown, keys: readonly string[], before: string, after: string): string[] => {
    const margin = '  '.repeat(keys.length);
    const mark = look.marks.get(formatPointer(keys));
    const head = `${margin}${before}`;
    const oneLine = `${head}${inOneLine(value, look.colors)}${after}`;
    const isShort = isLeaf(value) || (!holdsMark(keys, value, look) && widthOf(oneLine) <= look.width && isFlat(value));
    if (isShort) return [withMark(oneLine, mark, look)];
    const isList = Array.isArray(value);
    const entries = Object.entries(value as object);
    const shown = entries.filter(([key, item]) => choice.keeps([...keys, key], item));
    const left = entries.filter((entry) => !shown.includes(entry)).map(([key]) => key);
    const inside = shown.flatMap(([key, item], index) => {
      const isLast = index === shown.length - 1;
      return lines(item, [...keys, key], isList ? '' : `${look.colors.blue(JSON.stringify(key))}: `, isLast ? '' : ',');
    });
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    return [
      `${head}${open}`,
      ...inside,
      ...(left.length > 0 ? [leftOut(left, isList, '  '.repeat(keys.length + 1), look)] : []),
      `${margin}${close}${after}`,
    ];
  };
  return lines(data, [], '', '');
}

function holdsMark(keys: readonly string[], value: unknown, look: BodyLook): boolean {
  return !isLeaf(value) && [...look.marks.keys()].some((marked) => marked.startsWith(`${formatPointer(keys)}/`));
}

/** Whether data holds nothing but leaves. */
function isFlat(value: unknown): boolean {
  return Object.values(value as object).every((item) => isLeaf(item));
}

function inOneLine(value: unknown, colors: Colors): string {
  if (typeof value === 'string') return colors.green(JSON.stringify(value));
  if (isLeaf(value)) return colors.yellow(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map((item) => inOneLine(item, colors)).join(', ')}]`;
  const entries = Object.entries(value as object);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, item]) => `${colors.blue(JSON.stringify(key))}: ${inOneLine(item, colors)}`).join(', ')} }`;
}

function withMark(line: string, mark: string | undefined, { colors, width }: BodyLook): string {
  if (mark === undefined) return line;
  const room = width - widthOf(line) - mark.length - 1;
  return room < 0 ? `${line} ${colors.magenta(mark)}` : `${line}${' '.repeat(room + 1)}${colors.magenta(mark)}`;
}

/** `… 7 more: createdAt, updatedAt, …` */
function leftOut(keys: readonly string[], isList: boolean, margin: string, { colors, width }: BodyLook): string {
  const count = `${margin}… ${keys.length} more`;
  if (isList) return colors.dim(count);
  let named = `${count}: ${keys.join(', ')}`;
  if (named.length > width) named = `${named.slice(0, named.lastIndexOf(',', width - 4))}, …`;
  return colors.dim(named);
}

/** The pointer of the item of a list in which a part has this value; undefined when there is none. */
export function itemWith(data: unknown, list: string, part: string, value: string | undefined): string | undefined {
  const items = valueAt(data, list);
  const index = Array.isArray(items) ? items.findIndex((item) => valueAt(item, part) === value) : -1;
  return index < 0 ? undefined : `${list}/${index}`;
}
