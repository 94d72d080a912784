import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Draft, openDraft } from '../../whole-file.ts';
import { writing } from './write-files.ts';

/** A file that appears whole or not at all. `append` and `finish` throw `UsageError`. */
export interface ReportFile extends Omit<Draft, 'flush'> {
  /** Path as it was given. */
  readonly path: string;
}

/**
 * Opens a file for writing, and makes its folder. Done before a run begins, so that a path that cannot be written is known
 * before anything is sent. `mode` are the permissions (default: those of the file that is there, else as the system makes files).
 * Throws `UsageError`.
 */
export function openReportFile(path: string, cwd: string, mode?: number): ReportFile {
  const target = resolve(cwd, path);
  const draft = writing(path, () => {
    mkdirSync(dirname(target), { recursive: true });
    return openDraft(target, mode);
  });
  return {
    path,
    append: (data) => writing(path, () => draft.append(data)),
    finish: () => writing(path, draft.finish),
    discard: draft.discard,
  };
}
