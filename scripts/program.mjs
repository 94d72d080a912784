import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './build/stamp.mjs';

/** The program of this clone, for the npm scripts: builds it first when something has changed, then is it. */

const program = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url));
if (!isBuilt()) {
  try {
    execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
  } catch {
    process.exit(1);
  }
}
// Processes that the program begins are the program, not this script.
process.argv[1] = program;
await import(program);
