#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../start/bundle.ts';
import type { Cache } from '../start/cache.ts';
import { isOn } from '../start/optimizations.ts';
import type { Sandboxes } from '../start/sandbox.ts';
import { isWorkerProcess } from './commands/worker-command.ts';
import type { CommandName } from './commands.ts';

/**
 * The launcher: begins the program from the bundle, which is the same in one file and quicker to load, or from its modules in a clone without
 * a bundle. See "Startup optimizations" in src/decisions.md.
 */

const folder = fileURLToPath(new URL('../bundle', import.meta.url));
/** Only a clone has modules. */
const hasModules = existsSync(new URL('program.js', import.meta.url));

if ((hasModules && !isOn('bundle')) || !(await startBundle())) {
  const { startProgram } = await import('./program.ts');
  await startProgram();
}

/** False when the bundle cannot be used. What the program does wrong once it has begun is not that. */
async function startBundle(): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const command = knownCommand(process.argv.slice(2));
  let bundle: Bundle;
  let definitions: Cache | undefined;
  try {
    const { cacheOfBuild, openCache } = await import('../start/cache.ts');
    const { loadBundle } = await import('../start/bundle.ts');
    const cache = isOn('code-cache') || isOn('definitions') ? openCache() : undefined;
    const codeCache = isOn('code-cache') ? cache : undefined;
    bundle = loadBundle(folder, command, await sandboxesFor(command, codeCache), codeCache);
    if (cache && isOn('definitions')) definitions = cacheOfBuild(cache, bundle.build);
  } catch (error) {
    if (!hasModules) throw error;
    return false;
  }
  await bundle.startProgram({ atEnd: bundle.keepCodeCache, cache: definitions });
  return true;
}

/** The commands that send requests have sandboxes; those that always do have the first at once. */
async function sandboxesFor(command: string, cache: Cache | undefined): Promise<Sandboxes | undefined> {
  if (!isOn('sandbox') || !['run', 'smoke', 'cleanup', 'sweep', 'doctor'].includes(command)) return undefined;
  const { createSandboxes } = await import('../start/sandbox.ts');
  const runsScripts = command === 'run' || command === 'smoke';
  return createSandboxes(folder, cache, runsScripts && !/ --engine[ =]direct /.test(` ${process.argv.join(' ')} `));
}

/** What the code cache is kept for: a command, or `help` for all that does no work. */
function knownCommand(argv: readonly string[]): string {
  const commands: readonly CommandName[] = [
    'run',
    'smoke',
    'doctor',
    'cleanup',
    'sweep',
    'compile',
    'validate',
    'import',
    'init',
    'simulate',
  ];
  // A process that runs iterations for another needs what that one needs.
  if (isWorkerProcess(argv)) return 'run';
  return commands.find((name) => name === argv[0] && !argv.some((arg) => /^(-h|--help)$/.test(arg))) ?? 'help';
}
