import { parseJson } from '../../run/result/parse-json.ts';
import type { SentRequest } from '../../run/result/result.ts';
import { isOfClient } from './message-parts.ts';

/** What results have in place of a secret. */
const secret = '[secret]';

/** A request as a command for curl. Secrets, which results do not have, are shell variables such as `$ACCESS_TOKEN`. */
export function curlOf({ method, url, headers, body }: SentRequest): string {
  const parts = [`curl -i${method === 'GET' ? '' : ` -X ${method}`} ${quoted(named(url))}`];
  for (const { name, value } of headers.filter((header) => !isOfClient(header))) {
    if (/^accept$/i.test(name) && value === '*/*') continue;
    const isAuthorization = /^authorization$/i.test(name);
    if (isAuthorization && /^basic /i.test(value)) parts.push('-u "$CLIENT_ID:$CLIENT_SECRET"');
    else
      parts.push(`-H ${quoted(`${name}: ${value.replaceAll(secret, mark(isAuthorization ? 'ACCESS_TOKEN' : name))}`)}`);
  }
  if (body?.truncated) parts.push(`--data-binary @body-of-${body.bytes}-bytes`);
  else if (body && body.text !== '') parts.push(`--data-raw ${quoted(namedBody(body.text))}`);
  return parts.join(' \\\n  ');
}

/** Stands for a variable until the text around it is quoted. */
function mark(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1_$2').replace(/\W+/g, '_');
  return `\uE000${words.toUpperCase() || 'SECRET'}\uE001`;
}

/** Secrets of a form or a query, by the names of their parameters. */
function named(text: string): string {
  return text
    .replace(/([\w.-]+)=(?:\[secret\]|%5Bsecret%5D)/gi, (_all, name: string) => `${name}=${mark(name)}`)
    .replaceAll(secret, mark('SECRET'));
}

/** Secrets of a body by the names of their members. `value` alone would say nothing. */
function namedBody(text: string): string {
  if (parseJson(text) === undefined) return named(text);
  return text
    .replace(/"(\w+)"(\s*:\s*)"\[secret\]"/g, (_all, name: string, colon: string) => {
      return `"${name}"${colon}"${mark(name === 'value' ? 'SECRET' : name)}"`;
    })
    .replaceAll(secret, mark('SECRET'));
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
    .replace(/\uE000(\w+)\uE001/g, `'"$$$1"'`)
    .replace(/^''(?=")/, '')
    .replace(/(?<=")''$/, '');
}
