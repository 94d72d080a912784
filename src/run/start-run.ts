import { compileForRun } from '../compile/run-collection.ts';
import { completeScopes, completeValues } from '../environment/complete.ts';
import type { Environment } from '../environment/scope.ts';
import type { RunEvent, RunResult, Target } from './result/result.ts';
import { type RunOptions, runCollection } from './run.ts';

/** What to run and how, as `runCollection` takes it, with defaults for what a program seldom says. */
export interface StartOptions extends Omit<RunOptions, 'collection' | 'targetKind' | 'onEvent'> {
  /** Values of the variables; those left out have their declared value. */
  readonly values: RunOptions['values'];
  /** What scripts see as the environment, with values that nobody declared; `values` come before those in it. Default: none. */
  readonly environment?: Environment | undefined;
  /** Default: what the definition compiles to. */
  readonly collection?: RunOptions['collection'];
  /** What the result says of where the requests went. Default: given. */
  readonly targetKind?: Target['kind'];
}

/** A run that goes on. */
export interface StartedRun extends AsyncIterable<RunEvent> {
  /**
   * How it ended. Rejects with `UsageError` when a value is missing or malformed, before anything is sent; failed checks and
   * broken connections are in the result.
   */
  readonly result: Promise<RunResult>;
}

/**
 * Runs the steps of a definition and tells what happens while it happens: iterate over it for the events, await `result` for
 * the result, or both. It begins at once, whether or not anybody looks, and keeps nothing on the disk unless `ledger` is given.
 *
 * Each iteration begins with the first event, ends with `run-finished`, and throws what `result` rejects with. Leaving one early
 * (`break`, `return` or an error in the loop) ends the run, as `signal` does: the request in flight is broken off, clean-up
 * still happens when `cleanUp` asks for it, and the loop is left when all that is done.
 */
export function run(options: StartOptions): StartedRun {
  const left = new AbortController();
  const events: RunEvent[] = [];
  let waiting: (() => void)[] = [];
  let ended = false;
  const tell = () => {
    for (const wake of waiting) wake();
    waiting = [];
  };
  const result = begin(options, left.signal, (event) => {
    events.push(event);
    tell();
  }).finally(() => {
    ended = true;
    tell();
  });
  // Somebody who only iterates meets the error there.
  result.catch(() => {});

  async function* follow(): AsyncGenerator<RunEvent, void> {
    try {
      for (let next = 0; next < events.length || !ended; ) {
        const event = events[next];
        if (event) {
          next += 1;
          yield event;
        } else await new Promise<void>((resolve) => waiting.push(resolve));
      }
      await result;
    } finally {
      if (!ended) left.abort();
      await result.catch(() => {});
    }
  }
  return { result, [Symbol.asyncIterator]: follow };
}

async function begin(options: StartOptions, left: AbortSignal, onEvent: (event: RunEvent) => void): Promise<RunResult> {
  const { definition } = options;
  // A resumed run has values of its own, in its ledger.
  const values = options.resume
    ? { ...options.values, ...options.resume.run.values }
    : completeValues(definition, options.values, options);
  const scopes = options.resume ? undefined : completeScopes(definition, options.values, options.environment);
  return runCollection({
    ...options,
    collection: options.collection ?? compileForRun(definition),
    values,
    environment: scopes?.environment ?? options.environment,
    collectionVariables: options.collectionVariables ?? scopes?.collection,
    targetKind: options.targetKind ?? 'given',
    signal: options.signal ? AbortSignal.any([options.signal, left]) : left,
    onEvent,
  });
}
