import { counted } from '../../src/report/text/words.ts';
import type { CheckedFile } from './check-file.ts';

/** A line of a table in Markdown. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()).join(' | ')} |`;
}

export const head = [row(['file', 'requests', 'checks', 'result', 'why']), row(['---', '---:', '---:', '---', '---'])];

export function fileRow({ file, requests, checks, comparison }: CheckedFile): string {
  const why = comparison.kind === 'same' ? '' : comparison.why;
  return row([file, String(requests), String(checks), comparison.kind, why]);
}

/** The last line: how many are the same, of how many. */
export function summary(files: readonly CheckedFile[]): string {
  const count = (kind: string) => files.filter(({ comparison }) => comparison.kind === kind).length;
  const sum = (key: 'requests' | 'checks') => files.reduce((total, file) => total + file[key], 0);
  return [
    `${counted(files.length, 'file')}: ${count('same')} the same, ${count('differs')} differ,`,
    `${count('could not be run')} could not be run;`,
    `${counted(sum('requests'), 'request')}, ${counted(sum('checks'), 'check')}`,
  ].join(' ');
}
