import { counted } from '../../src/report/text/words.ts';
import { tableRow } from '../interop/table.ts';
import type { CheckedFile } from './check-file.ts';

export const head = [
  ['file', 'requests', 'checks', 'result', 'why'],
  ['---', '---:', '---:', '---', '---'],
].map(tableRow);

export function fileRow({ file, requests, checks, comparison }: CheckedFile): string {
  const why = comparison.kind === 'same' ? '' : comparison.why;
  const cells = [file, String(requests), String(checks), comparison.kind, why];
  return tableRow(cells.map((cell) => cell.replaceAll(/\s+/g, ' ').trim()));
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
