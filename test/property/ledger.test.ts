import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/run/ledger/ledger.ts';
import { type LedgerContent, parseLedger } from '../../src/run/ledger/read-ledger.ts';

const at = '2026-01-01T00:00:00.000Z';

/** What becomes of a creation: its entries in the order in which a run, and clean-ups after it, write them. */
const lives = fc.constantFrom<readonly ('created' | 'not-created' | 'removed')[]>(
  [],
  ['not-created'],
  ['created'],
  ['created', 'removed'],
  ['removed'],
);

const ledgers = fc
  .array(fc.tuple(lives, fc.string({ maxLength: 20 })), { minLength: 1, maxLength: 6 })
  .map((creations) => {
    const run: LedgerEntry = {
      kind: 'run',
      version: 1,
      run: 'r',
      at,
      collection: 'c',
      process: { id: 1, host: 'h' },
      values: {},
    };
    const entries = creations.flatMap(([life, name], index): LedgerEntry[] => {
      const creation = index + 1;
      return [
        { kind: 'creating', at, creation, step: 's', thing: 'environment', name, values: {} },
        ...life.map(
          (kind): LedgerEntry =>
            kind === 'created' ? { kind, at, creation, id: `id-${creation}` } : { kind, at, creation },
        ),
      ];
    });
    return [run, ...entries];
  });

const textOf = (entries: readonly LedgerEntry[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const isContent = (parsed: ReturnType<typeof parseLedger>): parsed is LedgerContent => 'run' in parsed;

it('cut off anywhere, a ledger still tells of everything that was asked for and is not known to be gone', () => {
  fc.assert(
    fc.property(ledgers, fc.double({ min: 0, max: 1, noNaN: true }), (entries, part) => {
      const bytes = Buffer.from(textOf(entries));
      const cut = bytes.subarray(0, Math.floor(bytes.length * part)).toString();
      const parsed = parseLedger('x', cut);
      const whole = cut.split('\n').length - 1;
      expect(isContent(parsed)).toBe(whole > 0);
      if (!isContent(parsed)) return;
      for (const entry of entries.slice(0, whole)) {
        if (entry.kind !== 'creating') continue;
        const later = entries
          .slice(0, whole)
          .filter((other) => 'creation' in other && other.creation === entry.creation);
        const gone = later.some(({ kind }) => kind === 'removed' || kind === 'not-created');
        const told = parsed.creations.find(({ creation }) => creation === entry.creation);
        expect(told?.name).toBe(entry.name);
        expect(told?.state === 'absent').toBe(gone);
      }
    }),
  );
});

it('any text is a ledger, or is said not to be one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseLedger('x', text);
      if (!isContent(parsed)) expect(parsed.foreign).not.toBe('');
    }),
  );
});

/** A damage: where, and what becomes of the text there. */
const damages = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat({ max: 80 }) }),
    fc.record({
      kind: fc.constant('write' as const),
      at: fc.nat(),
      text: fc.string({ maxLength: 12, unit: 'binary' }),
    }),
    fc.record({
      kind: fc.constant('insert' as const),
      at: fc.nat(),
      text: fc.constantFrom('\n', '{"kind":"cre', '\0\0', '}'),
    }),
    fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), length: fc.nat({ max: 200 }) }),
  ),
  { minLength: 1, maxLength: 4 },
);

type Damage = typeof damages extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

function damagedOnce(text: string, damage: Damage): string {
  const at = damage.at % (text.length + 1);
  const [head, tail] = [text.slice(0, at), text.slice(at)];
  if (damage.kind === 'cut') return head + tail.slice(damage.length);
  if (damage.kind === 'write') return head + damage.text + tail.slice(damage.text.length);
  return head + (damage.kind === 'insert' ? damage.text : head.slice(-damage.length)) + tail;
}

it('damaged in any way, a ledger still tells of what its whole lines name, or says that something is not known', () => {
  fc.assert(
    fc.property(ledgers, damages, (entries, damage) => {
      const whole = textOf(entries).split('\n').filter(Boolean);
      const text = damage.reduce(damagedOnce, textOf(entries));
      const parsed = parseLedger('x', text);
      const lines = new Set(text.split('\n').slice(0, -1));
      const untouched = entries.filter((_, index) => lines.has(whole[index] ?? ''));
      const ended = new Set(
        entries.flatMap((entry) => (entry.kind === 'removed' || entry.kind === 'not-created' ? [entry.creation] : [])),
      );
      for (const entry of untouched) {
        if (entry.kind !== 'creating' && entry.kind !== 'created') continue;
        if (ended.has(entry.creation)) continue;
        if (!isContent(parsed)) expect(parsed.mayTell).toBe(true);
        else if (!parsed.creations.some(({ creation, state }) => creation === entry.creation && state !== 'absent'))
          expect(parsed.unknown).not.toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

/** The lines of two ledgers in one file, as copies and merges leave them: one behind a part of the other, or in turns. */
const mixed = fc
  .tuple(ledgers, ledgers, fc.nat(), fc.nat(), fc.infiniteStream(fc.boolean()))
  .map(([mine, named, end, start, turns]) => {
    const other = named.map((entry): LedgerEntry => {
      if (entry.kind === 'run') return { ...entry, run: 'other' };
      return entry.kind === 'creating' ? { ...entry, name: `other ${entry.name}` } : entry;
    });
    const spliced = [...mine.slice(0, 1 + (end % mine.length)), ...other.slice(start % other.length)];
    const rest = { mine: mine.slice(1), other };
    const woven = mine.slice(0, 1);
    while (rest.mine.length + rest.other.length > 0) {
      const isMine = rest.other.length === 0 || (rest.mine.length > 0 && turns.next().value);
      woven.push(...(isMine ? rest.mine : rest.other).splice(0, 1));
    }
    return { spliced, woven };
  });

it('mixed with another ledger, a ledger still tells of what both name, or says that something is not known', () => {
  const isEnd = (entry: LedgerEntry) => entry.kind === 'removed' || entry.kind === 'not-created';
  const check = (entries: readonly LedgerEntry[]) => {
    const parsed = parseLedger('x', textOf(entries)) as LedgerContent;
    for (const entry of entries) {
      if (entry.kind !== 'creating') continue;
      const isEnded = entries.some((other) => isEnd(other) && 'creation' in other && other.creation === entry.creation);
      const isTold = parsed.creations.some(({ name, state }) => name === entry.name && state !== 'absent');
      if (!isTold && !isEnded) expect(parsed.unknown).not.toEqual([]);
    }
    return parsed;
  };
  fc.assert(
    fc.property(mixed, ({ spliced, woven }) => {
      check(spliced);
      expect(check(woven).unknown).toContain('it holds lines of another ledger, that of the run other');
    }),
  );
});

it('with a number that was changed, a ledger still tells of every id, or says that something is not known', () => {
  fc.assert(
    fc.property(ledgers, fc.nat(), fc.nat(), (entries, place, number) => {
      const at = 1 + (place % (entries.length - 1));
      const changed = entries.map((entry, index) =>
        index === at && entry.kind === 'created' ? { ...entry, creation: 1 + (number % 6) } : entry,
      );
      const parsed = parseLedger('x', textOf(changed)) as LedgerContent;
      const isRemoved = (creation: number) =>
        changed.some((entry) => entry.kind === 'removed' && entry.creation === creation);
      for (const entry of changed) {
        if (entry.kind !== 'created' || isRemoved(entry.creation)) continue;
        if (!parsed.creations.some(({ id }) => id === entry.id)) expect(parsed.unknown).not.toEqual([]);
      }
    }),
  );
});

it('a line that was not written whole, and then told of, leaves nothing unknown', () => {
  fc.assert(
    fc.property(ledgers, fc.nat(), fc.nat(), (entries, place, length) => {
      const lines = entries.map((entry) => JSON.stringify(entry));
      const at = 1 + (place % lines.length);
      const torn = JSON.stringify({ kind: 'creating', at, creation: 99, step: 's', thing: 't', name: 'n', values: {} });
      const part = torn.slice(0, 1 + (length % (torn.length - 1)));
      const told = JSON.stringify({ kind: 'torn', at: '2026-01-01T00:00:00.000Z', lines: 1 } satisfies LedgerEntry);
      const text = `${[...lines.slice(0, at), part, told, ...lines.slice(at)].join('\n')}\n`;
      const parsed = parseLedger('x', text) as LedgerContent;
      expect(parsed.unknown).toEqual([]);
      expect(parsed.creations).toEqual((parseLedger('x', textOf(entries)) as LedgerContent).creations);
    }),
  );
});
