import { STATUS_CODES } from 'node:http';
import { widthOf } from '../../report/text/lines.ts';
import { isOfClient } from '../../report/text/message-parts.ts';
import { parseJson } from '../../run/result/parse-json.ts';
import type { BodyText, HeaderField, ReceivedResponse, SentRequest } from '../../run/result/result.ts';
import { type BodyLook, bodyLines, type Marks } from './body-lines.ts';
import { wrapped } from './markdown-lines.ts';
import type { ScreenStyle } from './screen-style.ts';

/** Headers of an answer that say something to a person. */
const tellingHeaders = /^(location|retry-after|www-authenticate|set-cookie|allow)$/i;

/** A request as it goes: the address filled in, the headers that matter, the body. */
export function requestLines({ method, url, headers, body }: SentRequest, style: ScreenStyle): string[] {
  const { colors, width } = style;
  return [
    ...wrappedAddress(`${colors.bold(method)} `, method.length + 1, url, width),
    ...headerLines(
      headers.filter((header) => !isOfClient(header) && !/^accept$/i.test(header.name)),
      style,
    ),
    ...textLines(body, { ...style, marks: new Map(), packs: true }),
  ];
}

/** An answer: the status, the headers that matter, the body with marks in so many lines. */
export function responseLines(
  { status, reason, durationMs, headers, body }: ReceivedResponse,
  marks: Marks,
  style: ScreenStyle,
  lines?: number,
): string[] {
  const { colors } = style;
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value.split(';')[0];
  const color = status < 400 ? colors.green : colors.red;
  const answered = `${status} ${reason || (STATUS_CODES[status] ?? '')}`;
  const facts = `${type === undefined ? '' : ` · ${type}`} · after ${Math.round(durationMs)} ms`;
  const legend = legendOf(marks);
  return [
    `${color(colors.bold(answered))}${colors.dim(`${facts}${legend}`)}`,
    // Where it was created is in the body too.
    ...headerLines(
      headers.filter(
        ({ name }) => tellingHeaders.test(name) && (lines === undefined || !/^location$/i.test(name) || status !== 201),
      ),
      style,
    ),
    ...textLines(body, { ...style, marks, ...(lines !== undefined && { lines }) }),
  ];
}

/** What the marks beside a body mean. */
function legendOf(marks: Marks): string {
  const shown = [...marks.values()];
  const meanings = [
    ...(shown.some((mark) => mark.includes('✓')) ? ['✓ checked'] : []),
    ...(shown.some((mark) => mark.includes('→')) ? ['→ set'] : []),
  ];
  return meanings.length > 0 ? ` · ${meanings.join(', ')}` : '';
}

/** Headers, two in a line where there is room. */
function headerLines(headers: readonly HeaderField[], { colors, width }: ScreenStyle): string[] {
  const texts = headers.map(({ name, value }) => {
    const room = width - name.length - 2;
    return `${colors.dim(`${name}:`)} ${value.length > room ? `${value.slice(0, room - 1)}…` : value}`;
  });
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const joined = `${last} ${colors.dim('·')} ${text}`;
    if (last !== undefined && widthOf(joined) <= width) lines.splice(-1, 1, joined);
    else lines.push(text);
  }
  return lines;
}

function textLines(body: BodyText | undefined, look: BodyLook): string[] {
  if (!body || body.text === '') return [];
  const data = parseJson(body.text);
  if (typeof data === 'object' && data !== null) return bodyLines(data, look);
  const all = body.text.split('\n').flatMap((line) => wrapped(line, look.width));
  const { lines } = look;
  return lines === undefined || all.length <= lines ? all : [...all.slice(0, lines - 1), look.colors.dim('…')];
}

/** An address is divided where a person would, so that it can be read; it is one text all the same. */
function wrappedAddress(before: string, beforeWidth: number, url: string, width: number): string[] {
  const parts = url.split(/(?=[/?&])/);
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && beforeWidth + line.length + part.length > width) {
      lines.push(line);
      line = '';
    }
    line += part;
  }
  return [...lines, line].map((one, index) => `${index === 0 ? before : ' '.repeat(beforeWidth)}${one}`);
}
