import { counted } from '../../src/report/text/words.ts';
import { withMarkedPart } from '../marked-part.ts';
import { type CaseOutcome, marks } from './agreement.ts';

/** A case with what every tool made of it. */
export interface CaseResult {
  readonly name: string;
  readonly outcomes: readonly CaseOutcome[];
  /** Where they do not agree. */
  readonly disagreements: readonly string[];
  /** Tools that cannot tell, and why. */
  readonly notIn: Readonly<Record<string, string>>;
}

export interface CollectionResult {
  readonly name: string;
  readonly steps: readonly { readonly name: string }[];
  readonly cases: readonly CaseResult[];
  /** Names of the tools, in the order of the table. */
  readonly tools: readonly string[];
}

/** The table for people who ask whether their tool is among them: tool × collection, each cell the cases in agreement. */
export function overviewTable(results: readonly CollectionResult[], date: string): string {
  const tools = [...new Set(results.flatMap((result) => result.tools))];
  const rows = tools.map((tool) => {
    const outcomes = results.flatMap(({ cases }) => cases.flatMap(({ outcomes }) => outcomes));
    const version = outcomes.find((outcome) => outcome.tool === tool && outcome.verdict)?.verdict?.version;
    return [tool, version ?? '?', ...results.map((result) => agreement(result, tool) ?? '–')];
  });
  return [
    `Cases in agreement, of those that a tool can carry out, on ${date}:`,
    '',
    ...table(['tool', 'version', ...results.map(({ name }) => name)], rows),
  ].join('\n');
}

/** In how many cases a tool agrees, of how many it took part in; undefined when in none. */
function agreement({ cases }: CollectionResult, tool: string): string | undefined {
  const own = cases.filter(({ outcomes }) => outcomes.some((outcome) => outcome.tool === tool));
  const agreeing = own.filter(({ name, disagreements }) => agrees(tool, name, disagreements));
  return own.length > 0 ? `${agreeing.length} of ${own.length}` : undefined;
}

/** Whether what does not agree in a case is not of a tool: each begins with the tool and the case. */
export function agrees(tool: string, name: string, disagreements: readonly string[]): boolean {
  return !disagreements.some((text) => text.startsWith(`${tool}, ${name}: `));
}

/** Tool × step of the run in which nothing goes wrong. */
function summaryTable(result: CollectionResult, date: string): string {
  const { name, steps, cases, tools } = result;
  const [happy] = cases;
  const rows = tools.flatMap((tool) => {
    const agreeing = agreement(result, tool);
    if (agreeing === undefined) return [];
    // A tool that cannot tell of that run may tell of others.
    const isIn = happy?.notIn[tool] === undefined;
    const own = cases.flatMap(({ outcomes }) => outcomes.filter((outcome) => outcome.tool === tool));
    const version = own.find(({ verdict }) => verdict)?.verdict?.version ?? '?';
    const verdicts = (isIn ? (own[0]?.verdict?.steps ?? []) : []).map((step) => step.verdict);
    return [[tool, version, ...steps.map((_, index) => verdicts[index] ?? (isIn ? 'no verdict' : '–')), agreeing]];
  });
  const head = ['tool', 'version', ...steps.map((_, index) => String(index + 1)), 'cases in agreement'];
  return [
    `**${name}**, ${date}, ${counted(steps.length, 'step')}, ${counted(cases.length, 'case')}`,
    '',
    ...table(head, rows),
  ].join('\n');
}

/** The tables with every case: case × tool, each cell the verdicts of all steps, and what does not agree. */
export function detailTables(results: readonly CollectionResult[], date: string): string {
  return results.map((result) => `${summaryTable(result, date)}\n\n${caseTable(result)}`).join('\n\n');
}

function caseTable({ cases, tools }: CollectionResult): string {
  const reasons = [...new Set(cases.flatMap(({ notIn }) => Object.entries(notIn).map((entry) => entry.join(': '))))];
  const rows = cases.map(({ name, outcomes, disagreements, notIn }) => [
    name,
    ...tools.map((tool) => {
      const reason = notIn[tool];
      if (reason !== undefined) return `(${reasons.indexOf(`${tool}: ${reason}`) + 1})`;
      const outcome = outcomes.find((candidate) => candidate.tool === tool);
      return outcome?.verdict ? marks(outcome.verdict.steps.map(({ verdict }) => verdict)) : 'could not run';
    }),
    createdIn(outcomes),
    disagreements.length === 0 ? 'yes' : '**no**',
  ]);
  const wrong = cases.flatMap(({ disagreements }) => disagreements);
  return [
    ...table(['case', ...tools, 'left in the simulator', 'agreed'], rows),
    ...(reasons.length > 0 ? ['', ...reasons.map((reason, index) => `${index + 1}. ${reason}`)] : []),
    ...(wrong.length > 0 ? ['', ...wrong.map((text) => `* ${firstLine(text)}`)] : []),
  ].join('\n');
}

/** What every tool left; the tools that left something else are named among the disagreements. */
function createdIn(outcomes: readonly CaseOutcome[]): string {
  const [first] = outcomes;
  return first && first.created.length > 0 ? first.created.join(', ') : 'nothing';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows.map(tableRow)];
}

/** A line of a table in Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

export const beginMark = '<!-- interop: made by npm run interop -->';
export const endMark = '<!-- end of interop -->';

/** A document with the text between its marks replaced. Throws when it has no marks. */
export function withTables(document: string, tables: string): string {
  return withMarkedPart(document, beginMark, endMark, tables);
}
