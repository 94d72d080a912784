/** More levels than any data of a service or a person has, and fewer than what overflows the stack of those who walk through it. */
export const deepestLevel = 500;

/** Whether a JSON text, good or not, has more levels of lists and objects than are read. */
export function isNestedDeeply(text: string): boolean {
  let level = 0;
  // Texts are passed over whole: a bracket in them opens nothing.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/g)) {
    if (token === '[' || token === '{') level += 1;
    else if (token === ']' || token === '}') level -= 1;
    if (level > deepestLevel) return true;
  }
  return false;
}
