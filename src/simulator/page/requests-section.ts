import { STATUS_CODES } from 'node:http';
import { html } from 'hono/html';
import type { HeaderPair } from './exchanges.ts';
import type { Markup } from './existing.ts';
import type { RequestStatus, Status } from './page-status.ts';
import { shortPath } from './page-words.ts';

/** The last requests, the newest first, each with headers and bodies on a click. */
export function requestsSection({ requests }: Status, origin: string): Markup {
  return html`<section id="requests" data-part aria-labelledby="requests-title">
<h2 id="requests-title">Last requests</h2>
${
  requests.length === 0
    ? html`<p class="empty">No request so far. For clients, authPath is <code>${origin}</code> and apiPath is <code>${origin}/v1</code>.</p>`
    : html`<ol class="requests" reversed>${requests.toReversed().map(requestItem)}</ol>`
}
</section>`;
}

function requestItem(request: RequestStatus): Markup {
  const { number, at, method, path, status, durationMs, note } = request;
  return html`<li><details id="request-${number}">
<summary><time datetime="${at}">${at.slice(11, 23)}</time> <span class="method">${method}</span> <span class="path">${shortPath(path)}</span> <span class="tag ${statusClass(status)}">${status === 0 ? 'no answer' : status}</span> <span class="ms">${Math.round(durationMs)} ms</span>${note === undefined ? '' : html`<span class="note">${note}</span>`}</summary>
<div class="pair">
${message('Request', `${method} ${request.url}`, request.requestHeaders, sentHeaders, request.requestBody, number)}
${message('Response', status === 0 ? 'no answer' : `${status} ${STATUS_CODES[status] ?? ''}`, request.responseHeaders, receivedHeaders, request.responseBody, number)}
</div>
<h3>As cURL <button type="button" id="copy-${number}" data-copy="curl-${number}" hidden>Copy as cURL</button></h3>
<pre id="curl-${number}" tabindex="0" role="group" aria-label="cURL of request ${number}">${request.curl}</pre>
</details></li>
`;
}

function statusClass(status: number): string {
  if (status === 0 || status >= 500) return 'bad';
  return status < 400 ? 'good' : 'warm';
}

/** Headers that say something; the others are left to the JSON. */
const sentHeaders = ['authorization', 'content-type', 'accept', 'cookie', 'user-agent'];
const receivedHeaders = [
  ...['content-type', 'location', 'retry-after', 'www-authenticate', 'allow', 'set-cookie', 'correlation-id'],
];

function message(
  title: string,
  line: string,
  headers: readonly HeaderPair[],
  telling: readonly string[],
  body: string | undefined,
  number: number,
): Markup {
  const shown = telling.flatMap((name) => headers.filter(([other]) => other.toLowerCase() === name));
  return html`<div><h3>${title}</h3>
<p><code>${line}</code></p>
<dl>${shown.map(([name, value]) => html`<div><dt>${name.toLowerCase()}</dt><dd><code>${value}</code></dd></div>`)}</dl>
${body === undefined || body === '' ? html`<p class="quiet">no body</p>` : html`<pre tabindex="0" role="group" aria-label="${title} body of request ${number}">${highlighted(body)}</pre>`}</div>`;
}

/** JSON with its names and values marked; other text as it is. */
function highlighted(text: string): Markup | string {
  if (!/^\s*[[{]/.test(text)) return text;
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?)/);
  return html`${parts.map((part) => {
    if (!part.startsWith('"')) return part;
    if (part === '"[secret]"') return html`<i class="secret">${part}</i>`;
    return html`<i class="${part.endsWith(':') ? 'key' : 'text'}">${part}</i>`;
  })}`;
}
