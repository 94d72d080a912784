import { inspect } from 'node:util';

/** Characters of a line that are shown, at the most. */
const longest = 20_000;

/** What a script wrote to the console with one call, as one text: whatever it was, circles, BigInt and huge values too. */
export function consoleLine(parts: readonly unknown[]): string {
  const line = parts.map(partText).join(' ');
  return line.length > longest ? `${line.slice(0, longest)}… (${line.length} characters)` : line;
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  try {
    const text = JSON.stringify(part);
    if (typeof text === 'string') return text;
  } catch {
    // What JSON cannot write, Node's own console can.
  }
  return inspect(part, {
    depth: 4,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 100,
    maxStringLength: 10_000,
  });
}
