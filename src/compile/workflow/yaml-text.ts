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
  let output = '';
  /** Writes a mapping or list, after `before`; after `beforeEmpty` when there is nothing in it. */
  const block = (content: object, indent: string, before = '', beforeEmpty = ''): void => {
    const inner = `${indent}  `;
    const isList = Array.isArray(content);
    const children: readonly (readonly [string | number, unknown])[] = isList
      ? [...content.entries()]
      : entriesOf(content);
    if (children.length === 0) output += beforeEmpty + (isList ? '[]' : '{}');
    for (const [index, [key, child]] of children.entries()) {
      output += index === 0 ? before : `\n${indent}`;
      const name = isList ? '-' : `${keyText(String(key), inner)}:`;
      output += name;
      if (isObject(child)) {
        block(child, inner, isList ? ' ' : `\n${inner}`, ' ');
        continue;
      }
      const value = scalar(child, inner, isList ? undefined : name.length + 1);
      output += value.startsWith('\n') && !isList ? value : ` ${value}`;
    }
  };

  try {
    if (!isObject(value)) return undefined;
    block(value, '');
    return `${output}\n`;
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

function entriesOf(mapping: object): [string, unknown][] {
  const entries = Object.entries(mapping).filter(([, value]) => value !== undefined);
  // Keys whose values are all empty are a set to the package.
  if (entries.length > 0 && entries.every(([, value]) => value === null)) giveUp();
  if (Object.getPrototypeOf(mapping) !== Object.prototype) giveUp();
  return entries;
}
