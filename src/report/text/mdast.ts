import type { ListItem, PhrasingContent, RootContent, TableRow } from 'mdast';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown } from 'mdast-util-to-markdown';

/** Parts of a Markdown page, as the syntax tree of https://github.com/syntax-tree/mdast, and the text they make. */

/** A text, or parts of a line one after the other. */
export type Line = string | readonly PhrasingContent[];

/** The tree as GitHub Flavored Markdown (https://github.github.com/gfm/), ending in a line feed. */
export function markdownText(children: readonly RootContent[]): string {
  return toMarkdown({ type: 'root', children: [...children] }, { bullet: '-', extensions: [gfmTableToMarkdown()] });
}

export function heading(depth: 1 | 2 | 3, value: string): RootContent {
  return { type: 'heading', depth, children: [text(value)] };
}

export function paragraph(line: Line): RootContent {
  return { type: 'paragraph', children: contentOf(line) };
}

/** Text that a renderer shows as it is: a line feed would begin another block. */
export function text(value: string): PhrasingContent {
  return { type: 'text', value: onOneLine(value) };
}

/** With a space for line feeds and the spaces around them. */
function onOneLine(text: string): string {
  const [first = '', ...others] = text.split(/[\r\n]+/);
  const last = others.pop();
  if (last === undefined) return text;
  const between = others.map((line) => line.trim()).filter((line) => line !== '');
  return [first.trimEnd(), ...between, last.trimStart()].join(' ');
}

export function strong(value: string): PhrasingContent {
  return { type: 'strong', children: [{ type: 'text', value }] };
}

export function code(value: string): PhrasingContent {
  return { type: 'inlineCode', value };
}

export function list(items: readonly Line[]): RootContent {
  const children = items.map(
    (item): ListItem => ({
      type: 'listItem',
      spread: false,
      children: [{ type: 'paragraph', children: contentOf(item) }],
    }),
  );
  return { type: 'list', ordered: false, spread: false, children };
}

/** A table; columns from `rightFrom` on (counted from 0; default: none) are aligned to the right. */
export function table(
  head: readonly Line[],
  rows: readonly (readonly Line[])[],
  { rightFrom = head.length }: { readonly rightFrom?: number } = {},
): RootContent {
  const row = (cells: readonly Line[]): TableRow => ({
    type: 'tableRow',
    children: cells.map((cell) => ({ type: 'tableCell', children: contentOf(cell) })),
  });
  return {
    type: 'table',
    align: head.map((_, index) => (index < rightFrom ? null : 'right')),
    children: [head, ...rows].map(row),
  };
}

function contentOf(line: Line): PhrasingContent[] {
  return typeof line === 'string' ? [text(line)] : [...line];
}
