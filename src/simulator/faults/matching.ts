import type { Fault, FaultMatch } from './fault.ts';
import { stepOf } from './fault-steps.ts';

/** Whether a request is one that the fault counts: method, path and step. `attempt` and `probability` come after. */
export function requestMatcher({ match = {} }: Fault): (method: string, path: string) => boolean {
  const methods = listOf(match.method);
  const pattern = match.path === undefined ? undefined : pathPattern(match.path);
  const steps = listOf(match.step);
  return (method, path) =>
    (methods === undefined || methods.some((one) => one === method)) &&
    (pattern === undefined || pattern(path)) &&
    (steps === undefined || steps.some((one) => one === stepOf(method, path)));
}

/** Whether the fault is for the n-th of the requests it counts. */
export function isForAttempt(attempt: FaultMatch['attempt'], number: number): boolean {
  if (attempt === undefined) return true;
  if (typeof attempt === 'number') return attempt === number;
  if (Array.isArray(attempt)) return attempt.includes(number);
  return number >= attempt.from && number <= (attempt.to ?? Number.POSITIVE_INFINITY);
}

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value as Item];
}

/** `**` is anything, `*` anything within a segment. The time it takes grows with pattern times path, whatever is in them. */
function pathPattern(pattern: string): (path: string) => boolean {
  const parts = pattern.split(/(\*\*|\*)/).filter((part) => part !== '');
  return (path) => {
    // Where in the path what was matched so far may end.
    let ends: ReadonlySet<number> = new Set([0]);
    for (const part of parts) ends = endsAfter(part, path, ends);
    return ends.has(path.length);
  };
}

function endsAfter(part: string, path: string, starts: ReadonlySet<number>): ReadonlySet<number> {
  if (part !== '*' && part !== '**')
    return new Set([...starts].filter((start) => path.startsWith(part, start)).map((start) => start + part.length));
  const ends = new Set<number>();
  for (const start of starts) {
    for (let end = start; end <= path.length && !ends.has(end); end += 1) {
      ends.add(end);
      if (part === '*' && path[end] === '/') break;
    }
  }
  return ends;
}
