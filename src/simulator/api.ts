import type { Dialect, DisputedAnswer } from './dialect.ts';
import type { Fault } from './faults/fault.ts';
import type { FaultLogEntry } from './faults/injector.ts';
import type { ListeningSimulator, ListenOptions } from './server.ts';
import type { PropagationDelays } from './state/delays.ts';
import type { StateDump } from './state/dump.ts';
import type { HistoryEntry } from './state/history.ts';
import type { RateLimits } from './state/model.ts';
import type { SimulatorSeed } from './state/seed.ts';
import type { Snapshot } from './state/snapshot.ts';

/** How a simulator differs from the standard one. */
export interface SimulatorOptions {
  /** What exists at the start. Default: `defaultSeed()`. */
  readonly seed?: SimulatorSeed | StateDump;
  /** Default: the real clock. */
  readonly now?: () => Date;
  /** Makes ids of new things, of tokens and of answers. Default: `crypto.randomUUID`. */
  readonly uuid?: () => string;
  /** Called after each answer. */
  readonly onRequest?: (entry: RequestLogEntry) => void;
  /** Default 3600, as in PingOne. */
  readonly tokenLifetimeSeconds?: number;
  /** Waited before every answer. Default 0. */
  readonly latencyMilliseconds?: number;
  /** How long changes take to be known everywhere. Default: no time at all. */
  readonly delays?: PropagationDelays;
  /** PingOne of today, or with what it has announced for 2 March 2027. Default: what the clock says. */
  readonly dialect?: Dialect | undefined;
  /** What is answered in the other of two ways that contradict each other. Default: nothing. */
  readonly disputed?: readonly DisputedAnswer[];
  /** For licenses of the seed that have none of their own. Default: none. */
  readonly rateLimits?: RateLimits;
  /** What goes wrong. Default: nothing. */
  readonly faults?: readonly Fault[];
  /** Decides what `probability` of a fault leaves open. Default 1. */
  readonly faultSeed?: number;
  /** Called when a fault fires. */
  readonly onFault?: (entry: FaultLogEntry) => void;
  /** Whether faults and state can be changed, on the page and at `CONTROL_PATH`. Default false. */
  readonly control?: boolean;
}

/** One answered request. Holds no header, query or body, and so no secret. */
export interface RequestLogEntry {
  /** When the request arrived, ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** 0: no answer, because of a fault. */
  readonly status: number;
  readonly durationMs: number;
  readonly correlationId: string;
  /** What a person looking for a mistake should know, such as `unknown route`. */
  readonly note?: string;
}

/** A local PingOne. */
export interface Simulator {
  /** Answers a request without any network. Rejects only where a fault resets the connection or hangs. */
  fetch(request: Request): Promise<Response>;
  /** Serves it over HTTP. Rejects with a `ListenError`. */
  listen(options?: ListenOptions): Promise<ListeningSimulator>;
  /** Back to the seed; history, fault log and counts start again. Faults stay. Tokens stay good, as long as their app is in the seed. */
  reset(): void;
  snapshot(): Snapshot;
  /** All of the state as plain data, for `load` or a file; see `StateDump` for what is in it. */
  dump(): StateDump;
  /** Other state from now on; the history starts again. `reset()` still goes back to the seed. */
  load(state: SimulatorSeed | StateDump): void;
  /** Everything created and deleted since the start or the last `reset()`, also what exists no more. */
  history(): readonly HistoryEntry[];
  /** Other faults from now on; their counts and the fault log start again. Throws a `SimulatorFileError` for a list that is wrong. */
  setFaults(faults: readonly Fault[], seed?: number): void;
  /** The faults, with how often each has fired. */
  faults(): readonly (Fault & { readonly fired: number })[];
  /** Every fault that fired since the start, `setFaults` or `reset()`. */
  faultLog(): readonly FaultLogEntry[];
}
