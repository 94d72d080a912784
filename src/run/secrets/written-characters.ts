/**
 * Reads the characters that a text may stand for: as they are, escaped as JSON does it (once or more), percent-encoded (once or
 * more, in either case; a space also as +), as an entity of HTML or XML, or as base64url has them.
 */

/** A row of backslashes, which JSON doubles each time it is escaped, counts as one character. */
export const backslashes = 92;

/** Half a surrogate pair, which UTF-8 cannot hold, reads as U+FFFD does. */
const replacement = 0xfffd;

/** An escape may have been escaped so many times. */
const mostEscapes = 4;

/** As long as one character may become: `%2525F0%252525…` and entities that were escaped again. */
export const longestCharacter = 32;

const controlCodes: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
const entityCodes: Readonly<Record<string, number>> = { quot: 34, apos: 39, lt: 60, gt: 62 };
const entity = /(?:#0{0,6}(\d{1,7})|#[xX]0{0,6}([\da-fA-F]{1,6})|(quot|apos|lt|gt));/y;
const lowSurrogate =
  /(?:\\|%(?:25){0,4}5[cC]|&(?:amp;){0,4}#(?:92|[xX]5[cC]);){1,16}u([dD][c-fC-F][\da-fA-F]{2})|%u([dD][c-fC-F][\da-fA-F]{2})/y;

/** The first `most` characters of a secret (default: all), as `CharacterReader` finds them in texts. */
export function charactersOf(secret: string, most = secret.length): Int32Array {
  const characters = new Int32Array(Math.min(secret.length, most));
  let count = 0;
  for (let at = 0; at < secret.length && count < most; ) {
    const code = secret.codePointAt(at) ?? 0;
    at += code > 0xffff ? 2 : 1;
    if (code === backslashes) while (secret.charCodeAt(at) === backslashes) at += 1;
    characters[count] = isSurrogate(code) ? replacement : code;
    count += 1;
  }
  return characters.subarray(0, count);
}

/** Whether a character is one that no encoder writes in another way: a letter or a digit of ASCII. */
export function isAlwaysPlain(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/**
 * Reads a text at places that do not go back. After `read(at)` the first `count` of `characters` and `ends` are what may stand at
 * that place, and where the writing of each ends. It takes constant time for a place, beside the rows of backslashes, each of
 * which is passed once.
 */
export class CharacterReader {
  count = 0;
  readonly characters: number[] = [];
  readonly ends: number[] = [];
  readonly #text: string;
  /** Where the latest row of backslashes begins and ends. */
  #rowStart = -1;
  #rowEnd = -1;

  constructor(text: string) {
    this.#text = text;
  }

  read(at: number): void {
    this.count = 0;
    const code = this.#text.charCodeAt(at);
    const isAfterRow = at === this.#rowEnd;
    if (isAlwaysPlain(code)) {
      this.#add(code, at + 1);
      if (isAfterRow) this.#readEscape(at);
      return;
    }
    const end = this.#endOfRow(at);
    if (end > at) {
      this.#add(backslashes, end);
      // The row, or a part of it, may belong to what follows.
      if (isAlwaysPlain(this.#text.charCodeAt(end))) this.#readEscape(end);
      else if (end < this.#text.length) this.#readOther(end);
    }
    if (code !== backslashes) this.#readOther(at);
  }

  #add(character: number, end: number): void {
    this.characters[this.count] = character;
    this.ends[this.count] = end;
    this.count += 1;
  }

  /** Where the row of backslashes at a place ends, in whatever writing; the place itself when there is none. */
  #endOfRow(at: number): number {
    if (at > this.#rowStart && at < this.#rowEnd) return this.#endOfBackslash(at) > at ? this.#rowEnd : at;
    let end = at;
    for (let next = this.#endOfBackslash(end); next > end; next = this.#endOfBackslash(end)) end = next;
    if (end > at) {
      this.#rowStart = at;
      this.#rowEnd = end;
    }
    return end;
  }

  #endOfBackslash(at: number): number {
    const text = this.#text;
    const code = text.charCodeAt(at);
    if (code === backslashes) return at + 1;
    if (code === 37) {
      const digits = this.#afterRepeated('25', at + 1);
      return text[digits] === '5' && /[cC]/.test(text[digits + 1] ?? '') ? digits + 2 : at;
    }
    if (code !== 38) return at;
    const name = this.#afterRepeated('amp;', at + 1);
    if (text.startsWith('#92;', name)) return name + 4;
    return /^#[xX]5[cC];/.test(text.slice(name, name + 5)) ? name + 5 : at;
  }

  #afterRepeated(piece: string, at: number): number {
    let after = at;
    for (let times = 0; times < mostEscapes && this.#text.startsWith(piece, after); times += 1) after += piece.length;
    return after;
  }

  /** What follows a backslash as a letter: `\n`, `\u00e9`, `\xe9`. */
  #readEscape(at: number): void {
    const letter = this.#text.charAt(at);
    const control = controlCodes[letter];
    if (control !== undefined) this.#add(control, at + 1);
    if (letter === 'u') this.#readUnit(at + 1);
    if (letter === 'x') this.#addDecoded(this.#hexadecimal(at + 1, 2), at + 3);
  }

  /** Four hexadecimal digits, and those of the second half of a surrogate pair. */
  #readUnit(at: number): void {
    const unit = this.#hexadecimal(at, 4);
    if (unit >= 0xd800 && unit < 0xdc00) {
      lowSurrogate.lastIndex = at + 4;
      const match = lowSurrogate.exec(this.#text);
      const low = Number.parseInt(match?.[1] ?? match?.[2] ?? '', 16);
      if (match) this.#add((unit - 0xd800) * 0x400 + low - 0xdc00 + 0x10000, lowSurrogate.lastIndex);
    }
    this.#addDecoded(isSurrogate(unit) ? replacement : unit, at + 4);
  }

  /** What is neither a letter, a digit nor a backslash. */
  #readOther(at: number): void {
    const text = this.#text;
    const code = text.codePointAt(at) ?? 0;
    if (isSurrogate(code)) this.#add(replacement, at + 1);
    else this.#add(code, at + (code > 0xffff ? 2 : 1));
    if (code === 37) this.#readPercent(at);
    else if (code === 38) this.#readEntity(at);
    else if (code === 43) this.#add(32, at + 1);
    else if (code === 45) this.#add(43, at + 1);
    else if (code === 95) this.#add(47, at + 1);
    else if (code === 13 && text.charCodeAt(at + 1) === 10) this.#add(10, at + 2);
  }

  #readPercent(at: number): void {
    if (this.#text[at + 1] === 'u') this.#readUnit(at + 2);
    let digits = at + 1;
    for (let times = 0; times < mostEscapes && this.#text.startsWith('25', digits); times += 1) {
      digits += 2;
      this.#add(37, digits);
    }
    const byte = this.#hexadecimal(digits, 2);
    if (byte < 128) this.#addDecoded(byte, digits + 2);
    else if (byte > 127) {
      // As escape() writes it, or as UTF-8.
      if (digits === at + 1) this.#add(byte, digits + 2);
      this.#readUtf8(byte, digits + 2);
    }
  }

  /** The bytes that follow the first one of a character. */
  #readUtf8(first: number, at: number): void {
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    if (more === 0) return;
    let code = first & (0x3f >> more);
    let end = at;
    for (let index = 0; index < more; index += 1) {
      if (this.#text[end] !== '%') return;
      const digits = this.#afterRepeated('25', end + 1);
      const byte = this.#hexadecimal(digits, 2);
      if (!(byte >= 0x80 && byte < 0xc0)) return;
      code = (code << 6) | (byte & 0x3f);
      end = digits + 2;
    }
    this.#add(code, end);
  }

  #readEntity(at: number): void {
    let name = at + 1;
    for (let times = 0; times < mostEscapes && this.#text.startsWith('amp;', name); times += 1) {
      name += 4;
      this.#add(38, name);
    }
    entity.lastIndex = name;
    const [, decimal, hexadecimal, word] = entity.exec(this.#text) ?? [];
    const end = entity.lastIndex;
    if (decimal !== undefined) this.#addDecoded(Number(decimal), end);
    else if (hexadecimal !== undefined) this.#addDecoded(Number.parseInt(hexadecimal, 16), end);
    else if (word !== undefined) this.#add(entityCodes[word] ?? 0, end);
  }

  /** Nothing for what is no number, for what is always plain, and for a backslash, which is read as part of a row. */
  #addDecoded(code: number, end: number): void {
    if (code >= 0 && code !== backslashes && !isAlwaysPlain(code)) this.#add(code, end);
  }

  /** NaN when there are no such digits. */
  #hexadecimal(at: number, digits: number): number {
    let value = 0;
    for (let index = at; index < at + digits; index += 1) {
      const code = this.#text.charCodeAt(index);
      const letter = code | 32;
      const digit = code >= 48 && code <= 57 ? code - 48 : letter >= 97 && letter <= 102 ? letter - 87 : Number.NaN;
      value = value * 16 + digit;
    }
    return value;
  }
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
