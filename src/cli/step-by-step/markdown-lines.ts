import type { List, Nodes, Parents, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { pieces, widthOf } from '../../report/text/lines.ts';
import type { Colors } from './screen-style.ts';

/** Markdown as lines for a terminal: wrapped at the width, items of lists with hanging indents. */
export function markdownLines(text: string, width: number, colors: Colors): string[] {
  return blocks(fromMarkdown(text).children, width, colors);
}

/** The first paragraph of a Markdown text. */
export function firstParagraph(text: string): string {
  return text.split(/\n\s*\n/, 1)[0] ?? '';
}

function blocks(nodes: readonly RootContent[], width: number, colors: Colors): string[] {
  return nodes.flatMap((node, index) => [...(index > 0 ? [''] : []), ...block(node, width, colors)]);
}

function block(node: RootContent, width: number, colors: Colors): string[] {
  switch (node.type) {
    case 'list':
      return listLines(node, width, colors);
    case 'code':
      return node.value.split('\n').map((line) => `    ${colors.cyan(line)}`);
    case 'heading':
      return wrapped(colors.bold(inline(node.children, colors)), width);
    case 'paragraph':
      return wrapped(inline(node.children, colors), width);
    default:
      return 'children' in node ? blocks((node as Parents).children as RootContent[], width, colors) : [];
  }
}

function listLines({ children, ordered, start }: List, width: number, colors: Colors): string[] {
  return children.flatMap((item, index) => {
    const mark = ordered ? `${(start ?? 1) + index}. ` : '• ';
    const lines = blocks(item.children, width - mark.length, colors);
    return lines.map((line, at) => `${at === 0 ? mark : ' '.repeat(mark.length)}${line}`);
  });
}

function inline(nodes: readonly PhrasingContent[], colors: Colors): string {
  return nodes.map((node) => phrase(node, colors)).join('');
}

function phrase(node: Nodes, colors: Colors): string {
  if (node.type === 'inlineCode') return styledWords(node.value, colors.cyan);
  if (node.type === 'strong') return styledWords(inline(node.children, colors), colors.bold);
  if (node.type === 'emphasis') return styledWords(inline(node.children, colors), colors.italic);
  if (node.type === 'text') return node.value.replaceAll('\n', ' ');
  return 'children' in node ? inline(node.children as PhrasingContent[], colors) : '';
}

/** Each word by itself, so that a line can end between them. */
function styledWords(text: string, style: (text: string) => string): string {
  return text
    .split(' ')
    .map((word) => (word === '' ? '' : style(word)))
    .join(' ');
}

/** A text in lines of at most this width, where its words and the parts of addresses allow it; the lines after the first have this many spaces before them. */
export function wrapped(text: string, width: number, hanging = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const { text: piece, gap } of pieces(text, width).filter((one) => one.text !== '')) {
    const next = line === '' ? piece : `${line}${gap}${piece}`;
    if (widthOf(next) > width && line.trim() !== '') {
      lines.push(line);
      line = `${' '.repeat(hanging)}${piece}`;
    } else line = next;
  }
  return [...lines, line];
}
