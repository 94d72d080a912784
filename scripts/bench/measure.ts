import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';

/** A program as it is started: no shell. */
export interface Command {
  readonly program: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Its home folder: tools keep settings and caches there, and shall neither read nor change the person's own. */
  readonly home: string;
  /** Further OS variables. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What a program took, from its start until it has ended and closed its output. */
export interface Measurement {
  readonly wallSeconds: number;
  /** User and system time of the program and every child that it waited for. */
  readonly cpuSeconds: number;
  /** Peak of resident memory, MiB: the largest process, or the sum of the tree, whichever is more. */
  readonly peakMebibytes: number;
  /** Exit code; 128 + the number of the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** GNU time: it asks the kernel (wait4) for processor time and peak memory. Debian: `apt-get install time`. */
const timeProgram = '/usr/bin/time';
const sampleMilliseconds = 50;

/**
 * Runs a program to its end and measures it. Times of all children count; the memory of several processes at once is looked at every
 * 50 ms in `/proc`. `onStart` is told the group of processes. Rejects with a `BenchError` when it takes too long or cannot be measured.
 */
export async function measure(
  { program, argv, cwd, home, variables }: Command,
  timeoutSeconds: number,
  onStart?: (group: number) => void,
): Promise<Measurement> {
  const usageFile = join(tmpdir(), `pingone-tutorial-bench-${randomUUID()}.txt`);
  const started = performance.now();
  const child = spawn(timeProgram, ['-q', '-f', '%U %S %M', '-o', usageFile, '--', program, ...argv], {
    cwd,
    env: { ...cleanVariables(home), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that nothing of it outlives the time limit.
    detached: true,
  });
  const peak = watchTree(child.pid);
  if (child.pid !== undefined) onStart?.(child.pid);
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, timeoutSeconds * 1000);
  try {
    const written = await untilClosed(child);
    const wallSeconds = (performance.now() - started) / 1000;
    if (isLate) throw new BenchError(`${program} ${argv[0] ?? ''} took longer than ${timeoutSeconds} s`);
    const usage = await readFile(usageFile, 'utf8');
    const [user = Number.NaN, system = Number.NaN, kibibytes = Number.NaN] = usage.trim().split(' ').map(Number);
    if (Number.isNaN(user + system + kibibytes)) throw new BenchError(`GNU time said "${usage}"`);
    return {
      wallSeconds,
      cpuSeconds: user + system,
      peakMebibytes: Math.max(kibibytes / 1024, peak.stop()),
      ...written,
    };
  } finally {
    clearTimeout(limit);
    peak.stop();
    await rm(usageFile, { force: true });
  }
}

/**
 * OS variables of every program that is measured: nothing of this process that a tool could take for a setting or a secret. Above all
 * no `NODE_EXTRA_CA_CERTS`: Node 20 reads that file at every start, which is 50 ms that no tool is to blame for.
 */
export function cleanVariables(home: string): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return { PATH, LANG, HOME: home, NO_COLOR: '1', CI: '1' };
}

function untilClosed(child: ReturnType<typeof spawn>): Promise<Pick<Measurement, 'code' | 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = `${timeProgram} is missing; it is the package "time" of Debian and others`;
      reject(error.code === 'ENOENT' ? new BenchError(missing, { cause: error }) : error);
    });
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), ...written });
    });
  });
}

/** Looks at the memory of all descendants from time to time; `stop` gives the greatest sum, in MiB. */
function watchTree(root: number | undefined): { stop(): number } {
  let peak = 0;
  let isLooking = false;
  const timer = setInterval(async () => {
    if (root === undefined || isLooking) return;
    isLooking = true;
    peak = Math.max(peak, await residentMebibytes(root));
    isLooking = false;
  }, sampleMilliseconds);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Of the descendants of a process, without itself, since that is GNU time. */
async function residentMebibytes(root: number): Promise<number> {
  let sum = 0;
  let generation = await childrenOf(root);
  while (generation.length > 0) {
    sum += (await Promise.all(generation.map(residentOf))).reduce((one, other) => one + other, 0);
    generation = (await Promise.all(generation.map(childrenOf))).flat();
  }
  return sum;
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const texts = await Promise.all(tasks.map((task) => textOf(`/proc/${pid}/task/${task}/children`)));
  return texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
}

async function residentOf(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(await textOf(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) / 1024;
}

/** Empty when the process has gone meanwhile. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
