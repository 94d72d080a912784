import type { Exchange } from './exchanges.ts';
import { type Mark, redacted, type Secrets } from './hide-secrets.ts';

/** Where a shell puts the value of a variable, until the text around it is quoted: private characters that no request holds. */
const open = '\uE000';
const close = '\uE001';
const variable: Mark = (name) => `${open}${name}${close}`;

/** Headers that curl sends by itself, or that are of the connection. */
const ownHeaders =
  /^(host|content-length|connection|accept-encoding|user-agent|postman-token|cache-control|sec-.*|transfer-encoding|expect)$/i;

/** A request as a command for curl; secrets are variables, such as `$ACCESS_TOKEN`. */
export function curlOf(exchange: Exchange, secrets: Secrets): string {
  const { method, url, requestHeaders, requestBody } = redacted(exchange, secrets, variable);
  const parts = [`curl -i${method === 'GET' ? '' : ` -X ${method}`} ${quoted(url)}`];
  for (const [name, value] of requestHeaders) {
    if (ownHeaders.test(name) || (/^accept$/i.test(name) && value === '*/*')) continue;
    const [, credentials] = /^authorization$/i.test(name) ? (/^basic (.*:.*)$/is.exec(value) ?? []) : [];
    parts.push(
      credentials === undefined ? `-H ${quoted(`${properName(name)}: ${value}`)}` : `-u ${quoted(credentials)}`,
    );
  }
  if (requestBody !== undefined && requestBody !== '') parts.push(`--data-raw ${quoted(requestBody)}`);
  return parts.join(' \\\n  ');
}

/** `content-type` as people write it. */
function properName(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, start: string, letter: string) => start + letter.toUpperCase());
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  const word = `'${text.replaceAll("'", "'\\''")}'`;
  return word
    .replace(/\uE000(\w+)\uE001/g, `'"$$$1"'`)
    .replace(/^''(?=")/, '')
    .replace(/(?<=")''$/, '');
}
