/** Finds one secret in texts, however they write it. */

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds a secret as it is, escaped, and inside base64. */
export interface Needle {
  /** The parts of the text that hold the secret. */
  spansIn(text: string): Span[];
  /** The beginnings of the secret, of eight characters or more, before an ellipsis; and at the end of a text that is cut there. */
  beginningsIn(text: string, isCutAtEnd: boolean): Span[];
  /** Parts of the secret, of twenty characters or more, when it is long: errors quote what is around a place. */
  partsIn(text: string): Span[];
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
  const plain = matcherOf(secret);
  const longest = secret.length * longestCharacter;
  const inBase64 = [...new Set(written.flatMap(base64Cores))].map(matcherOf);
  return {
    spansIn: (text) => [
      ...plain(text),
      ...inBase64.flatMap((find) => (text.length < shortestBase64 ? [] : base64Runs(text, find(text)))),
    ],
    beginningsIn: beginningMatcher(secret),
    partsIn: (text) => partsIn(text, secret),
    longest,
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

function partsIn(text: string, secret: string): Span[] {
  // Of texts with spaces, and of addresses, parts may be public.
  if (secret.length < shortestPart + 4 || /\s|:\/\//.test(secret)) return [];
  const spans: Span[] = [];
  for (let from = 0; from + pieceOfPart <= secret.length; from += pieceOfPart) {
    const piece = secret.slice(from, from + pieceOfPart);
    for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + pieceOfPart)) {
      let before = 0;
      while (before < from && text[at - before - 1] === secret[from - before - 1]) before += 1;
      let after = pieceOfPart;
      while (from + after < secret.length && text[at + after] === secret[from + after]) after += 1;
      if (before + after >= shortestPart) spans.push({ start: at - before, end: at + after });
    }
  }
  return spans;
}

/** What may be left of the writing of a character when a text is cut inside it. */
const partOfEscape = String.raw`(?:(?:\\+u[\da-fA-F]{4})?(?:\\+(?:[xu][\da-fA-F]{0,3})?)?|\\*%[%u\da-fA-F]{0,40}|\\*&[#&;\w]{0,40}|[\ud800-\udbff])`;

/** Of a longer secret that was cut, only so many characters are compared. */
const longestBeginning = 1000;

/** Finds beginnings of a secret, in any mixture of writings, before an ellipsis or at the end. */
function beginningMatcher(secret: string): Needle['beginningsIn'] {
  const pieces = piecesOf(secret);
  if (pieces.length <= shortestBeginning) return () => [];
  const start = pieces.slice(0, shortestBeginning).join('');
  const rest = pieces.slice(shortestBeginning, longestBeginning);
  let compiled: { readonly start: RegExp; readonly whole: RegExp } | undefined;
  return (text, isCutAtEnd) => {
    if (!isCutAtEnd && !/…|\.{3}/.test(text)) return [];
    compiled ??= {
      start: new RegExp(start),
      whole: new RegExp(
        `${start}${rest.map((piece) => `(?:${piece}`).join('')}${')?'.repeat(rest.length)}${partOfEscape}(?=…|\\.{3}|$)`,
        'g',
      ),
    };
    if (!compiled.start.test(text) || isNowhereCut(text, compiled.start, secret)) return [];
    return [...text.matchAll(compiled.whole)].flatMap((match): Span[] => {
      const end = match.index + match[0].length;
      return end === text.length && !isCutAtEnd ? [] : [{ start: match.index, end }];
    });
  };
}

/**
 * Whether it is certain that no beginning of the secret is cut, without the large pattern, which takes 50 ms to compile for a token:
 * wherever the secret begins, it stands there as it is, and the text goes on with something that is neither another writing of it
 * nor begins an ellipsis or an escape.
 */
function isNowhereCut(text: string, start: RegExp, secret: string): boolean {
  if (/[\\%&…\ud800-\udfff]|\.{3}/.test(secret)) return false;
  const everywhere = new RegExp(start, 'g');
  // Of a text that was made to be slow, the pattern decides, which is linear.
  let steps = 4 * text.length;
  for (let match = everywhere.exec(text); match; match = everywhere.exec(text)) {
    if (!secret.startsWith(match[0]) || steps < 0) return false;
    let length = match[0].length;
    while (length < Math.min(secret.length, longestBeginning) && text[match.index + length] === secret[length])
      length += 1;
    steps -= length;
    const next = text[match.index + length];
    if (next === undefined || /[….\\%&\ud800-\udfff+\-_\r]/.test(next)) return false;
    everywhere.lastIndex = match.index + 1;
  }
  return true;
}

/** Characters in one pattern; a longer text is matched by several, one after the other. */
const patternLength = 200;

/** Finds a text in any mixture of writings. */
function matcherOf(wanted: string): (text: string) => Span[] {
  const pieces = piecesOf(wanted);
  const patterns: string[] = [];
  for (let from = 0; from < pieces.length; from += patternLength) {
    patterns.push(pieces.slice(from, from + patternLength).join(''));
  }
  const anchor = anchorOf(wanted);
  let compiled: readonly RegExp[] | undefined;
  return (text) => {
    // What is the same in every writing is looked for first: that is fast, and mostly it is not there.
    if (anchor !== '' && !text.includes(anchor)) return [];
    compiled ??= patterns.map((pattern, index) => new RegExp(pattern, index === 0 ? 'g' : 'y'));
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
}

/** The longest part of a text that no writing changes; empty when it is too short to be of use. */
function anchorOf(text: string): string {
  const runs = text.match(/[A-Za-z0-9]{3,}/g) ?? [];
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

/** A pattern for each character; one for all of a row of backslashes, which JSON doubles each time. */
function piecesOf(text: string): string[] {
  return (text.match(/\\+|[\s\S]/gu) ?? []).map((part) =>
    part[0] === '\\' ? backslashes(part.length) : pieceOf(part),
  );
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

/** The writings of one character. Longer ones come first: of `%25` that stands for `%` nothing is to be left. */
function pieceOf(character: string): string {
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
