import { fromMarkdown } from 'mdast-util-from-markdown';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** The paragraphs of a Markdown page as plain text, those of list items too; no code blocks, tables or headlines. */
export function paragraphsOf(markdown: string): string[] {
  return paragraphsIn(fromMarkdown(markdown)).filter((text) => text !== '' && !text.startsWith('|'));
}

function paragraphsIn(node: Node): string[] {
  if (node.type === 'paragraph') return [textIn(node).replace(/\s+/g, ' ').trim()];
  return (node.children ?? []).flatMap(paragraphsIn);
}

function textIn({ type, value, children = [] }: Node): string {
  return type === 'html' ? '' : (value ?? children.map(textIn).join(''));
}

/** Words of a sentence, on average. */
export function wordsPerSentence(paragraphs: readonly string[]): number {
  const sentences = paragraphs.flatMap((text) => text.split(/(?<=[.!?:])\s+(?=[A-Z`])/));
  const words = sentences.reduce((sum, sentence) => sum + sentence.split(/\s+/).length, 0);
  return words / sentences.length;
}
