import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Cache, codeCacheTag } from './cache.ts';

/**
 * The threads in which Postman's sandbox runs scripts. The first is begun with the program, and boots while Newman and the
 * definition are loaded; V8's code cache makes the boot code (2 MB) quicker to compile in each. The bundle has these in the place
 * of uvm's `lib/worker.js`.
 */
export interface Sandboxes {
  /** Id of the next sandbox, under which it and the program send each other messages. */
  nextId(): string;
  /** The thread of this id. */
  start(id: string): Worker;
}

/**
 * The heap of a thread, in MB. What V8 takes without limits is made for a machine of its own; scripts of a collection have little that
 * lives long. One that needs more than the old generation ends its thread, as in any sandbox.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 };

/** What a thread is told when it begins; see `sandbox-thread.ts`. */
export interface SandboxOrder {
  readonly id: string;
  /** File of the `postman-sandbox` package that holds the boot code. */
  readonly bootCode: string;
  readonly cachedData: Uint8Array | undefined;
  /** To send a code cache when there is none, or a refused one. */
  readonly wantsCache: boolean;
}

/** The one message of a thread that is not for uvm. It comes before the boot ends, so before any script of a collection runs. */
export interface CodeCacheMessage {
  readonly codeCache: Uint8Array;
}

/**
 * `bundle` is the folder of the bundle; in it is the program of the threads. With `early` the first thread begins at once.
 * Throws when there is no such package.
 */
export function createSandboxes(bundle: string, cache: Cache | undefined, early: boolean): Sandboxes {
  const program = join(bundle, 'sandbox.cjs');
  const bootCode = bootCodeFile(bundle);
  const { size, mtimeMs } = statSync(bootCode);
  const entry = `sandbox-${size}-${Math.trunc(mtimeMs)}-${codeCacheTag()}`;

  const begin = (id: string): Worker => {
    const cachedData = cache?.read(entry);
    const order: SandboxOrder = { id, bootCode, cachedData, wantsCache: cache !== undefined };
    // As in uvm: a program given as text has a global `require`, which the boot code looks for.
    const worker = new Worker(`require(${JSON.stringify(program)})`, {
      eval: true,
      stdout: true,
      stderr: true,
      workerData: order,
      resourceLimits,
    });
    // Only the first message can be the code cache: after it, scripts run there, which must not send one.
    worker.prependOnceListener('message', (message: Partial<CodeCacheMessage>) => {
      if (message.codeCache) cache?.write(entry, message.codeCache);
    });
    return worker;
  };

  let prepared = early ? prepare(begin) : undefined;
  return {
    nextId: () => prepared?.id ?? newId(),
    start: (id) => {
      const worker = prepared?.id === id ? prepared.adopt() : undefined;
      prepared = undefined;
      return worker ?? begin(id);
    },
  };
}

/** A thread that begins before anybody listens to it. */
function prepare(begin: (id: string) => Worker): { readonly id: string; adopt(): Worker | undefined } {
  const id = newId();
  const worker = begin(id);
  const messages: unknown[] = [];
  let failed = false;
  const keep = (message: unknown) => void messages.push(message);
  const fail = () => {
    failed = true;
  };
  worker.on('message', keep).on('error', fail).on('exit', fail);
  // It must not keep a program that turns out to need no sandbox.
  worker.unref();
  return {
    id,
    adopt: () => {
      if (failed) return undefined;
      worker.ref();
      worker.off('message', keep).off('error', fail).off('exit', fail);
      // Once whoever asked for it listens.
      setImmediate(() => {
        for (const message of messages) worker.emit('message', message);
      });
      return worker;
    },
  };
}

function newId(): string {
  return `__id_uvm_${Math.random().toString(36).slice(2)}`;
}

/** The boot code beside the bundle, in a package that stands alone; else where the runtime that this package depends on finds it. */
function bootCodeFile(bundle: string): string {
  const beside = join(bundle, 'bootcode.js');
  if (existsSync(beside)) return beside;
  const runtime = createRequire(beside).resolve('postman-runtime');
  return join(dirname(createRequire(runtime).resolve('postman-sandbox')), '.cache', 'bootcode.js');
}
