import { type Document, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { parseSource } from '../../definition/reading/parse.ts';
import type { SourceFile } from '../../definition/reading/source-file.ts';
import { type DataCell, type DataPart, type DataProblem, maximumRow, problemOf } from './data-part.ts';
import { linesOf } from './data-text.ts';

/**
 * The rows of a YAML file: a list of mappings, or a mapping a document. A list whose items begin with "- " in the first column is
 * read item by item, documents one by one; a list that is written otherwise is read whole, up to 1 MiB a document.
 */
export async function* yamlParts(chunks: AsyncIterable<string>): AsyncGenerator<DataPart> {
  for await (const piece of piecesOf(chunks)) {
    if ('message' in piece) yield piece;
    else yield* pieceParts(piece);
  }
}

/** Lines that are YAML of their own: an item of a list, or a document. */
interface Piece {
  readonly text: string;
  /** Number of its first line in the file. */
  readonly line: number;
}

const marker = /^(---|\.\.\.)(?=[ \t]|$)/;

async function* piecesOf(chunks: AsyncIterable<string>): AsyncGenerator<Piece | DataProblem> {
  let lines: string[] = [];
  let first = 1;
  let length = 0;
  /** Whether the document is a list of items in the first column; undefined before its first line. */
  let isList: boolean | undefined;
  const piece = (): Piece[] => {
    const text = lines.map((line) => `${line}\n`).join('');
    return isList === undefined ? [] : [{ text, line: first }];
  };
  for await (const { number, text } of linesOf(chunks)) {
    const isMarker = marker.test(text);
    const isItem = /^-(?=[ \t]|$)/.test(text);
    if (isMarker || (isItem && isList)) {
      yield* piece();
      [lines, length, first] = [[], 0, number];
    }
    if (isMarker) isList = undefined;
    // The marker becomes spaces, so that columns stay; directives, and what only comments, say nothing of the document.
    const line = isMarker ? text.replace(marker, '   ') : text;
    const isContent = !/^[ \t]*(#|$)/.test(line) && !(isList === undefined && line.startsWith('%'));
    if (isList === undefined && isContent) {
      isList = isItem;
      [lines, length, first] = [[], 0, number];
    }
    if (isList === undefined) continue;
    lines.push(line);
    length += line.length + 1;
    if (length > maximumRow) {
      const advice = isList
        ? 'this row is longer'
        : 'without "- " in the first column a list is read whole, and this one is longer';
      return yield problemOf({ line: first, column: 1 }, `${advice} than 1 MiB, the limit`);
    }
  }
  yield* piece();
}

function pieceParts({ text, line }: Piece): DataPart[] {
  const { source, problems } = parseSource('', text);
  const wrong = problems.map((problem) =>
    problemOf(
      { line: problem.line + line - 1, column: problem.column },
      withoutValues(problem.message).replace(/(?<=in line )\d+/, (number) => String(Number(number) + line - 1)),
    ),
  );
  if (wrong.length > 0) return wrong;
  const contents = source.document?.contents;
  const items: readonly unknown[] = isSeq(contents) ? contents.items : [contents];
  return items.flatMap((item) => rowParts(item, source, line - 1));
}

/** What the parser says without what it quotes, which may be a secret value of a row. */
function withoutValues(message: string): string {
  if (message.startsWith('the key "')) return message;
  return message
    .replace(/^unexpected ".*$/s, 'unexpected text')
    .replace(/^the (tag|alias) \S+/, 'this $1')
    .replace(/: .*$/s, '');
}

function rowParts(item: unknown, source: SourceFile, linesBefore: number): DataPart[] {
  const at = (node: unknown) => {
    const { line, col } = source.lines.linePos((node as Node | null)?.range?.[0] ?? 0);
    return { line: line + linesBefore, column: col };
  };
  if (!isMap(item)) return [problemOf(at(item), 'expected a mapping of variables to values')];
  const cells = item.items.map(({ key, value }: Pair): DataCell => {
    const data = isNode(value) ? (value.toJS(source.document as Document) as unknown) : null;
    return {
      name: String(isScalar(key) ? key.value : key),
      nameAt: at(key),
      data: typeof data === 'bigint' ? String(data) : (data ?? null),
      written: writtenValue(value),
      valueAt: at(value ?? key),
    };
  });
  return [{ kind: 'row', line: at(item).line, cells }];
}

/** A text; numbers as they are written, so that 007 stays 007. Undefined: a list or a mapping. */
function writtenValue(value: unknown): string | undefined {
  if (value === null || value === undefined) return '';
  if (!isScalar(value)) return undefined;
  if (value.value === null) return '';
  return typeof value.value === 'number' ? (value.source ?? String(value.value)) : String(value.value);
}
