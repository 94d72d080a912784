import { closeSync, fsync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import type { Shard } from '../result/result.ts';

/**
 * The ledger: one file a run, a JSON line for each thing that happened to what the run creates. A line is on the disk
 * before the request that it is about leaves, so that whatever ends the run, clean-up knows what may exist.
 * It holds names and ids, never a secret.
 */

export type LedgerEntry =
  | {
      readonly kind: 'run';
      /** Version of this format. */
      readonly version: 1;
      readonly run: string;
      readonly at: string;
      readonly collection: string;
      /** The process that writes it, to tell a run that goes on from one that died. */
      readonly process: { readonly id: number; readonly host: string };
      /**
       * The iterations of the run; undefined when it has none. `total` is that of all shards together, `shard` which of them it
       * runs, and `data` the SHA-256 of the data file, in hexadecimal.
       */
      readonly iterations?: {
        readonly total: number;
        readonly everyStep: boolean;
        readonly data?: string;
        readonly shard?: Shard;
      };
      /** Where the things are: values of variables that are no secrets, by name. */
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'creating';
      readonly at: string;
      /** Number of the creation within the run, from 1. */
      readonly creation: number;
      readonly step: string;
      readonly thing: string;
      readonly name: string;
      /** The iteration in which it is created; undefined when it is not created in one. */
      readonly iteration?: number;
      /**
       * Variables that have changed since the line before that has values; reading puts them together. Those of an iteration
       * are put together with what there was before the iterations, for these go on side by side.
       */
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'created'; readonly at: string; readonly creation: number; readonly id: string }
  /** Nothing was created: the request was refused, or a look-up found nothing. */
  | { readonly kind: 'not-created'; readonly at: string; readonly creation: number }
  | { readonly kind: 'removed'; readonly at: string; readonly creation: number }
  | {
      readonly kind: 'passed';
      readonly at: string;
      readonly step: string;
      /** The answer set cookies, which the ledger does not keep. */
      readonly cookies?: boolean;
      readonly values: Readonly<Record<string, string>>;
    };

/** A ledger that is being written. */
export interface Ledger {
  readonly file: string;
  /**
   * Appends a line, and sends one that tells of what may be created from now on to the disk; what became of it can be looked up.
   * Throws `UsageError` when it cannot.
   */
  append(entry: LedgerEntry): void;
  /**
   * Undefined when the disk has what is to be created; else it resolves when it has, and rejects with `UsageError` when it cannot
   * take it.
   */
  readonly onDisk: () => Promise<void> | undefined;
  close(): void;
}

/** Begins a ledger in `folder`. Throws `UsageError` when it cannot be written. */
export function createLedger(folder: string, run: string): Ledger {
  const file = join(folder, `${run}.ledger.jsonl`);
  return openLedger(file, 'ax', () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
}

/** Goes on with the ledger of an earlier run. A last line that was cut off is taken away: what it was about never left. */
export function reopenLedger(file: string): Ledger {
  return openLedger(file, 'a', () => {
    const text = readFileSync(file);
    truncateSync(file, text.lastIndexOf('\n') + 1);
  });
}

/** Writes to a ledger that another process has begun and writes to as well. */
export function shareLedger(file: string): Ledger {
  return openLedger(file, 'a', () => {});
}

function openLedger(file: string, flags: string, prepare: () => void): Ledger {
  const failed = (error: unknown) =>
    new UsageError(
      `cannot write the ledger ${file}: ${reasonOf(error)}. Nothing is created that could not be removed again`,
      { cause: error },
    );
  let descriptor: number;
  try {
    prepare();
    descriptor = openSync(file, flags, 0o600);
  } catch (error) {
    throw failed(error);
  }
  const disk = syncing(descriptor);
  return {
    file,
    append(entry) {
      try {
        const line = Buffer.from(`${JSON.stringify(entry)}\n`);
        let written = 0;
        while (written < line.length) written += writeSync(descriptor, line, written);
        if (entry.kind === 'run') fsyncSync(descriptor);
        else if (entry.kind === 'creating') disk.sync();
      } catch (error) {
        throw failed(error);
      }
    },
    onDisk: () =>
      disk.synced()?.catch((error: unknown) => {
        throw failed(error);
      }),
    close: () => {
      const close = () => closeSync(descriptor);
      const synced = disk.synced();
      if (synced) synced.then(close, close);
      else close();
    },
  };
}

const syncFile = promisify(fsync);

/** Sends what was written to the disk without waiting for it; what is written meanwhile is sent all at once afterwards. */
function syncing(descriptor: number): { sync(): void; synced(): Promise<void> | undefined } {
  let last: Promise<void> | undefined;
  let isNextPlanned = false;
  const begin = () => {
    isNextPlanned = false;
    return syncFile(descriptor);
  };
  return {
    sync() {
      if (isNextPlanned) return;
      isNextPlanned = last !== undefined;
      const current = last ? last.then(begin, begin) : begin();
      last = current;
      current.then(
        () => {
          if (last === current) last = undefined;
        },
        // Whoever waits for it is told.
        () => {},
      );
    },
    synced: () => last,
  };
}

function reasonOf(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'you may not write there; name another folder with --ledger',
    EPERM: 'you may not write there; name another folder with --ledger',
    EROFS: 'it is on a read-only file system; name another folder with --ledger',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is a file; name another folder with --ledger',
    EEXIST: 'a run of this name has a ledger already',
  };
  return reasons[codeOf(error) ?? ''] ?? messageOf(error);
}

/** Something a run created, or may have created, as its ledger tells it. */
export interface Creation {
  readonly creation: number;
  readonly step: string;
  readonly thing: string;
  readonly name: string;
  readonly iteration?: number;
  readonly values: Readonly<Record<string, string>>;
  readonly at: string;
  /** Undefined while it is not known whether it exists. */
  readonly id: string | undefined;
  readonly state: 'pending' | 'present' | 'absent';
}

/** What a ledger says, whole or cut off anywhere. */
export interface LedgerContent {
  readonly file: string;
  readonly run: Extract<LedgerEntry, { kind: 'run' }>;
  /** First created first. */
  readonly creations: readonly Creation[];
  /** Ids of the steps that passed, with the variables after them. */
  readonly passed: readonly Extract<LedgerEntry, { kind: 'passed' }>[];
  /** The last line was cut off, as `kill -9` or a full disk leave it. */
  readonly torn: boolean;
}

/** Reads a ledger's text. Undefined with a reason when it is not a ledger that this version knows. */
export function parseLedger(
  file: string,
  text: string,
): LedgerContent | { readonly file: string; readonly foreign: string } {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const entries: LedgerEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (!entry) return { file, foreign: `line ${index + 1} is not a ledger entry` };
    entries.push(entry);
  }
  const [run, ...rest] = entries;
  if (run?.kind !== 'run')
    return { file, foreign: tail === '' ? 'it does not begin as a ledger' : 'its first line is cut off' };
  if (run.version !== 1)
    return { file, foreign: `it has version ${String(run.version)}; this program knows version 1` };
  return {
    file,
    run,
    ...tellingOf(run, rest),
    torn: tail !== '',
  };
}

function parseEntry(line: string): LedgerEntry | undefined {
  try {
    const entry = JSON.parse(line) as LedgerEntry;
    return typeof entry === 'object' && entry !== null && typeof entry.kind === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

function tellingOf(
  run: LedgerContent['run'],
  entries: readonly LedgerEntry[],
): Pick<LedgerContent, 'creations' | 'passed'> {
  const creations = new Map<number, Creation>();
  const passed: LedgerContent['passed'][number][] = [];
  let values = run.values;
  for (const entry of entries) {
    if (entry.kind === 'run') continue;
    if (entry.kind === 'creating' && entry.iteration !== undefined) {
      creations.set(entry.creation, toCreation(entry, { ...values, ...entry.values }));
      continue;
    }
    if (entry.kind === 'creating' || entry.kind === 'passed') values = { ...values, ...entry.values };
    if (entry.kind === 'passed') passed.push({ ...entry, values });
    else if (entry.kind === 'creating') creations.set(entry.creation, toCreation(entry, values));
    else {
      const known = creations.get(entry.creation);
      if (!known) continue;
      const present =
        entry.kind === 'created' ? ({ id: entry.id, state: 'present' } as const) : ({ state: 'absent' } as const);
      creations.set(entry.creation, { ...known, ...present });
    }
  }
  return { creations: [...creations.values()], passed };
}

function toCreation(
  { kind: _, ...creating }: Extract<LedgerEntry, { kind: 'creating' }>,
  values: Creation['values'],
): Creation {
  return { ...creating, values, id: undefined, state: 'pending' };
}

/** Reads every ledger in `folder`, oldest first; none when there is no such folder. */
export async function readLedgers(folder: string): Promise<ReturnType<typeof parseLedger>[]> {
  let files: string[];
  try {
    files = (await readdir(folder)).filter((name) => name.endsWith('.ledger.jsonl')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new UsageError(`cannot read the ledgers in ${folder}: ${messageOf(error)}`, { cause: error });
  }
  return Promise.all(
    files.map(async (name) => parseLedger(join(folder, name), await readFile(join(folder, name), 'utf8'))),
  );
}
