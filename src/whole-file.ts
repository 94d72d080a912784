import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';

/** Writes all of it: one call of `writeSync` may write less, as on a disk that is nearly full. Throws what `writeSync` throws. */
export function writeAll(descriptor: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

/** Appends all of it, or nothing, to a file that no other process writes to. Throws what `writeSync` throws. */
export function appendAll(descriptor: number, data: string): void {
  const { size } = fstatSync(descriptor);
  try {
    writeAll(descriptor, data);
  } catch (error) {
    ftruncateSync(descriptor, size);
    throw error;
  }
}

/** The same by the path of the file. */
export function appendToFile(path: string, data: string): void {
  const descriptor = openSync(path, 'a');
  try {
    appendAll(descriptor, data);
  } finally {
    closeSync(descriptor);
  }
}

/** A file that appears whole or not at all: a draft beside its place, which is moved there at the end. */
export interface Draft {
  /** Throws when it cannot be written; then the draft is gone, and so it cannot be finished. */
  append(data: string | Uint8Array): void;
  /** Resolves when the disk has all of it. Rejects when that does not work; then the draft is gone. */
  flush(): Promise<void>;
  /** Puts the file in its place, when the disk has all of it. Throws when that does not work; then nothing is left. */
  finish(): void;
  /** Leaves nothing behind; does nothing after `finish`. */
  discard(): void;
}

/**
 * Opens a draft of `target`, under a name that nobody can know beforehand, and never through a link. `mode` are its permissions, whatever
 * the umask; default: those of the file that is there, else as the system makes files. Throws when it cannot be written, and for what
 * is there and is no file.
 */
export function openDraft(target: string, mode?: number): Draft {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there && !there.isFile())
    throw Object.assign(new Error(`it is ${kindOf(there)}`), there.isDirectory() && { code: 'EISDIR' });
  const permissions = mode ?? (there && lstatSync(target).isFile() ? there.mode & 0o777 : undefined);
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const descriptor = openSync(draft, 'wx', permissions === undefined ? 0o666 : 0o600);
  let isOpen = true;
  let isFlushed = false;
  const discard = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(descriptor);
    rmSync(draft, { force: true });
  };
  const orDiscard = (action: () => void) => {
    try {
      action();
    } catch (error) {
      discard();
      throw error;
    }
  };
  orDiscard(() => {
    if (permissions !== undefined) fchmodSync(descriptor, permissions);
  });
  return {
    flush: async () => {
      try {
        await promisify(fsync)(descriptor);
        isFlushed = true;
      } catch (error) {
        discard();
        throw error;
      }
    },
    append: (data) =>
      orDiscard(() => {
        isFlushed = false;
        writeAll(descriptor, data);
      }),
    finish: () =>
      orDiscard(() => {
        if (!isFlushed) fsyncSync(descriptor);
        renameSync(draft, target);
        isOpen = false;
        closeSync(descriptor);
      }),
    discard,
  };
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  return stats.isFIFO() ? 'a pipe' : 'a device, not a file';
}
