/** Where a text stops being JSON: the offset of the first token that does not fit. The text must not be JSON. */
export function firstBadOffset(text: string): number {
  const token =
    /\s*(?:([{}[\]:,])|("(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\b|true\b|false\b|null\b))/y;
  /** What may come next, and the brackets that are open. */
  let expected: 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'next' | 'end' = 'value';
  const open: string[] = [];
  for (;;) {
    const from = token.lastIndex;
    const at = from + (/^\s*/.exec(text.slice(from, from + 10_000))?.[0].length ?? 0);
    const match = token.exec(text);
    if (!match) return Math.min(at, text.length);
    const [, mark, string, other] = match;
    const isValue = string !== undefined || other !== undefined || mark === '{' || mark === '[';
    const after = () => (open.length === 0 ? 'end' : 'next');
    if ((expected === 'value' || expected === 'first-item') && isValue) {
      if (mark === undefined) expected = after();
      else {
        open.push(mark);
        expected = mark === '{' ? 'first-key' : 'first-item';
      }
    } else if ((expected === 'key' || expected === 'first-key') && string !== undefined) expected = 'colon';
    else if (expected === 'colon' && mark === ':') expected = 'value';
    else if (expected === 'next' && mark === ',') expected = open.at(-1) === '{' ? 'key' : 'value';
    else if (['next', 'first-item', 'first-key'].includes(expected) && mark === (open.at(-1) === '{' ? '}' : ']')) {
      open.pop();
      expected = after();
    } else return at;
  }
}

/** Line and column of an offset, from 1. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
