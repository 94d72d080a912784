import type { Finder, Span } from './text-search.ts';

/** Finds one secret in texts, however they write it. */

/** What finds a secret. */
export interface Needle {
  /** As it is, escaped, and inside base64. */
  readonly whole: readonly Finder[];
  /** Beginnings of it, of eight characters or more, before an ellipsis; and at the end of a text that is cut there. */
  readonly beginning: Finder | undefined;
  /** Parts of it, of twenty characters or more, when it is long: errors quote what is around a place. */
  readonly parts: readonly Finder[];
  /** No writing of the secret is longer. */
  readonly longest: number;
}

/** Shorter beginnings of a secret may stand in any text. */
const shortestBeginning = 8;

/** Fewer base64 characters could be of anything. */
const shortestBase64 = 6;

/**
 * A needle for a secret. Each of its characters is found raw, escaped once or more as JSON does it, percent-encoded (once or
 * more, in either case; a space also as +) and as an entity of HTML or XML, in any mixture: so every encoder is covered that
 * writes some characters in one of these ways. In base64 and base64url it is found at every alignment, and the whole run of
 * base64 characters around it is the span. Time is linear in the text.
 */
export function createNeedle(secret: string): Needle {
  const written = [secret, jsonText(secret), ...percentTexts(secret)];
  return {
    whole: [matcherOf(secret), ...[...new Set(written.flatMap(base64Cores))].map(base64Matcher)],
    beginning: beginningMatcher(secret),
    parts: partMatchers(secret),
    longest: secret.length * longestCharacter,
  };
}

/** As long as one character may become: `%2525F0%252525…` and entities that were escaped again. */
const longestCharacter = 32;

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As addresses and as forms write it. Half a surrogate pair, which they cannot, becomes U+FFFD as in any UTF-8. */
function percentTexts(text: string): string[] {
  const wellFormed = Buffer.from(text).toString();
  return [encodeURIComponent(wellFormed), new URLSearchParams([['', wellFormed]]).toString().slice(1)];
}

/** What stands in base64 for the text wherever it begins, less the characters that its neighbours have a share in. */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const base64 = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const core = base64.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return core.length < shortestBase64 ? [] : [core];
  });
}

function base64Matcher(core: string): Finder {
  const { anchor, spansIn } = matcherOf(core);
  return { anchor, spansIn: (text, isCutAtEnd) => base64Runs(text, spansIn(text, isCutAtEnd)) };
}

/** Spans with the base64 characters around them: the neighbours hold the first and last bits of the secret. */
function base64Runs(text: string, cores: readonly Span[]): Span[] {
  const runs: Span[] = [];
  for (const { start, end } of cores) {
    const known = runs.at(-1);
    if (known && known.end >= end) continue;
    let from = start;
    while (from > (known?.end ?? 0) && isBase64(text.charCodeAt(from - 1))) from -= 1;
    let to = end;
    while (to < text.length && isBase64(text.charCodeAt(to))) to += 1;
    while (text[to] === '=') to += 1;
    runs.push({ start: from, end: to });
  }
  return runs;
}

function isBase64(code: number): boolean {
  const isLetterOrDigit = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetterOrDigit || code === 43 || code === 45 || code === 47 || code === 95;
}

/** A part of twenty characters holds, wherever it begins, a whole one of the pieces of ten that a secret can be cut into. */
const pieceOfPart = 10;
const shortestPart = 2 * pieceOfPart;

function partMatchers(secret: string): Finder[] {
  // Of texts with spaces, and of addresses, parts may be public.
  if (secret.length < shortestPart + 4 || /\s|:\/\//.test(secret)) return [];
  return Array.from({ length: Math.floor(secret.length / pieceOfPart) }, (_, index) => {
    const from = index * pieceOfPart;
    const anchor = secret.slice(from, from + pieceOfPart);
    return { anchor, spansIn: (text) => partsAround(text, secret, from, anchor) };
  });
}

/** Parts of a secret in a text that hold the piece of it which begins at `from`. */
function partsAround(text: string, secret: string, from: number, piece: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + pieceOfPart)) {
    let before = 0;
    while (before < from && text[at - before - 1] === secret[from - before - 1]) before += 1;
    let after = pieceOfPart;
    while (from + after < secret.length && text[at + after] === secret[from + after]) after += 1;
    if (before + after >= shortestPart) spans.push({ start: at - before, end: at + after });
  }
  return spans;
}

/** What may be left of the writing of a character when a text is cut inside it. */
const partOfEscape = String.raw`(?:(?:\\+u[\da-fA-F]{4})?(?:\\+(?:[xu][\da-fA-F]{0,3})?)?|\\*%[%u\da-fA-F]{0,40}|\\*&[#&;\w]{0,40}|[\ud800-\udbff])`;

/** Of a longer secret that was cut, only so many characters are compared. */
const longestBeginning = 1000;

/** Finds beginnings of a secret, in any mixture of writings, before an ellipsis or at the end. */
function beginningMatcher(secret: string): Finder | undefined {
  const parts = partsOf(secret);
  if (parts.length <= shortestBeginning) return undefined;
  const plainStart = parts.slice(0, shortestBeginning).join('');
  const anchor = anchorOf(plainStart);
  let start: RegExp | undefined;
  let whole: RegExp | undefined;
  const spansIn = (text: string, isCutAtEnd: boolean) => {
    if (!isCutAtEnd && !/…|\.{3}/.test(text)) return [];
    const places = plainPlaces(text, plainStart, anchor);
    if (places && isNowhereCut(text, places, secret)) return [];
    start ??= new RegExp(parts.slice(0, shortestBeginning).map(pieceOf).join(''));
    if (!start.test(anchor === '' ? withoutWhole(text, secret) : text)) return [];
    whole ??= beginningPattern(parts.slice(0, longestBeginning).map(pieceOf));
    return [...text.matchAll(whole)].flatMap((match): Span[] => {
      const end = match.index + match[0].length;
      return end === text.length && !isCutAtEnd ? [] : [{ start: match.index, end }];
    });
  };
  return { anchor, spansIn };
}

function beginningPattern(pieces: readonly string[]): RegExp {
  const start = pieces.slice(0, shortestBeginning).join('');
  const rest = pieces.slice(shortestBeginning);
  const further = `${rest.map((piece) => `(?:${piece}`).join('')}${')?'.repeat(rest.length)}`;
  return new RegExp(`${start}${further}${partOfEscape}(?=…|\\.{3}|$)`, 'g');
}

/** What ends a beginning, or what may be half a character. */
const holdsEllipsis = /[…\ud800-\udfff]|\.{3}/;

/** A text in which the secret stands as it is and ends, less these places; else the text as it is. */
function withoutWhole(text: string, secret: string): string {
  if (holdsEllipsis.test(secret)) return text;
  const between = text.split(secret);
  return between.slice(1).every((after) => isOutside(after.charAt(0), secret)) ? between.join('"') : text;
}

/**
 * Whether it is certain that no beginning of the secret is cut, without the large pattern, which takes 50 ms to compile for a token:
 * wherever it begins, which is at `places`, the text goes on with something that is neither another writing of it nor begins an
 * ellipsis or an escape.
 */
function isNowhereCut(text: string, places: readonly number[], secret: string): boolean {
  if (holdsEllipsis.test(secret)) return false;
  const isPlain = !/[\\%&]/.test(secret);
  // Of a text that was made to be slow, the pattern decides, which is linear.
  let steps = stepsFor(text);
  for (const place of places) {
    let length = shortestBeginning;
    while (length < Math.min(secret.length, longestBeginning) && text[place + length] === secret[length]) length += 1;
    steps -= length;
    const next = text[place + length];
    if (steps < 0 || next === undefined || /[….\\%&\ud800-\udfff+\-_\r]/.test(next)) return false;
    if (!isPlain && !isOutside(next, secret)) return false;
  }
  return true;
}

/** Whether a character is in no writing of the secret. */
function isOutside(character: string, secret: string): boolean {
  return /[\t "'<>,:}]/.test(character) && !secret.includes(character);
}

/** How many characters are compared before a text counts as made to be slow. */
function stepsFor(text: string): number {
  return 4 * text.length;
}

/**
 * Where a text stands in another one as it is; undefined when that has its anchor elsewhere too, where it may be written in another
 * way, and when it has none. The patterns for all writings take longer to compile than most texts to search.
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

/** Characters in one pattern; a longer text is matched by several, one after the other. */
const patternLength = 200;

/** Finds a text in any mixture of writings. */
function matcherOf(wanted: string): Finder {
  let compiled: readonly RegExp[] | undefined;
  const anchor = anchorOf(wanted);
  const isPlain = !/[\\%&]/.test(wanted);
  const spansIn = (text: string) => {
    const places = plainPlaces(text, wanted, anchor)?.map((start) => ({ start, end: start + wanted.length }));
    if (places?.every((place) => !beginsEarlier(text, place.start) && (isPlain || endsThere(text, place.end, wanted))))
      return places;
    compiled ??= patternsOf(wanted).map((pattern, index) => new RegExp(pattern, index === 0 ? 'g' : 'y'));
    const [first, ...others] = compiled;
    const spans: Span[] = [];
    if (!first) return spans;
    first.lastIndex = 0;
    for (let match = first.exec(text); match; match = first.exec(text)) {
      const end = others.reduce<number | undefined>((at, pattern) => {
        if (at === undefined) return undefined;
        pattern.lastIndex = at;
        return pattern.test(text) ? pattern.lastIndex : undefined;
      }, first.lastIndex);
      if (end !== undefined) spans.push({ start: match.index, end });
      first.lastIndex = end ?? match.index + 1;
    }
    return spans;
  };
  // What is the same in every writing is looked for first: that is fast, and mostly it is not there.
  return { anchor, spansIn };
}

/** Whether no writing of a secret that stands before a place goes on after it. */
function endsThere(text: string, place: number, secret: string): boolean {
  return place === text.length || isOutside(text.charAt(place), secret);
}

/** Whether the writing of what stands at a place may begin before it, as with a backslash. */
function beginsEarlier(text: string, place: number): boolean {
  return !/[A-Za-z0-9]/.test(text[place] ?? '') && /[\\cC;\r]/.test(text[place - 1] ?? '');
}

function patternsOf(wanted: string): string[] {
  const pieces = partsOf(wanted).map(pieceOf);
  return Array.from({ length: Math.ceil(pieces.length / patternLength) }, (_, index) =>
    pieces.slice(index * patternLength, (index + 1) * patternLength).join(''),
  );
}

/** The longest part of a text that no writing changes; empty when it is too short to be of use. */
function anchorOf(text: string): string {
  const runs = text.match(/[A-Za-z0-9]{3,}/g) ?? [];
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

/** Its characters; a row of backslashes, which JSON doubles each time, is one. */
function partsOf(text: string): string[] {
  return text.match(/\\+|[\s\S]/gu) ?? [];
}

const percent = '%(?:25){0,3}';
const ampersand = '&(?:amp;){0,3}';
const backslash = `(?:\\\\|${percent}5[cC]|${ampersand}#(?:92|[xX]5[cC]);)`;

function backslashes(count: number): string {
  return `${backslash}{${count},${8 * count}}`;
}

const entityNames: Readonly<Record<string, string>> = { '"': 'quot', "'": 'apos', '<': 'lt', '>': 'gt', '&': 'amp' };
const controlLetters: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
};

/** A pattern for the writings of a part. Longer ones come first: of `%25` that stands for `%` nothing is to be left. */
function pieceOf(character: string): string {
  if (character[0] === '\\') return backslashes(character.length);
  if (/[A-Za-z0-9]/.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, index) => hex(character.charCodeAt(index), 4));
  const bytes = [...Buffer.from(character)].map((byte) => `${percent}${hex(byte, 2)}`);
  const entities = [`#0{0,6}${point}`, `#[xX]0{0,6}${hex(point, 1)}`, entityNames[character] ?? '']
    .filter((name) => name !== '')
    .join('|');
  const letter = controlLetters[character];
  return `(?:${[
    units.map((unit) => `${backslash}{1,8}u${unit}`).join(''),
    ...(point < 256 ? [`${backslash}{1,8}x${hex(point, 2)}`] : []),
    ...(letter === undefined ? [] : [`${backslash}{1,8}${letter}`]),
    // As JavaScript's escape() writes it.
    units.map((unit) => `%u${unit}`).join(''),
    `${backslash}{0,7}${bytes.join('')}`,
    ...(point > 127 && point < 256 ? [`%${hex(point, 2)}`] : []),
    `${backslash}{0,7}${ampersand}(?:${entities});`,
    ...(character === ' ' ? ['\\+'] : []),
    ...(character === '\n' ? ['\\r\\n'] : []),
    // base64url and base64.
    ...(character === '+' ? ['-'] : []),
    ...(character === '/' ? ['_'] : []),
    point < 128 ? `${backslash}{0,7}${escaped(character)}` : escaped(character),
  ].join('|')})`;
}

/** Hexadecimal digits, in either case. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character;
}
