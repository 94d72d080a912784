import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { writeFailure } from './write-files.ts';

/** A file that appears whole or not at all: what is written goes to another file beside it, which is moved there at the end. */
export interface ReportFile {
  /** Path as it was given. */
  readonly path: string;
  /** Throws `UsageError` when it cannot be written. */
  append(text: string): void;
  /** Puts the file in its place. Throws `UsageError` when that does not work. */
  finish(): void;
  /** Leaves nothing behind, when the file is not finished. */
  discard(): void;
}

/**
 * Opens a file for writing, and makes its folder. Done before a run begins, so that a path that cannot be written is known
 * before anything is sent. `mode` are the permissions (default: as the system makes files). Throws `UsageError`.
 */
export function openReportFile(path: string, cwd: string, mode = 0o666): ReportFile {
  const target = resolve(cwd, path);
  const temporary = `${target}.${process.pid}.tmp`;
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new UsageError(writeFailure(path, error), { cause: error });
    }
  };
  const descriptor = attempt(() => {
    mkdirSync(dirname(target), { recursive: true });
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory())
      throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    return openSync(temporary, 'w', mode);
  });
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    path,
    append: (text) => {
      attempt(() => writeSync(descriptor, text));
    },
    finish: () => {
      attempt(() => {
        fsyncSync(descriptor);
        close();
        renameSync(temporary, target);
      });
    },
    discard: () => {
      close();
      rmSync(temporary, { force: true });
    },
  };
}
