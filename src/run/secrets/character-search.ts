import type { Span } from './text-search.ts';
import { CharacterReader, isAlwaysPlain, longestCharacter } from './written-characters.ts';

/** Searches texts for a row of characters, in any mixture of writings, in a time that is linear in the text. */
export interface CharacterSearch {
  /** Where all of them are. Places that overlap are one span. */
  wholes(text: string): Span[];
  /**
   * Where a beginning of them, of `shortest` characters or more, is cut off: `endOf` gives where the text ends that is left of
   * it, or undefined when it is not cut at a place.
   */
  beginnings(text: string, shortest: number, endOf: (place: number) => number | undefined): Span[];
}

/**
 * A search by the algorithm of Knuth, Morris and Pratt. A place of a text can be read in several ways, of different lengths, so
 * it is in several states there: how many of the characters, from the first on, end at this place.
 */
export function createCharacterSearch(characters: Int32Array): CharacterSearch {
  const next = createAutomaton(characters);
  const nextStart = startSearch(characters[0] ?? 0);
  const search = (text: string, shortest: number, endOf: (place: number) => number | undefined) => {
    const spans = new SpanList();
    walk(text, new Readings(next, characters.length), nextStart, (place, readings) => {
      const index = readings.here.longest();
      const state = readings.here.characters[index] as number;
      const end = state < shortest ? undefined : endOf(place);
      if (end !== undefined) spans.add(state, place, end, () => readings.startOf(index));
    });
    return spans.spans;
  };
  return {
    wholes: (text) => search(text, characters.length, (place) => place),
    beginnings: search,
  };
}

/** Spans by their ends. One that begins before the last one ends makes that longer. */
class SpanList {
  readonly spans: Span[] = [];

  /** A span of `count` characters up to a place, and what is left of one more. */
  add(count: number, place: number, end: number, startOf: () => number): void {
    const last = this.spans.at(-1);
    // Each character is as long as one of the text, or longer. So `startOf` goes back over nothing twice.
    if (last && place - count < last.end) {
      this.spans[this.spans.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    } else this.spans.push({ start: startOf(), end });
  }
}

/** Reads a text and calls `visit` at each place at which one of the characters, or more, end. */
function walk(
  text: string,
  readings: Readings,
  nextStart: (text: string, at: number) => number,
  visit: (place: number, readings: Readings) => void,
): void {
  const reader = new CharacterReader(text);
  for (let at = 0; at <= text.length; at += 1) {
    if (readings.arrive(at)) visit(at, readings);
    else if (readings.isEmpty) {
      // Nothing is open, so nothing is left out.
      at = nextStart(text, at);
      if (at < 0) return;
    }
    if (at === text.length) return;
    reader.read(at);
    for (let index = 0; index < reader.count; index += 1) {
      readings.go(reader.characters[index] as number, at, reader.ends[index] as number);
    }
  }
}

/** So many states of a place are followed. More come about only in texts that are made for it. */
const mostStates = 8;

/** For each character so many steps are stored. */
const stepsPerCharacter = 16;

/** States at a place: how many characters end there, and of each the number of the step that led to it. */
class States {
  count = 0;
  readonly characters: number[] = [];
  readonly steps: number[] = [];

  /** Of two steps to one state the one that was first begins earliest. Of too many states the least is left out. */
  add(characters: number, step: number): void {
    let least = 0;
    for (let index = 0; index < this.count; index += 1) {
      if (this.characters[index] === characters) return;
      if ((this.characters[index] as number) < (this.characters[least] as number)) least = index;
    }
    if (this.count < mostStates) {
      least = this.count;
      this.count += 1;
    } else if ((this.characters[least] as number) > characters) return;
    this.characters[least] = characters;
    this.steps[least] = step;
  }

  /** The index of the one with the most characters. */
  longest(): number {
    let longest = 0;
    for (let index = 1; index < this.count; index += 1) {
      if ((this.characters[index] as number) > (this.characters[longest] as number)) longest = index;
    }
    return longest;
  }
}

const noSteps = new Int32Array(0);

/** The ways in which a text can be read up to a place, as far as characters are found in it. */
class Readings {
  here = new States();
  readonly #next: Automaton;
  /** The states at the place after this one, and by place further on. */
  #soon = new States();
  readonly #later = new Map<number, States>();
  /** Of each step, by its number: where its character begins, and the step before it. Only the latest are stored. */
  #starts = noSteps;
  #before = noSteps;
  readonly #mostSteps: number;
  #steps = 0;

  constructor(next: Automaton, characters: number) {
    this.#next = next;
    this.#mostSteps = Math.max(1024, stepsPerCharacter * characters);
  }

  /** Whether none of the characters has been found here or further on. */
  get isEmpty(): boolean {
    return this.here.count === 0 && this.#later.size === 0;
  }

  /** Goes on to the next place; whether characters end there. */
  arrive(place: number): boolean {
    const passed = this.here;
    this.here = this.#soon;
    this.#soon = passed;
    passed.count = 0;
    if (this.#later.size > 0) this.#join(place);
    return this.here.count > 0;
  }

  /** States that longer characters led to, with those that the last one led to. */
  #join(place: number): void {
    const longer = this.#later.get(place);
    if (!longer) return;
    this.#later.delete(place);
    for (let index = 0; index < this.here.count; index += 1) {
      longer.add(this.here.characters[index] as number, this.here.steps[index] as number);
    }
    this.here = longer;
  }

  /** A character is read from this place, `start`, up to `end`. */
  go(character: number, start: number, end: number): void {
    const { here } = this;
    for (let index = 0; index < here.count; index += 1) {
      const state = this.#next(here.characters[index] as number, character);
      if (state > 0) this.#put(state, start, end, here.steps[index] as number);
    }
    if (this.#next(0, character) > 0) this.#put(1, start, end, -1);
  }

  /** Where the first of the characters begins that end here in a state. */
  startOf(index: number): number {
    let step = this.here.steps[index] as number;
    for (let count = this.here.characters[index] as number; ; count -= 1) {
      const start = this.#starts[step % this.#mostSteps] as number;
      const before = this.#before[step % this.#mostSteps] as number;
      if (count === 1 || before < 0) return start;
      if (before < this.#steps - this.#mostSteps) return Math.max(0, start - (count - 1) * longestCharacter);
      step = before;
    }
  }

  #put(state: number, start: number, end: number, before: number): void {
    const step = this.#steps;
    if (step === 0) {
      this.#starts = new Int32Array(this.#mostSteps);
      this.#before = new Int32Array(this.#mostSteps);
    }
    this.#starts[step % this.#mostSteps] = start;
    this.#before[step % this.#mostSteps] = before;
    this.#steps += 1;
    if (end === start + 1) this.#soon.add(state, step);
    else {
      const there = this.#later.get(end) ?? new States();
      this.#later.set(end, there);
      there.add(state, step);
    }
  }
}

/** How many characters, from the first on, end with this one, when `state` of them ended before it. */
type Automaton = (state: number, character: number) => number;

function createAutomaton(pattern: Int32Array): Automaton {
  const { length } = pattern;
  /** The state to go on with when the character of a state does not follow: never one that would fail for the same reason. */
  const fallback = new Int32Array(length);
  /** The longest shorter beginning that ends where a beginning does. */
  let border = 0;
  for (let state = 1; state < length; state += 1) {
    fallback[state] = pattern[border] === pattern[state] ? (fallback[border] as number) : border;
    while (border > 0 && pattern[border] !== pattern[state]) border = fallback[border] as number;
    if (pattern[border] === pattern[state]) border += 1;
  }
  const afterWhole = border;
  return (state, character) => {
    let known = state === length ? afterWhole : state;
    while (known > 0 && pattern[known] !== character) known = fallback[known] as number;
    return pattern[known] === character ? known + 1 : 0;
  };
}

const alsoWritten: Readonly<Record<string, string>> = {
  ' ': '+',
  '+': '\\-',
  '/': '_',
  '\n': '\\r',
  '\ufffd': '\\ud800-\\udfff',
};

/** Gives the next place at which a writing of a character may begin, or -1. */
function startSearch(character: number): (text: string, at: number) => number {
  const raw = String.fromCodePoint(character);
  if (isAlwaysPlain(character)) return (text, at) => text.indexOf(raw, at);
  const unit = raw.charCodeAt(0).toString(16).padStart(4, '0');
  const pattern = new RegExp(`[\\\\%&\\u${unit}${alsoWritten[raw] ?? ''}]`, 'g');
  return (text, at) => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex - 1 : -1;
  };
}
