import { type CharacterSearch, createCharacterSearch } from './character-search.ts';
import { piecesOf, type SecretPiece } from './secret-parts.ts';
import type { Span, TextMatcher } from './text-search.ts';
import { charactersOf, longestCharacter } from './written-characters.ts';

/** Finds one secret in texts, however they write it. */
export interface SecretMatcher {
  /** As it is, escaped, and inside base64. */
  readonly whole: readonly TextMatcher[];
  /** Beginnings of it, of eight characters or more, before an ellipsis; and at the end of a text that is cut there. */
  readonly beginning: TextMatcher | undefined;
  /** Pieces of it, when it is long, by which parts of it are found. */
  readonly pieces: readonly SecretPiece[];
}

/** Shorter beginnings of a secret may stand in any text. */
const shortestBeginning = 8;

/** So many characters, a row of backslashes being one. */
const plainBeginning = new RegExp(String.raw`^(?:\\+(?!\\)|[^\\]){${shortestBeginning}}`, 'u');

/** Fewer base64 characters could be of anything. */
const shortestBase64 = 6;

/**
 * A matcher for a secret. Each of its characters is found raw, escaped once or more as JSON does it, percent-encoded (once or
 * more, in either case; a space also as +) and as an entity of HTML or XML, in any mixture: so every encoder is covered that
 * writes some characters in one of these ways. In base64 and base64url it is found at every alignment, and the whole run of
 * base64 characters around it is the span. Time is linear in the text, whatever it and the secret are.
 */
export function createSecretMatcher(secret: string): SecretMatcher {
  // The whole run around it is taken out: of a long secret, what begins it in base64 is enough.
  const head = withoutHalfPair(secret.slice(0, base64Head));
  const written = [...new Set([head, jsonText(head), ...percentTexts(head)])];
  return {
    whole: [matcherOf(secret), ...[...new Set(written.flatMap(base64Cores))].map(base64Matcher)],
    beginning: beginningMatcher(secret),
    pieces: piecesOf(secret),
  };
}

const base64Head = 3072;

function withoutHalfPair(text: string): string {
  return text.length === base64Head ? text.replace(/[\ud800-\udbff]$/, '') : text;
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As addresses and as forms write it. Half a surrogate pair, which they cannot, becomes U+FFFD as in any UTF-8. */
function percentTexts(text: string): string[] {
  const wellFormed = Buffer.from(text).toString();
  return [encodeURIComponent(wellFormed), new URLSearchParams([['', wellFormed]]).toString().slice(1)];
}

/** What stands in base64 for the text wherever it begins, less the characters that its neighbors have a share in. */
function base64Cores(text: string): string[] {
  const length = Buffer.byteLength(text);
  return [0, 1, 2].flatMap((before) => {
    const base64 = Buffer.from('\0'.repeat(before) + text).toString('base64');
    const core = base64.slice(Math.ceil((before * 8) / 6), Math.floor(((before + length) * 8) / 6));
    return core.length < shortestBase64 ? [] : [core];
  });
}

function base64Matcher(core: string): TextMatcher {
  const matcher = matcherOf(core);
  return { ...matcher, spansIn: (text, isCutAtEnd) => base64Runs(text, matcher.spansIn(text, isCutAtEnd)) };
}

/** A `+`, `/` or `=` in another writing. */
const escapedBase64 = /%(?:25){0,3}(?:2[bBfF]|3[dD])|\\{1,8}\//y;

/** Spans with the base64 characters around them: the neighbors hold the first and last bits of the secret. */
function base64Runs(text: string, cores: readonly Span[]): Span[] {
  const runs: Span[] = [];
  for (const { start, end } of cores) {
    const known = runs.at(-1);
    if (known && known.end >= end) continue;
    let from = start;
    while (from > (known?.end ?? 0) && isBase64(text.charCodeAt(from - 1))) from -= 1;
    runs.push({ start: from, end: endOfRun(text, end) });
  }
  return runs;
}

function endOfRun(text: string, start: number): number {
  let end = start;
  for (;;) {
    while (isBase64(text.charCodeAt(end))) end += 1;
    escapedBase64.lastIndex = end;
    if (!escapedBase64.test(text)) break;
    end = escapedBase64.lastIndex;
  }
  while (text[end] === '=') end += 1;
  return end;
}

function isBase64(code: number): boolean {
  const isLetterOrDigit = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetterOrDigit || code === 43 || code === 45 || code === 47 || code === 95;
}

/** What may be left of the writing of a character when a text is cut inside it. */
const partOfEscape =
  /(?:(?:\\+u[\da-fA-F]{4})?(?:\\+(?:[xu][\da-fA-F]{0,3})?)?|\\*%[%u\da-fA-F]{0,40}|\\*&[#&;\w]{0,40}|[\ud800-\udbff])(?=…|\.{3}|$)/y;

/** What such a part, or an ellipsis, begins with. */
const beginsEnd = /[….\\%&\ud800-\udbff]/;

/** Finds beginnings of a secret, in any mixture of writings, before an ellipsis or at the end. */
function beginningMatcher(secret: string): TextMatcher | undefined {
  if (charactersOf(secret, shortestBeginning + 1).length <= shortestBeginning) return undefined;
  const [plainStart = ''] = plainBeginning.exec(secret) ?? [];
  const anchor = anchorOf(plainStart);
  const search = searchOf(secret);
  const spansIn = (text: string, isCutAtEnd: boolean) => {
    if (!isCutAtEnd && !/…|\.{3}/.test(text)) return [];
    const places = plainPlaces(text, plainStart, anchor);
    if (places && isNowhereCut(text, places, secret)) return [];
    return search(text).beginnings(text, shortestBeginning, (place) => {
      if (place < text.length && !beginsEnd.test(text.charAt(place))) return undefined;
      partOfEscape.lastIndex = place;
      if (!partOfEscape.test(text)) return undefined;
      return partOfEscape.lastIndex === text.length && !isCutAtEnd ? undefined : partOfEscape.lastIndex;
    });
  };
  return { anchor, longest: secret.length * longestCharacter, spansIn };
}

/** What ends a beginning, or what may be half a character. */
const holdsEllipsis = /[…\ud800-\udfff]|\.{3}/;

/**
 * Whether it is certain that no beginning of the secret is cut, without a search: wherever it begins, which is at `places`, the
 * text goes on with something that is neither another writing of it nor begins an ellipsis or an escape.
 */
function isNowhereCut(text: string, places: readonly number[], secret: string): boolean {
  if (holdsEllipsis.test(secret)) return false;
  const isPlain = !/[\\%&]/.test(secret);
  // Of a text that was made to be slow, the search decides, which is linear.
  let steps = stepsFor(text);
  for (const place of places) {
    let length = shortestBeginning;
    while (length < secret.length && text[place + length] === secret[length]) length += 1;
    steps -= length;
    const next = text[place + length];
    if (steps < 0 || next === undefined || /[….\\%&\ud800-\udfff+\-_\r]/.test(next)) return false;
    if (!isPlain && !isOutside(next, secret)) return false;
  }
  return true;
}

/** Whether a character is certain to stand after a secret: it belongs to no writing of one of its characters. */
function isOutside(character: string, secret: string): boolean {
  return /[\t "'<>,:}]/.test(character) && !secret.includes(character);
}

/** How many characters are compared before a text counts as made to be slow. */
function stepsFor(text: string): number {
  return 4 * text.length;
}

/**
 * Where a text stands in another one as it is; undefined when that has its anchor elsewhere too, where it may be written in another
 * way, and when it has none. That is faster than a search for all writings.
 */
function plainPlaces(text: string, wanted: string, anchor: string): number[] | undefined {
  if (anchor === '') return undefined;
  const offset = wanted.indexOf(anchor);
  const places: number[] = [];
  let steps = stepsFor(text);
  for (let at = text.indexOf(anchor); at >= 0; at = text.indexOf(anchor, at + 1)) {
    steps -= wanted.length;
    if (at < offset || steps < 0 || !text.startsWith(wanted, at - offset)) return undefined;
    places.push(at - offset);
  }
  return places;
}

/** Finds a text in any mixture of writings. */
function matcherOf(wanted: string): TextMatcher {
  const anchor = anchorOf(wanted);
  const search = searchOf(wanted);
  const isPlain = !/[\\%&]/.test(wanted);
  const spansIn = (text: string) => {
    const places = plainPlaces(text, wanted, anchor)?.map((start) => ({ start, end: start + wanted.length }));
    if (places?.every((place) => !beginsEarlier(text, place.start) && (isPlain || endsThere(text, place.end, wanted))))
      return places;
    return search(text)
      .wholes(text)
      .filter((span) => hasBackslashes(text, span, wanted));
  };
  // What is the same in every writing is looked for first: that is fast, and mostly it is not there.
  return { anchor, longest: wanted.length * longestCharacter, spansIn };
}

/** Longer texts have no search stored for them, which takes eight times as much memory as they do. */
const longestStored = 4096;

/** A search for a text in others. What is longer than they are need not be compared to its end. */
function searchOf(wanted: string): (text: string) => CharacterSearch {
  let stored: CharacterSearch | undefined;
  return ({ length }) => {
    if (wanted.length > longestStored) return createCharacterSearch(charactersOf(wanted, length + 1));
    stored ??= createCharacterSearch(charactersOf(wanted));
    return stored;
  };
}

/** A text with fewer characters is little more than its backslashes, rows of which count as one: there they are counted. */
const fewCharacters = 6;

function hasBackslashes(text: string, { start, end }: Span, wanted: string): boolean {
  if (charactersOf(wanted, fewCharacters).length === fewCharacters) return true;
  const count = (written: string) => written.match(/\\|5[cC]|#92|#[xX]5[cC]/g)?.length ?? 0;
  return count(text.slice(start, end)) >= count(wanted);
}

/** Whether no writing of a secret that stands before a place goes on after it. */
function endsThere(text: string, place: number, secret: string): boolean {
  return place === text.length || isOutside(text.charAt(place), secret);
}

/** Whether the writing of what stands at a place may begin before it, as with a backslash. */
function beginsEarlier(text: string, place: number): boolean {
  return !/[A-Za-z0-9]/.test(text[place] ?? '') && /[\\cC;\r]/.test(text[place - 1] ?? '');
}

const longestAnchor = 16;

/** The longest part of a text that no writing changes, or the beginning of it; empty when it is too short to be of use. */
function anchorOf(text: string): string {
  let anchor = '';
  for (const [run] of text.matchAll(/[A-Za-z0-9]{3,}/g)) {
    if (run.length > anchor.length) anchor = run;
    if (anchor.length >= longestAnchor) return anchor.slice(0, longestAnchor);
  }
  return anchor;
}
