import { Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import { formatPointer } from '../pointer.ts';
import { type Places, toPlaces } from './places.ts';
import type { Problem } from './problem.ts';
import { placedDepth, type ReadYaml } from './yaml-memory.ts';

/** A YAML or JSON file that was read, with what is needed to point at places in it. */
export interface SourceFile {
  /** Path as shown in messages. */
  readonly file: string;
  readonly text: string;
  /** The content as plain data; undefined when it could not be parsed. */
  readonly data: unknown;
  readonly document: Document | undefined;
  readonly lines: LineCounter;
  /** Where they are known without the document. */
  readonly places?: Places;
  /** The file whose data hold too where this one has none of its own: see `base` in `collection.yaml`. */
  readonly base?: SourceFile;
}

/** A path of keys and indexes from the root of a file, as in a JSON pointer. */
export type DataPath = readonly (string | number)[];

/** A file that was read but not parsed yet, without a byte order mark. */
export function newSource(file: string, text: string): SourceFile {
  const content = text.replace(/^\uFEFF/, '');
  let lines: LineCounter | undefined;
  return {
    file,
    text: content,
    data: undefined,
    document: undefined,
    get lines() {
      lines ??= linesIn(content);
      return lines;
    },
  };
}

/** A file with its content; the document, which only problems need, is made when it is asked for. */
export function knownSource(
  file: string,
  text: string,
  { data, places }: ReadYaml,
  parse: () => Document | undefined,
): SourceFile {
  const unparsed = newSource(file, text);
  let document: Document | undefined;
  return {
    file,
    text: unparsed.text,
    data,
    places,
    get lines() {
      return unparsed.lines;
    },
    get document() {
      document ??= parse();
      return document;
    },
  };
}

/** A part of a file, as if it were a file of its own: paths begin at the part, problems are placed in the file. */
export function partOf(source: SourceFile, path: DataPath, data: unknown): SourceFile {
  let document: Document | undefined;
  return {
    file: source.file,
    text: source.text,
    data,
    get lines() {
      return source.lines;
    },
    get document() {
      document ??= new Document(nodeAt(source, path));
      return document;
    },
  };
}

/** A file with its base. */
export function basedSource(source: SourceFile, base: SourceFile): SourceFile {
  return {
    file: source.file,
    text: source.text,
    data: source.data,
    base,
    get lines() {
      return source.lines;
    },
    get document() {
      return source.document;
    },
  };
}

/** Filled in here and not by the parser, which leaves out lines where it loses its way. */
function linesIn(text: string): LineCounter {
  const lines = new LineCounter();
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) lines.addNewLine(start);
  return lines;
}

/** A problem at a character offset of a file. */
export function problemAt(source: SourceFile, offset: number, message: string): Problem {
  const { line, col } = source.lines.linePos(offset);
  return problemAtLine(source, line, col, message);
}

/** A problem at a line of a file, counted from 1. */
function problemAtLine(source: SourceFile, line: number, column: number, message: string): Problem {
  return { file: source.file, line, column, message, ...sourceLine(source, line) };
}

function sourceLine(source: SourceFile, line: number): { sourceLine: string } | undefined {
  const text = source.text.split(/\r?\n/)[line - 1];
  return text === undefined || text === '' ? undefined : { sourceLine: text };
}

/** A problem at the value (or, with `atKey`, the key) that a path leads to; at the nearest parent when it is not there. */
export function problemAtPath(source: SourceFile, path: DataPath, message: string, atKey = false): Problem {
  const at = writtenAt(source, path);
  return problemAt(at.source, offsetOf(at.source, at.path, atKey), message);
}

/** The file that says what is at a path, and the path there: the base's entries of a list follow those of the file itself. */
function writtenAt(source: SourceFile, path: DataPath): { readonly source: SourceFile; readonly path: DataPath } {
  const { base } = source;
  const [part, key, ...rest] = path;
  if (!base || key === undefined) return { source, path };
  const own = (source.data as Readonly<Record<string, unknown>>)[String(part)];
  if (part === 'troubleshooting') {
    const count = Array.isArray(own) ? own.length : 0;
    return Number(key) < count ? { source, path } : { source: base, path: [part, Number(key) - count, ...rest] };
  }
  const isOwn = part === 'variables' ? Object.hasOwn(own as object, key) : part !== 'service' || own !== undefined;
  return { source: isOwn ? source : base, path };
}

function offsetOf(source: SourceFile, path: DataPath, atKey: boolean): number {
  let node: unknown = source.document?.contents;
  let offset = start(node);
  for (const [index, key] of path.entries()) {
    const child = childOf(node, key);
    if (!child) return offset;
    const last = index === path.length - 1;
    offset = last && atKey ? start(child.key) : start(child.value) || start(child.key);
    node = child.value;
  }
  return offset;
}

interface Child {
  readonly name: string | number;
  readonly key: unknown;
  readonly value: unknown;
}

function childOf(node: unknown, key: string | number): Child | undefined {
  return childrenOf(node).find(({ name }) => String(name) === String(key));
}

function childrenOf(node: unknown): readonly Child[] {
  if (isMap(node))
    return node.items.flatMap(({ key, value }) => (isScalar(key) ? [{ name: String(key.value), key, value }] : []));
  return isSeq(node) ? node.items.map((item, index) => ({ name: index, key: item, value: item })) : [];
}

function start(node: unknown): number {
  return isNode(node) && !isAlias(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

/** A problem at a place within a text: for errors inside a script. At the beginning of the text where lines were folded or escaped. */
export function problemInText(
  source: SourceFile,
  path: DataPath,
  within: { line: number; column: number },
  message: string,
): Problem {
  const node = nodeAt(source, path);
  const offset = offsetOf(source, path, false);
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  const line = text.split('\n')[within.line - 1] ?? '';
  const isBlock = /[|>]/.test(source.text.charAt(offset));
  const fileLine = source.lines.linePos(offset).line + within.line - (isBlock ? 0 : 1);
  const written = source.text.split(/\r?\n/)[fileLine - 1] ?? '';
  const from = isBlock ? written.length - line.length : written.indexOf(line, source.lines.linePos(offset).col - 1);
  if (line === '' || from < 0 || !written.startsWith(line, from)) return problemAt(source, offset, message);
  return problemAtLine(source, fileLine, from + within.column, message);
}

/** A problem at the first place within a text where `pattern` matches; at the beginning of the text when it does not. */
export function problemAtMatch(file: SourceFile, at: DataPath, pattern: RegExp, message: string): Problem {
  const { source, path } = writtenAt(file, at);
  const offset = offsetOf(source, path, false);
  const end = nodeAt(source, path)?.range?.[1] ?? offset;
  const index = source.text.slice(offset, end).search(pattern);
  return problemAt(source, offset + Math.max(0, index), message);
}

function nodeAt(source: SourceFile, path: DataPath): Node | undefined {
  const node = source.document?.getIn(path, true);
  return isNode(node) ? node : undefined;
}

/** The places of every key and item down to a depth. */
export function placesOf(source: SourceFile, depth = placedDepth): Places {
  if (source.places !== undefined) return source.places;
  const lines: [string, number][] = [];
  const walk = (node: unknown, pointer: string, passed: number) => {
    if (passed === depth) return;
    for (const { name, key, value } of childrenOf(node)) {
      const inner = pointer + formatPointer([name]);
      lines.push([inner, source.lines.linePos(start(key)).line]);
      walk(value, inner, passed + 1);
    }
  };
  walk(source.document?.contents, '', 0);
  return toPlaces(lines);
}
