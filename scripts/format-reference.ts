import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringify from 'json-stringify-pretty-compact';
import { parse } from 'yaml';
import { bundledCollectionFolder, bundledCollections } from '../src/cli/collection-folder.ts';
import type { OptionSpec } from '../src/cli/options/option-table.ts';
import { runOptions } from '../src/cli/options/run-options.ts';
import { everyCommandOptions } from '../src/cli/options/shared-options.ts';
import { CollectionFile, StepFile } from '../src/definition/schema.ts';
import { jsonReportSchema, ndjsonEventSchema } from '../src/report/files/json-schema.ts';
import { withMarkedPart } from './marked-part.ts';

/**
 * Writes what is made from schemas: the tables of keys in `collections/README.md`, and the schemas of reports; from the table of
 * options: the one in `src/cli/README.md`; and from the folders of collections: their lists.
 */

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

/** The reference with its tables as the schema says them now. */
export function withKeyTables(readme: string): string {
  const tables = [
    '### Keys of `collection.yaml`',
    '',
    ...table(CollectionFile as unknown as Schema),
    '',
    '### Keys of a step file',
    '',
    ...table(StepFile as unknown as Schema),
  ];
  return withPart(readme, 'keys', 'src/definition/schema.ts', tables);
}

/** The page of commands with its table of the options of `run` as the program has them now. */
export function withOptionTable(readme: string): string {
  const options: readonly OptionSpec[] = Object.values({ ...runOptions, ...everyCommandOptions });
  const groups = [...new Set(options.map(({ group }) => group))];
  const lines = groups.flatMap((group) =>
    options
      .filter((option) => option.group === group)
      .flatMap(optionCells)
      .map((cells, index) => `| ${[index === 0 ? group : '', ...cells].join(' | ')} |`),
  );
  return withPart(readme, 'options', 'src/cli/options', [
    '| for | option | what it does |',
    '| --- | --- | --- |',
    ...lines,
  ]);
}

/** The README with its list of the collections that come with the package, by the names that the command line takes. */
export function withCollectionNames(readme: string): string {
  const items = bundledCollections().map((id) => `* [\`${id}\`](collections/${id}/README.md)`);
  return withPart(readme, 'collections', 'the folders', items);
}

/** The page of collections with its table of those that come with the package. */
export function withCollectionTable(page: string): string {
  return withPart(page, 'collections', 'the folders', [
    '| collection | what it does |',
    '| --- | --- |',
    ...bundledCollections().map((id) => {
      const [first = ''] = collectionOf(id).description.split('\n\n');
      return `| [${id}](${id}/README.md) | ${first.replaceAll('\n', ' ')} |`;
    }),
  ]);
}

function collectionOf(id: string): { readonly name: string; readonly description: string } {
  return parse(readFileSync(join(bundledCollectionFolder(id), 'collection.yaml'), 'utf8'));
}

/** The cells of an option, and those of the flag that negates it. */
function optionCells({ flags, description, choices, negation, defaultNote, ...option }: OptionSpec): string[][] {
  const usual = option.default ?? defaultNote;
  const notes = [choices && `one of ${choices.join(', ')}`, usual !== undefined && `default: ${usual}`].filter(Boolean);
  const text = notes.length > 0 ? `${description} (${notes.join('; ')})` : description;
  return [[`\`${flags}\``, text], ...(negation ? [[`\`${negation.flags}\``, negation.description]] : [])];
}

/** The page with other lines between its markers, which say what they are made from. */
function withPart(page: string, name: string, source: string, lines: readonly string[]): string {
  const begin = `<!-- ${name}: made from ${source} by npm run reference -->`;
  const end = `<!-- end of ${name} -->`;
  return withMarkedPart(page, begin, end, lines.join('\n'));
}

function table(schema: Schema): string[] {
  return ['| key | required | what it is |', '| --- | --- | --- |', ...rows(schema, '')];
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`;
    const required = schema.required?.includes(key) ? 'yes' : '';
    const line = `| \`${path}\` | ${required} | ${[child.description, choices(child)].filter(Boolean).join(' ')} |`;
    return [line, ...childRows(child, path)];
  });
}

function childRows(schema: Schema, path: string): string[] {
  const [byName] = Object.values(schema.patternProperties ?? {});
  return [
    ...rows(schema, `${path}.`),
    ...(byName ? rows(byName, `${path}.<name>.`) : []),
    ...(schema.items ? rows(schema.items, `${path}[].`) : []),
  ];
}

function choices({ enum: values }: Schema): string {
  return values ? `One of ${values.map((value) => `\`${value}\``).join(', ')}.` : '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rewrite('../collections/README.md', withKeyTables);
  rewrite('../src/cli/README.md', withOptionTable);
  rewrite('../README.md', withCollectionNames);
  rewrite('../collections/README.md', withCollectionTable);
  for (const [name, schema] of Object.entries({ 'run-result': jsonReportSchema, 'run-event': ndjsonEventSchema }))
    rewrite(`../src/report/${name}.schema.json`, () => `${stringify(schema, { maxLength: 120 })}\n`);
}

function rewrite(path: string, change: (text: string) => string): void {
  const file = fileURLToPath(new URL(path, import.meta.url));
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
