import { InvalidArgumentError } from 'commander';
import { reporters } from '../../report/reporters.ts';

/** What reporters are asked for. */
export interface ReporterRequest {
  readonly name: ReporterName;
  /** Undefined: standard output. */
  readonly file: string | undefined;
}

export type ReporterName = 'terminal' | 'github' | keyof typeof reporters;

export const reporterNames: readonly ReporterName[] = [
  'terminal',
  ...(Object.keys(reporters) as (keyof typeof reporters)[]),
  'github',
];

/** Reads `NAME[=FILE]`. */
export function readReporter(text: string): ReporterRequest {
  const [name = '', ...file] = text.split('=');
  if (!reporterNames.includes(name as ReporterName))
    throw new InvalidArgumentError(`There is no reporter "${name}"; expected one of ${reporterNames.join(', ')}.`);
  if (text.endsWith('=')) throw new InvalidArgumentError('Expected a file after the "=".');
  return { name: name as ReporterName, file: file.length > 0 ? file.join('=') : undefined };
}
