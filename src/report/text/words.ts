import type { CleanUpItem, CreatedThing } from '../../run/result/result.ts';

/** `1 step`, `6 steps`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds as people read them: `41 ms`, `1.3 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A text with the target that it is of before it, when the run has several: `[eu] Step 1`. */
export function ofTarget({ target }: { readonly target?: string | undefined }, text: string): string {
  return target === undefined ? text : `[${target}] ${text}`;
}

/** That it is not known whether a thing was created; undefined when it was. */
export function mayExistWords({ mayExist }: Pick<CreatedThing, 'mayExist'>): string | undefined {
  return mayExist ? '(may exist: its answer was lost)' : undefined;
}

/** What became of a thing that clean-up tried to remove. */
export function cleanUpItemLine(item: CleanUpItem): string {
  return ofTarget(item, cleanUpWords(item));
}

function cleanUpWords({ kind, name, id, status, reason }: CleanUpItem): string {
  const what = `${kind} ${name}${id === undefined ? '' : ` ${id}`}`;
  if (status === 'removed') return `removed ${what}`;
  if (status === 'left') return `left: ${what}: ${reason ?? ''}`;
  return id === undefined ? `was not created: ${what}` : `was gone already: ${what}`;
}

/** A moment, ISO 8601 and UTC, for people: `2026-11-25 14:00:45 UTC`. */
export function readableTime(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}
