/** What the text of a body may begin with, a byte order mark read in one character set or another; Postman passes over it. */
const byteOrderMark = /^(?:\uFEFF|\uBBBF|\u00FE\u00FF|\u00FF\u00FE|\u00EF\u00BB\u00BF)/;

/**
 * Objects and lists in a text of a server may be nested in each other so deep. No API needs as much; what is deeper, and so would
 * overflow the stack of whatever goes through it, is not read.
 */
export const mostLevels = 200;

/** A text as data; undefined when it is not JSON, or nested deeper than `mostLevels`. */
export function parseJson(text: string): unknown {
  if (text === last?.text) return last.data;
  const data = parse(text);
  if (text.length <= longestKept) last = { text, data };
  return data;
}

/** A body is asked for by checks, captures and redaction, one after the other. Nobody changes what was parsed. */
let last: { readonly text: string; readonly data: unknown } | undefined;
const longestKept = 100_000;

function parse(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text.replace(byteOrderMark, ''));
  } catch {
    return undefined;
  }
}

/** Why `parseJson` cannot read a body, as part of a sentence; undefined when it can. */
export function jsonProblem(text: string): string | undefined {
  if (parseJson(text) !== undefined) return undefined;
  return isTooDeep(text) ? `the body is nested deeper than ${mostLevels} levels` : 'the body is not JSON';
}

/** Goes through the text once. Of one that is not JSON the answer may be wrong, so far as it is JSON it is right. */
export function isTooDeep(text: string): boolean {
  if (openings(text, mostLevels) <= mostLevels) return false;
  let level = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at);
    else if (code === 91 || code === 123) level += 1;
    else if (code === 93 || code === 125) level -= 1;
    if (level > mostLevels) return true;
  }
  return false;
}

/** How many brackets and braces a text opens, in strings too; it stops counting above `most`. */
function openings(text: string, most: number): number {
  let count = 0;
  for (const opening of '[{')
    for (let at = text.indexOf(opening); at >= 0 && count <= most; at = text.indexOf(opening, at + 1)) count += 1;
  return count;
}

/** The place of the quote that ends the string which begins at a place; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at;
  }
  return text.length;
}
