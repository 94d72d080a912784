import { html } from 'hono/html';
import { parseJson } from '../../run/result/parse-json.ts';
import type {
  BodyText,
  CheckResult,
  HeaderField,
  ReceivedResponse,
  SentRequest,
  StepResult,
} from '../../run/result/result.ts';
import { wasRun } from '../../run/result/tally.ts';
import { duration } from '../text/words.ts';
import type { Markup } from './markup.ts';

const words = {
  passed: 'passed',
  failed: 'failed',
  error: 'could not complete',
  skipped: 'skipped',
  'not-reached': 'not reached',
} as const;
const marks = { passed: '✓', failed: '✗', error: '✗', skipped: '–', 'not-reached': '–' } as const;

/** All there is to know of a step: open when it did not pass, else folded. */
export function renderStepDetails(step: StepResult, { title, anchor }: { title: string; anchor: string }): Markup {
  const { status, response, durationMs } = step;
  const open = status === 'failed' || status === 'error';
  const answer = response ? `${response.status} ${response.reason}` : step.adopted ? 'adopted' : '';
  return html`<details class="step ${status}" id="${anchor}"${open ? html` open` : ''}>
<summary><span class="mark" aria-hidden="true">${marks[status]}</span> <span class="name">${title}</span> <span class="quiet">${words[status]}${answer === '' ? '' : `, ${answer}`}${!wasRun(status) ? '' : `, ${duration(response?.durationMs ?? durationMs)}`}</span></summary>
<p><code>${step.method} ${step.url}</code>${step.engine === undefined ? '' : html` <span class="quiet">Engine: ${step.engine}</span>`}</p>
${step.reason === undefined ? '' : html`<p class="${open ? 'failed' : ''}">${step.reason}</p>`}
${step.checks.length === 0 ? '' : html`<h3>Checks</h3><ul class="checks">${step.checks.map(check)}</ul>`}
${captures(step)}
${attempts(step)}
${step.notes.length === 0 ? '' : html`<h3>Notes</h3><ul>${step.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${step.request ? message('Request', `${step.request.method} ${step.request.url}`, step.request, title) : ''}
${response ? message('Response', `${response.status} ${response.reason}`, response, title) : ''}
</details>`;
}

function check({ name, status, message, source }: CheckResult): Markup {
  const place = source ? html` <span class="quiet">${source.file}:${source.line}</span>` : '';
  return status === 'passed'
    ? html`<li><span class="good" aria-hidden="true">✓</span> ${name}</li>`
    : html`<li class="failed"><span aria-hidden="true">✗</span> ${name}: ${message ?? 'failed'}${place}</li>`;
}

function captures({ captures }: StepResult): Markup | string {
  if (captures.length === 0) return '';
  return html`<h3>Captured</h3><dl class="values">${captures.map(
    ({ variable, value }) => html`<div><dt>${variable}</dt><dd>${value ?? '(secret)'}</dd></div>`,
  )}</dl>`;
}

function attempts({ attempts }: StepResult): Markup | string {
  if (attempts.length === 0) return '';
  return html`<h3>Attempts before this one</h3><ol>${attempts.map(({ because, waitMs, durationMs, correlationId }) => {
    const waited = waitMs > 0 ? `, then waited ${duration(waitMs)}` : '';
    const id = correlationId === undefined ? '' : html` <span class="quiet">Correlation id ${correlationId}</span>`;
    return html`<li>${because} (${duration(durationMs)}${waited})${id}</li>`;
  })}</ol>`;
}

function message(kind: string, line: string, { headers, body }: SentRequest | ReceivedResponse, title: string): Markup {
  return html`<h3>${kind}</h3>
<p><code>${line}</code></p>
${headers.length === 0 ? '' : html`<dl class="values">${headers.map(header)}</dl>`}
${body && body.text !== '' ? html`<pre tabindex="0" role="region" aria-label="${kind} body of ${title}">${readable(body)}</pre>` : ''}
${body?.truncated ? html`<p class="quiet">The beginning of ${body.bytes} bytes.</p>` : ''}`;
}

function header({ name, value }: HeaderField): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Indented, a body may become so many times as long. What is nested deeply is mostly indentation. */
const mostIndentation = 8;

/** A body as people read it: JSON is indented, whatever else is left as it is. */
function readable({ text, truncated }: BodyText): string {
  const data = truncated ? undefined : parseJson(text);
  if (data === undefined) return text;
  const indented = JSON.stringify(data, null, 2);
  return indented.length > mostIndentation * text.length + 1000 ? text : indented;
}
