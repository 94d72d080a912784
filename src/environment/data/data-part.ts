import { bisectLeft } from 'd3-array';

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

/** A variable and its value. */
export interface DataCell {
  readonly name: string;
  /** Where the name is written: the key, or the column's name in the first line. */
  readonly nameAt: DataPlace;
  /** As Newman reads it: a text, a number, a boolean, null, a list or an object. */
  readonly data: unknown;
  /** As it is written, for what is no text: 007 and 1.50 for 7 and 1.5. Undefined for a list or an object. */
  readonly written: string | undefined;
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

/** Gives the place of each character of a text that begins at `start` of a file. */
export function placesIn(text: string, start: DataPlace): (offset: number) => DataPlace {
  const breaks: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at);
  return (offset) => {
    const lines = bisectLeft(breaks, offset);
    const last = breaks[lines - 1];
    return last === undefined
      ? { line: start.line, column: start.column + offset }
      : { line: start.line + lines, column: offset - last };
  };
}
