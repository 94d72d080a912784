import { stripVTControlCharacters } from 'node:util';

/**
 * A text as lines that are no wider than `width`, the second and the others further in by two. A word that is too long, such as an
 * address, is broken after its parts. Without a width its lines are as long as they are.
 */
export function wrapped(text: string, indent: string, width: number | undefined): string {
  const [own = ''] = /^ */.exec(text) ?? [];
  const [line = '', ...more] = text.split('\n');
  return [
    wrappedLine(line, indent, width),
    ...more.map((other) => wrappedLine(other, `${indent}${own}  `, width)),
  ].join('\n');
}

function wrappedLine(text: string, indent: string, width: number | undefined): string {
  if (width === undefined) return spaced(`${indent}${text}`);
  const [own = ''] = /^ */.exec(text) ?? [];
  const first = `${indent}${own}`;
  const rest = `${first}  `;
  const lines: string[] = [];
  let line = first;
  for (const { text: piece, gap } of pieces(text.slice(own.length), width - rest.length)) {
    const isBegun = line !== first && line !== rest;
    const next = `${line}${isBegun ? gap : ''}${piece}`;
    if (isBegun && widthOf(next) > width) {
      lines.push(line.trimEnd());
      line = `${rest}${piece}`;
    } else line = next;
  }
  return spaced([...lines, line].join('\n'));
}

const noBreak = '\u00a0';

/** A text, such as a command, that `wrapped` does not break. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', noBreak);
}

function spaced(text: string): string {
  return text.replaceAll(noBreak, ' ');
}

/** Words, and parts of those that are longer than a line, each with what stands before it. */
export function pieces(text: string, longest: number): { readonly text: string; readonly gap: string }[] {
  return text.split(' ').flatMap((word) => {
    // An address that is nearly as long as a line would leave its method alone on one.
    const parts = widthOf(word) <= longest - 12 ? [word] : word.split(/(?<=[/?&,])(?=.)/);
    return parts.map((part, index) => ({ text: part, gap: index === 0 ? ' ' : '' }));
  });
}

/** Characters of a text that are seen: without its colors. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

const id = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** UUIDs as people tell them apart: `24bb59f1…`. */
export function shortIds(text: string): string {
  return text.replace(new RegExp(id, 'gi'), (found) => `${found.slice(0, 8)}…`);
}

/** Notes without the ids that follow names, `"INTERNAL" (d0a8b5c6-…)`, where the names alone tell things apart. */
export function withoutIds(notes: readonly string[]): string[] {
  const named = new RegExp(`("[^"]*") \\(${id}\\)`, 'gi');
  const names = notes.flatMap((note) => [...note.matchAll(named)].map(([all]) => all.toLowerCase()));
  const ids = new Map<string, Set<string>>();
  for (const all of names) {
    const name = all.slice(0, all.lastIndexOf(' ('));
    ids.set(name, (ids.get(name) ?? new Set()).add(all));
  }
  return notes.map((note) =>
    shortIds(note.replace(named, (all, name: string) => (ids.get(name.toLowerCase())?.size === 1 ? name : all))),
  );
}
