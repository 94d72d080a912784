import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, usage } from './bench/arguments.ts';
import { BenchError } from './bench/bench-error.ts';
import { comparisons } from './bench/comparisons.ts';
import { machineLine } from './bench/machine.ts';
import { sectionText, withSection } from './bench/section.ts';
import { newmanCli } from './bench/tools/newman.ts';
import { peers } from './bench/tools.ts';
import { installTools } from './interop/install.ts';

/**
 * Measures this project beside its peers. `npm run bench -- [COMPARISON…] [--quick] [--rounds N] [--write] [--limit SECONDS]
 * [--scratch FOLDER]`: see scripts/bench/README.md. Exit code 0: every run counted, whatever the figures; 1: a run was wrong, or could not
 * be measured; 2: the command line is not usable.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = join(root, 'scripts/bench/README.md');

const given = readArguments(process.argv.slice(2), Object.keys(comparisons), process.env);
if ('problem' in given) {
  process.stderr.write(`error: ${given.problem}\n${usage(Object.keys(comparisons))}\n`);
  process.exit(2);
}
const log = (text: string) => process.stdout.write(`${text}\n`);
const folder = await mkdtemp(join(tmpdir(), 'pingone-tutorial-bench-'));
try {
  log(`peers in ${given.scratch}`);
  await installTools([newmanCli, ...peers], given.scratch);
  for (const name of given.comparisons) {
    const machine = machineLine();
    log(`\n${name}. ${machine}`);
    const section = await comparisons[name]?.({ ...given, folder, log });
    if (section === undefined) continue;
    const text = sectionText(section, machine);
    log(`\n${text}`);
    // Each as soon as it is there: a later one that goes wrong takes nothing away.
    if (given.write) await writeFile(readme, withSection(await readFile(readme, 'utf8'), name, text));
  }
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
