import { parseJson } from '../../run/result/parse-json.ts';
import type { BodyText, HeaderField } from '../../run/result/result.ts';

/** Headers that say something about a request or its answer, the most telling first. */
const telling = [
  ...['authorization', 'content-type', 'accept', 'cookie'],
  ...['location', 'www-authenticate', 'retry-after', 'set-cookie', 'allow', 'correlation-id'],
];

/** Whether any client sends a header by itself, or it is about the connection only. */
export function isOfClient({ name }: HeaderField): boolean {
  return /^(host|content-length|connection|accept-encoding|user-agent|postman-token|cache-control)$/i.test(name);
}

/** The headers that matter in that order, and all others as they came. */
export function sortedHeaders(headers: readonly HeaderField[]): {
  readonly telling: readonly HeaderField[];
  readonly others: readonly HeaderField[];
} {
  const rank = ({ name, value }: HeaderField) => (value === '*/*' ? -1 : telling.indexOf(name.toLowerCase()));
  return {
    telling: headers.filter((header) => rank(header) >= 0).sort((one, other) => rank(one) - rank(other)),
    others: headers.filter((header) => rank(header) < 0),
  };
}

/** Indented, a body may become so many times as long. What is nested deeply is mostly indentation. */
const mostIndentation = 8;

/** A body as people read it: JSON is indented, whatever else is left as it is. */
export function readableBody({ text, truncated }: BodyText): string {
  const data = truncated ? undefined : parseJson(text);
  if (data === undefined) return text;
  const indented = JSON.stringify(data, null, 2);
  return indented.length > mostIndentation * text.length + 1000 ? text : indented;
}
