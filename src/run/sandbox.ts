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
  execute(target: unknown, options: { readonly id: string }, callback: Callback<unknown>): void;
  dispatch(event: string, ...values: unknown[]): void;
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  removeAllListeners(event: string): unknown;
  dispose(): void;
}

type PostmanSandbox = Host & { readonly hasTimedOut: boolean };

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
  readonly requester?: { readonly agents?: { readonly http?: Agent } };
}

/** The part of `postman-runtime` that is used here. */
export interface RuntimeModule {
  Runner: new (...options: unknown[]) => RuntimeRunner;
}

/** Sandboxes by the agent of the runs that share them: of what Newman is given, that arrives at the runtime as it is. */
const sandboxes = new WeakMap<Agent, SharedSandbox>();

/** A sandbox for all runs with this agent (`http` of Newman's `requestAgents`). It boots when the first one needs it. */
export function createSandbox(agent: Agent): Sandbox {
  const sandbox = new SharedSandbox();
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
      super.run(collection, options, (error, run) => {
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
        owners.set(options.id, { run, skipped: false });
        context.execute(target, options, (error, result) => {
          callback(error, result);
          forget(options.id);
        });
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

/** The sandbox of the runtime that Newman runs with. */
function loadSandbox(): { createContext(options: object, callback: Callback<PostmanSandbox>): void } {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('postman-runtime'))('postman-sandbox');
}
