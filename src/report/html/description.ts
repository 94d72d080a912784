import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** The description of a step, Markdown, as markup: paragraphs, lists, code, emphasis and links. The rest stays text. */
export function renderDescription(text: string): Markup {
  const blocks = text.trim().split(/\n{2,}/);
  return html`${blocks.map((block) => {
    if (!/^\s*[*-] /.test(block)) return html`<p>${inline(block)}</p>`;
    const items = block
      .trim()
      .split(/\n?^\s*[*-] /m)
      .filter((item) => item !== '');
    return html`<ul>${items.map((item) => html`<li>${inline(item)}</li>`)}</ul>`;
  })}`;
}

/** Code, emphasis and links within a line. */
function inline(text: string): Markup {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)\s]+\))/);
  return html`${parts.map(inlinePart)}`;
}

function inlinePart(part: string): Markup | string {
  if (/^`.+`$/s.test(part)) return html`<code>${part.slice(1, -1)}</code>`;
  if (/^\*\*.+\*\*$/s.test(part)) return html`<strong>${part.slice(2, -2)}</strong>`;
  if (/^\*.+\*$/s.test(part)) return html`<em>${part.slice(1, -1)}</em>`;
  const [, label, address = ''] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part) ?? [];
  if (label === undefined) return part;
  return /^https?:\/\//.test(address) ? html`<a href="${address}">${label}</a>` : label;
}
