import type { Step } from '../../src/definition/definition.ts';

/** The folder of a collection's step pages. It holds nothing else. */
export const pagesFolder = 'pages';

/** The overview of a collection. */
export const overviewFile = 'README.md';

/** The page of a step, in the collection's folder. Named by the step's id: links stay good when a step is put before it. */
export function pageFile({ id }: Pick<Step, 'id'>): string {
  return `${pagesFolder}/${id}.md`;
}

/** First line of every page, by which it is known as one that may be written anew. */
export function madeFrom(file: string): string {
  return `${madeMark} from ${file}. Change that, not this page. -->`;
}

const madeMark = '<!-- Made by npm run docs';

/** Whether a text is a page that was made, and not one that a person wrote. */
export function isMade(text: string): boolean {
  return text.startsWith(madeMark);
}
