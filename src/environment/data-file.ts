import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { Definition } from '../definition/definition.ts';
import { nearest } from '../definition/nearest.ts';
import { codeOf, UsageError } from '../errors.ts';
import { csvParts } from './data-csv.ts';
import { jsonParts, ndjsonParts } from './data-json.ts';
import { type DataPart, type DataProblem, type DataRow, problemOf } from './data-part.ts';
import { DataTextError, textOf } from './data-text.ts';
import { yamlParts } from './data-yaml.ts';
import { iterationProblems } from './validate.ts';

/** The values of one iteration. */
export interface IterationValues {
  /** Position of the row, from 1. */
  readonly number: number;
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
  /** Values by variable, without space around them; null and empty ones are left out. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a data file holds. */
export interface DataFileFacts {
  /** Number of its rows. */
  readonly count: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  /** The variables that it gives, in any row. */
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
 * .yml (a list of mappings, or a mapping a document). Columns and keys are variables of the collection.
 *
 * Throws `UsageError` when it cannot be read, holds no row, or something in it is wrong: all problems, of which 20 are shown, each
 * with its place as `shown:line:column`. No secret is in a message.
 */
export async function checkDataFile(file: string, shown: string, definition: Definition): Promise<DataFileFacts> {
  const format = formatOf(shown);
  const hash = createHash('sha256');
  const problemsOf = rowChecks(definition);
  const problems: DataProblem[] = [];
  let total = 0;
  let count = 0;
  const variables = new Set<string>();
  for await (const part of dataParts(
    bytesOf(file, shown, (chunk) => hash.update(chunk)),
    format,
  )) {
    if (part.kind === 'row') {
      count += 1;
      for (const name of Object.keys(valuesOf(part))) variables.add(name);
    }
    for (const problem of problemsOf(part)) {
      total += 1;
      if (problems.length < shownProblems) problems.push(problem);
    }
  }
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
  const problemsOf = rowChecks(definition);
  let number = 0;
  for await (const part of dataParts(bytesOf(file, shown), formatOf(shown))) {
    const problems = problemsOf(part);
    if (problems.length > 0) throw new UsageError(problemText(problems, problems.length, shown));
    if (part.kind !== 'row') continue;
    number += 1;
    yield { number, line: part.line, values: valuesOf(part) };
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

/** What is wrong with each part, in the order of the file. A name that is no variable is told once. */
function rowChecks(definition: Definition): (part: DataPart) => readonly DataProblem[] {
  const names = definition.variables.map(({ name }) => name);
  const known = new Set(names);
  const told = new Set<string>();
  return (part) => {
    if (part.kind === 'problem') return [part];
    const unknown = part.cells.filter(({ name }) => name !== '' && !known.has(name) && !told.has(name));
    for (const { name } of unknown) told.add(name);
    const wrong = iterationProblems(definition, valuesOf(part));
    return [
      ...unknown.map(({ name, nameAt }) => problemOf(nameAt, unknownName(name, names))),
      ...wrong.map(({ variable, message }) => {
        const cell = part.cells.find(({ name }) => name === variable);
        return problemOf(cell?.valueAt ?? { line: part.line, column: 1 }, message);
      }),
    ];
  };
}

function unknownName(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `expected one of ${names.join(', ')}`;
  return `${JSON.stringify(name)} is not a variable of this collection; ${hint}`;
}

function valuesOf({ cells }: DataRow): Record<string, string> {
  return Object.fromEntries(
    cells.map(({ name, value }) => [name, value.trim()] as const).filter(([, value]) => value !== ''),
  );
}

function problemText(problems: readonly DataProblem[], total: number, shown: string): string {
  const byPlace = problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
  const lines = byPlace.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`);
  return [...lines, ...(total > problems.length ? [`and ${total - problems.length} more`] : [])].join('\n');
}
