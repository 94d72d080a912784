import { indexByAnchor, type Span } from './text-search.ts';

/** A piece of a secret, and what is around it there. */
export interface SecretPiece {
  readonly anchor: string;
  readonly before: string;
  readonly after: string;
}

/** A part of twenty characters holds, wherever it begins, a whole one of the pieces of ten that a secret can be cut into. */
const pieceLength = 10;
const shortestPart = 2 * pieceLength;

/** A message quotes no part of what comes later in a secret. */
const mostCharacters = 8192;

/** A piece that stands in a secret, or in many, more often than this is no piece of a random text. */
const mostNeighbors = 16;

/** The pieces of a secret that is long enough. Of texts with spaces, and of addresses, parts may be public: they have none. */
export function piecesOf(secret: string): SecretPiece[] {
  if (secret.length < shortestPart + 4 || /\s|:\/\//.test(secret)) return [];
  const pieces = Math.floor(Math.min(secret.length, mostCharacters) / pieceLength);
  return Array.from({ length: pieces }, (_, index) => {
    const from = index * pieceLength;
    const to = from + pieceLength;
    return {
      anchor: secret.slice(from, to),
      before: secret.slice(Math.max(0, from - pieceLength + 1), from),
      after: secret.slice(to, to + pieceLength - 1),
    };
  });
}

/**
 * Finds parts of secrets, of twenty characters or more: errors quote what is around a place. Each piece that is found takes what
 * belongs to its neighbors with it; those that touch are one part.
 */
export function partSearch(pieces: Iterable<SecretPiece>): (text: string) => Span[] {
  const known = new Map<string, { readonly anchor: string; readonly neighbors: SecretPiece[] }>();
  for (const piece of pieces) {
    const same = known.get(piece.anchor);
    if (!same) known.set(piece.anchor, { anchor: piece.anchor, neighbors: [piece] });
    else if (
      same.neighbors.length < mostNeighbors &&
      same.neighbors.every(({ before, after }) => before !== piece.before || after !== piece.after)
    )
      same.neighbors.push(piece);
  }
  const index = indexByAnchor([...known.values()]);
  return (text) => {
    const parts: Span[] = [];
    index(text, (items, at) => {
      for (const { neighbors } of items) {
        let [start, end] = [at, at + pieceLength];
        for (const { before, after } of neighbors) {
          start = Math.min(start, at - commonEnd(text, at, before));
          end = Math.max(end, at + pieceLength + commonStart(text, at + pieceLength, after));
        }
        const last = parts.at(-1);
        if (last && start <= last.end) {
          parts[parts.length - 1] = { start: Math.min(start, last.start), end: Math.max(end, last.end) };
        } else parts.push({ start, end });
      }
    });
    return parts.filter(({ start, end }) => end - start >= shortestPart);
  };
}

function commonEnd(text: string, at: number, before: string): number {
  let count = 0;
  while (count < before.length && text[at - count - 1] === before[before.length - count - 1]) count += 1;
  return count;
}

function commonStart(text: string, at: number, after: string): number {
  let count = 0;
  while (count < after.length && text[at + count] === after[count]) count += 1;
  return count;
}
