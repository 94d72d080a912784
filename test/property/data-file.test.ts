import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { dataParts, formatOf } from '../../src/environment/data/data-file.ts';
import { slow } from '../slow.ts';

/** Any text of Unicode that a file can hold; the sign for what is no character counts as a mistake of encoding. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0\uFFFD]/g, '')),
  fc.string({
    unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r\n', ' ', '-', '#', '{', '[', ']', 'a', '\\', 'ä', '🙂'),
  }),
  fc.constantFrom(
    '- a: b',
    '\n- a: b',
    '---',
    '\n---\n',
    '"',
    '""',
    '\\"',
    'null',
    'true',
    '007',
    '~',
    '}],',
    '\uFEFF',
    '\r',
  ),
);

interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const tables: fc.Arbitrary<Table> = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,6}$/), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      rows: fc.array(fc.tuple(...names.map(() => texts)), { maxLength: 6 }),
    }),
  );

const asObjects = ({ names, rows }: Table) =>
  rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));

/** The row as CSV; quotes where they are needed, and everywhere with `always`. */
const csvLine = (row: readonly string[], delimiter: string, always: boolean) =>
  row
    .map((text) => (always || text === '' || /["\r\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(delimiter);

const lineBreaks = fc.constantFrom('\n', '\r\n');
const marks = fc.constantFrom('', '\uFEFF');

/** A table, and the same written in a format. */
const files = fc.oneof(
  fc
    .record({
      table: tables,
      end: lineBreaks,
      mark: marks,
      delimiter: fc.constantFrom(',', ';', '\t'),
      always: fc.boolean(),
      last: fc.constantFrom('', 'end', 'two ends'),
    })
    .filter(({ table, always }) => always || !table.rows.flat().includes('\uFEFF'))
    .map(({ table, end, mark, delimiter, always, last }) => ({
      table,
      name: 'rows.csv',
      text:
        mark +
        [table.names.join(delimiter), ...table.rows.map((row) => csvLine(row, delimiter, always))].join(end) +
        { '': '', end, 'two ends': end + end }[last],
    })),
  fc
    .record({ table: tables, mark: marks, indentation: fc.constantFrom(undefined, 2, '\t') })
    .map(({ table, mark, indentation }) => ({
      table,
      name: 'rows.json',
      text: mark + JSON.stringify(asObjects(table), null, indentation),
    })),
  fc
    .record({ table: tables, mark: marks, end: lineBreaks, name: fc.constantFrom('rows.ndjson', 'rows.jsonl') })
    .map(({ table, mark, end, name }) => ({
      table,
      name,
      text:
        mark +
        asObjects(table)
          .map((row) => JSON.stringify(row) + end)
          .join(''),
    })),
  fc
    .record({
      table: tables,
      mark: marks,
      end: lineBreaks,
      layout: fc.constantFrom('list', 'documents', 'flow', 'library'),
      name: fc.constantFrom('rows.yaml', 'rows.yml'),
    })
    .map(({ table, mark, end, layout, name }) => {
      const rows = asObjects(table);
      const keys = (row: Record<string, string>, lead: string) =>
        Object.entries(row)
          .map(
            ([key, value], index) =>
              `${index === 0 ? lead : '  '}${JSON.stringify(key)}: ${JSON.stringify(value)}${end}`,
          )
          .join('');
      const text = {
        list: rows.map((row) => `# a row${end}${keys(row, '- ')}`).join(''),
        documents: rows.map((row) => `---${end}${keys(row, '  ')}`).join(''),
        flow: JSON.stringify(rows, null, 1),
        library: stringify(rows),
      }[layout];
      return { table, name, text: mark + text };
    })
    .filter(({ table, text }) => {
      // Some texts the library itself does not read as it wrote them.
      if (/^\uFEFF?(---|#|\[)/.test(text)) return true;
      try {
        return JSON.stringify(parse(text.replace(/^\uFEFF/, ''))) === JSON.stringify(asObjects(table));
      } catch {
        return false;
      }
    }),
);

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < bytes.length; index += 1) {
    const end = start + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function listOf<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const part of parts) list.push(part);
  return list;
}

it('reads any table of texts back from every format, wherever its bytes are cut', slow, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async ({ table, name, text }, sizes) => {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        const parts = await listOf(dataParts(cut(Buffer.from(text), sizes), formatOf(name)));
        expect(parts.filter(({ kind }) => kind === 'problem')).toEqual([]);
        const rows = parts.flatMap((part) =>
          part.kind === 'row' ? [part.cells.map(({ name, written }) => [name, written])] : [],
        );
        expect(rows).toEqual(table.rows.map((row) => table.names.map((key, index) => [key, row[index]])));
      },
    ),
    { numRuns: 1500 },
  );
  expect(seen.size).toBe(6);
});

it('tells the line and column of every name and value, wherever the bytes are cut', slow, async () => {
  await fc.assert(
    fc.asyncProperty(
      files.filter(({ text }) => !/\r(?!\n)/.test(text)),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async ({ name, text }, sizes) => {
        const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
        const at = ({ line, column }: { line: number; column: number }) => (lines[line - 1] ?? '').slice(column - 1);
        for (const part of await listOf(dataParts(cut(Buffer.from(text), sizes), formatOf(name)))) {
          if (part.kind !== 'row') continue;
          for (const cell of part.cells) {
            expect(at(cell.nameAt).replace(/^"/, '').startsWith(cell.name)).toBe(true);
            const [first = ''] = (cell.written ?? '').split(/["\\\s]/);
            const written = at(cell.valueAt).replace(/^["']/, '');
            if (first !== '' && /^[ -~]+$/.test(first) && !/^[|>\\]/.test(written)) {
              expect(written.replaceAll("''", "'").startsWith(first)).toBe(true);
            }
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});
