import { pipeline } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { type DataCell, type DataPart, type DataPlace, maximumRow, placesIn, problemOf, tooLong } from './data-part.ts';

/** Separators of columns. The first one that the first line holds is that of the file. */
const delimiters = [',', ';', '\t'];

/**
 * The rows of a CSV file (RFC 4180); its first line names the variables. Columns are separated by commas, or by semicolons or tabs
 * as spreadsheets write them. Empty lines count for nothing. After a quote that is wrong, nothing more is read.
 */
export async function* csvParts(chunks: AsyncIterable<string>): AsyncGenerator<DataPart> {
  const { head, all } = await firstLineOf(chunks);
  const delimiter = delimiters.find((candidate) => head.includes(candidate)) ?? ',';
  let header: readonly Column[] | undefined;
  let line = 1;
  for await (const record of recordsOf(all, delimiter)) {
    const leading = /^[\r\n]*/.exec(record.raw)?.[0] ?? '';
    const raw = record.raw.slice(leading.length).replace(/[\r\n]+$/, '');
    const first = line + breaksIn(leading);
    line += breaksIn(record.raw);
    const places = fieldPlaces(raw, delimiter, first);
    if (record.error !== undefined) {
      const at = record.error === tooLong ? undefined : places.at(-1);
      yield problemOf(at ?? { line: first, column: 1 }, record.error);
      return;
    }
    const place = (index: number): DataPlace => places[index] ?? { line: first, column: 1 };
    if (header === undefined) {
      header = record.fields.map((field, index) => ({ name: field.trim(), at: place(index) }));
      yield* headerProblems(header);
      continue;
    }
    const columns = header;
    if (record.fields.length !== columns.length) {
      const [found, expected] = [record.fields, columns].map(
        ({ length }) => `${length} ${length === 1 ? 'column' : 'columns'}`,
      );
      yield problemOf({ line: first, column: 1 }, `this row has ${found}; the first line has ${expected}`);
      continue;
    }
    yield {
      kind: 'row',
      line: first,
      cells: columns.map(({ name, at }, index) => ({
        name,
        nameAt: at,
        ...cellValue(record.fields[index] ?? '', places[index]?.quoted ?? false),
        valueAt: place(index),
      })),
    };
  }
}

interface Column {
  readonly name: string;
  readonly at: DataPlace;
}

function* headerProblems(columns: readonly Column[]): Generator<DataPart> {
  const known = new Set<string>();
  for (const { name, at } of columns) {
    if (name === '') yield problemOf(at, 'this column has no name; name the variable that it gives');
    else if (known.has(name)) {
      yield problemOf(at, `there are two columns ${JSON.stringify(name)}; remove one of them`);
    }
    known.add(name);
  }
}

/** What Newman takes for a number: digits, of which none but the first may be 0, and all that JavaScript converts to one. */
const integer = /^[-+]?[1-9]+[0-9]*$/;

/** As Newman reads it: space around it does not count, and without quotes a number is a number. */
function cellValue(text: string, quoted: boolean): Pick<DataCell, 'data' | 'written'> {
  if (quoted) return { data: text, written: text };
  const value = text.trim();
  const isNumber = integer.test(value) || Number(value) - Number.parseFloat(value) + 1 >= 0;
  return { data: isNumber ? Number.parseFloat(value) : value, written: text };
}

/** The first line, and the whole text with it. */
async function firstLineOf(
  chunks: AsyncIterable<string>,
): Promise<{ readonly head: string; readonly all: AsyncIterable<string> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = '';
  let next = await iterator.next();
  while (!next.done) {
    head += next.value;
    if (/[\r\n]/.test(head.trimStart()) || head.length > maximumRow) break;
    next = await iterator.next();
  }
  const all = async function* () {
    yield head;
    for (let rest = await iterator.next(); !rest.done; rest = await iterator.next()) yield rest.value;
  };
  return { head: head.trimStart().split(/[\r\n]/)[0] ?? '', all: all() };
}

interface CsvRecord {
  readonly fields: readonly string[];
  /** As written, with the empty lines before it. */
  readonly raw: string;
  /** What is wrong in the last field of `raw`; nothing follows. */
  readonly error?: string;
}

/** Records until one that is wrong. */
async function* recordsOf(chunks: AsyncIterable<string>, delimiter: string): AsyncGenerator<CsvRecord> {
  let made = 0;
  let failure: { readonly after: number; readonly record: CsvRecord } | undefined;
  const parser = parse({
    delimiter,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maximumRow,
    // An error ends a stream at once, and what was read before it would be lost: so the parser goes on, with no more to read.
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      failure ??= { after: made, record: { fields: [], raw: raw ?? '', error: wordsOf(error) } };
      return undefined;
    },
    on_record: (record) => {
      made += 1;
      return record;
    },
  });
  const untilFailure = async function* () {
    for await (const chunk of chunks) {
      if (failure !== undefined) return;
      yield chunk;
    }
  };
  pipeline(untilFailure(), parser, () => {}); // an error reaches whoever reads the parser
  let given = 0;
  for await (const { record, raw } of parser as AsyncIterable<{ record: string[]; raw: string }>) {
    if (failure !== undefined && given === failure.after) break;
    given += 1;
    yield { fields: record, raw };
  }
  if (failure !== undefined) yield failure.record;
}

function wordsOf(error: CsvError | undefined): string {
  switch (error?.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'this quote has no closing quote';
    case 'CSV_MAX_RECORD_SIZE':
      return tooLong;
    default:
      return 'a quote is in the wrong place here; put the whole value in quotes, and write each quote in it twice';
  }
}

/** Where each field of a record begins, and whether it is in quotes. The parser would tell that too, with the whole record for each. */
function fieldPlaces(raw: string, delimiter: string, line: number): (DataPlace & { readonly quoted: boolean })[] {
  const text = withoutReturns(raw);
  const starts = [0];
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') quoted = !quoted;
    else if (text[index] === delimiter && !quoted) starts.push(index + 1);
  }
  const placeOf = placesIn(text, { line, column: 1 });
  return starts.map((start) => ({ ...placeOf(start), quoted: text[start] === '"' }));
}

/** With line feeds only. The parser leaves out the line feed after a carriage return that ends a record. */
function withoutReturns(raw: string): string {
  return raw.replaceAll(/\r\n?/g, '\n');
}

function breaksIn(raw: string): number {
  return withoutReturns(raw).split('\n').length - 1;
}
