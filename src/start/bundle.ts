import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { type Cache, codeCacheTag } from './cache.ts';
import type { Sandboxes } from './sandbox.ts';

/** The program with its dependencies in two scripts, as `scripts/build/bundle.ts` makes them, begun. */
export interface Bundle {
  /** `startProgram` of `cli/program.ts`. */
  readonly startProgram: (options: { readonly atEnd: () => void; readonly cache: Cache | undefined }) => Promise<void>;
  /** What `index.ts` exports. */
  readonly library: () => object;
  /** Tells this build from others. */
  readonly build: string;
  /** Keeps V8's code cache for the next time, when there is none yet. To be called when the work is done: it takes some 50 ms once. */
  keepCodeCache(): void;
}

/** What the launcher gives the scripts of the bundle; in them, `__start`. */
export interface BundleStart {
  /** `import.meta.url` of every module in it: as deep in the package as those modules. */
  readonly url: string;
  /** Undefined: Newman's own are used. */
  readonly sandboxes: Sandboxes | undefined;
  /** What another script of the bundle exports; it runs when it is first asked for. */
  load(name: string): object;
}

type BundleFunction = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  folder: string,
  start: BundleStart,
) => void;

/**
 * Loads the bundle in this folder. Throws when it is not there, or not whole. What V8 has compiled is kept for each command apart,
 * since each needs other functions and V8 reads a cache whole. A cache is for one build of a script (its first line and the facts of its
 * file), one version of V8 and its flags; V8 refuses what does not fit, and then compiles.
 */
export function loadBundle(folder: string, command: string, sandboxes?: Sandboxes, cache?: Cache): Bundle {
  const tag = codeCacheTag();
  const kept: KeptScript[] = [];
  const modules = new Map<string, { exports: object }>();
  const load = (name: string): object => {
    const known = modules.get(name);
    if (known) return known.exports;
    const script = readScript(join(folder, name), command, tag, cache);
    const module = { exports: {} };
    modules.set(name, module);
    kept.push(script);
    const run = script.script.runInThisContext() as BundleFunction;
    run(module.exports, createRequire(script.file), module, script.file, folder, start);
    return module.exports;
  };
  const start: BundleStart = { url: pathToFileURL(join(folder, 'program.cjs')).href, sandboxes, load };
  const { startProgram, library } = load('program.cjs') as Partial<Bundle>;
  if (!startProgram || !library || !existsSync(join(folder, 'newman.cjs')))
    throw new Error(`${folder} is not the bundle`);
  return {
    startProgram,
    library,
    build: kept[0]?.build ?? '',
    keepCodeCache: () => {
      // What was compiled under flags that were set since is for nobody.
      if (cache && codeCacheTag() === tag) for (const script of kept) keepCodeCache(script, cache);
    },
  };
}

interface KeptScript {
  readonly file: string;
  readonly script: Script;
  readonly build: string;
  /** Name of its code cache. */
  readonly entry: string;
  readonly wasKept: boolean;
}

function readScript(file: string, command: string, tag: string, cache: Cache | undefined): KeptScript {
  // The build writes ASCII only, so that V8 keeps one byte for a character.
  const source = readFileSync(file, 'latin1');
  const { size, mtimeMs } = statSync(file);
  const build = /^\/\/ build (\w+)/.exec(source)?.[1] ?? '';
  const entry = `code-${command}-${build}-${size}-${Math.trunc(mtimeMs)}-${tag}`;
  const cachedData = cache?.read(entry);
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  return { file, script, build, entry, wasKept: cachedData !== undefined && !script.cachedDataRejected };
}

function keepCodeCache({ script, entry, wasKept }: KeptScript, cache: Cache): void {
  if (!wasKept) cache.write(entry, script.createCachedData());
}
