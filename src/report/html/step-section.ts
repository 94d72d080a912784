import { html } from 'hono/html';
import type {
  CheckResult,
  DecodedToken,
  HeaderField,
  ReceivedResponse,
  SentRequest,
  StepResult,
} from '../../run/result/result.ts';
import { wasOnlySent, wasRun } from '../../run/result/tally.ts';
import { curlOf } from '../text/curl.ts';
import { readableBody, sortedHeaders } from '../text/message-parts.ts';
import { counted, duration, readableTime } from '../text/words.ts';
import { renderDescription } from './description.ts';
import type { Markup } from './markup.ts';

const words = {
  passed: 'passed',
  failed: 'failed',
  error: 'could not complete',
  skipped: 'skipped',
  'not-reached': 'not reached',
} as const;
const marks = { passed: '✓', failed: '✗', error: '✗', skipped: '–', 'not-reached': '–' } as const;

export interface StepHeading {
  readonly title: string;
  readonly anchor: string;
  /** What the step is for, Markdown. */
  readonly description?: string | undefined;
}

/** All there is to know of a step: open when it did not pass, else folded. */
export function renderStepDetails(step: StepResult, { title, anchor, description }: StepHeading): Markup {
  const { status, response, durationMs } = step;
  const isSent = wasOnlySent(step);
  const open = status === 'failed' || status === 'error';
  const answer = response ? `${response.status} ${response.reason}` : step.adopted ? 'adopted' : '';
  return html`<details class="step ${status}" id="${anchor}"${open ? html` open` : ''}>
<summary><span class="mark" aria-hidden="true">${isSent ? '→' : marks[status]}</span> <span class="name">${title}</span> <span class="quiet">${isSent ? 'sent' : words[status]}${answer === '' ? '' : `, ${answer}`}${!wasRun(status) ? '' : `, ${duration(response?.durationMs ?? durationMs)}`}</span></summary>
<p><code>${step.method} ${step.url}</code>${step.engine === undefined ? '' : html` <span class="quiet">Engine: ${step.engine}</span>`}</p>
${description === undefined || description === '' ? '' : folded('What this step is for', renderDescription(description))}
${step.reason === undefined ? '' : html`<p class="${open ? 'failed' : ''}">${step.reason}</p>`}
${step.checks.length === 0 ? '' : html`<h3>Checks</h3><ul class="checks">${step.checks.map(check)}</ul>`}
${captures(step)}
${attempts(step)}
${step.notes.length === 0 ? '' : html`<h3>Notes</h3><ul>${step.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${step.request ? message('Request', `${step.request.method} ${step.request.url}`, step.request, title) : ''}
${step.request ? folded('As cURL', html`<pre tabindex="0" role="region" aria-label="cURL of ${title}">${curlOf(step.request)}</pre>`) : ''}
${response ? message('Response', `${response.status} ${response.reason}`, response, title) : ''}
${response?.tokens?.map((token) => claims(token, title)) ?? ''}
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

function folded(summary: string, content: Markup): Markup {
  return html`<details class="more"><summary>${summary}</summary>
${content}
</details>`;
}

/** Claims that are moments, in seconds since the epoch. */
const moments = ['iat', 'nbf', 'exp', 'auth_time'];

function claims({ name, claims }: DecodedToken, title: string): Markup {
  const claimText = (claim: string, value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (!moments.includes(claim) || typeof value !== 'number') return text;
    return `${text} (${readableTime(new Date(value * 1000).toISOString())})`;
  };
  return html`<h3>Claims of ${name}</h3>
<dl class="values" aria-label="Claims of ${name} of ${title}">${Object.entries(claims).map(
    ([claim, value]) => html`<div><dt>${claim}</dt><dd>${claimText(claim, value)}</dd></div>`,
  )}</dl>`;
}

function message(kind: string, line: string, { headers, body }: SentRequest | ReceivedResponse, title: string): Markup {
  const { telling, others } = sortedHeaders(headers);
  return html`<h3>${kind}</h3>
<p><code>${line}</code></p>
${telling.length === 0 ? '' : html`<dl class="values">${telling.map(header)}</dl>`}
${others.length === 0 ? '' : folded(counted(others.length, 'more header'), html`<dl class="values">${others.map(header)}</dl>`)}
${body && body.text !== '' ? html`<pre tabindex="0" role="region" aria-label="${kind} body of ${title}">${readableBody(body)}</pre>` : ''}
${body?.truncated ? html`<p class="quiet">The beginning of ${body.bytes} bytes.</p>` : ''}`;
}

function header({ name, value }: HeaderField): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
