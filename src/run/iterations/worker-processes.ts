import { setTimeout as wait } from 'node:timers/promises';
import { IncompleteError, UsageError } from '../../errors.ts';
import type { State } from '../engine/state.ts';
import type { Session, SessionCreation } from '../steps/session.ts';
import type { FinishedIteration, IterationContext, IterationRow } from './iteration.ts';
import {
  type FromWorker,
  type SharedOptions,
  storedCreations,
  type WorkerChannel,
  type WorkerRun,
} from './worker-messages.ts';

/** Processes that run iterations for this one. */
export interface Workers {
  /** Runs an iteration in the process that has the fewest. Rejects when that process ends, or with what was thrown there. */
  run(row: IterationRow, earlier: readonly SessionCreation[]): Promise<FinishedIteration>;
  /** Has the processes end, and resolves when they have: who resumes the run must not meet one that still sends. */
  close(): Promise<void>;
}

/** Milliseconds for a process to end; it has nothing left to do. */
const patience = 2000;

interface Waiting {
  resolve(iteration: FinishedIteration): void;
  reject(error: Error): void;
}

/** Begins the run in each process, after the steps that run once. */
export function createWorkers(
  channels: readonly WorkerChannel[],
  context: IterationContext,
  more: SharedOptions,
): Workers {
  const { run, deadline, sharedToken } = context;
  const workers = channels.map((channel, index) => {
    const waiting = new Map<number, Waiting>();
    const settle = (number: number, how: (one: Waiting) => void) => {
      const one = waiting.get(number);
      waiting.delete(number);
      if (one) how(one);
    };
    channel.onMessage((message: FromWorker) => {
      if (message.kind === 'event') run.onEvent(message.event);
      else if (message.kind === 'finished') settle(message.number, ({ resolve }) => resolve(message.iteration));
      else if (message.kind === 'failed') {
        const { isUsage, message: text } = message;
        settle(message.number, ({ reject }) => reject(isUsage ? new UsageError(text) : new Error(text)));
      } else {
        void sharedToken?.renew(message.used, message.because).then((worked) => {
          channel.send({ kind: 'renewed', id: message.id, worked, token: sharedToken.current() });
        });
      }
    });
    let ended: string | undefined;
    const gone = new Promise<void>((resolve) => {
      channel.onEnd((why) => {
        ended = why;
        for (const number of [...waiting.keys()]) settle(number, ({ reject }) => reject(lost(why)));
        resolve();
      });
    });
    channel.send({ kind: 'begin', run: workerRun(context, more, index, channels.length) });
    return { channel, waiting, gone, why: () => ended };
  });
  abortWith(run, deadline, channels);
  return {
    run: (row, earlier) => {
      const [worker] = workers.toSorted((one, other) => one.waiting.size - other.waiting.size);
      if (!worker) throw new Error('there is no process');
      const { channel, waiting } = worker;
      const why = worker.why();
      if (why !== undefined) return Promise.reject(lost(why));
      return new Promise((resolve, reject) => {
        waiting.set(row.number, { resolve, reject });
        channel.send({
          kind: 'iteration',
          row,
          earlier: storedCreations(earlier),
          token: sharedToken?.current(),
        });
      });
    },
    close: async () => {
      for (const channel of channels) channel.send({ kind: 'end' });
      // One that does not hear it ends with this process.
      await Promise.race([Promise.all(workers.map(({ gone }) => gone)), wait(patience, undefined, { ref: false })]);
    },
  };
}

/** The run as the process at this place among `count` has to know it. */
function workerRun(
  { run, steps, sharedToken, cleanUp, keepsAll, total }: IterationContext,
  { rate, ...options }: SharedOptions,
  index: number,
  count: number,
): WorkerRun {
  return {
    // All of them together keep to it.
    rate: rate === undefined ? undefined : rate / count,
    cleanUp,
    retry: run.policyOverrides,
    definition: run.definition,
    steps: steps.map(({ id }) => id),
    values: run.given,
    state: withoutCookies(run.state),
    total,
    recorded: run.recorded,
    secrets: run.secrets.known(),
    creations: storedCreations(run.creations),
    numbers: { creation: run.numbers.creation + index + 1 - count, by: count },
    startedAt: run.startedAt,
    sharesToken: sharedToken !== undefined,
    requestTimeout: run.requestTimeout,
    scriptTimeout: run.scriptTimeout,
    waitTimeout: run.waitTimeout,
    ...options,
    exchanges: run.tellsExchanges,
    iterationEvents: run.tellsIterations,
    keepsAll,
    ledger: run.ledger?.file,
  };
}

function withoutCookies({ cookies: _, ...state }: State): Omit<State, 'cookies'> {
  return state;
}

function lost(why: string): IncompleteError {
  return new IncompleteError(`a process that ran iterations ended: ${why}. Go on with --resume`);
}

function abortWith({ signal }: Session, deadline: AbortSignal, channels: readonly WorkerChannel[]): void {
  const abort = () => {
    const because = deadline.aborted ? 'deadline' : 'interruption';
    for (const channel of channels) channel.send({ kind: 'abort', because });
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}
