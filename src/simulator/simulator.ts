import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestLogEntry, Simulator, SimulatorOptions } from './api.ts';
import { controlReply, isControlPath } from './control/control.ts';
import { carryOut } from './faults/carry-out.ts';
import type { Fault, FaultPlan } from './faults/fault.ts';
import { checkedPlan } from './faults/fault-file.ts';
import { createInjector, type FaultInjector, type FaultLogEntry } from './faults/injector.ts';
import { replyTo } from './http/app.ts';
import { type Delivery, deliverInProcess } from './http/delivery.ts';
import { type Reply, replyOf } from './http/respond.ts';
import { invalidRequest } from './refusal.ts';
import { listen } from './server.ts';
import { defaultSeed } from './state/default-seed.ts';
import { dumpState, type StateDump } from './state/dump.ts';
import type { World } from './state/model.ts';
import type { SimulatorSeed } from './state/seed.ts';
import { snapshotOf } from './state/snapshot.ts';
import { stateOf } from './state/state-file.ts';

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
