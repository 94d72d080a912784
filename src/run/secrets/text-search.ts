/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What can be looked for by a text that has to be there. */
export interface Anchored {
  /** Three characters or more; empty when there is none. Of a longer one only the beginning is compared. */
  readonly anchor: string;
}

/** Finds one thing in texts. Its anchor stands in each text in which it finds something. */
export interface TextMatcher extends Anchored {
  /** No span is longer, beside what base64 is around it. */
  readonly longest: number;
  /** Where it is. `isCutAtEnd`: the text is the beginning of a longer one. */
  spansIn(text: string, isCutAtEnd: boolean): Span[];
}

/** Calls `visit` for each place at which anchors end, with what has them and where they begin. */
export type AnchorIndex<T extends Anchored> = (text: string, visit: (items: readonly T[], at: number) => void) => void;

/** Bits of the number that stands for three characters: each has five, and what is above falls out with the fourth. */
const bits = 15;
const bitsPerCharacter = 5;
const mask = (1 << bits) - 1;

/** So many characters of an anchor are compared. */
const comparedLength = 16;

/**
 * Looks for the anchors of all items in one pass over a text: a run knows a hundred of them, and most texts hold none. Three
 * characters of a text are a number; only where it is that of an anchor's first three, anchors are looked up, by their lengths.
 * So the time does not grow with the number of items. Those without an anchor are left out.
 */
export function indexByAnchor<T extends Anchored>(items: readonly T[]): AnchorIndex<T> {
  const byNumber = new Map<number, Map<number, Map<string, T[]>>>();
  const isNumber = new Uint8Array(mask + 1);
  for (const item of items) {
    const compared = item.anchor.slice(0, comparedLength);
    if (compared === '') continue;
    const number = numberOf(compared);
    isNumber[number] = 1;
    const byLength = entry(byNumber, number, () => new Map<number, Map<string, T[]>>());
    entry(
      entry(byLength, compared.length, () => new Map<string, T[]>()),
      compared,
      (): T[] => [],
    ).push(item);
  }
  return (text, visit) => {
    let number = 0;
    for (let at = 0; at < text.length; at += 1) {
      number = next(number, text.charCodeAt(at));
      if (isNumber[number] === 0 || at < 2) continue;
      for (const [length, byText] of byNumber.get(number) ?? []) {
        const found = byText.get(text.slice(at - 2, at - 2 + length));
        if (found) visit(found, at - 2);
      }
    }
  };
}

/** Gives those of many matchers that may find something in a text. */
export function matcherChoice(matchers: readonly TextMatcher[]): (text: string) => TextMatcher[] {
  const always = matchers.filter(({ anchor }) => anchor === '');
  const index = indexByAnchor(matchers);
  return (text) => {
    const found = new Set<readonly TextMatcher[]>();
    index(text, (items) => found.add(items));
    return found.size === 0 ? always : [...always, ...[...found].flat()];
  };
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

/** The number of the first three characters. */
function numberOf(anchor: string): number {
  return [0, 1, 2].reduce((number, at) => next(number, anchor.charCodeAt(at)), 0);
}

function next(number: number, code: number): number {
  return ((number << bitsPerCharacter) ^ code) & mask;
}
