import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Problem } from './problem.ts';

/** A YAML or JSON file that was read, with what is needed to point at places in it. */
export interface SourceFile {
  /** Path as shown in messages. */
  readonly file: string;
  readonly text: string;
  /** The content as plain data; undefined when it could not be parsed. */
  readonly data: unknown;
  readonly document: Document | undefined;
  readonly lines: LineCounter;
}

/** A path of keys and indexes from the root of a file, as in a JSON pointer. */
export type DataPath = readonly (string | number)[];

/** Parsed file and its syntax problems (duplicate keys, tabs, alias bombs, empty, more than one document). */
export interface ParsedSource {
  readonly source: SourceFile;
  readonly problems: readonly Problem[];
}

const maximumBytes = 1024 * 1024;

/**
 * Parses YAML 1.2 (so JSON too). Never throws on bad text: what is wrong is in `problems`, and `data` is undefined then.
 * Aliases are refused: a definition has no need of them, and nested ones make documents of any size ("alias bombs").
 */
export function parseSource(file: string, text: string): ParsedSource {
  const lines = new LineCounter();
  const unparsed: SourceFile = { file, text, data: undefined, document: undefined, lines };
  if (Buffer.byteLength(text) > maximumBytes) {
    return {
      source: unparsed,
      problems: [problemAt(unparsed, 0, 'the file is larger than 1 MiB, the limit for a definition')],
    };
  }
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  const [document] = Array.isArray(documents) ? documents : [];
  if (
    document === undefined ||
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === null)
  ) {
    return {
      source: unparsed,
      problems: [problemAt(unparsed, 0, 'the file is empty; expected a mapping of keys to values')],
    };
  }
  const problems = [
    ...document.errors.map((error) => problemAt(unparsed, error.pos[0], syntaxMessage(error.code, error.message))),
    ...document.warnings.map((warning) => problemAt(unparsed, warning.pos[0], lowerFirst(warning.message))),
    ...aliasProblems(unparsed, document),
  ];
  const second = documents[1];
  if (second) {
    problems.push(
      problemAt(unparsed, second.range?.[0] ?? 0, 'a second YAML document begins here; expected one document a file'),
    );
  }
  if (problems.length > 0) return { source: unparsed, problems };
  return { source: { ...unparsed, data: document.toJS() as unknown, document }, problems };
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key is given twice in the same mapping; remove one of them';
  if (code === 'TAB_AS_INDENT') return 'a tab is used for indentation; YAML allows spaces only';
  return lowerFirst(message.split('\n')[0] ?? message);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function aliasProblems(source: SourceFile, document: Document): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias(_key, node) {
      found.push(problemAt(source, node.range?.[0] ?? 0, `alias *${node.source} is not allowed; write the value out`));
    },
  });
  return found;
}

/** A problem at a character offset of a file. */
export function problemAt(source: SourceFile, offset: number, message: string): Problem {
  const position = source.lines.linePos(offset);
  const line = position.line || 1;
  return { file: source.file, line, column: position.col || 1, message, ...sourceLine(source, line) };
}

/** A problem at a line of a file, counted from 1. */
export function problemAtLine(source: SourceFile, line: number, column: number, message: string): Problem {
  return { file: source.file, line, column, message, ...sourceLine(source, line) };
}

function sourceLine(source: SourceFile, line: number): { sourceLine: string } | undefined {
  const text = source.text.split(/\r?\n/)[line - 1];
  return text === undefined || text === '' ? undefined : { sourceLine: text };
}

/** A problem at the value (or, with `atKey`, the key) that a path leads to; at the nearest parent when it is not there. */
export function problemAtPath(source: SourceFile, path: DataPath, message: string, atKey = false): Problem {
  return problemAt(source, offsetOf(source, path, atKey), message);
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

function childOf(node: unknown, key: string | number): { key: unknown; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && { key: pair.key, value: pair.value };
  }
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? undefined : { key: item, value: item };
  }
  return undefined;
}

function start(node: unknown): number {
  return isNode(node) && !isAlias(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

/** The place in the file of line and column `within` the text of a block scalar: for errors inside a script. */
export function problemInText(
  source: SourceFile,
  path: DataPath,
  within: { line: number; column: number },
  message: string,
): Problem {
  const offset = offsetOf(source, path, false);
  const first = source.lines.linePos(offset);
  const isBlock = /[|>]/.test(source.text.charAt(offset));
  if (!isBlock) return problemAt(source, offset, message);
  const line = first.line + within.line;
  const text = source.text.split(/\r?\n/)[line - 1] ?? '';
  const body = source.text.split(/\r?\n/)[first.line] ?? '';
  const indent = body.length - body.trimStart().length;
  return problemAtLine(source, line, Math.min(indent + within.column, text.length + 1), message);
}
