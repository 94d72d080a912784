import { randomBytes } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { codeOf, UsageError } from '../../errors.ts';
import { writeAll } from '../../whole-file.ts';

/**
 * A lease: a file beside a ledger, as long as a process works on it. It names the process so that another on the same machine can tell
 * whether it lives, also when its id was given to another since, and it is written again every few seconds, for all who cannot see that.
 */
export interface Lease {
  release(): void;
}

/** Whether the run of a ledger, or a clean-up, goes on: `why` is what is known of it, in words. */
export interface Liveness {
  /** Running: its process is seen here. Heard of: it gave a sign of life a moment ago, elsewhere. */
  readonly state: 'running' | 'heard of' | 'unknown' | 'over';
  readonly why: string;
}

/** A ledger that another process works on, or may work on. */
export class LedgerInUseError extends UsageError {}

/** Whether a ledger is to be left to its run; `runEnded` settles it where the run cannot be seen. */
export function isHeld({ state }: Liveness, runEnded = false): boolean {
  return runEnded ? state === 'running' : state !== 'over';
}

/** What a lease says of its process. */
interface Holder {
  /** Tells this lease from any other. */
  readonly token: string;
  readonly host: string;
  readonly process: number;
  /** Linux: the boot of the machine, the namespace of the process id, and when the process began, in ticks since the boot. */
  readonly boot?: string;
  readonly namespace?: string;
  readonly began?: string;
}

/** Milliseconds from one heartbeat to the next. */
const heartbeat = 5000;

/** A lease that was written more recently, in milliseconds, is of a process that lives. */
const freshFor = 60_000;

/** One that was not written for so long, in milliseconds, has expired. */
const expiresAfter = 3_600_000;

/** A take-over takes milliseconds; its mark is of a process that died when it is older. */
const takeOverTime = 10_000;

/**
 * Takes the lease of a ledger and keeps it until it is released. Throws `LedgerInUseError` when another process has it, or may have it; with
 * `runEnded` the latter is no matter.
 */
export function takeLease(ledger: string, runEnded = false): Lease {
  const file = leaseOf(ledger);
  const holder = thisProcess();
  const before = leaseText(file);
  const descriptor = before === undefined ? createLease(file, holder) : undefined;
  return keep(file, holder, descriptor ?? takeOver(file, holder, ledger, runEnded));
}

/** The process that a ledger of version 0.1.0, which has no lease, names; `at` is when it began the ledger. */
export interface Writer {
  readonly id: number;
  readonly host: string;
  readonly at: string;
}

/** Whether a process works on a ledger. */
export function livenessOf(ledger: string, writer?: Writer): Liveness {
  const file = leaseOf(ledger);
  const text = leaseText(file);
  if (text !== undefined) return livenessOfLease(file, text);
  if (!writer || writer.host !== hostname()) return over;
  const isOther = (startTime(writer.id) ?? 0) > Date.parse(writer.at) + 1000;
  return isAlive(writer.id) && !isOther ? running(writer.id) : gone(writer.id);
}

/** Removes the lease of a ledger that is forgotten. */
export function removeLease(ledger: string): void {
  rmSync(leaseOf(ledger), { force: true });
}

function leaseOf(ledger: string): string {
  return `${ledger.replace(/\.ledger\.jsonl$/, '')}.lease.json`;
}

/** Empty for what cannot be read, and for what is no file: a pipe would be waited for. Undefined when there is none. */
function leaseText(file: string): string | undefined {
  try {
    return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : '';
  }
}

/** Undefined when another process was faster. */
function createLease(file: string, holder: Holder): number | undefined {
  try {
    return written(file, holder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Takes the place of a lease whose process is gone. Of several that try, one has it: they look again in turn. */
function takeOver(file: string, holder: Holder, ledger: string, runEnded: boolean): number {
  const mark = `${file}.taken`;
  if (!begin(mark)) throw inUse(ledger, { state: 'running', why: 'another process has just taken it' });
  try {
    const text = leaseText(file);
    const liveness = text === undefined ? over : livenessOfLease(file, text);
    if (isHeld(liveness, runEnded)) throw inUse(ledger, liveness);
    const draft = `${file}.${holder.token}`;
    const descriptor = written(draft, holder);
    renameSync(draft, file);
    return descriptor;
  } finally {
    rmdirSync(mark);
  }
}

function begin(mark: string): boolean {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      mkdirSync(mark);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const { mtimeMs } = statSync(mark, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
      if (Date.now() - mtimeMs < takeOverTime) return false;
      removeMark(mark);
    }
  }
  return false;
}

/** Throws `UsageError` for what is no mark: it was put there by somebody else. */
function removeMark(mark: string): void {
  try {
    rmdirSync(mark);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw new UsageError(`${mark} is in the way of a lease: delete it`, { cause: error });
  }
}

function inUse(ledger: string, { state, why }: Liveness): LedgerInUseError {
  return new LedgerInUseError(
    state === 'running'
      ? `${ledger} is in use: ${why}`
      : `${ledger} may be in use: ${why}. When its run is over, "cleanup --run-ended" removes what it has left`,
  );
}

function keep(file: string, holder: Holder, descriptor: number): Lease {
  const { token } = holder;
  const timer = setInterval(() => {
    // Written, not only dated: so the time is that of the file server. What the disk does not take now it takes later.
    tryTo(() => writeSync(descriptor, textOf(holder), 0));
  }, heartbeat);
  timer.unref();
  return {
    release: () => {
      clearInterval(timer);
      closeSync(descriptor);
      if (holderOf(leaseText(file))?.token === token) rmSync(file, { force: true });
    },
  };
}

/** Makes the file; what the disk does not take leaves none. */
function written(file: string, holder: Holder): number {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeAll(descriptor, textOf(holder));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    rmSync(file, { force: true });
    throw error;
  }
}

function textOf(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

function livenessOfLease(file: string, text: string): Liveness {
  const holder = holderOf(text);
  const here = thisProcess();
  if (holder && holder.boot === here.boot && holder.namespace === here.namespace) {
    if (holder.boot !== undefined)
      return startOf(holder.process) === holder.began ? running(holder.process) : gone(holder.process);
    if (holder.host === here.host && !isAlive(holder.process)) return gone(holder.process);
  }
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false)
    return { state: 'unknown', why: `${file} is no file` };
  const age = ageOf(file);
  const where = holder ? `process ${holder.process} on ${holder.host}` : 'a process that is not named';
  const seconds = Math.abs(Math.round(age / 1000));
  if (age < -freshFor) return { state: 'unknown', why: `${where}, whose last sign is dated ${seconds} s ahead` };
  const told = `${where}, last heard of ${seconds} s ago`;
  return { state: age < freshFor ? 'heard of' : age > expiresAfter ? 'over' : 'unknown', why: told };
}

const over: Liveness = { state: 'over', why: 'it has no lease' };

function running(id: number): Liveness {
  return { state: 'running', why: `process ${id} goes on` };
}

function gone(id: number): Liveness {
  return { state: 'over', why: `process ${id} is gone` };
}

/** Milliseconds since a lease was written, by the clock of the disk that it is on. */
function ageOf(file: string): number {
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  const probe = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    closeSync(openSync(probe, 'wx', 0o600));
    return statSync(probe).mtimeMs - mtimeMs;
  } catch {
    return Date.now() - mtimeMs;
  } finally {
    rmSync(probe, { force: true });
  }
}

function holderOf(text: string | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as Holder;
    return typeof holder.token === 'string' && Number.isSafeInteger(holder.process) && holder.process > 0
      ? holder
      : undefined;
  } catch {
    return undefined;
  }
}

function thisProcess(): Holder {
  const boot = tryTo(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = tryTo(() => readlinkSync('/proc/self/ns/pid'));
  const began = startOf(process.pid);
  return {
    token: randomBytes(9).toString('hex'),
    host: hostname(),
    process: process.pid,
    ...(boot !== undefined && namespace !== undefined && began !== undefined && { boot, namespace, began }),
  };
}

/** When a process began, in ticks since the boot: with the id, it tells a process from any other. Undefined for none, and for a zombie. */
function startOf(id: number): string | undefined {
  // The name of the program, in parentheses, may hold spaces and parentheses (proc(5)).
  const fields = tryTo(() => readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)?.split(' '));
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

/** The same in milliseconds since 1970; the kernel counts a hundred ticks a second for programs. */
function startTime(id: number): number | undefined {
  const boot = tryTo(() => /^btime (\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const ticks = startOf(id);
  return boot === undefined || ticks === undefined ? undefined : (Number(boot) + Number(ticks) / 100) * 1000;
}

function isAlive(id: number): boolean {
  if (!Number.isSafeInteger(id) || id <= 0 || id === process.pid) return false;
  try {
    process.kill(id, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return process.platform !== 'linux' || startOf(id) !== undefined;
}

function tryTo<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
