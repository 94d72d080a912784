import type { RootContent } from 'mdast';
import { markdownText, paragraph, table } from '../../src/report/text/mdast.ts';
import { withMarkedPart } from '../marked-part.ts';
import type { Figures } from './figures.ts';
import { type Goal, goalCells } from './goal.ts';
import type { Spread } from './statistics.ts';

/** What a comparison gives: a part of the README. */
export interface Section {
  /** Paragraphs, tables and lists, in their order. */
  readonly blocks: readonly RootContent[];
  readonly goals: readonly Goal[];
}

/** A section as Markdown: date and machine, its tables, its goals. */
export function sectionText({ blocks, goals }: Section, machine: string): string {
  return markdownText([
    paragraph(machine),
    ...blocks,
    ...(goals.length > 0 ? [table(['goal', 'reached', 'wanted', 'holds'], goals.map(goalCells))] : []),
  ]).trimEnd();
}

/** One row a contestant: time, processor time and memory, each with the middle half of the rounds and beside the reference. */
export function figuresTable(
  all: readonly Figures[],
  more: Readonly<Record<string, (name: string) => string>> = {},
): RootContent {
  const [first] = all;
  return table(
    ['', 'wall s', '×', 'processor s', '×', 'peak MiB', '×', ...Object.keys(more)],
    all.map(({ name, values, ratios }) => [
      name,
      spreadText(values.wallSeconds, 3),
      name === first?.name ? '1' : spreadText(ratios.wallSeconds, 2),
      spreadText(values.cpuSeconds, 2),
      name === first?.name ? '1' : spreadText(ratios.cpuSeconds, 2),
      String(Math.round(values.peakMebibytes.median)),
      name === first?.name ? '1' : spreadText(ratios.peakMebibytes, 2),
      ...Object.values(more).map((make) => make(name)),
    ]),
  );
}

/** The median, and the quartiles when there are several: `0.61 (0.58–0.66)`. */
export function spreadText({ median, low, high, count }: Spread, digits: number): string {
  const middle = median.toFixed(digits);
  return count > 1 ? `${middle} (${low.toFixed(digits)}–${high.toFixed(digits)})` : middle;
}

/** A document with the section of that name replaced. Throws when it has no marks for it. */
export function withSection(document: string, name: string, text: string): string {
  const begin = `<!-- bench ${name}: made by npm run bench -->`;
  const end = `<!-- end of bench ${name} -->`;
  return withMarkedPart(document, begin, end, text);
}
