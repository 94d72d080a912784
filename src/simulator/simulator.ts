import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { PropagationDelays } from './authorization/propagation.ts';
import { carryOut } from './faults/carry-out.ts';
import type { Fault } from './faults/fault.ts';
import { checkedPlan } from './faults/fault-file.ts';
import { createInjector, type FaultInjector, type FaultLogEntry } from './faults/injector.ts';
import { replyTo } from './http/app.ts';
import { type Delivery, deliverInProcess } from './http/delivery.ts';
import { type Reply, replyOf } from './http/respond.ts';
import { invalidRequest } from './refusal.ts';
import { type ListeningSimulator, type ListenOptions, listen } from './server.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { buildState } from './state/build.ts';
import { defaultSeed } from './state/default-seed.ts';
import type { HistoryEntry } from './state/history.ts';
import type { World } from './state/model.ts';
import type { SimulatorSeed } from './state/seed.ts';

/** How a simulator differs from the standard one. */
export interface SimulatorOptions {
  /** What exists at the start. Default: `defaultSeed()`. */
  readonly seed?: SimulatorSeed;
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
    state: buildState(seed),
    history: [],
  };
  let injector = injectorOf(options.faults ?? [], options.faultSeed);

  function injectorOf(faults: readonly Fault[], faultSeed: number | undefined): FaultInjector {
    return createInjector(
      checkedPlan({ faults, ...(faultSeed === undefined ? {} : { seed: faultSeed }) }),
      options.onFault,
    );
  }

  const exchange = async (request: Request, signal?: AbortSignal): Promise<Delivery> => {
    const started = performance.now();
    const correlationId = uuid();
    const at = now();
    const path = pathOf(request.url);
    const notes: string[] = [];
    const context = { world, correlationId, now: at, note: (text: string) => void notes.push(text) };
    const process = () => replyTo(request, context);
    if (latencyMilliseconds > 0) await wait(latencyMilliseconds);
    const firing = firingFor(request, path, correlationId, at);
    const delivery: Delivery =
      firing === undefined
        ? { kind: 'whole', reply: await process() }
        : await carryOut(firing, { request, path, correlationId, now: at, process, ...(signal ? { signal } : {}) });
    onRequest?.({
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

  return {
    fetch: async (request) => deliverInProcess(await exchange(request), request),
    listen: (listenOptions) => listen(exchange, malformedRequest, listenOptions),
    reset: () => {
      world.state = buildState(seed);
      world.history = [];
      injector.restart();
    },
    snapshot: () => snapshotOf(world.state),
    history: () => [...world.history],
    setFaults: (faults, faultSeed) => {
      injector = injectorOf(faults, faultSeed);
    },
    faults: () => {
      const fired = injector.fired();
      return injector.faults.map((fault, index) => ({ ...fault, fired: fired[index] ?? 0 }));
    },
    faultLog: () => injector.log(),
  };
}

/** A URL's path; cheaper than `new URL`, which each request needs only once. */
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
