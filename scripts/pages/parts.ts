import type { PhrasingContent, RootContent } from 'mdast';
import { code, text } from '../../src/report/text/mdast.ts';

/** Parts of pages that Markdown has no word for. */

/** Markdown as a definition has it, left as it is. */
export function markdown(value: string): RootContent {
  return { type: 'html', value };
}

/** Plain text of a definition; what stands between backticks is code. */
export function prose(value: string): PhrasingContent[] {
  return value
    .split('`')
    .map((part, index, { length }) => {
      if (index % 2 === 0) return text(part);
      return index === length - 1 ? text(`\`${part}`) : code(part);
    })
    .filter((node) => !('value' in node) || node.value !== '');
}

export function link(url: string, label: string): PhrasingContent {
  return { type: 'link', url, children: [text(label)] };
}

export function codeBlock(lang: string, value: string): RootContent {
  return { type: 'code', lang, value };
}

/** Blocks that are shown when a person opens them. */
export function folded(summary: string, blocks: readonly RootContent[]): RootContent[] {
  return [markdown(`<details>\n<summary>${summary}</summary>`), ...blocks, markdown('</details>')];
}
