import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isOn } from './optimizations.ts';

let isBound = false;

/**
 * Keeps the heap of a long run near to what is in use. V8 by itself lets it grow to some hundred megabytes before it collects, on a
 * machine that has them. To be called when everything is loaded and the sandbox has booted: V8 takes no code cache that was made
 * under other flags, so `keepCode` is called first. With a larger `growthPercent`, less time is spent on collecting.
 */
export function boundHeap(keepCode?: () => void, growthPercent = 30): void {
  if (isBound || !isOn('heap')) return;
  isBound = true;
  keepCode?.();
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  setFlagsFromString('--semi-space-growth-factor=1');
  // The first limit is far above what is in use; a collection sets one by what it finds.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
}
