import { isMapping } from '../../definition/merge-patch.ts';
import { formatPointer } from '../../definition/pointer.ts';
import { maximumDepth } from '../../definition/reading/parse.ts';
import { type Places, toPlaces } from '../../definition/reading/places.ts';

/** Data whose YAML is known to read as the same data again, so that it need not be read to see that. */

/** Printable characters of a line that neither begins nor ends with a blank. */
const plainLine = /^[!-~\u00a1-\u1fff](?:[ -~\u00a0-\u1fff]*[!-~\u00a1-\u1fff])?$/;
const plainKey = /^[A-Za-z_$][\w$.-]{0,99}$/;
/** Keys that are other values where nothing quotes them. */
const wordKey = /^(null|true|false)$/i;

/** Texts of such lines, whole numbers, booleans and null, in mappings and lists, not too deep for a definition. */
export function isPlain(data: unknown, levels = maximumDepth): boolean {
  if (typeof data === 'string') return data === '' || isPlainText(data);
  if (typeof data === 'number') return Number.isSafeInteger(data) && !Object.is(data, -0);
  if (typeof data !== 'object') return typeof data === 'boolean';
  return levels > 0 && childrenOf(data).every(([key, value]) => isPlainKey(key) && isPlain(value, levels - 1));
}

/** The first line decides how a block is written, so it has no indentation. */
function isPlainText(text: string): boolean {
  const [first = '', ...others] = text.split('\n');
  return plainLine.test(first) && others.every((line) => line === '' || plainLine.test(line.replace(/^ +/, '')));
}

function isPlainKey(key: string | number): boolean {
  return typeof key === 'number' || (plainKey.test(key) && !wordKey.test(key));
}

function childrenOf(data: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(data)) return [...data.entries()];
  return isMapping(data) ? Object.entries(data) : [];
}

/**
 * The places of every key and item of plain data down to a depth, in its text: the first one stands where its mapping or list begins, and
 * each other one in the next line that is indented as far.
 */
export function placesIn(text: string, data: unknown, depth: number): Places {
  const lines = text.split('\n');
  const places: [string, number][] = [];
  const nextAt = (indentation: number, before: number): number => {
    let at = before + 1;
    while (at < lines.length && indentationOf(lines[at] as string) !== indentation) at += 1;
    return at;
  };
  const walk = (value: unknown, pointer: string, indentation: number, first: number, levels: number) => {
    let at = first;
    for (const [index, [name, child]] of childrenOf(value).entries()) {
      if (index > 0) at = nextAt(indentation, at);
      const inner = pointer + formatPointer([name]);
      places.push([inner, at + 1]);
      // What is in an item begins behind its dash.
      if (levels > 1) walk(child, inner, indentation + 2, Array.isArray(value) ? at : at + 1, levels - 1);
    }
  };
  const begin = lines.findIndex((line) => !line.startsWith('#'));
  walk(data, '', 0, begin, depth);
  return toPlaces(places);
}

/** -1 for a line without text. */
function indentationOf(line: string): number {
  return line.search(/[^ ]/);
}
