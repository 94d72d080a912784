/**
 * Runs the program against the simulator and writes what it prints into the pages that show it, where it differs by more than ids, times and
 * ports: `npm run transcript`. With `--check` it only compares, and ends with 1 when a transcript is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { withTranscripts } from './transcript/excerpt.ts';
import { recordAll } from './transcript/record.ts';
import { transcriptPages } from './transcript/scenes.ts';

const argv = process.argv.slice(2);
const unknown = argv.find((argument) => argument !== '--check');
if (unknown !== undefined) {
  process.stderr.write(`error: unknown argument ${unknown}; expected --check or nothing\n`);
  process.exit(2);
}
const made = await recordAll();
const stale: string[] = [];
for (const name of transcriptPages) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const page = await readFile(path, 'utf8');
  const now = withTranscripts(page, made);
  if (now === page) continue;
  stale.push(name);
  if (!argv.includes('--check')) await writeFile(path, now);
}
if (stale.length === 0) process.stdout.write('the pages show what the program prints\n');
else if (argv.includes('--check')) {
  process.stderr.write(`${stale.join(', ')}: the program no longer prints this; npm run transcript writes it anew\n`);
  process.exitCode = 1;
} else process.stdout.write(`written: ${stale.join(', ')}\n`);
