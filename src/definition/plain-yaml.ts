import { formatPointer } from './pointer.ts';

/**
 * The YAML that people write nearly always, read many times faster than by the package `yaml`: mappings and lists by lines, texts that
 * are plain, in quotes or in blocks, and what is in brackets on one line. All that it gives is as the package gives it; for
 * everything else, and for everything that is wrong, it gives nothing: then the package reads the text, and says what is wrong.
 */

export interface PlainYaml {
  readonly data: object;
  /** JSON pointer of every key and item down to `placedDepth` → the line it begins on, from 1. */
  readonly places: Readonly<Record<string, number>>;
}

/** Levels whose places are kept. */
export const placedDepth = 3;

/** The content of a text; undefined when it is not as plain as that. */
export function readPlainYaml(text: string): PlainYaml | undefined {
  // Characters that some take for the end of a line, or for space.
  if (!text.endsWith('\n') || /[^\n\x20-\x7E\u00A1-\u2027\u202A-\uFEFE\uFF00-\uFFFC]/.test(text)) return undefined;
  const reader = newReader(text.split('\n'));
  try {
    return reader.read();
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

const notPlain = new Error('not plain YAML');

function giveUp(): never {
  throw notPlain;
}

type Mapping = Record<string, unknown>;

/** Where a value is: its pointer and level. The pointer is empty beyond the levels that have places. */
interface Spot {
  readonly pointer: string;
  readonly depth: number;
}

const maximumDepth = 40;

const plainKey = /([A-Za-z_/][\w/.-]*|"[^"\\]*"|'[^']*'):(?= |$)/y;
const flowPlain = /[A-Za-z0-9_/][^,[\]{}#:&*!|>'"%@`?\\]*/y;
const quotedText = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/y;
/** Numbers of YAML 1.2 beyond whole ones that are written in one way only. */
const otherNumber = /^(\d+(\.\d*)?([eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+)$/;

function newReader(rows: string[]) {
  const places: Record<string, number> = {};
  let row = 0;

  function read(): PlainYaml {
    const data = block(0, { pointer: '', depth: 0 });
    if (indentation() >= 0) giveUp();
    return { data, places };
  }

  /** Goes to the next row that is neither empty nor a comment, and gives its indentation; -1 at the end. */
  function indentation(): number {
    for (; row < rows.length; row += 1) {
      const text = rows[row] as string;
      const indent = indentOf(text);
      if (indent < text.length && text[indent] !== '#') return indent;
    }
    return -1;
  }

  function isItem(indent: number): boolean {
    return (rows[row] as string).startsWith('- ', indent);
  }

  function block(minimum: number, spot: Spot): object {
    const indent = indentation();
    if (indent < minimum || spot.depth > maximumDepth) giveUp();
    return isItem(indent) ? list(indent, spot) : mapping(indent, spot);
  }

  function mapping(indent: number, spot: Spot): Mapping {
    const read: Mapping = {};
    for (let next = indent; next === indent && !isItem(indent); next = indentation()) {
      const text = rows[row] as string;
      plainKey.lastIndex = indent;
      const written = plainKey.exec(text)?.[1] ?? giveUp();
      const key = keyOf(written, read);
      const inner = placed(spot, key);
      read[key] = value(text, indent + written.length + 1, indent, true, inner);
    }
    const next = indentation();
    if (next >= indent) giveUp();
    return read;
  }

  function list(indent: number, spot: Spot): unknown[] {
    const read: unknown[] = [];
    let next = indent;
    for (; next === indent && isItem(indent); next = indentation()) {
      const text = rows[row] as string;
      const from = indentOf(text, indent + 1);
      const inner = placed(spot, read.length);
      plainKey.lastIndex = from;
      if (plainKey.test(text)) {
        // A mapping that begins behind the dash goes on in the column of its first key.
        rows[row] = `${' '.repeat(from)}${text.slice(from)}`;
        if (inner.depth > maximumDepth) giveUp();
        read.push(mapping(from, inner));
      } else {
        if (from === text.length) giveUp();
        read.push(value(text, from, indent, false, inner));
      }
    }
    if (next > indent) giveUp();
    return read;
  }

  function placed({ pointer, depth }: Spot, key: string | number): Spot {
    if (depth >= placedDepth) return { pointer: '', depth: depth + 1 };
    const inner = pointer + (typeof key === 'string' && /[~/]/.test(key) ? formatPointer([key]) : `/${key}`);
    places[inner] = row + 1;
    return { pointer: inner, depth: depth + 1 };
  }

  /** What stands in a row behind a key or a dash, or in the rows below it. */
  function value(text: string, after: number, indent: number, isOfKey: boolean, spot: Spot): unknown {
    const from = indentOf(text, after);
    if (from === text.length) return below(indent, isOfKey, spot);
    const mark = text[from] as string;
    if (mark === '|' || mark === '>') return blockText(text.slice(from), indent);
    if (mark !== '{' && mark !== '[' && mark !== '"' && mark !== "'") {
      row += 1;
      return plainValue(text.slice(from));
    }
    const flow = newFlow(text, from, placed);
    const content = flow.value(spot);
    if (flow.end() !== text.length) giveUp();
    row += 1;
    return content;
  }

  function below(indent: number, isOfKey: boolean, spot: Spot): object {
    row += 1;
    const next = indentation();
    if (next === indent && isOfKey && isItem(indent)) return list(indent, spot);
    return block(indent + 1, spot);
  }

  function blockText(header: string, around: number): string {
    if (!/^[|>]-?$/.test(header)) giveUp();
    row += 1;
    const indent = indentOf(rows[row] ?? '');
    if (indent <= around || indent === rows[row]?.length) giveUp();
    const lines: string[] = [];
    for (; row < rows.length; row += 1) {
      const text = rows[row] as string;
      const own = indentOf(text);
      if (own === text.length ? own > 0 : own > around && own < indent) giveUp();
      if (text !== '' && own < indent) break;
      lines.push(text.slice(indent));
    }
    while (lines.at(-1) === '') lines.pop();
    const end = header.endsWith('-') ? '' : '\n';
    return (header.startsWith('|') ? lines.join('\n') : folded(lines)) + end;
  }

  return { read };
}

/** Reads what is in brackets or quotes, which must end in the row. */
function newFlow(text: string, from: number, placed: (spot: Spot, key: string | number) => Spot) {
  let at = from;

  function value(spot: Spot): unknown {
    if (spot.depth > maximumDepth) giveUp();
    if (text[at] === '{') return mapping(spot);
    if (text[at] === '[') return list(spot);
    if (text[at] === '"' || text[at] === "'") return quoted(next(quotedText));
    return plainValue(next(flowPlain));
  }

  function mapping(spot: Spot): Mapping {
    const read: Mapping = {};
    entries('}', () => {
      plainKey.lastIndex = at;
      const written = plainKey.exec(text)?.[1] ?? giveUp();
      at += written.length + 1;
      skip();
      const key = keyOf(written, read);
      read[key] = value(placed(spot, key));
    });
    return read;
  }

  function list(spot: Spot): unknown[] {
    const read: unknown[] = [];
    entries(']', () => read.push(value(placed(spot, read.length))));
    return read;
  }

  function entries(closing: string, entry: () => void): void {
    at += 1;
    skip();
    while (text[at] !== closing) {
      entry();
      skip();
      if (text[at] === closing) break;
      if (text[at] !== ',') giveUp();
      at += 1;
      skip();
      if (text[at] === closing) giveUp();
    }
    at += 1;
  }

  function next(pattern: RegExp): string {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? giveUp();
    at += found.length;
    return found;
  }

  function skip(): void {
    at = indentOf(text, at);
  }

  function end(): number {
    skip();
    return at;
  }

  return { value, end };
}

/** Where the first character that is no space is, from an offset on. */
function indentOf(text: string, from = 0): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}

/** A key as it is written, which the mapping must not have yet. */
function keyOf(written: string, mapping: Mapping): string {
  const key = /^["']/.test(written) ? written.slice(1, -1) : written;
  // Objects put keys that are numbers first.
  if (Object.hasOwn(mapping, key) || key.length > 500 || /^(\d*|null|true|false|__proto__)$/i.test(key)) giveUp();
  return key;
}

function quoted(written: string): string {
  const inner = written.slice(1, -1);
  if (written.startsWith("'")) return inner.replaceAll("''", "'");
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(written) as string;
  } catch {
    return giveUp();
  }
}

function plainValue(written: string): unknown {
  const text = written.replace(/ +$/, '');
  if (!/^[A-Za-z0-9_/]/.test(text) || /: | #|:$/.test(text)) giveUp();
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (/^(true|false|null)$/i.test(text)) return text === 'true' || (text === 'false' ? false : giveUp());
  return otherNumber.test(text) ? giveUp() : text;
}

/** Lines of a folded block: a line feed is a space, and with an empty line it is itself. */
function folded(lines: readonly string[]): string {
  let text = '';
  let feeds = 0;
  for (const line of lines) {
    if (line.startsWith(' ') || line.endsWith(' ')) giveUp();
    if (line === '') feeds += 1;
    else {
      text += text === '' ? line : (feeds === 0 ? ' ' : '\n'.repeat(feeds)) + line;
      feeds = 0;
    }
  }
  return text;
}
