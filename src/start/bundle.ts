import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { type Cache, codeCacheTag } from './cache.ts';
import type { Sandboxes } from './sandbox.ts';

/** The program in one file, as `scripts/build/bundle.ts` makes it, begun. */
export interface Bundle {
  /** `startProgram` of `cli/program.ts`. */
  readonly startProgram: (options: { readonly atEnd: () => void; readonly cache: Cache | undefined }) => Promise<void>;
  /** Tells this build from others. */
  readonly build: string;
  /** Keeps V8's code cache for the next time, when there is none yet. To be called when the work is done: it takes some 50 ms once. */
  keepCodeCache(): void;
}

/** What the launcher gives the bundle; in it, `__start`. */
export interface BundleStart {
  /** `import.meta.url` of every module in it: as deep in the package as those modules. */
  readonly url: string;
  /** Undefined: Newman's own are used. */
  readonly sandboxes: Sandboxes | undefined;
}

type BundleFunction = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: Partial<Bundle> },
  filename: string,
  folder: string,
  start: BundleStart,
) => void;

/**
 * Loads the bundle. Throws when it is not there. What V8 has compiled is kept for each command apart, since each needs other
 * functions and V8 reads a cache whole. A cache is for one build of the bundle (its first line and the facts of its file), one
 * version of V8 and its flags; V8 refuses what does not fit, and then compiles.
 */
export function loadBundle(file: string, command: string, sandboxes: Sandboxes | undefined, cache?: Cache): Bundle {
  // The build writes ASCII only, so that V8 keeps one byte for a character.
  const source = readFileSync(file, 'latin1');
  const { size, mtimeMs } = statSync(file);
  const build = /^\/\/ build (\w+)/.exec(source)?.[1] ?? '';
  const tag = codeCacheTag();
  const entry = `code-${command}-${build}-${size}-${Math.trunc(mtimeMs)}-${tag}`;
  const cachedData = cache?.read(entry);
  const script = new Script(`(function(exports,require,module,__filename,__dirname,__start){${source}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const module: { exports: Partial<Bundle> } = { exports: {} };
  const url = pathToFileURL(file).href;
  const run = script.runInThisContext() as BundleFunction;
  run(module.exports, createRequire(file), module, file, dirname(file), { url, sandboxes });
  const { startProgram } = module.exports;
  if (!startProgram) throw new Error(`${file} is not the bundle`);
  return {
    startProgram,
    build,
    keepCodeCache: () => {
      // What was compiled under flags that were set since is for nobody.
      if (codeCacheTag() !== tag) return;
      if (cache && (!cachedData || script.cachedDataRejected)) cache.write(entry, script.createCachedData());
    },
  };
}
