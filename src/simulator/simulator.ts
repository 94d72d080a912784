import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestLogEntry, Simulator, SimulatorOptions } from './api.ts';
import { controlReply, isControlPath } from './control/control.ts';
import { carryOut } from './faults/carry-out.ts';
import type { Fault, FaultPlan } from './faults/fault.ts';
import { checkedPlan } from './faults/fault-file.ts';
import { createInjector, type FaultInjector, type FaultLogEntry, type FaultRequest } from './faults/injector.ts';
import { type RequestContext, replyTo } from './http/app.ts';
import { type Delivery, deliverInProcess } from './http/delivery.ts';
import { type Reply, replyOf } from './http/respond.ts';
import { createExchangeLog, type ExchangeLog } from './page/exchanges.ts';
import { withSwitch } from './page/fault-switches.ts';
import { statusOf } from './page/page-status.ts';
import { pageReply } from './page/status-page.ts';
import { invalidRequest } from './refusal.ts';
import { listen } from './server.ts';
import { defaultSeed } from './state/default-seed.ts';
import { dumpState, type StateDump } from './state/dump.ts';
import type { State, World } from './state/model.ts';
import type { SimulatorSeed } from './state/seed.ts';
import { snapshotOf } from './state/snapshot.ts';
import { stateOf } from './state/state-file.ts';

/** A new simulator. Cheap: the HTTP application and the signing keys are shared by all of a process. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { seed = defaultSeed(), now = () => new Date(), uuid = randomUUID } = options;
  const world = worldOf(options, stateOf(seed), now, uuid);
  const log = createExchangeLog();
  const injectorOf = (plan: FaultPlan) => createInjector(checkedPlan(plan), options.onFault);
  let injector = injectorOf(planOf(options.faults ?? [], options.faultSeed));

  const load = (state: SimulatorSeed | StateDump) => {
    world.state = stateOf(state);
    world.history = [];
    world.rates.clear();
  };

  const simulator: Simulator = {
    fetch: async (request) => deliverInProcess(await exchange(request), request),
    listen: (listenOptions) => listen(exchange, malformedRequest, listenOptions),
    reset: () => {
      load(seed);
      injector.restart();
      log.clear();
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
      return injector.faults().map((fault, index) => ({ ...fault, fired: fired[index] ?? 0 }));
    },
    faultLog: () => injector.log(),
  };
  const setPlan = (plan: FaultPlan) => {
    injector = injectorOf(plan);
  };
  const status = () =>
    statusOf({
      state: world.state,
      now: now(),
      exchanges: log.recent(),
      faults: simulator.faults(),
      switchedOn: (fault) => injector.faults().includes(fault),
      faultLog: injector.log(),
      isControlled: options.control === true,
    });
  const setSwitch = (name: string, on: boolean) => {
    const faults = withSwitch(injector.faults(), name, on);
    if (faults) injector.change(faults);
    return faults !== undefined;
  };
  const controlled = { ...simulator, status, setPlan, setSwitch };

  const exchange = async (request: Request, gone?: () => AbortSignal): Promise<Delivery> => {
    const path = pathOf(request.url);
    const page = pageReply(request, path, status);
    if (page) return { kind: 'whole', reply: page };
    if (options.control === true && isControlPath(path)) {
      return { kind: 'whole', reply: await controlReply(request, path, controlled) };
    }
    return answerRequest({ request, path, world, injector, options, log, ...(gone ? { gone } : {}) });
  };

  const malformedRequest = (): Reply => {
    const correlationId = uuid();
    return replyOf({ status: 400, body: invalidRequest().body(correlationId) }, null, correlationId, now());
  };

  return simulator;
}

function worldOf(options: SimulatorOptions, state: State, now: () => Date, uuid: () => string): World {
  return {
    now,
    uuid,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    delays: options.delays ?? {},
    dialect: options.dialect,
    disputed: new Set(options.disputed),
    rateLimits: options.rateLimits ?? {},
    rates: new Map(),
    state,
    history: [],
  };
}

interface Arrived {
  readonly request: Request;
  readonly path: string;
  readonly world: World;
  readonly injector: FaultInjector;
  readonly options: SimulatorOptions;
  readonly log: ExchangeLog;
  readonly gone?: () => AbortSignal;
}

/** Answers a request, with the faults that fire for it, and logs it. */
async function answerRequest({ request, path, world, injector, options, log, gone }: Arrived): Promise<Delivery> {
  const started = performance.now();
  const correlationId = world.uuid();
  const at = world.now();
  const notes: string[] = [];
  const context = { world, correlationId, now: at, note: (text: string) => void notes.push(text) };
  const process = () => replyTo(request, context);
  const { latencyMilliseconds = 0 } = options;
  if (latencyMilliseconds > 0) await wait(latencyMilliseconds);
  const firing = injector.faults().length === 0 ? undefined : injector.decide(faultRequest(request, path, context));
  const delivery: Delivery =
    firing === undefined
      ? { kind: 'whole', reply: await process() }
      : await carryOut(firing, { request, path, correlationId, now: at, process, ...(gone ? { gone } : {}) });
  const reply = 'reply' in delivery ? delivery.reply : undefined;
  const entry: RequestLogEntry = {
    at: at.toISOString(),
    method: request.method,
    path,
    status: reply?.status ?? 0,
    durationMs: performance.now() - started,
    correlationId,
    ...noteOf(notes, firing?.fired ?? []),
  };
  log.add(entry, request, reply);
  options.onRequest?.(entry);
  return delivery;
}

function faultRequest(request: Request, path: string, { world, correlationId, now }: RequestContext): FaultRequest {
  const authorization = request.headers.get('authorization');
  return { method: request.method, path, authorization, correlationId, now, history: world.history };
}

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
