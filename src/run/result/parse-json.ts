/** What the text of a body may begin with, a byte order mark read in one character set or another; Postman passes over it. */
const byteOrderMark = /^(?:\uFEFF|\uBBBF|\u00FE\u00FF|\u00FF\u00FE|\u00EF\u00BB\u00BF)/;

/** A text as data; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(byteOrderMark, ''));
  } catch {
    return undefined;
  }
}
