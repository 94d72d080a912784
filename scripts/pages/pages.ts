import { compileCollection } from '../../src/compile/collection.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { overview } from './overview.ts';
import { overviewFile, pageFile } from './place.ts';
import { snippetsOf } from './snippets.ts';
import { stepPage } from './step-page.ts';

/** A page, and where it belongs in the collection's folder. */
export interface Page {
  readonly name: string;
  /** Markdown that ends with a line feed. */
  readonly text: string;
}

/** Every page of a definition: the overview, then one a step. The same definition always gives the same bytes. */
export function pagesOf(definition: Definition, environments: string): Page[] {
  const collection = compileCollection(definition);
  return [
    { name: overviewFile, text: overview(definition, environments) },
    ...[...definition.steps, ...definition.cleanUp.steps].map((step) => ({
      name: pageFile(step),
      text: stepPage(step, definition, snippetsOf(step, definition, collection)),
    })),
  ];
}
