import { snippetsFile } from '../../src/cli/step-by-step/copies.ts';
import type { Step } from '../../src/definition/definition.ts';

/** Paths from the folder of a collection. */
export interface Places {
  /** To the environment files. */
  readonly environments: string;
  /** To the page of concepts, where there is one. */
  readonly concepts?: string;
}

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

/** The examples of all steps as data, for `run --step`. */
export const snippetsPlace = `${pagesFolder}/${snippetsFile}`;

/** The first entry of that file. */
export const madeEntry = { '//': 'Made by npm run docs from the steps. Change those, not this file.' };

/** Whether a text is a page that was made, and not one that a person wrote. */
export function isMade(text: string): boolean {
  return text.startsWith(madeMark) || text.startsWith(JSON.stringify(madeEntry, null, 2).slice(0, -2));
}
