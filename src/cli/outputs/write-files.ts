import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import { type Draft, openDraft } from '../../whole-file.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there; choose another folder or change its permissions',
  EPERM: 'you may not write there; choose another folder or change its permissions',
  EROFS: 'it is on a read-only file system; choose another folder',
  ENOSPC: 'the disk is full; make room and try again',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
};

/** A file that is made, and where it belongs. */
export interface PlacedFile {
  readonly path: string;
  readonly text: string;
}

/** Text of a file, undefined when there is none. */
export async function readPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Why a file cannot be written and what to do, in a sentence. */
export function writeFailure(path: string, error: unknown): string {
  return `cannot write ${path}: ${reasons[codeOf(error) ?? ''] ?? messageOf(error)}`;
}

/** What `action` gives; what it throws because `path` cannot be written becomes a `UsageError` that says what to do. */
export function writing<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw writeError(path, error);
  }
}

function writeError(path: string, error: unknown): UsageError {
  return error instanceof UsageError ? error : new UsageError(writeFailure(path, error), { cause: error });
}

/**
 * Writes files whole or not at all: first beside their places under other names, then all are moved there.
 * Throws `UsageError` with what is wrong and what to do when one cannot be written.
 */
export async function writeFiles(
  files: readonly { readonly path: string; readonly text: string | Uint8Array }[],
  cwd: string,
): Promise<void> {
  const drafts: { readonly path: string; readonly draft: Draft }[] = [];
  try {
    for (const { path, text } of files) {
      writing(path, () => {
        const target = resolve(cwd, path);
        mkdirSync(dirname(target), { recursive: true });
        const draft = openDraft(target);
        drafts.push({ path, draft });
        draft.append(text);
      });
    }
    // All at once: a disk takes a thousand files together in little more time than one.
    await Promise.all(
      drafts.map(({ path, draft }) =>
        draft.flush().catch((error: unknown) => {
          throw writeError(path, error);
        }),
      ),
    );
    for (const { path, draft } of drafts) writing(path, draft.finish);
  } finally {
    for (const { draft } of drafts) draft.discard();
  }
}
