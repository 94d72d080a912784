import type { PhrasingContent, RootContent } from 'mdast';
import { code, text } from '../../src/report/text/mdast.ts';

/** Parts of pages that Markdown has no word for. */

/** Markdown as a definition has it, left as it is. */
export function markdown(value: string): RootContent {
  return { type: 'html', value };
}

/** Plain text of a definition; what stands between backticks is code, and so are names that only programs have. */
export function prose(value: string): PhrasingContent[] {
  return value
    .split('`')
    .flatMap((part, index, { length }) => {
      if (index % 2 === 0) return withNames(part);
      return index === length - 1 ? [text(`\`${part}`)] : [code(part)];
    })
    .filter((node) => !('value' in node) || node.value !== '');
}

/** What has a variable in double braces (GitHub makes half a link of such an address); `envID`, `client_id`, `INVALID_VALUE`; `--step`. */
const names =
  /([^\s(]*\{\{\w+\}\}[^\s)]*[^\s).,;:]|[^\s(]*\{\{\w+\}\}|\b[a-z]{2,}[A-Z]\w*(?![\w@])|\b[a-z]+(?:_[a-z]+)+(?:=[\w.]*\w)?|(?<!')\b[A-Z]{2,}(?:_[A-Z]+)+\b|(?<!\S)--[a-z-]+)/;

function withNames(value: string): PhrasingContent[] {
  return value.split(names).map((part, index) => (index % 2 === 0 ? text(part) : code(part)));
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
