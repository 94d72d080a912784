import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../../src/simulator/index.ts';
import type { Arrivals } from './arrivals.ts';
import { cleanVariables } from './measure.ts';
import type { Request } from './simulator-process.ts';

/** The one simulator that every tool of a comparison is sent to. */
export interface BenchSimulator {
  /** Without an ending slash. */
  readonly url: string;
  /** Back to the seed, and counts from zero. Before each timed run. */
  begin(): Promise<void>;
  /** What has arrived since. */
  arrivals(): Promise<Arrivals>;
  /** What goes wrong from now on. */
  setFaults(faults: readonly Fault[]): Promise<void>;
  close(): void;
}

/** Starts it as a process of its own on a free port, so that it takes no time from the tool but the processor's. */
export async function startSimulator({ latencyMilliseconds = 0 } = {}): Promise<BenchSimulator> {
  const file = fileURLToPath(new URL('simulator-process.ts', import.meta.url));
  const child = fork(file, [String(latencyMilliseconds)], {
    // It is TypeScript; tsx is found from the project.
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    execArgv: ['--import', 'tsx'],
    env: cleanVariables(tmpdir()),
  });
  // One question at a time: answers do not say what they answer.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (request: Request): Promise<unknown> => {
    last = last.then(async () => {
      child.send(request);
      return (await once(child, 'message'))[0];
    });
    return last;
  };
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    begin: async () => void (await ask({ kind: 'begin' })),
    arrivals: async () => (await ask({ kind: 'arrivals' })) as Arrivals,
    setFaults: async (faults) => void (await ask({ kind: 'faults', faults })),
    close: () => child.kill(),
  };
}
