import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import stringify from 'json-stringify-pretty-compact';
import { CollectionFile, StepFile } from '../src/definition/schema.ts';
import { jsonReportSchema, ndjsonEventSchema } from '../src/report/json-schema.ts';

/** Writes what is made from schemas: the tables of keys in `collections/README.md`, and the schemas of reports. */

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

const begin = '<!-- keys: made from src/definition/schema.ts by npm run reference -->';
const end = '<!-- end of keys -->';

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
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`collections/README.md lacks "${begin}" or "${end}"`);
  return `${before}${begin}\n\n${tables.join('\n')}\n\n${end}${after}`;
}

function table(schema: Schema): string[] {
  return ['| key | | what it is |', '| --- | --- | --- |', ...rows(schema, '')];
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`;
    const required = schema.required?.includes(key) ? 'required' : '';
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

const file = fileURLToPath(new URL('../collections/README.md', import.meta.url));
const schemas = { 'run-result': jsonReportSchema, 'run-event': ndjsonEventSchema };
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, withKeyTables(readFileSync(file, 'utf8')));
  for (const [name, schema] of Object.entries(schemas)) {
    const path = fileURLToPath(new URL(`../src/report/${name}.schema.json`, import.meta.url));
    writeFileSync(path, `${stringify(schema, { maxLength: 120 })}\n`);
  }
}
