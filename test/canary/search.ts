import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Looks for marked secrets in everything that was written. It knows nothing of how the program takes them out. */

/** Bytes that were written somewhere. */
export interface Written {
  /** A path, or the name of a stream. */
  readonly place: string;
  readonly bytes: Buffer;
}

/** A secret that was found. */
export interface Leak {
  readonly canary: string;
  readonly form: string;
  readonly place: string;
  /** What is around it. */
  readonly context: string;
}

/** Every way to write a text that a report, a log or a message may have. */
const encoders: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'ASCII JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  URL: encodeURIComponent,
  'URL in lower case': (text) => encodeURIComponent(text).replace(/%../g, (byte) => byte.toLowerCase()),
  'whole URL': encodeURI,
  form: (text) => new URLSearchParams([['', text]]).toString().slice(1),
  'form in lower case': (text) =>
    new URLSearchParams([['', text]])
      .toString()
      .slice(1)
      .replace(/%../g, (byte) => byte.toLowerCase()),
  HTML: (text) =>
    text.replace(
      /[&<>"']/g,
      (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&#39;',
    ),
  XML: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'XML attribute': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  'GitHub command': (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'),
};

/** Base64 of the text at each of the three places where it may begin, less the characters it shares with its neighbours. */
function base64Forms(text: string): [form: string, written: string][] {
  const size = Buffer.byteLength(text);
  return ([0, 1, 2] as const).flatMap((before): [string, string][] => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text), Buffer.alloc(2)]);
    const [first, last] = [Math.ceil((before * 4) / 3), Math.floor(((before + size) * 4) / 3)];
    return (['base64', 'base64url'] as const).map((name) => [
      `${name} after ${before}`,
      bytes.toString(name).slice(first, last),
    ]);
  });
}

/** Every form of a text, each once. */
export function formsOf(text: string): ReadonlyMap<string, string> {
  const all: [string, string][] = [
    ...Object.entries(encoders).map(([form, encode]): [string, string] => [form, encode(text)]),
    ...base64Forms(text),
  ];
  const forms = new Map<string, string>();
  for (const [form, written] of all) if (!forms.has(written)) forms.set(written, form);
  return forms;
}

/** Finds secrets, by name the parts that must not be found: in every form, in every place. */
export function findLeaks(canaries: ReadonlyMap<string, readonly string[]>, written: readonly Written[]): Leak[] {
  const leaks: Leak[] = [];
  for (const [canary, parts] of canaries) {
    for (const part of parts) {
      for (const [text, form] of formsOf(part)) {
        for (const { place, bytes } of written) {
          const at = bytes.indexOf(text);
          if (at < 0) continue;
          const context = bytes.subarray(Math.max(0, at - 80), at + text.length + 20).toString();
          leaks.push({ canary, form, place, context });
        }
      }
    }
  }
  return leaks;
}

/**
 * Finds what steers a terminal or a log: control characters but line feeds, tabs and this program's own colors, marks of direction, and
 * GitHub's commands that only the hostile collection writes.
 */
export function findSteering(written: readonly Written[]): Pick<Leak, 'place' | 'context'>[] {
  const ownColors = new RegExp(`${String.fromCharCode(27)}\\[(0|1|2|22|3[0-9]|39)m`, 'g');
  const steering = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|^[^\S\n]*::warning::|##\[error\]/mu;
  // Arguments are separated by NUL; what is kept to start faster is for no person to read.
  const read = written.filter(({ place }) => place !== 'the argument list' && !place.includes('/cache/'));
  return read.flatMap(({ place, bytes }) => {
    const text = bytes.toString().replace(ownColors, '');
    const at = text.search(steering);
    return at < 0 ? [] : [{ place, context: text.slice(Math.max(0, at - 80), at + 40) }];
  });
}

/** Every file below a folder, hidden ones too; the names of the files are searched as well. */
export function everythingIn(folder: string): Written[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const place = join(entry.parentPath, entry.name);
    return [
      { place: `the name of ${place}`, bytes: Buffer.from(entry.name) },
      ...(entry.isFile() ? [{ place, bytes: readFileSync(place) }] : []),
    ];
  });
}
