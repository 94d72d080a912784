import { hasChecksOf, type Outcome } from './outcomes.ts';

export interface Ways {
  readonly original: Outcome;
  readonly compiled: Outcome;
  readonly ours: Outcome;
}

export type Comparison =
  | { readonly kind: 'same' }
  /** `why` is what differs first. */
  | { readonly kind: 'differs'; readonly why: string }
  | { readonly kind: 'could not be run'; readonly why: string };

/**
 * Compares what arrived, the checks and the exit of the three ways. `again` is another run of the original: words that it has otherwise
 * are not compared.
 */
export function compare({ original, compiled, ours }: Ways, collection: string, again?: Outcome): Comparison {
  for (const [title, way] of Object.entries({ 'stock Newman, compiled': compiled, 'our run': ours })) {
    const why =
      firstDifference('request', original.received, way.received, again?.received) ??
      (title === 'our run' && hasChecksOf(original.checks, way.checks, collection)
        ? undefined
        : firstDifference('check', original.checks, way.checks, again?.checks)) ??
      (original.fails === way.fails ? undefined : `exit code ${way.fails ? '1 instead of 0' : '0 instead of 1'}`);
    if (why !== undefined) return { kind: 'differs', why: `${title}: ${why}` };
  }
  return { kind: 'same' };
}

function firstDifference(
  noun: string,
  original: readonly string[],
  way: readonly string[],
  again: readonly string[] | undefined,
): string | undefined {
  const length = Math.max(original.length, way.length);
  for (let index = 0; index < length; index += 1) {
    const [expected, found] = [original[index], way[index]];
    if (expected === found || isSameButFor(expected, found, again?.[index])) continue;
    if (found === undefined) return `${noun} ${index + 1} is missing: ${beginning(expected ?? '')}`;
    if (expected === undefined) return `${noun} ${index + 1} is one more: ${beginning(found)}`;
    return `${noun} ${index + 1} is ${excerpts(expected, found)}`;
  }
  return undefined;
}

/** Whether two lines have the same words where the original has the same each time. */
function isSameButFor(expected?: string, found?: string, again?: string): boolean {
  if (expected === undefined || found === undefined || again === undefined) return false;
  const [words, others, others2] = [expected, found, again].map((line) => line.split(/(\W+)/));
  if (!words || !others || !others2 || others.length !== words.length || others2.length !== words.length) return false;
  return words.every((word, index) => word !== others2[index] || word === others[index]);
}

const excerptLength = 60;

function beginning(text: string): string {
  return text.length > 2 * excerptLength ? `${text.slice(0, 2 * excerptLength)}…` : text;
}

/** Both from a little before the place where they part. */
function excerpts(expected: string, found: string): string {
  let start = 0;
  while (start < expected.length && expected[start] === found[start]) start += 1;
  const from = Math.max(0, start - excerptLength / 3);
  const part = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + excerptLength)}${text.length > from + excerptLength ? '…' : ''}`;
  return `${part(found)} instead of ${part(expected)}`;
}
