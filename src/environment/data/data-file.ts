import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { Definition } from '../../definition/definition.ts';
import { perDefinition } from '../../definition/per-definition.ts';
import { readsUndeclared } from '../../definition/raw.ts';
import { nearest } from '../../definition/reading/nearest.ts';
import { codeOf, UsageError } from '../../errors.ts';
import { iterationProblems } from '../validate.ts';
import { hasForm } from '../values.ts';
import { csvParts } from './data-csv.ts';
import { jsonParts, ndjsonParts } from './data-json.ts';
import {
  type DataCell,
  type DataPart,
  type DataPlace,
  type DataProblem,
  type DataRow,
  problemOf,
} from './data-part.ts';
import { DataTextError, textOf } from './data-text.ts';
import { yamlParts } from './data-yaml.ts';

/** The values of one iteration. */
export interface IterationValues {
  /** Position of the row, from 1. */
  readonly number: number;
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
  /**
   * Values by variable: texts, numbers, booleans, and where scripts read them lists and objects. An empty cell is an empty text.
   * In a definition with `iterations: shared` they are read as Newman reads them. In others null counts as not given, texts
   * have no space around them, and a number that is not written as JavaScript would (007, 1.50) stays a text.
   */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a data file holds. */
export interface DataFileFacts {
  /** Number of its rows. */
  readonly count: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  /** The variables that it gives a value in any row; with `iterations: shared`, also an empty one. */
  readonly variables: ReadonlySet<string>;
}

/** Problems that are shown; of the others only their number is told. */
const shownProblems = 20;

type Format = (chunks: AsyncIterable<string>) => AsyncIterable<DataPart>;

const formats: Readonly<Record<string, Format>> = {
  '.csv': csvParts,
  '.json': jsonParts,
  '.ndjson': ndjsonParts,
  '.jsonl': ndjsonParts,
  '.yaml': yamlParts,
  '.yml': yamlParts,
};

/**
 * Reads a data file from beginning to end, a piece at a time, and gives what it holds. Its ending says the format: .csv, .json (a list of objects), .ndjson or .jsonl (an object a line), .yaml or
 * .yml (a list of mappings, or a mapping a document). Columns and keys are variables of the collection, or what its scripts read.
 *
 * Throws `UsageError` when it cannot be read, holds no row, or something in it is wrong: all problems, of which 20 are shown, each
 * with its place as `shown:line:column`. No secret is in a message.
 */
export async function checkDataFile(file: string, shown: string, definition: Definition): Promise<DataFileFacts> {
  const format = formatOf(shown);
  const hash = createHash('sha256');
  const { problemsOf, unknownNames } = rowChecks(definition);
  const problems: DataProblem[] = [];
  let total = 0;
  let count = 0;
  const variables = new Set<string>();
  const isShared = definition.iterations === 'shared';
  for await (const part of dataParts(
    bytesOf(file, shown, (chunk) => hash.update(chunk)),
    format,
  )) {
    if (part.kind === 'row') {
      count += 1;
      for (const [name, value] of Object.entries(valuesOf(part, definition)))
        if (isShared || value !== '') variables.add(name);
    }
    for (const problem of problemsOf(part)) {
      total += 1;
      if (problems.length < shownProblems) problems.push(problem);
    }
  }
  const unknown = unknownNames();
  problems.push(...unknown);
  total += unknown.length;
  if (total === 0 && count === 0) {
    problems.push(problemOf({ line: 1, column: 1 }, 'there is no row; each gives the variables of one iteration'));
    total = 1;
  }
  if (total > 0) throw new UsageError(problemText(problems, total, shown));
  return { count, sha256: hash.digest('hex'), variables };
}

/**
 * The rows of a data file, read as they are asked for. Throws `UsageError` at the first row with something wrong: the file was
 * changed since it was checked.
 */
export async function* readDataFile(
  file: string,
  shown: string,
  definition: Definition,
): AsyncGenerator<IterationValues> {
  const { problemsOf, unknownNames } = rowChecks(definition);
  let number = 0;
  for await (const part of dataParts(bytesOf(file, shown), formatOf(shown))) {
    const problems = [...problemsOf(part), ...unknownNames()];
    if (problems.length > 0) throw new UsageError(problemText(problems, problems.length, shown));
    if (part.kind !== 'row') continue;
    number += 1;
    yield { number, line: part.line, values: valuesOf(part, definition) };
  }
}

/** The parts of a data file from its bytes; ends after what makes reading on impossible. */
export async function* dataParts(bytes: AsyncIterable<Uint8Array>, format: Format): AsyncGenerator<DataPart> {
  try {
    yield* format(textOf(bytes));
  } catch (error) {
    if (!(error instanceof DataTextError)) throw error;
    yield error.problem;
  }
}

/** How the rows of a file are read, by its ending. Throws `UsageError` for any other. */
export function formatOf(shown: string): Format {
  const format = formats[extname(shown).toLowerCase()];
  if (format) return format;
  throw new UsageError(`${shown}: the name of a data file ends in one of ${Object.keys(formats).join(', ')}`);
}

async function* bytesOf(
  file: string,
  shown: string,
  look: (chunk: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      look(chunk);
      yield chunk;
    }
  } catch (error) {
    const code = codeOf(error);
    const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'that is not permitted' }[
      code ?? ''
    ];
    throw new UsageError(`cannot read the data file ${shown}: ${reason ?? code}`, { cause: error });
  }
}

interface RowChecks {
  /** What is wrong with a part of the file, in its order, but for names that are no variables. */
  problemsOf(part: DataPart): readonly DataProblem[];
  /** All names until now that are no variables, as one problem. */
  unknownNames(): readonly DataProblem[];
}

function rowChecks(definition: Definition): RowChecks {
  const names = definition.variables.map(({ name }) => name);
  const known = new Set(names);
  const mayBeRead = readsUndeclared(definition);
  const unknown = new Map<string, DataPlace>();
  return {
    problemsOf: (part) => {
      if (part.kind === 'problem') return [part];
      if (!mayBeRead)
        for (const { name, nameAt } of part.cells)
          if (name !== '' && !known.has(name) && !unknown.has(name)) unknown.set(name, nameAt);
      const wrong = iterationProblems(definition, valuesOf(part, definition));
      return [
        ...(mayBeRead ? [] : part.cells.flatMap(structureProblem)),
        ...wrong.map(({ variable, message }) => {
          const cell = part.cells.find(({ name }) => name === variable);
          return problemOf(cell?.valueAt ?? { line: part.line, column: 1 }, message);
        }),
      ];
    },
    unknownNames: () => {
      const [first] = unknown.values();
      return first ? [problemOf(first, unknownText([...unknown.keys()], names))] : [];
    },
  };
}

/** Only a script can make use of a list or an object. */
function structureProblem({ name, data, valueAt }: DataCell): DataProblem[] {
  if (typeof data !== 'object' || data === null) return [];
  return [problemOf(valueAt, `the value of ${JSON.stringify(name)} is a list or an object; expected a text`)];
}

/** Names that are shown; of the others only their number. */
const shownNames = 5;

function unknownText(unknown: readonly string[], names: readonly string[]): string {
  const shown = unknown.slice(0, shownNames);
  const near = shown.map((name) => nearest(name, names));
  const [only = ''] = shown;
  if (unknown.length === 1) {
    const hint = near[0] === undefined ? `expected one of ${names.join(', ')}` : `did you mean "${near[0]}"?`;
    return `${JSON.stringify(only)} is not a variable of this collection; ${hint}`;
  }
  const listed = shown.map((name, index) =>
    near[index] === undefined ? JSON.stringify(name) : `${JSON.stringify(name)} (did you mean "${near[index]}"?)`,
  );
  const more = unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : '';
  const expected = near.every((name) => name !== undefined) ? '' : `; expected some of ${names.join(', ')}`;
  return `${unknown.length} names are not variables of this collection: ${listed.join(', ')}${more}${expected}`;
}

function valuesOf({ cells }: DataRow, definition: Definition): Record<string, unknown> {
  const isShared = definition.iterations === 'shared';
  const formed = formedNames(definition);
  return Object.fromEntries(
    cells.flatMap((cell): [string, unknown][] => {
      const value = isShared ? sharedValue(cell, formed) : ownValue(cell);
      return value === null && !isShared ? [] : [[cell.name, value]];
    }),
  );
}

const formedNames = perDefinition(
  ({ variables }: Definition): ReadonlySet<string> => new Set(variables.filter(hasForm).map(({ name }) => name)),
);

function sharedValue({ name, data }: DataCell, formed: ReadonlySet<string>): unknown {
  return typeof data === 'string' && formed.has(name) ? data.trim() : data;
}

/** Numbers that lose nothing are numbers; null when there is no value. */
function ownValue({ data, written = '' }: DataCell): unknown {
  if (typeof data === 'number') return String(data) === written.trim() ? data : written.trim();
  return typeof data === 'string' ? data.trim() : data;
}

function problemText(problems: readonly DataProblem[], total: number, shown: string): string {
  const byPlace = problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
  const lines = byPlace.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`);
  return [...lines, ...(total > problems.length ? [`and ${total - problems.length} more`] : [])].join('\n');
}
