import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMapping } from '../../definition/merge-patch.ts';
import { codeOf, messageOf, UsageError } from '../../errors.ts';
import type { LedgerEntry } from './ledger.ts';

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
  /** It was looked for, and not found: looking once more is enough. */
  readonly isLookedUp?: boolean;
}

/** What a ledger says, whole, cut off or damaged anywhere. */
export interface LedgerContent {
  readonly file: string;
  readonly run: Extract<LedgerEntry, { kind: 'run' }>;
  /** First created first. */
  readonly creations: readonly Creation[];
  /** Ids of the steps that passed, with the variables after them. */
  readonly passed: readonly Extract<LedgerEntry, { kind: 'passed' }>[];
  /** The last line was cut off, as `kill -9` or a full disk leave it: what it was about was not sent. */
  readonly torn: boolean;
  /** What cannot be known from it, in words: lines that cannot be read, ids without what they are of, lines of another ledger. */
  readonly unknown: readonly string[];
}

/** A file among the ledgers that is none, or none that this version knows. */
export interface ForeignLedger {
  readonly file: string;
  /** Why, in words. */
  readonly foreign: string;
  /** It may tell of something that exists: it is more than a folder or a device. */
  readonly mayTell: boolean;
}

/** Reads a ledger's text. What cannot be read of it is passed over and told. */
export function parseLedger(file: string, text: string): LedgerContent | ForeignLedger {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const read = lines.flatMap((line, index) => (line === '' ? [] : [{ number: index + 1, ...readLine(line) }]));
  const entries = read.flatMap((line) => line.entries);
  const [run, ...rest] = entries;
  if (run?.kind !== 'run' || read[0]?.entries[0] !== run) {
    const named = entries.flatMap((entry) => (entry.kind === 'creating' ? [`${entry.thing} "${entry.name}"`] : []));
    const told = named.length > 0 ? `; it tells of ${named.join(', ')}` : '';
    // The first line is on the disk before anything is sent.
    return { file, foreign: `${beginning(text)}${told}`, mayTell: /\n|"creating"/.test(text) };
  }
  const { creations, passed, unclear } = tellingOf(run, rest);
  const damaged = read.filter(({ isWhole }) => !isWhole).map(({ number }) => number);
  const explained = entries.reduce((sum, entry) => sum + (entry.kind === 'torn' ? entry.lines : 0), 0);
  const unknown = [...(damaged.length > explained ? [`line ${damaged.join(', ')} cannot be read`] : []), ...unclear];
  return { file, run, creations, passed, torn: tail !== '', unknown };
}

function beginning(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const version = (parse(first) as { version?: unknown; kind?: unknown } | undefined) ?? {};
  if (version.kind === 'run' && version.version !== 1)
    return `it has version ${String(version.version)}; this program knows version 1`;
  return text !== '' && !text.includes('\n') ? 'its first line is cut off' : 'it does not begin as a ledger';
}

/** In a line that is no entry: those that were written behind a line that the disk did not take whole, or have lost their line feeds. */
function readLine(line: string): { readonly entries: readonly LedgerEntry[]; readonly isWhole: boolean } {
  const whole = entryOf(line);
  if (whole) return { entries: [whole], isWhole: true };
  return { entries: line.split(/(?=\{"kind":")/).flatMap((part) => entryOf(part) ?? []), isWhole: false };
}

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
const areTexts = (value: unknown) => isMapping(value) && Object.values(value).every(isText);
/** What goes into a path as one part of it. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && !/[/\\?#\s]|^\.{0,2}$/.test(value);
const isTime = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isWriter = (value: unknown) => isMapping(value) && Number.isSafeInteger(value.id) && isText(value.host);

/** What each kind of entry must have. */
const fields: Readonly<Record<LedgerEntry['kind'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  run: {
    version: (value) => value === 1,
    run: isText,
    at: isTime,
    collection: isText,
    process: isWriter,
    values: areTexts,
  },
  creating: { at: isTime, creation: isCount, step: isText, thing: isText, name: isText, values: areTexts },
  created: { creation: isCount, id: isId },
  'not-found': { creation: isCount },
  'not-created': { creation: isCount },
  removed: { creation: isCount },
  passed: { at: isTime, step: isText, values: areTexts },
  torn: { lines: isCount },
};

/** Undefined for what is no entry, or lacks a part. Entries of later versions are passed over by their kind. */
function entryOf(line: string): LedgerEntry | undefined {
  const entry = parse(line);
  if (!isMapping(entry) || typeof entry.kind !== 'string') return undefined;
  const wanted = Object.hasOwn(fields, entry.kind) ? Object.entries(fields[entry.kind as LedgerEntry['kind']]) : [];
  return wanted.every(([name, isRight]) => isRight(entry[name])) ? (entry as unknown as LedgerEntry) : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function tellingOf(
  run: LedgerContent['run'],
  entries: readonly LedgerEntry[],
): Pick<LedgerContent, 'creations' | 'passed'> & { readonly unclear: readonly string[] } {
  const creations = new Map<number, Creation>();
  const passed: LedgerContent['passed'][number][] = [];
  const ids = new Map<number, string>();
  const conflicts = new Set<string>();
  let values = run.values;
  for (const entry of entries) {
    const conflict = conflictOf(entry, run, creations);
    if (conflict !== undefined) conflicts.add(conflict);
    if (entry.kind === 'creating' && entry.iteration !== undefined) {
      creations.set(entry.creation, toCreation(entry, { ...values, ...entry.values }));
      continue;
    }
    if (entry.kind === 'creating' || entry.kind === 'passed') values = { ...values, ...entry.values };
    if (entry.kind === 'passed') passed.push({ ...entry, values });
    else if (entry.kind === 'creating') creations.set(entry.creation, toCreation(entry, values));
    else if (entry.kind === 'not-found') {
      const known = creations.get(entry.creation);
      if (known) creations.set(entry.creation, { ...known, isLookedUp: true });
    } else if (entry.kind === 'created' || entry.kind === 'not-created' || entry.kind === 'removed') {
      const known = creations.get(entry.creation);
      const id = entry.kind === 'created' ? entry.id : undefined;
      if (known) creations.set(entry.creation, { ...known, ...(id ? { id, state: 'present' } : { state: 'absent' }) });
      else if (id) ids.set(entry.creation, id);
      else ids.delete(entry.creation);
    }
  }
  const nameless = [...ids.values()].map((id) => `it does not say what ${id} is`);
  return { creations: [...creations.values()], passed, unclear: [...conflicts, ...nameless] };
}

/** What of the lines before is lost by this one, which a run never writes after them: it is of another ledger, or damaged. */
function conflictOf(
  entry: LedgerEntry,
  { run }: LedgerContent['run'],
  creations: ReadonlyMap<number, Creation>,
): string | undefined {
  if (entry.kind === 'run' && entry.run !== run)
    return `it holds lines of another ledger, that of the run ${entry.run}`;
  const known = 'creation' in entry ? creations.get(entry.creation) : undefined;
  if (entry.kind === 'creating' && known && (known.step !== entry.step || known.name !== entry.name))
    return `it has two of number ${entry.creation}, and lists only the last: ${known.thing} "${known.name}", ${entry.thing} "${entry.name}"`;
  if (entry.kind === 'created' && known?.id !== undefined && known.id !== entry.id)
    return `it does not say what ${known.id} is`;
  return undefined;
}

function toCreation(
  { kind: _, ...creating }: Extract<LedgerEntry, { kind: 'creating' }>,
  values: Creation['values'],
): Creation {
  return { ...creating, values, id: undefined, state: 'pending' };
}

/** Reads every ledger in `folder`, oldest first as far as the names of files tell, to the second; none when there is no such folder. */
export async function readLedgers(folder: string): Promise<(LedgerContent | ForeignLedger)[]> {
  let files: string[];
  try {
    files = (await readdir(folder)).filter((name) => name.endsWith('.ledger.jsonl')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new UsageError(`cannot read the ledgers in ${folder}: ${messageOf(error)}`, { cause: error });
  }
  return Promise.all(files.map((name) => readLedger(join(folder, name))));
}

/** Reads a ledger; says why not when it cannot be read. */
export async function readLedger(file: string): Promise<LedgerContent | ForeignLedger> {
  try {
    // A pipe would be waited for.
    if (!statSync(file).isFile()) return { file, foreign: 'it is no file', mayTell: false };
    return parseLedger(file, await readFile(file, 'utf8'));
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = { ENOENT: 'it is not there', ELOOP: 'its links lead nowhere' };
    return { file, foreign: reasons[codeOf(error) ?? ''] ?? messageOf(error), mayTell: true };
  }
}
