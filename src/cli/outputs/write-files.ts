import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there; choose another folder or change its permissions',
  EPERM: 'you may not write there; choose another folder or change its permissions',
  EROFS: 'it is on a read-only file system; choose another folder',
  ENOSPC: 'the disk is full; make room and try again',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
};

/** Why a file cannot be written and what to do, in a sentence. */
export function writeFailure(path: string, error: unknown): string {
  return `cannot write ${path}: ${reasons[codeOf(error) ?? ''] ?? messageOf(error)}`;
}

/**
 * Writes files whole or not at all: first beside their places under other names, then all are moved there.
 * Throws `UsageError` with what is wrong and what to do when one cannot be written.
 */
export async function writeFiles(
  files: readonly { readonly path: string; readonly text: string | Uint8Array }[],
  cwd: string,
): Promise<void> {
  const pending = files.map(({ path, text }) => {
    const target = resolve(cwd, path);
    return { path, text, target, temporary: `${target}.${process.pid}.tmp` };
  });
  let current = pending[0];
  try {
    for (current of pending) {
      await mkdir(dirname(current.target), { recursive: true });
      await writeFile(current.temporary, current.text);
    }
    for (current of pending) await rename(current.temporary, current.target);
  } catch (error) {
    await Promise.all(pending.map(({ temporary }) => rm(temporary, { force: true }).catch(() => {})));
    throw new UsageError(writeFailure(current?.path ?? '', error), { cause: error });
  }
}
