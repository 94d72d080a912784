import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import {
  type DataCell,
  type DataPart,
  type DataPlace,
  type DataProblem,
  maximumRow,
  placesIn,
  problemOf,
  tooLong,
} from './data-part.ts';
import { linesOf } from './data-text.ts';
import { deepestLevel, isNestedDeeply } from './json-depth.ts';

/** The rows of a JSON file: a list of objects. */
export async function* jsonParts(chunks: AsyncIterable<string>): AsyncGenerator<DataPart> {
  for await (const item of itemsOf(chunks)) {
    if ('message' in item) yield item;
    else yield* rowParts(item.text, item.start);
  }
}

/** The rows of a file with a JSON object in each line. Empty lines count for nothing. */
export async function* ndjsonParts(chunks: AsyncIterable<string>): AsyncGenerator<DataPart> {
  for await (const { number, text } of linesOf(chunks)) {
    if (text.trim() !== '') yield* rowParts(text, { line: number, column: 1 });
  }
}

function rowParts(text: string, start: DataPlace): DataPart[] {
  if (isNestedDeeply(text))
    return [problemOf(start, `this row has more than ${deepestLevel} levels of lists and objects`)];
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const at = placesIn(text, start);
  const [error] = errors;
  if (error || !root) return [problemOf(at(error?.offset ?? 0), `this is not valid JSON${inWords(error)}`)];
  if (root.type !== 'object') return [problemOf(at(root.offset), 'expected an object: {"variable": "value"}')];
  const cells: DataCell[] = [];
  const problems: DataProblem[] = [];
  const known = new Set<string>();
  for (const { children: [key, value] = [] } of root.children ?? []) {
    if (!key || !value) continue;
    const name = String(key.value);
    const nameAt = at(key.offset);
    if (known.has(name)) {
      problems.push(problemOf(nameAt, `${JSON.stringify(name)} is already given in this row; remove one of the two`));
      continue;
    }
    known.add(name);
    cells.push({
      name,
      nameAt,
      data: dataOf(value, text),
      written: writtenValue(value, text),
      valueAt: at(value.offset),
    });
  }
  return [...problems, { kind: 'row', line: at(root.offset).line, cells }];
}

function dataOf({ type, value, offset, length }: Node, text: string): unknown {
  return type === 'object' || type === 'array' ? JSON.parse(text.slice(offset, offset + length)) : value;
}

/** A text; numbers as they are written, so that none loses digits. Undefined: a list or an object. */
function writtenValue({ type, value, offset, length }: Node, text: string): string | undefined {
  if (type === 'string') return value as string;
  if (type === 'null') return '';
  return type === 'number' || type === 'boolean' ? text.slice(offset, offset + length) : undefined;
}

/** `ColonExpected` as `: colon expected`. */
function inWords(error: ParseError | undefined): string {
  if (!error) return '';
  return `: ${printParseErrorCode(error.error)
    .replaceAll(/(?!^)[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase()}`;
}

interface Item {
  readonly text: string;
  readonly start: DataPlace;
}

const space = /[ \t\r\n]/;

/** The text of each item of a list, which need not be valid: strings and brackets tell where it ends. */
async function* itemsOf(chunks: AsyncIterable<string>): AsyncGenerator<Item | DataProblem> {
  let part: 'before' | 'item' | 'after' = 'before';
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let text = '';
  let isFirst = true;
  let start: DataPlace = { line: 1, column: 1 };
  let [line, column] = [1, 0];
  for await (const chunk of chunks) {
    for (const character of unitsOf(chunk)) {
      column += 1;
      if (character === '\n') [line, column] = [line + 1, 0];
      if (part !== 'item') {
        if (space.test(character)) continue;
        if (part === 'after') return yield problemOf({ line, column }, 'expected nothing after the list');
        if (character !== '[')
          return yield problemOf({ line, column }, 'expected a list of objects: [{"variable": "value"}]');
        part = 'item';
        continue;
      }
      const closes = !quoted && depth === 0 && character === ']';
      if (closes || (!quoted && depth === 0 && character === ',')) {
        const isEmpty = text === '';
        if (!isEmpty) yield { text, start };
        else if (!(closes && isFirst)) yield problemOf({ line, column }, 'expected an object before this');
        if (closes) part = 'after';
        isFirst = false;
        text = '';
        continue;
      }
      if (text === '') {
        if (space.test(character)) continue;
        start = { line, column };
      }
      text += character;
      if (text.length > maximumRow) return yield problemOf(start, tooLong);
      if (escaped) escaped = false;
      else if (quoted && character === '\\') escaped = true;
      else if (character === '"') quoted = !quoted;
      else if (!quoted && (character === '{' || character === '[')) depth += 1;
      else if (!quoted && (character === '}' || character === ']')) depth = Math.max(0, depth - 1);
    }
  }
  if (part === 'before')
    return yield problemOf({ line, column: column + 1 }, 'the file is empty; expected a list of objects');
  if (part === 'after') return;
  if (text !== '') yield { text, start };
  yield problemOf({ line, column: column + 1 }, 'the list has no closing ]');
}

/** The UTF-16 code units of a text. */
function* unitsOf(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += 1) yield text.charAt(index);
}
