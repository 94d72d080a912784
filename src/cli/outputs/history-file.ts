import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Definition } from '../../definition/definition.ts';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import {
  beginsAsHistory,
  compareWithHistory,
  emptyHistory,
  type History,
  parseHistory,
  renderHistory,
  withRun,
} from '../../run/history/run-history.ts';
import type { RunComparison, RunResult } from '../../run/result/result.ts';
import type { World } from '../world.ts';
import { openReportFile } from './report-file.ts';

/** The file that remembers earlier runs. */
export interface HistoryFile {
  /** Compares a run with those that the file tells of. */
  readonly compare: (result: RunResult) => RunComparison;
  /** Writes the file with this run in it, whole. Throws `UsageError` when that does not work. */
  finish(result: RunResult): void;
  /** Leaves the file as it is. */
  discard(): void;
}

/**
 * Opens a history. It is read when the run is over, since another run may write it meanwhile. One that is broken is said and
 * begun anew. Throws `UsageError` when it cannot be written or something else is there, before the run begins.
 */
export function openHistoryFile(path: string, definition: Definition, world: World): HistoryFile {
  const file = openReportFile(path, world.cwd);
  try {
    refuseOther(path, world);
  } catch (error) {
    file.discard();
    throw error;
  }
  return {
    compare: (result) => {
      const { history, note } = readHistory(path, world);
      return compareWithHistory(history, result, definition, note);
    },
    finish: (result) => {
      file.append(renderHistory(withRun(readHistory(path, world).history, result)));
      file.finish();
    },
    discard: file.discard,
  };
}

/** A file that never was a history is somebody's: a report, or notes. */
function refuseOther(path: string, { cwd }: World): void {
  const text = textOf(path, cwd);
  if (beginsAsHistory(text) || !('broken' in parseHistory(text))) return;
  throw new UsageError(`${path} is no history: name another file for --history, or delete this one`);
}

/** Empty when there is no file. */
function textOf(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function readHistory(path: string, { cwd }: World): { readonly history: History; readonly note?: string } {
  const anew = (reason: string) => ({
    history: emptyHistory,
    note: `the history ${path} could not be used and is replaced: ${reason}`,
  });
  try {
    const text = textOf(path, cwd);
    if (text === '') return { history: emptyHistory };
    const read = parseHistory(text);
    return 'broken' in read ? anew(read.broken) : { history: read };
  } catch (error) {
    return anew(messageOf(error));
  }
}
