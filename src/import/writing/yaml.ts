import { Document, isScalar, parse, Scalar, type ScalarTag, type Tags, visit } from 'yaml';
import { isSame } from '../../definition/merge-patch.ts';
import { maximumBytes } from '../../definition/reading/parse.ts';
import { hasShape, parseChecked } from '../../definition/reading/parse-checked.ts';
import { placesOf } from '../../definition/reading/source-file.ts';
import { placedDepth, type YamlMemory } from '../../definition/reading/yaml-memory.ts';
import { isPlain, placesIn } from './plain-data.ts';

/** Width 0: lines are never folded. No `%YAML` or `%TAG`, for which every node would be looked at. */
export const layout = { lineWidth: 0, directives: false } as const;

/** Characters that a definition may hold only as escapes, and those that a line cannot show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\uD800-\uDFFF\uFEFF\uFFFD\uFFFE\uFFFF]/u;

/** Data as YAML that reads as the same data again; `schema` is the editor schema named in the first line. `memory` knows it then. */
export function toYaml(data: unknown, kind: 'collection' | 'step', schemas: string, memory?: YamlMemory): string {
  const header = `# yaml-language-server: $schema=${schemas}${kind}.schema.json\n`;
  const document = new Document(data, documentOptions);
  const isKnown = isPlain(data);
  const text = `${header}${isKnown ? document.toString(layout) : withEscapes(readable(document).toString(layout))}`;
  if (isKnown && Buffer.byteLength(text) <= maximumBytes) {
    if (memory && hasShape(kind, data))
      memory.keep(kind, text, { data, places: placesIn(text, data, memory.depth ?? placedDepth) });
    return text;
  }
  const { source, problems } = parseChecked('', text, kind, memory);
  if (problems.length === 0 && isSame(source.data, data)) {
    memory?.keep(kind, text, { data, places: placesOf(source) });
    return text;
  }
  // Where a layout of the library does not survive reading, JSON (which is YAML too) does.
  return isSame(parse(text, documentOptions), data) ? text : `${header}${withEscapes(JSON.stringify(data, null, 2))}\n`;
}

/** Texts of several lines in double quotes get a line for each of theirs. */
const customTags = (tags: Tags): Tags =>
  tags.map((tag) => (isTextTag(tag) ? { ...tag, stringify: textWith(tag) } : tag));

const textWith =
  ({ stringify }: ScalarTag): Stringify =>
  (item, context, ...more) =>
    quotedLines(item, context) ?? stringify?.(item, context, ...more) ?? '';

type Stringify = NonNullable<ScalarTag['stringify']>;

function isTextTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:str';
}

export const documentOptions = { schema: 'core', aliasDuplicateObjects: false, customTags } as const;

/** The document with texts that lines cannot show in double quotes. */
export function readable(document: Document): Document {
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document;
}

/** A block of lines holds what lines can show; of a last line, it would hold no blanks. */
function needsQuotes(text: string): boolean {
  return unprintable.test(text) || /^\s*\n|^\t|\n[ \t]+$/.test(text) || (/^\s/.test(text) && !text.includes('\n'));
}

/** A text of several lines in double quotes, each in a line of its own that ends with a backslash; undefined for other texts. */
function quotedLines(
  { type, value }: Scalar,
  { indent, implicitKey, inFlow }: Parameters<Stringify>[1],
): string | undefined {
  if (type !== Scalar.QUOTE_DOUBLE || typeof value !== 'string' || implicitKey || inFlow) return undefined;
  const lines = value.split(/(?<=\n)(?!$)/);
  if (lines.length === 1) return undefined;
  const [first = '', ...others] = lines.map((line) => JSON.stringify(line).slice(1, -1));
  // A backslash keeps the blanks before it, and those behind it.
  const folded = [first, ...others.map((line) => (line.startsWith(' ') ? `\\${line}` : line))];
  return `"${folded.join(`\\\n${indent}`)}"`;
}

/** In double quotes, every character may be an escape. */
export function withEscapes(text: string): string {
  return text.replace(new RegExp(unprintable, 'gu'), (character) =>
    character === '\r' ? '\\r' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
