import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { PropagationDelays } from './authorization/propagation.ts';
import { controlReply, isControlPath } from './control/control.ts';
import { carryOut } from './faults/carry-out.ts';
import type { Fault, FaultPlan } from './faults/fault.ts';
import { checkedPlan } from './faults/fault-file.ts';
import { createInjector, type FaultInjector, type FaultLogEntry } from './faults/injector.ts';
import { replyTo } from './http/app.ts';
import { type Delivery, deliverInProcess } from './http/delivery.ts';
import { type Reply, replyOf } from './http/respond.ts';
import { invalidRequest } from './refusal.ts';
import { type ListeningSimulator, type ListenOptions, listen } from './server.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { defaultSeed } from './state/default-seed.ts';
import { dumpState, type StateDump } from './state/dump.ts';
import type { HistoryEntry } from './state/history.ts';
import type { World } from './state/model.ts';
import type { SimulatorSeed } from './state/seed.ts';
import { stateOf } from './state/state-file.ts';

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
  /** What goes wrong. Default: nothing. */
  readonly faults?: readonly Fault[];
  /** Decides what `probability` of a fault leaves open. Default 1. */
  readonly faultSeed?: number;
  /** Called when a fault fires. */
  readonly onFault?: (entry: FaultLogEntry) => void;
  /** Whether the control endpoint and the status page are there, below `CONTROL_PATH`. Default false. */
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

/** A new simulator. Cheap: the HTTP application and the signing key are shared by all of a process. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const {
    seed = defaultSeed(),
    now = () => new Date(),
    uuid = randomUUID,
    onRequest,
    latencyMilliseconds = 0,
  } = options;
  const world: World = {
    now,
    uuid,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    delays: options.delays ?? {},
    state: stateOf(seed),
    history: [],
  };
  let injector = injectorOf(planOf(options.faults ?? [], options.faultSeed));
  const lastRequests: RequestLogEntry[] = [];

  function injectorOf(plan: FaultPlan): FaultInjector {
    return createInjector(checkedPlan(plan), options.onFault);
  }

  const logged = (entry: RequestLogEntry) => {
    onRequest?.(entry);
    if (options.control !== true) return;
    lastRequests.push(entry);
    if (lastRequests.length > keptRequests) lastRequests.shift();
  };

  const exchange = async (request: Request, gone?: () => AbortSignal): Promise<Delivery> => {
    const started = performance.now();
    const correlationId = uuid();
    const at = now();
    const path = pathOf(request.url);
    if (options.control === true && isControlPath(path)) {
      return { kind: 'whole', reply: await controlReply(request, path, controlled) };
    }
    const notes: string[] = [];
    const context = { world, correlationId, now: at, note: (text: string) => void notes.push(text) };
    const process = () => replyTo(request, context);
    if (latencyMilliseconds > 0) await wait(latencyMilliseconds);
    const firing = firingFor(request, path, correlationId, at);
    const delivery: Delivery =
      firing === undefined
        ? { kind: 'whole', reply: await process() }
        : await carryOut(firing, { request, path, correlationId, now: at, process, ...(gone ? { gone } : {}) });
    logged({
      at: at.toISOString(),
      method: request.method,
      path,
      status: 'reply' in delivery ? delivery.reply.status : 0,
      durationMs: performance.now() - started,
      correlationId,
      ...noteOf(notes, firing?.fired ?? []),
    });
    return delivery;
  };

  const firingFor = (request: Request, path: string, correlationId: string, at: Date) => {
    if (injector.faults.length === 0) return undefined;
    const authorization = request.headers.get('authorization');
    return injector.decide({
      method: request.method,
      path,
      authorization,
      correlationId,
      now: at,
      history: world.history,
    });
  };

  const malformedRequest = (): Reply => {
    const correlationId = uuid();
    return replyOf({ status: 400, body: invalidRequest().body(correlationId) }, null, correlationId, now());
  };

  const load = (state: SimulatorSeed | StateDump) => {
    world.state = stateOf(state);
    world.history = [];
  };

  const simulator: Simulator = {
    fetch: async (request) => deliverInProcess(await exchange(request), request),
    listen: (listenOptions) => listen(exchange, malformedRequest, listenOptions),
    reset: () => {
      load(seed);
      injector.restart();
      lastRequests.length = 0;
    },
    load,
    dump: () => dumpState(world.state),
    snapshot: () => snapshotOf(world.state),
    history: () => [...world.history],
    setFaults: (faults, faultSeed) => {
      injector = injectorOf(planOf(faults, faultSeed));
    },
    faults: () => {
      const fired = injector.fired();
      return injector.faults.map((fault, index) => ({ ...fault, fired: fired[index] ?? 0 }));
    },
    faultLog: () => injector.log(),
  };
  const controlled = {
    ...simulator,
    requests: () => [...lastRequests],
    setPlan: (plan: FaultPlan) => {
      injector = injectorOf(plan);
    },
  };
  return simulator;
}

/** How many requests the status page can show. */
const keptRequests = 100;

function planOf(faults: readonly Fault[], seed: number | undefined): FaultPlan {
  return { faults, ...(seed === undefined ? {} : { seed }) };
}

/** A URL's path, without the price of `new URL`. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start < 0) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}

function noteOf(notes: readonly string[], fired: readonly FaultLogEntry[]): { readonly note?: string } {
  const faults = fired.map(({ name, kind }) => `fault: ${name === kind ? kind : `${name} (${kind})`}`);
  const all = [...notes, ...faults];
  return all.length === 0 ? {} : { note: all.join('; ') };
}
