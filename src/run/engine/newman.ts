import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { PostmanCollection } from '../../compile/collection.ts';
import { compileForRun } from '../../compile/run-collection.ts';
import type { Scope } from '../../environment/scope.ts';
import { responseTooLarge } from '../transport/connection-fault.ts';
import type { RequestTimings, Transport } from '../transport/transport.ts';
import { consoleLine } from './console-line.ts';
import type { Engine, EngineRequest, EngineResponse, Execution, Hooks, Lane, Limits } from './execution.ts';
import { createItemCollections, type ItemCollections } from './item-collections.ts';
import type { SdkModule, SdkRequest, SdkResponse, VariableScope } from './postman-sdk.ts';
import { gateRequests, type Requester, toRequest } from './request-gate.ts';
import { setImmediateInstructions } from './run-instructions.ts';
import { createSandbox, type Host, type Sandbox, type ScriptTriggers, sandboxModuleOf } from './sandbox-host.ts';
import type { State } from './state.ts';

/**
 * Newman behind one file: the only one that knows it. One run of Newman for each request, with Postman's whole state going in and
 * coming out as data. What happens is read from Newman's events, since its summary leaves out and doubles things.
 */

export interface EngineOptions {
  readonly collection: PostmanCollection;
  /** Name of the package to take Newman from. Default: `newman`. */
  readonly newman?: string | undefined;
  /** The way out for its requests. */
  readonly transport: Transport;
}

/** Sandboxes that lanes have at the most, as they compute at the same time; with more lanes, some share one. Each takes about 40 MB. */
const mostSandboxes = Math.max(2, availableParallelism());

export function createEngine({ collection, newman = 'newman', transport }: EngineOptions): Engine {
  const sandboxes: Sandbox[] = [];
  const free: Sandbox[] = [];
  let lanes = 0;
  const itemsOf = (ran: PostmanCollection) => createItemCollections(ran, () => load(newman).sdk);
  const items = itemsOf(collection);
  const sandboxFor = () => {
    const sandbox = free.pop() ?? sandboxes[lanes % mostSandboxes] ?? createSandbox(() => load(newman).sandboxModule);
    if (!sandboxes.includes(sandbox)) sandboxes.push(sandbox);
    lanes += 1;
    return sandbox;
  };
  return {
    lane: (changed) => {
      const ofLane = changed ? itemsOf(compileForRun(changed)) : items;
      let sandbox: Sandbox | undefined;
      return {
        execute: (itemId, state, limits, hooks = {}) => {
          sandbox ??= sandboxFor();
          return executeItem({ ...load(newman), items: ofLane, transport, sandbox }, itemId, state, limits, hooks);
        },
        release: () => {
          if (sandbox) free.push(sandbox);
          sandbox = undefined;
        },
      } satisfies Lane;
    },
    close: () => {
      transport.close();
      for (const sandbox of sandboxes) sandbox.dispose();
    },
  };
}

interface NewmanEvents {
  on(event: string, listener: (error: NewmanError | null, data: NewmanEvent) => void): unknown;
}

type NewmanError = Error & { readonly code?: string };

interface NewmanEvent {
  readonly run?: RuntimeRun;
  readonly assertion?: string;
  readonly messages?: readonly unknown[];
  readonly event?: { readonly listen: string };
  readonly execution?: ScriptExecution;
  readonly error?: Error;
  readonly request?: SdkRequest;
  readonly response?: SdkResponse;
  readonly item?: { readonly id: string };
  readonly history?: { execution?: { data?: readonly { timings?: { offset?: RequestTimings } }[] } };
}

interface ScriptExecution {
  readonly return?: { readonly nextRequest?: unknown };
  /** Variables of the run; older runtimes store them nowhere else. */
  readonly _variables?: VariableScope;
}

interface RuntimeState {
  environment: VariableScope;
  globals: VariableScope;
  collectionVariables: VariableScope;
  _variables: VariableScope;
}

interface RuntimeRun {
  host?: Host;
  readonly requester: Requester;
  readonly state: RuntimeState;
  readonly triggers: ScriptTriggers;
  abort(): void;
}

interface RuntimeRunner {
  run(collection: unknown, options: object, callback: (error: Error | null, run?: RuntimeRun) => void): void;
}

interface RuntimeModule {
  Runner: new (...options: unknown[]) => RuntimeRunner;
}

interface NewmanModule {
  run(options: object, callback: (error: Error | null) => void): NewmanEvents;
}

interface LoadedNewman {
  readonly newman: NewmanModule;
  readonly sdk: SdkModule;
  readonly sandboxModule: ReturnType<typeof sandboxModuleOf>;
}

const require = createRequire(import.meta.url);
const loaded = new Map<string, LoadedNewman>();

/**
 * Newman with the runtime and the SDK that this package depends on, in place of the older ones that Newman asks for. In this project
 * `overrides` sees to it; npm heeds neither that nor a lock file of a package that others install, so for them it is done here, before
 * Newman is loaded. Another package than `newman` is taken as it is.
 */
function load(name: string): LoadedNewman {
  const known = loaded.get(name);
  if (known) return known;
  const asNewman = createRequire(require.resolve(name));
  if (name === 'newman') {
    for (const part of ['postman-collection', 'postman-runtime']) {
      const asked = asNewman.resolve(part);
      const ours = require.resolve(part);
      if (asked === ours) continue;
      require(ours);
      require.cache[asked] = require.cache[ours];
    }
  }
  const from = name === 'newman' ? require : asNewman;
  handOverRuns(from('postman-runtime') as RuntimeModule);
  // What a person has for Newman in general (.newmanrc) is not meant for these runs: reporters, iterations, folders.
  const rcFile = require(`${name}/lib/config/rc-file`) as {
    load: (done: (error: null, options: object) => void) => void;
  };
  rcFile.load = (done) => done(null, {});
  const result: LoadedNewman = {
    newman: require(name) as NewmanModule,
    sdk: from('postman-collection') as SdkModule,
    sandboxModule: sandboxModuleOf(from.resolve('postman-runtime')),
  };
  loaded.set(name, result);
  return result;
}

/** What goes to a run of the runtime that Newman has no options for. */
interface Handover {
  readonly collection: object;
  readonly options: object;
  /** Prepares the run before it starts. */
  prepare(run: RuntimeRun): Promise<void>;
}

/** Newman makes its Runner at once when it is asked to run, so that whoever sets this just before says whose run it is. */
let handover: Handover | undefined;

function handOverRuns(runtime: RuntimeModule): void {
  const { Runner } = runtime;
  runtime.Runner = class extends Runner {
    readonly #handover = handover;

    override run(
      collection: unknown,
      options: Readonly<Record<string, object>>,
      callback: (error: Error | null, run?: RuntimeRun) => void,
    ): void {
      const given = this.#handover;
      if (!given) {
        super.run(collection, options, callback);
        return;
      }
      const { requester, ...handed } = given.options as Readonly<Record<string, object>>;
      const all = { ...options, ...handed, requester: { ...options.requester, ...requester } };
      super.run(given.collection, all, (error, run) => {
        if (error || !run) return callback(error, run);
        given.prepare(run).then(
          () => callback(null, run),
          (failure: Error) => callback(failure),
        );
      });
    }
  };
}

interface Surroundings extends LoadedNewman {
  readonly items: ItemCollections;
  readonly transport: Transport;
  readonly sandbox: Sandbox;
}

/** Milliseconds beside its limits that an execution may go without a sign of life, and that it may take to end when it is to. */
const patience = 5000;
const grace = 1000;

async function executeItem(
  around: Surroundings,
  itemId: string,
  state: State,
  limits: Limits,
  hooks: Hooks,
  again = 20,
): Promise<Execution> {
  const draft = newDraft(itemId, state);
  const built = around.items.take(itemId);
  const ending = new Promise<'done' | 'given up'>((resolve) => {
    const watch = watchdog(limits, () => resolve('given up'));
    draft.onSign = watch.sign;
    runItem(around, built, draft, limits, hooks).then(
      () => resolve('done'),
      (error: Error) => {
        draft.error ??= { code: undefined, message: `Newman could not run it: ${error.message}` };
        resolve('done');
      },
    );
    draft.onOver = watch.stop;
  });
  const how = await ending;
  draft.onOver();
  if (how === 'done') around.items.giveBack(itemId, built);
  else {
    draft.error ??= {
      code: limits.signal?.aborted ? 'ABORTED' : 'ETIMEDOUT',
      message: 'the engine did not answer in time',
    };
    draft.run?.abort();
    // A script that is still running would go on beside those that follow.
    around.sandbox.dispose();
  }
  const isToBeRunAgain = draft.endedByAnother && again > 0 && !limits.signal?.aborted;
  return isToBeRunAgain ? executeItem(around, itemId, state, limits, hooks, again - 1) : finished(draft);
}

/** Calls `giveUp` when there was no sign of life for longer than anything may take, or `grace` after the signal. */
function watchdog(
  { requestTimeout, waitTimeout = 0, scriptTimeout, signal }: Limits,
  giveUp: () => void,
): { sign(): void; stop(): void } {
  const longest = Math.min(Math.max(requestTimeout + waitTimeout, scriptTimeout) + patience, 2 ** 31 - 1);
  const timer = setTimeout(giveUp, longest);
  let last: NodeJS.Timeout | undefined;
  const abort = () => {
    last = setTimeout(giveUp, grace);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return {
    sign: () => void timer.refresh(),
    stop: () => {
      clearTimeout(timer);
      clearTimeout(last);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** An execution while it goes on. */
interface Draft {
  readonly itemId: string;
  readonly startedAt: number;
  readonly before: State;
  run: RuntimeRun | undefined;
  request: EngineRequest | undefined;
  response: EngineResponse | undefined;
  error: Execution['error'];
  refusal: unknown;
  skipped: boolean;
  next: Execution['next'];
  readonly assertions: { name: string; message: string | undefined }[];
  readonly scriptErrors: { listen: string; message: string }[];
  readonly console: string[];
  /** Variables of the run after the last script, where the runtime does not store them. */
  variables: VariableScope | undefined;
  /** Why a pre-request script was ended by force: then nothing is sent. */
  ended: string | undefined;
  /** It was because of a script of another lane, so that it can be run again. */
  endedByAnother: boolean;
  listen: string;
  /** Resolves when what scripts sent without waiting for it has ended. */
  besides(): Promise<void>;
  onSign(): void;
  onOver(): void;
}

function newDraft(itemId: string, before: State): Draft {
  return {
    itemId,
    startedAt: Date.now(),
    before,
    run: undefined,
    request: undefined,
    response: undefined,
    error: undefined,
    refusal: undefined,
    skipped: false,
    next: undefined,
    assertions: [],
    scriptErrors: [],
    console: [],
    variables: undefined,
    ended: undefined,
    endedByAnother: false,
    listen: 'prerequest',
    besides: async () => {},
    onSign: () => {},
    onOver: () => {},
  };
}

function finished(draft: Draft): Execution {
  const { itemId, startedAt, request, response, error, refusal, assertions, scriptErrors, skipped, next } = draft;
  return {
    itemId,
    engine: 'newman',
    startedAt,
    durationMs: Date.now() - startedAt,
    request,
    response: error ? undefined : response,
    error: refusal === undefined ? error : undefined,
    refusal,
    assertions: [...assertions],
    scriptErrors: [...scriptErrors],
    console: [...draft.console],
    skipped,
    next,
    state: stateOf(draft),
  };
}

/** Rejects when Newman itself fails. */
function runItem(around: Surroundings, built: object, draft: Draft, limits: Limits, hooks: Hooks): Promise<void> {
  const { newman, sdk, sandbox, transport } = around;
  const { before } = draft;
  const prepare = async (run: RuntimeRun) => {
    draft.run = run;
    run.state.environment = new sdk.VariableScope(before.environment);
    run.state.globals = new sdk.VariableScope({ values: before.globals });
    run.state.collectionVariables = new sdk.VariableScope({ values: before.collection });
    draft.besides = setImmediateInstructions(run);
    run.host = await sandbox.hostFor({
      triggers: () => run.triggers,
      iteration: before.iteration,
      scriptTimeout: limits.scriptTimeout,
      onSkip: () => {
        draft.skipped = true;
      },
      onEnded: (reason, byAnother) => {
        if (draft.listen !== 'prerequest') return;
        draft.ended = reason;
        draft.endedByAnother = byAnother;
      },
    });
  };
  return new Promise((resolve, reject) => {
    handover = {
      collection: built,
      options: {
        entrypoint: { execute: draft.itemId, lookupStrategy: 'idOrName' },
        // Where a script goes on is for the caller to follow.
        disableSNR: true,
        // The agents know the proxies.
        ignoreProxyEnvironmentVariables: true,
        requester: { maxResponseSize: transport.maxResponseSize },
      },
      prepare,
    };
    try {
      const events = newman.run(
        {
          collection: { info: { name: 'one request' }, item: [] },
          reporters: [],
          iterationData: [before.row],
          iterationCount: 1,
          requestAgents: transport.agents,
          cookieJar: before.cookies.jar(),
          ignoreRedirects: !limits.followRedirects,
          // Nothing is written because of it; it makes the runtime measure the parts of a request.
          verbose: true,
        },
        (error) => (error ? reject(error) : draft.besides().then(resolve)),
      );
      listen(events, around, draft, limits, hooks, reject);
    } finally {
      handover = undefined;
    }
  });
}

/** Reads Newman's events into the draft. An error that a listener throws would leave Newman waiting: it ends the execution instead. */
function listen(
  events: NewmanEvents,
  { sdk, transport }: Surroundings,
  draft: Draft,
  limits: Limits,
  hooks: Hooks,
  fail: (error: Error) => void,
): void {
  const on = (event: string, listener: (error: NewmanError | null, data: NewmanEvent) => void) =>
    events.on(event, (error, data) => {
      draft.onSign();
      try {
        listener(error, data);
      } catch (thrown) {
        fail(thrown as Error);
      }
    });
  on('start', (_error, { run }) => {
    if (!run) return;
    run.state._variables = new sdk.VariableScope({ values: draft.before.run });
    gateRequests(run.requester, limits, {
      check: () => (draft.ended === undefined ? undefined : new Error(draft.ended)),
      beforeSend: async (request) => {
        draft.request = request;
        // Whoever is asked may take any time.
        const waiting = setInterval(() => draft.onSign(), patience);
        try {
          await hooks.beforeSend?.(request, stateOf(draft));
        } catch (refusal) {
          draft.refusal = refusal;
          throw refusal;
        } finally {
          clearInterval(waiting);
        }
      },
      onSign: () => draft.onSign(),
    });
  });
  on('beforePrerequest', () => {
    draft.listen = 'prerequest';
  });
  on('beforeTest', () => {
    draft.listen = 'test';
  });
  on('script', (error, { event, execution }) => {
    if (execution?._variables) draft.variables = execution._variables;
    const back = execution?.return;
    if (back && Object.hasOwn(back, 'nextRequest')) draft.next = { to: nameOf(back.nextRequest) };
    hooks.onState?.(stateOf(draft));
    if (error) draft.scriptErrors.push({ listen: event?.listen ?? draft.listen, message: error.message });
  });
  on('console', (_error, { messages }) => {
    if (draft.console.length < mostConsoleLines) draft.console.push(consoleLine(messages ?? []));
  });
  on('assertion', (error, { assertion }) => {
    draft.assertions.push({ name: assertion ?? '', message: error ? error.message : undefined });
  });
  on('request', (error, { request, response, item, history }) => {
    if (item?.id !== draft.itemId) {
      // It is one that a script sends. As in Newman, the run fails with it.
      if (error) draft.scriptErrors.push({ listen: draft.listen, message: `pm.sendRequest: ${error.message}` });
      return;
    }
    if (draft.refusal !== undefined || draft.ended !== undefined) {
      draft.request = undefined;
      return;
    }
    if (request) draft.request = toRequest(request);
    const timings = history?.execution?.data?.at(-1)?.timings?.offset;
    draft.response = response && !error ? toResponse(response, timings, transport.hasHolds) : undefined;
    draft.error = error ? toEngineError(error, transport) : undefined;
  });
}

const mostConsoleLines = 1000;

/** `setNextRequest` takes an id or a name; anything else that is no text names no request, which ends the run. */
function nameOf(next: unknown): string | null {
  return next === null || next === undefined ? null : String(next);
}

/** The runtime says nothing but that there is a limit. */
function toEngineError(
  { code, message }: NewmanError,
  { maxResponseSize }: Transport,
): NonNullable<Execution['error']> {
  return message === 'Maximum response size reached' ? responseTooLarge(maxResponseSize) : { code, message };
}

function toResponse(response: SdkResponse, timings: RequestTimings | undefined, mayWait: boolean): EngineResponse {
  // Newman's clock runs while a request waits until it may leave.
  const waited = mayWait ? Math.max(0, timings?.socket ?? 0) : 0;
  return {
    status: response.code,
    reason: response.status,
    headers: toRequest({ method: '', url: '', headers: response.headers }).headers,
    body: response.text(),
    timings,
    durationMs: Math.max(0, response.responseTime - waited),
  };
}

/** The state as the scripts have left it. */
function stateOf({ before, run, variables }: Draft): State {
  if (!run) return before;
  const { environment, globals, collectionVariables, _variables } = run.state;
  return {
    ...before,
    environment: { ...before.environment, values: scopeOf(environment, before.environment.values) },
    globals: scopeOf(globals, before.globals),
    collection: scopeOf(collectionVariables, before.collection),
    run: scopeOf(variables ?? _variables ?? { values: { toJSON: () => [...before.run] } }, before.run),
  };
}

/** The variables of a scope. Newman forgets which of them are secret. */
function scopeOf(scope: VariableScope, before: Scope): Scope {
  const secret = new Set(before.filter(({ type }) => type === 'secret').map(({ key }) => key));
  return scope.values.toJSON().map(({ key, value, type, disabled }) => ({
    key,
    value,
    ...(secret.has(key) ? { type: 'secret' } : type !== undefined && type !== 'any' && { type }),
    ...(disabled && { disabled }),
  }));
}
