import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { group, sum } from 'd3-array';
import { requestsPerFlow } from './arrivals.ts';
import { BenchError } from './bench-error.ts';
import { type Contestant, checkedRun } from './rounds.ts';
import type { BenchSimulator } from './simulator.ts';
import { slopeOf } from './statistics.ts';

/** What was kept after a full garbage collection, at a moment. */
interface HeapSample {
  /** Process and thread: each has a heap of its own. */
  readonly heap: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly keptBytes: number;
}

interface Progress {
  readonly at: number;
  readonly flows: number;
}

export interface KeptHeap {
  readonly mebibytesPer1000Flows: number;
  /** After the first tenth of the flows, and at the end. */
  readonly firstMebibytes: number;
  readonly lastMebibytes: number;
  readonly samples: number;
}

const preload = fileURLToPath(new URL('programs/heap-samples.cjs', import.meta.url));

/**
 * Runs a contestant while it collects its garbage every `everyMilliseconds` and says what is left, and compares that with the flows that the
 * simulator has seen end by then. The first tenth of the flows is left out: caches fill, and code is compiled. It has no time: collecting
 * garbage takes some. Rejects with a `BenchError` when the run was wrong or too short to tell.
 */
export async function keptHeap(
  contestant: Contestant,
  simulator: BenchSimulator,
  options: { readonly folder: string; readonly everyMilliseconds: number; readonly timeoutSeconds: number },
): Promise<KeptHeap> {
  const file = join(options.folder, `heap-${Date.now()}.ndjson`);
  const command = await contestant.command();
  const variables = {
    ...command.variables,
    NODE_OPTIONS: `--require ${preload}`,
    BENCH_HEAP_FILE: file,
    BENCH_HEAP_MILLISECONDS: String(options.everyMilliseconds),
  };
  const progress: Progress[] = [];
  const done = new AbortController();
  const watched = watch(simulator, progress, done.signal);
  try {
    await checkedRun(
      { ...contestant, command: async () => ({ ...command, variables }) },
      simulator,
      options.timeoutSeconds,
    );
  } finally {
    done.abort();
    await watched;
  }
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return growth(
    lines.map((line) => JSON.parse(line) as HeapSample),
    progress,
    contestant.name,
  );
}

async function watch(simulator: BenchSimulator, progress: Progress[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(200, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const { steps } = await simulator.arrivals();
    progress.push({ at: Date.now(), flows: steps[requestsPerFlow - 1] ?? 0 });
  }
}

function growth(samples: readonly HeapSample[], progress: readonly Progress[], name: string): KeptHeap {
  const last = progress.at(-1)?.flows ?? 0;
  const heaps = [...group(samples, ({ heap }) => heap).values()].map((own) =>
    own
      .map(({ at, keptBytes }) => ({ x: flowsAt(progress, at), y: keptBytes / 1024 ** 2 }))
      .filter(({ x }) => x >= last / 10 && x < last),
  );
  const long = heaps.filter((points) => points.length >= 4);
  if (long.length === 0) throw new BenchError(`${name} ended before its memory could be looked at four times`);
  return {
    mebibytesPer1000Flows: sum(long, slopeOf) * 1000,
    firstMebibytes: sum(long, (points) => points[0]?.y),
    lastMebibytes: sum(long, (points) => points.at(-1)?.y),
    samples: sum(long, ({ length }) => length),
  };
}

/** Flows that had ended at a moment, between the two looks around it. */
function flowsAt(progress: readonly Progress[], at: number): number {
  const next = progress.findIndex((look) => look.at >= at);
  const [before, after] = [progress[next - 1], progress[next]];
  if (after === undefined) return progress.at(-1)?.flows ?? 0;
  if (before === undefined) return after.flows;
  return before.flows + ((at - before.at) / (after.at - before.at)) * (after.flows - before.flows);
}
