/** What a data file is read into, whatever its format: its rows, and what is wrong in it, in the order of the file. */
export type DataPart = DataRow | DataProblem;

/** A place in a file; line and column count from 1, columns in UTF-16 code units. */
export interface DataPlace {
  readonly line: number;
  readonly column: number;
}

/** The variables of one iteration, as written. */
export interface DataRow {
  readonly kind: 'row';
  /** Where the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly DataCell[];
}

/** A variable and its text. */
export interface DataCell {
  readonly name: string;
  /** Where the name is written: the key, or the column's name in the first line. */
  readonly nameAt: DataPlace;
  /** Empty when there is none: null, or an empty text. */
  readonly value: string;
  readonly valueAt: DataPlace;
}

/** Something wrong in the file itself, in a sentence that quotes no value. */
export interface DataProblem extends DataPlace {
  readonly kind: 'problem';
  readonly message: string;
}

/** Characters of a row that is still read, so that memory stays bounded whatever the file holds: 1 MiB. */
export const maximumRow = 1024 * 1024;

export const tooLong = 'this row is longer than 1 MiB, the limit for one';

export function problemOf({ line, column }: DataPlace, message: string): DataProblem {
  return { kind: 'problem', line, column, message };
}

/** The place of a character of a text that begins at `start` of a file. */
export function placeIn(text: string, offset: number, start: DataPlace): DataPlace {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  if (lastBreak < 0) return { line: start.line, column: start.column + offset };
  return { line: start.line + before.split('\n').length - 1, column: offset - lastBreak };
}
