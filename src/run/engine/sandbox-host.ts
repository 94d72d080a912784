import type { Agent } from 'node:http';
import { createRequire } from 'node:module';

/**
 * The sandbox that scripts run in, kept up for many of Newman's runs. By itself the runtime boots one for each run, a worker
 * thread that takes about as long as a whole flow, and gives it up at the end.
 */
export interface Sandbox {
  /** Ends the worker thread. */
  dispose(): void;
}

/** Milliseconds that a script may take before the sandbox is ended, as in an endless loop. */
export const scriptTimeout = 10_000;

type Callback<Value> = (error: Error | null, value?: Value) => void;
type Listener = (...values: never[]) => void;

/** What a run of the runtime needs of the sandbox; a `PostmanSandbox` has more. */
interface Host {
  execute(target: ScriptEvent, options: ExecuteOptions, callback: Callback<ScriptResult>): void;
  dispatch(event: string, ...values: unknown[]): void;
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  removeAllListeners(event: string): unknown;
  dispose(): void;
}

type PostmanSandbox = Host & { readonly hasTimedOut: boolean };

/** An `Event` of Postman's SDK. */
interface ScriptEvent {
  readonly listen?: string;
  readonly script?: { toSource(): string | undefined };
}

interface ExecuteOptions {
  readonly id: string;
  readonly context?: {
    readonly _variables?: VariableScope;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly environment?: VariableScope;
    readonly collectionVariables?: VariableScope;
    readonly globals?: VariableScope;
  };
  readonly legacy?: { readonly _itemId?: string };
}

/** A `VariableScope` of Postman's SDK. */
interface VariableScope {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  unset(name: string): void;
  toObject(): Readonly<Record<string, unknown>>;
}

/** What the sandbox answers: plain data. */
interface ScriptResult {
  readonly environment?: PlainScope | undefined;
  readonly collectionVariables?: PlainScope | undefined;
  readonly globals?: PlainScope | undefined;
  readonly request?: unknown;
  /** Added here: every variable of these two scopes and its value. */
  readonly plain?: Readonly<Record<string, unknown>>;
  readonly _variables?: PlainScope | undefined;
}

interface PlainScope {
  readonly values?: readonly PlainVariable[];
  readonly mutations?: unknown;
}

interface PlainVariable {
  readonly key?: string;
  readonly value?: unknown;
  readonly type?: string;
  readonly disabled?: boolean;
}

/**
 * The variables of the run that a pre-request script of an item would set, when that is all it would do; undefined when it has to run.
 * `read` reads variables as the script would.
 */
export type KnownScript = (
  itemId: string,
  source: string,
  read: (name: string) => unknown,
) => ReadonlyMap<string, string> | undefined;

interface Cursor {
  readonly execution?: string;
}

/** A run of the runtime. */
interface RuntimeRun {
  host?: Host;
  readonly triggers: Readonly<
    Record<'console' | 'exception' | 'assertion', (cursor: Cursor, ...values: unknown[]) => void>
  > & { error(error: Error): void };
}

interface RuntimeRunner {
  run(collection: unknown, options: RunnerOptions, callback: Callback<RuntimeRun>): void;
}

interface RunnerOptions {
  /** The runtime leaves proxies to the agents. */
  readonly ignoreProxyEnvironmentVariables?: boolean;
  readonly requester?: RequesterOptions & { readonly agents?: { readonly http?: Agent } };
}

interface RequesterOptions {
  /** Bytes of a response after decoding. */
  readonly maxResponseSize?: number;
}

/** The part of `postman-runtime` that is used here. */
export interface RuntimeModule {
  Runner: new (...options: unknown[]) => RuntimeRunner;
}

/** Sandboxes by the agent of the runs that share them: of what Newman is given, that arrives at the runtime as it is. */
const sandboxes = new WeakMap<Agent, SharedSandbox>();

export interface SandboxOptions {
  /** Scripts that it knows are not run. Default: all are run. */
  readonly knownScript?: KnownScript | undefined;
  /** Called once, while the first script runs in its thread: for work that would be waited for elsewhere. */
  readonly meanwhile?: (() => void) | undefined;
  /** Options of the runtime that Newman does not pass on. */
  readonly runOptions?: Pick<RunnerOptions, 'ignoreProxyEnvironmentVariables'>;
  readonly requesterOptions?: RequesterOptions;
}

/** A sandbox for all runs with this agent (`http` of Newman's `requestAgents`). It boots when the first one needs it. */
export function createSandbox(agent: Agent, options: SandboxOptions = {}): Sandbox {
  const sandbox = new SharedSandbox(options);
  sandboxes.set(agent, sandbox);
  return sandbox;
}

/** Lets runs of the runtime share a sandbox. Before Newman is loaded, since that takes the class once. */
export function letRunsShareSandbox(runtime: RuntimeModule): void {
  const { Runner } = runtime;
  runtime.Runner = class extends Runner {
    override run(collection: unknown, options: RunnerOptions, callback: Callback<RuntimeRun>): void {
      const agent = options.requester?.agents?.http;
      const sandbox = agent && sandboxes.get(agent);
      if (!sandbox) {
        super.run(collection, options, callback);
        return;
      }
      const { runOptions, requesterOptions } = sandbox;
      const requester = { ...options.requester, ...requesterOptions };
      super.run(collection, { ...options, ...runOptions, requester }, (error, run) => {
        if (error || !run) return callback(error, run);
        sandbox.hostFor(run).then(
          (host) => {
            // A run that has a host makes none.
            run.host = host;
            callback(null, run);
          },
          (failure: Error) => callback(failure),
        );
      });
    }
  };
}

/** The event by which a script says that its request is not to be sent. */
const skipEvent = 'execution.skipRequest.';

class SharedSandbox implements Sandbox {
  #context: Promise<PostmanSandbox> | undefined;
  /** Whose scripts are running, by the id of the execution. */
  readonly #owners = new Map<string, { readonly run: RuntimeRun; skipped: boolean }>();
  readonly #knownScript: KnownScript | undefined;
  #meanwhile: (() => void) | undefined;
  readonly runOptions: SandboxOptions['runOptions'];
  readonly requesterOptions: SandboxOptions['requesterOptions'];

  constructor({ knownScript, meanwhile, runOptions, requesterOptions }: SandboxOptions) {
    this.#knownScript = knownScript;
    this.runOptions = runOptions;
    this.requesterOptions = requesterOptions;
    this.#meanwhile = meanwhile;
  }

  async hostFor(run: RuntimeRun): Promise<Host> {
    const present = await this.#context;
    // One that a script has kept busy for too long is being ended.
    if (present?.hasTimedOut) this.#context = undefined;
    this.#context ??= this.#boot();
    const context = await this.#context;
    const owners = this.#owners;
    // What a run listens to for one script, by the id of its execution; the runtime forgets to take back a part of it, which would
    // keep each run for as long as there is a sandbox.
    const events = new Set<string>();
    // The variables of the run are one object, for the script and for those after it, until the runtime makes new ones of a result.
    let sharesVariables = true;
    const forget = (execution: string) => {
      owners.delete(execution);
      for (const event of events) {
        if (!event.endsWith(execution)) continue;
        context.removeAllListeners(event);
        events.delete(event);
      }
    };
    return {
      execute: (target, options, callback) => {
        const ofRun = options.context?._variables;
        const known = this.#knownScript && sharesVariables && knownVariables(target, options, this.#knownScript);
        if (known && ofRun) {
          for (const [name, value] of known) ofRun.set(name, value);
          queueMicrotask(() => {
            callback(null, {});
            forget(options.id);
          });
          return;
        }
        owners.set(options.id, { run, skipped: false });
        context.execute(target, options, (error, result) => {
          const lean = result && sharesVariables ? leanResult(result, target, options) : undefined;
          sharesVariables &&= !result || lean !== undefined;
          callback(error, lean ?? result);
          forget(options.id);
        });
        if (this.#meanwhile) setImmediate(this.#meanwhile);
        this.#meanwhile = undefined;
      },
      dispatch: (event, ...values) => context.dispatch(event, ...values),
      on: (event, listener) => {
        events.add(event);
        return context.on(event, (...values: never[]) => {
          const owner = event.startsWith(skipEvent) ? owners.get(event.slice(skipEvent.length)) : undefined;
          if (owner) owner.skipped = true;
          listener(...values);
        });
      },
      once: (event, listener) => {
        events.add(event);
        return context.once(event, listener);
      },
      removeAllListeners: (event) => context.removeAllListeners(event),
      // It goes on for the other runs.
      dispose: () => {},
    };
  }

  dispose(): void {
    this.#context?.then(
      (context) => context.dispose(),
      () => {},
    );
    this.#context = undefined;
  }

  #boot(): Promise<PostmanSandbox> {
    const { createContext } = loadSandbox();
    return new Promise((resolve, reject) => {
      createContext({ timeout: scriptTimeout }, (error, context) => {
        if (error || !context) return reject(error ?? new Error('the sandbox did not start'));
        const tell =
          (trigger: 'console' | 'exception' | 'assertion') =>
          (cursor: Cursor, ...values: unknown[]) => {
            const owner = this.#owners.get(cursor?.execution ?? '');
            if (owner && !owner.skipped) owner.run.triggers[trigger](cursor, ...values);
          };
        context.on('console', tell('console'));
        // What a listener of a run throws comes back here, without a word of whose it was: it ends all of them.
        context.on('error', (error: Error) => {
          for (const run of new Set([...this.#owners.values()].map((owner) => owner.run))) run.triggers.error(error);
        });
        context.on('execution.error', tell('exception'));
        context.on('execution.assertion', tell('assertion'));
        resolve(context);
      });
    });
  }
}

/** The variables of the run that a script would set, when it need not run. */
function knownVariables(
  { listen, script }: ScriptEvent,
  { context = {}, legacy }: ExecuteOptions,
  knownScript: KnownScript,
): ReadonlyMap<string, string> | undefined {
  const { _variables, data, environment, collectionVariables, globals } = context;
  const source = script?.toSource();
  if (listen !== 'prerequest' || source === undefined) return undefined;
  const read = (name: string) => {
    for (const scope of [_variables, data, environment, collectionVariables, globals]) {
      const value = isScope(scope) ? scope.get(name) : scope?.[name];
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return knownScript(legacy?._itemId ?? '', source, read);
}

function isScope(scope: VariableScope | Readonly<Record<string, unknown>> | undefined): scope is VariableScope {
  return typeof scope?.get === 'function';
}

/**
 * The result with what the runtime needs of it, and the variables of the run brought up to date. By itself the runtime makes objects of the SDK
 * of every variable, of those of the run three times, and of the request, also when a test script can change it no more; that takes longer than
 * all else that it does after a script. Undefined when variables are of types that only the SDK knows.
 */
function leanResult(
  result: ScriptResult,
  { listen }: ScriptEvent,
  { context }: ExecuteOptions,
): ScriptResult | undefined {
  const { environment, collectionVariables, globals, request, _variables, ...rest } = result;
  const kept = [...(collectionVariables?.values ?? []), ...(environment?.values ?? [])];
  const ofRun = _variables?.values ?? [];
  const isPlain = [...kept, ...ofRun].every(({ type, disabled }) => plainTypes.has(type) && !disabled);
  if (!isPlain || !context?._variables) return undefined;
  bringUpToDate(context._variables, ofRun);
  const changes = (scope: PlainScope | undefined) => scope && { mutations: scope.mutations };
  return {
    ...rest,
    ...(listen !== 'test' && { request }),
    environment: changes(environment),
    collectionVariables: changes(collectionVariables),
    globals: changes(globals),
    plain: Object.fromEntries(kept.map(({ key = '', value }) => [key, value])),
  };
}

function bringUpToDate(scope: VariableScope, variables: readonly PlainVariable[]): void {
  const values = new Map(variables.map(({ key = '', value }) => [key, value]));
  for (const name of Object.keys(scope.toObject())) if (!values.has(name)) scope.unset(name);
  for (const [name, value] of values) if (scope.get(name) !== value) scope.set(name, value);
}

/** Types of variables whose value is as it stands. */
const plainTypes: ReadonlySet<string | undefined> = new Set([undefined, 'any', 'default', 'secret', 'string']);

/** The sandbox of the runtime that Newman runs with. */
function loadSandbox(): { createContext(options: object, callback: Callback<PostmanSandbox>): void } {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('postman-runtime'))('postman-sandbox');
}
