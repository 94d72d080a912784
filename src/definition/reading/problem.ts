import type { ExitCode } from '../../errors.ts';
import { exitCode, UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';

/** Something wrong in a definition, and where. */
export interface Problem {
  /** Path of the file as it was given, with forward slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong, and what was expected. */
  readonly message: string;
  /** The text of that line, when there is one. */
  readonly sourceLine?: string;
}

/** A definition has problems: all of them, in the order of files and lines (exit code 3). */
export class DefinitionError extends UserError {
  override readonly name = 'DefinitionError';
  override readonly exitCode: ExitCode = exitCode.definition;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(renderProblems(problems));
    this.problems = problems;
  }
}

export interface RenderProblemsOptions {
  /** Show the source line with a caret below each message. Default: false. */
  readonly source?: boolean;
  /** Wraps the parts that stand out. Default: plain. */
  readonly paint?: { bold(text: string): string; red(text: string): string; dim(text: string): string };
}

const plain = { bold: (text: string) => text, red: (text: string) => text, dim: (text: string) => text };

/** Problems as a compiler prints them: `file:line:column: message`, one a line, with the source line when asked. */
export function renderProblems(problems: readonly Problem[], options: RenderProblemsOptions = {}): string {
  const paint = options.paint ?? plain;
  return problems
    .flatMap((problem) => {
      const place = paint.bold(`${printable(problem.file)}:${problem.line}:${problem.column}:`);
      const headline = `${place} ${printable(problem.message)}`;
      if (!options.source || problem.sourceLine === undefined) return [headline];
      return [headline, ...excerpt(problem, problem.sourceLine, paint)];
    })
    .join('\n');
}

const excerptWidth = 100;

function excerpt(problem: Problem, sourceLine: string, paint: NonNullable<RenderProblemsOptions['paint']>): string[] {
  const gutter = `${problem.line} | `;
  const from = Math.max(0, problem.column - 1 - excerptWidth);
  const shown = (start: number, end: number) => printable(sourceLine.slice(start, end)).replaceAll('\t', ' ');
  const before = shown(from, problem.column - 1);
  const caret = `${' '.repeat(gutter.length + before.length)}^`;
  return [`${paint.dim(gutter)}${before}${shown(problem.column - 1, from + 2 * excerptWidth)}`, paint.red(caret)];
}

/** Order of problems in a report: by file, then line, then column; duplicates removed. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const byPlace = (a: Problem, b: Problem) =>
    compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message);
  return [...problems]
    .sort(byPlace)
    .filter((problem, index, all) => index === 0 || byPlace(problem, all[index - 1] as Problem) !== 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
