import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import type { RunFigures } from '../../run/result/result.ts';
import type { NamedFile } from './read-reports.ts';
import { openReportFile } from './report-file.ts';
import { parseResult } from './results-file.ts';

/** What is said of files while they are read. */
export interface ResultsNotes {
  /** A file in a folder is no results file. */
  onOther(file: string): void;
  /** The last line of a file was cut off: its run was killed. */
  onTorn(file: string): void;
}

/** Problems that are shown; of the others only their number is told. */
const shownProblems = 20;

/**
 * Writes the lines of the results files of shards into one file, in their order; each iteration has the number of its row already.
 * Nothing but those numbers is held in memory. Gives how many there are by their status. Throws `UsageError`, and writes nothing,
 * when an iteration is there twice, or a file cannot be read or is no results file.
 */
export async function joinResults(
  files: readonly NamedFile[],
  target: string,
  cwd: string,
  notes: ResultsNotes,
): Promise<RunFigures['iterations']> {
  const counts = { all: 0, passed: 0, failed: 0, error: 0 };
  const fileOf = new Map<number, string>();
  const problems: string[] = [];
  const joined = openReportFile(target, cwd);
  try {
    for (const { file, named } of files) {
      if (resolve(cwd, file) === resolve(cwd, target)) continue;
      let number = 0;
      for await (const { line, isWhole } of linesOf(file, cwd)) {
        number += 1;
        const result = parseResult(line);
        if (result) {
          const other = fileOf.get(result.iteration);
          if (other !== undefined) problems.push(`iteration ${result.iteration} is in ${other} and in ${file}`);
          fileOf.set(result.iteration, file);
          counts.all += 1;
          counts[result.status] += 1;
          joined.append(`${line}\n`);
        } else if (!isWhole) notes.onTorn(file);
        else if (number === 1 && !named) {
          notes.onOther(file);
          break;
        } else throw new UsageError(`${file}:${number}: this is no line of a results file (run --results FILE)`);
      }
    }
    if (problems.length > 0) throw new UsageError(problemText(problems));
    joined.finish();
    return counts;
  } catch (error) {
    joined.discard();
    throw error;
  }
}

function problemText(problems: readonly string[]): string {
  const more = problems.length - shownProblems;
  return [
    ...problems.slice(0, shownProblems),
    ...(more > 0 ? [`and ${more} more`] : []),
    'results files of the shards of one run can be put together; of several targets, those of one',
  ].join('\n');
}

/** The lines of a file; the last one is not whole when nothing ends it. */
async function* linesOf(
  file: string,
  cwd: string,
): AsyncGenerator<{ readonly line: string; readonly isWhole: boolean }> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(resolve(cwd, file), 'utf8') as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield { line, isWhole: true };
    }
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new UsageError(`${file} cannot be read: ${reason}`, { cause: error });
  }
  if (rest !== '') yield { line: rest, isWhole: false };
}
