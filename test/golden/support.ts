import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Set in the environment, it makes the tests write the expected files instead of comparing with them. */
const isUpdating = process.env.UPDATE_GOLDEN === '1';

/** Folder of the golden cases of a kind. */
export function goldenFolder(kind: 'err' | 'matrix' | 'ok' | 'report'): string {
  return fileURLToPath(new URL(kind, import.meta.url));
}

/** Names of the cases of a kind: a new case is a new folder. */
export async function goldenCases(kind: 'err' | 'matrix' | 'ok'): Promise<string[]> {
  const entries = await readdir(goldenFolder(kind), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** Compares files, by path relative to `folder`, with the committed ones: the same files, the same bytes. */
export async function expectGolden(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  if (isUpdating) {
    for (const file of await filesIn(folder)) if (!(file in files)) await rm(join(folder, file));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
  }
  const present = await filesIn(folder);
  const committed = await Promise.all(present.map((file) => readFile(join(folder, file), 'utf8')));
  expect(Object.fromEntries(present.map((file, index) => [file, committed[index]]))).toEqual(files);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

/** The definitions that come back from what they compile to: Postman's sandbox does not know later drafts, so their schemas are not in it. */
export async function goldenCasesInPostman(): Promise<string[]> {
  return (await goldenCases('ok')).filter((name) => name !== 'later-drafts');
}
