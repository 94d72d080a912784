import { Document, isScalar, parse, Scalar, visit } from 'yaml';
import { isSame } from '../../definition/merge-patch.ts';
import { parseChecked } from '../../definition/reading/parse-checked.ts';
import { placesOf } from '../../definition/reading/source-file.ts';
import type { YamlMemory } from '../../definition/reading/yaml-memory.ts';

/** Width 0: lines are never folded. */
export const layout = { lineWidth: 0 } as const;

/** Characters that a definition may hold only as escapes, and those that a line cannot show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\uD800-\uDFFF\uFEFF\uFFFD\uFFFE\uFFFF]/u;

/** Data as YAML that reads as the same data again; `schema` is the editor schema named in the first line. `memory` knows it then. */
export function toYaml(data: unknown, kind: 'collection' | 'step', schemas: string, memory?: YamlMemory): string {
  const header = `# yaml-language-server: $schema=${schemas}${kind}.schema.json\n`;
  const text = `${header}${withEscapes(String(readable(new Document(data, documentOptions)).toString(layout)))}`;
  const { source, problems } = parseChecked('', text, kind, memory);
  if (problems.length === 0 && isSame(source.data, data)) {
    memory?.keep(kind, text, { data, places: placesOf(source) });
    return text;
  }
  // Where a layout of the library does not survive reading, JSON (which is YAML too) does.
  return isSame(parse(text, documentOptions), data) ? text : `${header}${withEscapes(JSON.stringify(data, null, 2))}\n`;
}

export const documentOptions = { schema: 'core', aliasDuplicateObjects: false } as const;

/** The document with texts that lines cannot show in double quotes. */
export function readable(document: Document): Document {
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document;
}

function needsQuotes(text: string): boolean {
  return unprintable.test(text) || /[ \t]\n|^\s/.test(text);
}

/** In double quotes, every character may be an escape. */
export function withEscapes(text: string): string {
  return text.replace(new RegExp(unprintable, 'gu'), (character) =>
    character === '\r' ? '\\r' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
