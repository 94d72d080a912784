import type { Step } from '../../src/definition/definition.ts';
import { markdownText, table } from '../../src/report/text/mdast.ts';
import type { Verdict } from './flow.ts';

/** What became of a language. */
export interface LanguageResult {
  readonly name: string;
  /** Why it was skipped; undefined when it was run. */
  readonly missing: string | undefined;
  readonly note: string | undefined;
  /** By the id of the step; a step after one that failed has none. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** Languages × steps as a Markdown table, what is to be known of them, and how many were executed. */
export function renderTable(steps: readonly Step[], results: readonly LanguageResult[]): string {
  const rows = results.map(({ name, missing, verdicts }) => [
    name,
    ...steps.map((step) => (missing === undefined ? verdictWord(verdicts.get(step.id)) : 'skipped')),
  ]);
  const lines = results.flatMap(({ name, missing, note, verdicts }) => [
    ...(missing === undefined ? [] : [`${name} is not executed: ${missing}`]),
    ...(note === undefined ? [] : [`${name} was executed ${note}`]),
    ...steps.flatMap((step) => {
      const verdict = verdicts.get(step.id);
      return verdict?.status === 'failed' ? [`${name}, ${step.name}: ${verdict.reason}`] : [];
    }),
  ]);
  const executed = results.filter(({ verdicts }) => steps.every(({ id }) => verdicts.get(id)?.status === 'passed'));
  return [
    markdownText([table(['Language', ...steps.map(({ id }) => id)], rows)]),
    '“passed, changed”: passed after the changes that the page names',
    ...lines,
    `executed ${executed.length} of ${results.length}`,
    '',
  ].join('\n');
}

function verdictWord(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'not reached';
  if (verdict.status === 'failed') return 'FAILED';
  return verdict.changes > 0 ? 'passed, changed' : 'passed';
}
