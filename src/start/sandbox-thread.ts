import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { CodeCacheMessage, SandboxOrder } from './sandbox.ts';

/** What uvm makes of boot code: a script that joins it and the program by messages, and runs it. */
type Firmware = (bootCode: string, id: string, debug: boolean) => string;

/** Name of the function with which the firmware runs the boot code here; see `scripts/build/bundle.ts`. */
export const bootName = '__runBootCode';

/** The program of a sandbox's thread: does what uvm does there, but compiles the boot code with V8's code cache. */
export function bootSandbox(firmware: Firmware): void {
  const { id, bootCode, cachedData, wantsCache } = workerData as SandboxOrder;
  const script = new Script(readBootCode(bootCode), cachedData && { cachedData: asBuffer(cachedData) });
  const globals = globalThis as unknown as Record<string, unknown>;
  globals[bootName] = () => {
    delete globals[bootName];
    script.runInThisContext();
    if (!wantsCache || (cachedData && !script.cachedDataRejected)) return;
    parentPort?.postMessage({ codeCache: script.createCachedData() } satisfies CodeCacheMessage);
  };
  new Script(firmware('', id, false)).runInThisContext();
}

/** The boot code is one string in a module of 2 MB. JSON reads it three times as fast as JavaScript does. */
function readBootCode(file: string): string {
  const [, literal] = /^module\.exports=c=>c\(null,(".*")\);?\s*$/s.exec(readFileSync(file, 'utf8')) ?? [];
  try {
    return JSON.parse(literal ?? '') as string;
  } catch {
    let code = '';
    (createRequire(file)(file) as (done: (error: unknown, text: string) => void) => void)((_error, text) => {
      code = text;
    });
    return code;
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
