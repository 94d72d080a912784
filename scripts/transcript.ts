/**
 * Runs the program against the simulator and writes what it prints into the README, where it differs by more than ids, times and
 * ports: `npm run transcript`. With `--check` it only compares, and ends with 1 when a transcript is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { withTranscripts } from './transcript/excerpt.ts';
import { recordAll } from './transcript/record.ts';

const path = fileURLToPath(new URL('../README.md', import.meta.url));
const argv = process.argv.slice(2);
const unknown = argv.find((argument) => argument !== '--check');
if (unknown !== undefined) {
  process.stderr.write(`error: unknown argument ${unknown}; expected --check or nothing\n`);
  process.exit(2);
}
const page = await readFile(path, 'utf8');
const now = withTranscripts(page, await recordAll());
if (now === page) process.stdout.write('README.md shows what the program prints\n');
else if (argv.includes('--check')) {
  process.stderr.write('README.md shows what the program no longer prints; npm run transcript writes it anew\n');
  process.exitCode = 1;
} else {
  await writeFile(path, now);
  process.stdout.write('README.md written\n');
}
