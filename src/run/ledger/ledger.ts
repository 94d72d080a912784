import { closeSync, fsync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import { printableJson } from '../../printable.ts';
import type { Shard } from '../result/result.ts';
import { type Lease, takeLease } from './lease.ts';

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
      /** The process that writes it. */
      readonly process: { readonly id: number; readonly host: string };
      /** While the run goes on there is a lease beside the ledger. Version 0.1.0 has none. */
      readonly lease?: true;
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
      /** Ids of the steps that were chosen; undefined when all are run. */
      readonly steps?: readonly string[];
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
  /** It may exist, but a list that had time to show it, or was asked after the service said that it failed, lacks it. */
  | { readonly kind: 'not-found'; readonly at: string; readonly creation: number }
  /** Nothing was created: the request was refused. */
  | { readonly kind: 'not-created'; readonly at: string; readonly creation: number }
  | { readonly kind: 'removed'; readonly at: string; readonly creation: number }
  | {
      readonly kind: 'passed';
      readonly at: string;
      readonly step: string;
      /** The answer set cookies, which the ledger does not keep. */
      readonly cookies?: boolean;
      readonly values: Readonly<Record<string, string>>;
    }
  /** So many lines before this one were not written whole; the requests that they were about were not sent. */
  | { readonly kind: 'torn'; readonly at: string; readonly lines: number };

/** A ledger that is being written. */
export interface Ledger {
  readonly file: string;
  /**
   * Appends a line, on a line of its own also after one that could not be written whole, and sends one that tells of what may be created from now on to the disk; what became of it can be looked up.
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

/** Begins a ledger in `folder`, with a lease until it is closed. Throws `UsageError` when it cannot be written. */
export function createLedger(folder: string, run: string): Ledger {
  const file = join(folder, `${run}.ledger.jsonl`);
  return openLedger(file, 'ax', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return takeLease(file);
  });
}

/**
 * Goes on with the ledger of an earlier run, with a lease until it is closed. A last line that was cut off is taken away: what it was about
 * never left. Throws `UsageError` when it cannot be written, and when its run goes on or may go on; `runEnded` says that it does not.
 */
export function reopenLedger(file: string, runEnded = false): Ledger {
  return openLedger(file, 'a', () => {
    const lease = takeLease(file, runEnded);
    const text = readFileSync(file);
    truncateSync(file, text.lastIndexOf('\n') + 1);
    return lease;
  });
}

/** Writes to a ledger that another process has begun and writes to as well. */
export function shareLedger(file: string): Ledger {
  return openLedger(file, 'a', () => undefined);
}

function openLedger(file: string, flags: string, prepare: () => Lease | undefined): Ledger {
  const failed = (error: unknown) =>
    new UsageError(
      `cannot write the ledger ${file}: ${reasonOf(error)}. Nothing is created that could not be removed again`,
      { cause: error },
    );
  let descriptor: number;
  let lease: Lease | undefined;
  try {
    lease = prepare();
    descriptor = openSync(file, flags, 0o600);
  } catch (error) {
    lease?.release();
    throw error instanceof UsageError ? error : failed(error);
  }
  const disk = syncing(descriptor);
  /** Lines of this process that were not written whole. */
  let torn = 0;
  return {
    file,
    append(entry) {
      const lines: LedgerEntry[] = torn > 0 ? [{ kind: 'torn', at: entry.at, lines: torn }, entry] : [entry];
      const text = Buffer.from(
        `${torn > 0 ? '\n' : ''}${lines.map((line) => `${printableJson(JSON.stringify(line))}\n`).join('')}`,
      );
      let written = 0;
      try {
        while (written < text.length) written += writeSync(descriptor, text, written);
        torn = 0;
        if (entry.kind === 'run') fsyncSync(descriptor);
        else if (entry.kind === 'creating') disk.sync();
      } catch (error) {
        if (written > 0 && written < text.length) torn += 1;
        throw failed(error);
      }
    },
    onDisk: () =>
      disk.synced()?.catch((error: unknown) => {
        throw failed(error);
      }),
    close: () => {
      const close = () => {
        closeSync(descriptor);
        lease?.release();
      };
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
