/** Lines of a script without `levels` of indentation; undefined when a line has less. Empty lines have none. */
export function dedent(lines: readonly string[], levels = 1): string[] | undefined {
  const margin = '    '.repeat(levels);
  if (!lines.every((line) => line === '' || line.startsWith(margin))) return undefined;
  return lines.map((line) => line.slice(margin.length));
}

/** The lines from `start` on, up to the first one that is `end`, and where that one is; undefined when none is. */
export function blockUntil(
  lines: readonly string[],
  start: number,
  end: string,
): { readonly inside: readonly string[]; readonly end: number } | undefined {
  const found = lines.indexOf(end, start);
  return found < 0 ? undefined : { inside: lines.slice(start, found), end: found };
}
