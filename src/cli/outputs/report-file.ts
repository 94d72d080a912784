import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { type Draft, openDraft } from '../../whole-file.ts';
import { writing } from './write-files.ts';

/** A file that appears whole or not at all. `append` and `finish` throw `UsageError`. */
export interface ReportFile extends Omit<Draft, 'flush'> {
  /** Path as it was given. */
  readonly path: string;
}

/** Files that are being written: two outputs of one run in one file would leave only the last. */
const opened = new Set<string>();

/**
 * Opens a file for writing, and makes its folder. Done before a run begins, so that a path that cannot be written, or that another output
 * has, is known before anything is sent. `mode` are the permissions (default: those of the file that is there, else as the system makes
 * files). Throws `UsageError`.
 */
export function openReportFile(path: string, cwd: string, mode?: number): ReportFile {
  const target = resolve(cwd, path);
  if (opened.has(target)) throw new UsageError(`two outputs would be written to ${path}; give each a file of its own`);
  const draft = writing(path, () => {
    mkdirSync(dirname(target), { recursive: true });
    return openDraft(target, mode);
  });
  opened.add(target);
  return {
    path,
    append: (data) => writing(path, () => draft.append(data)),
    finish: () => {
      opened.delete(target);
      writing(path, draft.finish);
    },
    discard: () => {
      opened.delete(target);
      draft.discard();
    },
  };
}
