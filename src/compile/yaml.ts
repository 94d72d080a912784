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
  // Names and values come again and again.
  const known = new Map<string, string>();
  const text = (content: string, indent: string, implicitKey: boolean, indentAtStart?: number): string => {
    const write = () => {
      const context = { ...shared, indent, implicitKey, indentAtStart };
      return stringifyString({ value: content }, context as unknown as StringifyContext);
    };
    if (content.length > 200) return write();
    const place = `${indent.length} ${implicitKey} ${indentAtStart} ${content}`;
    const written = known.get(place) ?? write();
    known.set(place, written);
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
  const block = (content: object, indent: string): string => {
    const inner = `${indent}  `;
    const lines = Array.isArray(content)
      ? content.map((item: unknown) => `- ${isObject(item) ? block(item, inner) : scalar(item, inner)}`)
      : entriesOf(content).map(([key, child]) => {
          const before = `${keyText(key, inner)}:`;
          if (!isObject(child)) {
            const written = scalar(child, inner, before.length + 1);
            return written.startsWith('\n') ? before + written : `${before} ${written}`;
          }
          const below = block(child, inner);
          return /^(\{\}|\[\])$/.test(below) ? `${before} ${below}` : `${before}\n${inner}${below}`;
        });
    if (lines.length === 0) return Array.isArray(content) ? '[]' : '{}';
    return lines.join(`\n${indent}`);
  };

  try {
    return isObject(value) ? `${block(value, '')}\n` : undefined;
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
