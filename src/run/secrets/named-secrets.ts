import type { Span } from './text-search.ts';

/** Finds secrets by the names they stand under, known or not. */

/** What stands in place of a secret. */
export const redactionMark = '[secret]';

/** Ends of names, as fields, parameters and variables have them, of what is a secret: `access_token`, `clientSecret`. */
const endings = 'token|secret|password|passphrase|otp|api[_-]?key|private[_-]?key|client[_-]?assertion';
const secretName = new RegExp(`(?:${endings})$`, 'i');
const secretHeader = /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$/i;

/** Whether a field, parameter or variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether a header of this name holds a secret. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name) || isSecretName(name);
}

/** The secret part of a secret header: what follows the scheme of an authorization; else all of it. */
export function secretOfHeader(name: string, value: string): string {
  return /authorization$/i.test(name) ? value.replace(/^[\w-]+ +(?=\S)/, '') : value;
}

/**
 * The values in a text that stand under a secret name, or under one of `names`: in JSON, also inside a string, in what
 * consoles make of objects, in forms and in addresses, and after the scheme of an authorization. A text that was cut off in
 * a value counts as its end. Of more than `most` the first ones are given.
 */
export function namedSpans(text: string, names: readonly string[] = [], most = Number.POSITIVE_INFINITY): Span[] {
  const spans: Span[] = [];
  const pattern = names.length === 0 ? anySecretName : patternFor(names);
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match && spans.length < most; match = pattern.exec(text)) {
    const start = pattern.lastIndex;
    const [, separator = '', quoting = '', scheme] = match;
    const end =
      quoting === '' ? bareEnd(text, start, separator, scheme !== undefined) : quotedEnd(text, start, quoting);
    const isSecret = !text.startsWith('{{', start) && !text.startsWith(redactionMark, start);
    if (end > start && isSecret) spans.push({ start, end });
    pattern.lastIndex = Math.max(end, start);
  }
  return spans;
}

const anySecretName = patternFor([]);

/** A name, its closing quote, the separator, and the opening quote of the value or the scheme before it. */
function patternFor(names: readonly string[]): RegExp {
  const whole = ['(?:proxy-)?authorization', '(?:set-)?cookie', ...names.map((name) => name.replace(/\W/g, '\\$&'))];
  const name = `(?:(?:${endings})|(?<![\\w-])(?:${whole.join('|')}))`;
  return new RegExp(
    `${name}(?:\\\\{0,7}["'])?\\s{0,9}([:=]|%3D)\\s{0,9}(\\\\{0,7}["']|)((?:Basic|Bearer)(?: +|%20|\\+))?`,
    'gi',
  );
}

/** Where a quoted value ends: at a quote that is escaped as often as the one it began with, and no oftener. */
function quotedEnd(text: string, start: number, quoting: string): number {
  const quote = quoting.at(-1) ?? '"';
  const depth = quoting.length - 1;
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let before = at;
    while (before > start && text[before - 1] === '\\') before -= 1;
    const count = at - before;
    if (count % ((depth + 1) * 2) === depth) return at - depth;
  }
  return text.length;
}

const bareValue = /[^\s&"'<>;,)}\]\\]*/y;
const number = /\d+/y;

/** Where a value without quotes ends. After a colon only a number, or what follows a scheme: the rest is prose. */
function bareEnd(text: string, start: number, separator: string, hasScheme: boolean): number {
  const pattern = separator === ':' && !hasScheme ? number : bareValue;
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}
