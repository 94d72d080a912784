import { type DataProblem, maximumRow, problemOf, tooLong } from './data-part.ts';

/** A text of UTF-8 that cannot go on; what was read before it is good. */
export class DataTextError extends Error {
  override readonly name = 'DataTextError';
  readonly problem: DataProblem;

  constructor(problem: DataProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Bytes as text, without a byte order mark, cut anywhere but in a character. Throws `DataTextError` at bytes that are not UTF-8. */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const decode = (chunk?: Uint8Array) => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      if (!text.includes('\0')) return text;
    } catch {}
    const at = { line: line + brokenAfter(chunk), column: 1 };
    throw new DataTextError(problemOf(at, 'this is not text in UTF-8; save the file as UTF-8'));
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    line += text.split('\n').length - 1;
    if (text !== '') yield text;
  }
  const rest = decode();
  if (rest !== '') yield rest;
}

/** Line breaks of a chunk before what is not UTF-8 in it. */
function brokenAfter(chunk: Uint8Array | undefined): number {
  const [before = ''] = new TextDecoder('utf-8').decode(chunk).split(/[\uFFFD\0]/);
  return before.split('\n').length - 1;
}

/** A line without its line break. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a text that was cut anywhere. Throws `DataTextError` at a line of more than 1 MiB. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let number = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      yield { number, text: line.endsWith('\r') ? line.slice(0, -1) : line };
    }
    if (rest.length > maximumRow) throw new DataTextError(problemOf({ line: number + 1, column: 1 }, tooLong));
  }
  if (rest !== '') yield { number: number + 1, text: rest };
}
