import { compileCollection } from '../../src/compile/collection.ts';
import type { Definition, Step } from '../../src/definition/definition.ts';
import { nameOf } from './languages.ts';
import { overview } from './overview.ts';
import { madeEntry, overviewFile, type Places, pageFile, snippetsPlace } from './place.ts';
import { type Snippet, snippetsOf } from './snippets.ts';
import { stepPage } from './step-page.ts';

/** A page, and where it belongs in the collection's folder. */
export interface Page {
  readonly name: string;
  /** Markdown that ends with a line feed. */
  readonly text: string;
}

/** Every page of a definition: the overview, then one a step. The same definition always gives the same bytes. */
export function pagesOf(definition: Definition, places: Places): Page[] {
  const collection = compileCollection(definition);
  const steps = [...definition.steps, ...definition.cleanUp.steps].map((step) => ({
    step,
    snippets: snippetsOf(step, definition, collection),
  }));
  return [
    { name: overviewFile, text: overview(definition, places) },
    ...steps.map(({ step, snippets }) => ({ name: pageFile(step), text: stepPage(step, definition, snippets) })),
    { name: snippetsPlace, text: snippetsText(steps) },
  ];
}

function snippetsText(steps: readonly { readonly step: Step; readonly snippets: readonly Snippet[] }[]): string {
  const byStep = steps.map(({ step, snippets }) => [
    step.id,
    snippets.map(({ language, code }) => ({ language: nameOf(language), code })),
  ]);
  return `${JSON.stringify({ ...madeEntry, steps: Object.fromEntries(byStep) as object }, null, 2)}\n`;
}
