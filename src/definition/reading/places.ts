/**
 * The lines on which keys and items of a file begin: a text with a line for each, of its JSON pointer, quoted as JSON, and the number,
 * from 1. It is one text, as a long definition has tens of thousands of places, few of which are ever looked up.
 */
export type Places = string;

export function toPlaces(lines: Iterable<readonly [pointer: string, line: number]>): Places {
  return [...lines].map(([pointer, line]) => `\n${JSON.stringify(pointer)} ${line}`).join('');
}

/** The line of a place; undefined when it is not known. */
export function lineOf(places: Places, pointer: string): number | undefined {
  const key = `\n${JSON.stringify(pointer)} `;
  const at = places.indexOf(key);
  return at < 0 ? undefined : Number.parseInt(places.slice(at + key.length), 10);
}
