import { Document, stringify } from 'yaml';
import { type StringifyContext, stringifyString } from 'yaml/util';

const options = {
  aliasDuplicateObjects: false,
  compat: 'yaml-1.1',
  lineWidth: 120,
  blockQuote: 'literal',
} as const;

/** YAML as compiled files have it: texts of several lines as blocks, no anchors, and a comment that says where it comes from. */
export function yamlText(value: unknown, comment: string): string {
  return `# ${comment}\n${writtenByLines(value) ?? stringify(value, options)}`;
}

/**
 * What the package `yaml` writes, without making a node of every key and value first: it writes the texts, and here they are put
 * together. Undefined for what is more than mappings and lists of texts, plain numbers and the like; the package writes that.
 */
function writtenByLines(value: unknown): string | undefined {
  const shared = {
    actualString: true,
    inFlow: null,
    indentStep: '  ',
    doc: new Document(null, options),
    // The package's own, beside those above.
    options: {
      ...{ ...options, minContentWidth: 20, singleQuote: null, defaultKeyType: null, defaultStringType: 'PLAIN' },
      ...{ doubleQuotedAsJSON: false, doubleQuotedMinMultiLineLength: 40 },
    },
  };
  // Names and values come again and again: what is written of each, by its place in a line.
  const known = new Map<string, Map<number, string>>();
  const text = (content: string, indent: string, implicitKey: boolean, indentAtStart?: number): string => {
    const write = () => {
      const context = { ...shared, indent, implicitKey, indentAtStart };
      return stringifyString({ value: content }, context as unknown as StringifyContext);
    };
    if (content.length > 200) return write();
    const places = known.get(content) ?? new Map<number, string>();
    known.set(content, places);
    const place = ((indentAtStart ?? 0) * 1024 + indent.length) * 2 + Number(implicitKey);
    const written = places.get(place) ?? write();
    places.set(place, written);
    return written;
  };

  const keyText = (key: string, indent: string): string => {
    const written = text(key, indent, true);
    return written.length > 1000 ? giveUp() : written;
  };
  const scalar = (content: unknown, indent: string, indentAtStart?: number): string => {
    if (typeof content === 'string') return text(content, indent, false, indentAtStart);
    if (content === null || typeof content === 'boolean') return String(content);
    const written = Object.is(content, -0) ? '-0' : JSON.stringify(content);
    return typeof content === 'number' && /^-?\d+(\.\d+)?$/.test(written) ? written : giveUp();
  };
  let written = '';
  const block = (content: object, indent: string): void => {
    const inner = `${indent}  `;
    const start = written.length;
    if (Array.isArray(content)) {
      for (const [index, item] of (content as readonly unknown[]).entries()) {
        written += index === 0 ? '- ' : `\n${indent}- `;
        if (isObject(item)) block(item, inner);
        else written += scalar(item, inner);
      }
      if (written.length === start) written += '[]';
      return;
    }
    for (const [key, child] of entriesOf(content)) {
      if (written.length > start) written += `\n${indent}`;
      const before = `${keyText(key, inner)}:`;
      written += before;
      if (!isObject(child)) {
        const value = scalar(child, inner, before.length + 1);
        written += value.startsWith('\n') ? value : ` ${value}`;
        continue;
      }
      written += isEmpty(child) ? ' ' : `\n${inner}`;
      block(child, inner);
    }
    if (written.length === start) written += '{}';
  };

  try {
    if (!isObject(value)) return undefined;
    block(value, '');
    return `${written}\n`;
  } catch (error) {
    if (error === notByLines) return undefined;
    throw error;
  }
}

const notByLines = new Error('not written by lines');

function giveUp(): never {
  throw notByLines;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : entriesOf(value).length === 0;
}

function entriesOf(mapping: object): [string, unknown][] {
  const entries = Object.entries(mapping).filter(([, value]) => value !== undefined);
  // Keys whose values are all empty are a set to the package.
  if (entries.length > 0 && entries.every(([, value]) => value === null)) giveUp();
  if (Object.getPrototypeOf(mapping) !== Object.prototype) giveUp();
  return entries;
}
