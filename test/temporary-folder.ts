import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'pt-test-';

/**
 * Before all tests: what they put into the system's temporary folder goes into one of its own. Removes it after them. Each project
 * calls this. (The name is short, since Chromium has a socket in there.)
 */
export default function useOwnTemporaryFolder(): () => void {
  if (tmpdir().includes(prefix)) return () => {};
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
