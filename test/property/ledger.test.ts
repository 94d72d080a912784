import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LedgerContent, type LedgerEntry, parseLedger } from '../../src/run/ledger/ledger.ts';

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
