import type { PostmanCollection } from '../../compile/collection.ts';
import type { Definition } from '../../definition/definition.ts';
import type { CleanUpMode } from '../clean-up/clean-up.ts';
import type { EngineName } from '../engine/execution.ts';
import type { State } from '../engine/state.ts';
import type { RunEvent } from '../result/result.ts';
import type { RetryPolicy } from '../steps/retry.ts';
import type { SessionCreation } from '../steps/session.ts';
import type { FinishedIteration, IterationRow } from './iteration.ts';

/** What a run and the processes that run iterations for it tell each other. All of it can be cloned (`node:v8`). Holds secrets. */

/** How a run reaches one of its processes, or a process its run. */
export interface Channel<Out, In> {
  send(message: Out): void;
  /** What arrives from now on. */
  onMessage(listener: (message: In) => void): void;
  /** When the other side is gone, with why. */
  onEnd(listener: (why: string) => void): void;
}

/** A process that runs iterations. */
export type WorkerChannel = Channel<ToWorker, FromWorker>;

export type ToWorker =
  | { readonly kind: 'begin'; readonly run: WorkerRun }
  | {
      readonly kind: 'iteration';
      readonly row: IterationRow;
      /** What the run that is resumed created in it. */
      readonly earlier: readonly StoredCreation[];
      readonly token: string | undefined;
    }
  | { readonly kind: 'renewed'; readonly id: number; readonly worked: boolean; readonly token: string }
  | { readonly kind: 'abort'; readonly because: 'deadline' | 'interruption' }
  | { readonly kind: 'end' };

export type FromWorker =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'renew'; readonly id: number; readonly used: string; readonly because: string }
  | { readonly kind: 'finished'; readonly number: number; readonly iteration: FinishedIteration }
  /** What was thrown: `isUsage` when it is a `UsageError`. */
  | { readonly kind: 'failed'; readonly number: number; readonly message: string; readonly isUsage: boolean };

/** A run as its processes have to know it, after the steps that run once. */
export interface WorkerRun {
  readonly definition: Definition;
  readonly collection: PostmanCollection;
  /** Ids of the steps of an iteration. */
  readonly steps: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** The state of the run, but for its cookies. */
  readonly state: Omit<State, 'cookies'>;
  /** How many iterations the run has. */
  readonly total: number;
  readonly recorded: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly creations: readonly StoredCreation[];
  /** The numbers of the creations of a process: the first less `by`, and how far apart they are. */
  readonly numbers: { readonly creation: number; readonly by: number };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly sharesToken: boolean;
  readonly requestTimeout: number;
  readonly scriptTimeout: number;
  readonly maxResponseSize: number | undefined;
  readonly allowedHttpHosts: readonly string[] | undefined;
  readonly engine: EngineName | undefined;
  readonly waitTimeout: number | undefined;
  readonly retry: Partial<RetryPolicy>;
  readonly rate: number | undefined;
  readonly exchanges: boolean;
  readonly iterationEvents: boolean;
  readonly keepsAll: boolean;
  readonly cleanUp: CleanUpMode;
  readonly ledger: string | undefined;
}

/** What a caller of the run says, and its processes have to know too. */
export type SharedOptions = Pick<WorkerRun, 'collection' | 'rate' | 'maxResponseSize' | 'allowedHttpHosts' | 'engine'>;

/** A creation with its step by id. */
export type StoredCreation = Omit<SessionCreation, 'step'> & { readonly step: string };

export function storedCreations(creations: readonly SessionCreation[]): StoredCreation[] {
  return creations.map(({ step, ...creation }) => ({ ...creation, step: step.id }));
}

export function restoredCreations(creations: readonly StoredCreation[], { steps }: Definition): SessionCreation[] {
  return creations.flatMap(({ step: id, ...creation }) => {
    const step = steps.find((one) => one.id === id);
    return step ? [{ ...creation, step }] : [];
  });
}
