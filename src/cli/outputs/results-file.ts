import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf, UsageError } from '../../errors.ts';
import { printableJson } from '../../printable.ts';
import type { IterationResult } from '../../run/result/result.ts';
import { appendAll, openDraft } from '../../whole-file.ts';
import { writeFailure, writing } from './write-files.ts';

/** The results file of a run with iterations: a line of JSON for each, written when it has ended. */
export interface ResultsFile {
  /** Numbers of the iterations that passed in the run that is resumed. */
  readonly finished: ReadonlySet<number>;
  /** Throws `UsageError` when it cannot be written. */
  append(result: IterationResult): void;
  close(): void;
}

/**
 * Begins a results file. One that is there is only gone on with, when `resume` says so: the lines of iterations that passed are
 * kept, the others will be run again. Throws `UsageError` when it cannot be written or is no results file.
 */
export function openResultsFile(path: string, resume: boolean, cwd: string): ResultsFile {
  const target = resolve(cwd, path);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const kept = resume ? keepPassed(path, target) : new Set<number>();
    const descriptor = openSync(target, resume ? 'a' : 'ax');
    return {
      finished: kept,
      append: (result) => {
        writing(path, () => appendAll(descriptor, `${printableJson(JSON.stringify(result))}\n`));
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && !resume)
      throw new UsageError(
        `${path} has the results of an earlier run; continue that run (--resume), or name another file`,
        { cause: error },
      );
    throw error instanceof UsageError ? error : new UsageError(writeFailure(path, error), { cause: error });
  }
}

/** Leaves only the lines of iterations that passed. A last line that was cut off is of one that is run again. */
function keepPassed(path: string, target: string): ReadonlySet<number> {
  const lines = readLines(target);
  const last = lines.pop();
  const passed = new Set<number>();
  const kept = lines.filter((line, index) => {
    const result = parseResult(line);
    if (!result) throw new UsageError(`${path}:${index + 1}: this is no line of a results file; name another file`);
    if (result.status !== 'passed' || passed.has(result.iteration)) return false;
    passed.add(result.iteration);
    return true;
  });
  if (kept.length < lines.length || last !== '') {
    const draft = openDraft(target);
    draft.append(kept.map((line) => `${line}\n`).join(''));
    draft.finish();
  }
  return passed;
}

function readLines(target: string): string[] {
  try {
    return readFileSync(target, 'utf8').split('\n');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [''];
    throw error;
  }
}

/** What a line of a results file tells; undefined when it is none. */
export function parseResult(line: string): Pick<IterationResult, 'iteration' | 'status'> | undefined {
  try {
    const { iteration, status } = JSON.parse(line) as Partial<IterationResult>;
    return Number.isInteger(iteration) && isStatus(status) ? { iteration: iteration as number, status } : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(status: unknown): status is IterationResult['status'] {
  return status === 'passed' || status === 'failed' || status === 'error';
}
