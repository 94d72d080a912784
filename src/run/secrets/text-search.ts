import { group } from 'd3-array';

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds one thing in texts. */
export interface Finder {
  /** Stands in each text in which it finds something: three characters or more, or empty when nothing has to. */
  readonly anchor: string;
  /** Where it is. `isCutAtEnd`: the text is the beginning of a longer one. */
  spansIn(text: string, isCutAtEnd: boolean): Span[];
}

/** Says which of many finders may find something in a text. */
export type FinderChoice = (text: string) => readonly Finder[];

/** Bits of the number that stands for three characters: each has five, and what is above falls out with the fourth. */
const bits = 15;
const bitsPerCharacter = 5;
const mask = (1 << bits) - 1;

/**
 * Looks for the anchors of all finders in one pass over a text: a run knows a hundred of them, and most texts hold none. Three
 * characters of a text are a number; only where it is that of an anchor's first three, the anchor is compared.
 */
export function finderChoice(finders: readonly Finder[]): FinderChoice {
  const always = finders.filter(({ anchor }) => anchor === '');
  const anchored = finders.filter(({ anchor }) => anchor !== '');
  const byNumber = group(anchored, ({ anchor }) => numberOf(anchor));
  const isNumber = new Uint8Array(mask + 1);
  for (const number of byNumber.keys()) isNumber[number] = 1;
  return (text) => {
    let found: Set<Finder> | undefined;
    let number = 0;
    for (let at = 0; at < text.length; at += 1) {
      number = next(number, text.charCodeAt(at));
      if (isNumber[number] === 0 || at < 2) continue;
      for (const finder of byNumber.get(number) ?? []) {
        if (found?.has(finder) || !text.startsWith(finder.anchor, at - 2)) continue;
        found ??= new Set(always);
        found.add(finder);
      }
    }
    return found ? [...found] : always;
  };
}

/** The number of the first three characters. */
function numberOf(anchor: string): number {
  return [0, 1, 2].reduce((number, at) => next(number, anchor.charCodeAt(at)), 0);
}

function next(number: number, code: number): number {
  return ((number << bitsPerCharacter) ^ code) & mask;
}
