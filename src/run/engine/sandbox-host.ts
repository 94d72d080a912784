import { createRequire } from 'node:module';

/**
 * The sandboxes that scripts run in, kept up for many of Newman's runs. By itself the runtime boots one for each run, a worker thread
 * that takes about as long as a whole flow, and ends it with the run.
 */

type Callback<Value> = (error: Error | null, value?: Value) => void;
type Listener = (...values: never[]) => void;

/** What a run of the runtime needs of a sandbox; a `PostmanSandbox` has more. */
export interface Host {
  execute(target: unknown, options: ExecuteOptions, callback: Callback<unknown>): void;
  dispatch(event: string, ...values: unknown[]): void;
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  removeAllListeners(event: string): unknown;
  dispose(): void;
}

interface ExecuteOptions {
  readonly id: string;
  readonly cursor?: object;
  readonly timeout?: number;
}

/** The part of `postman-sandbox` that is used here. */
export interface SandboxModule {
  createContext(options: object, callback: Callback<Host>): void;
}

interface Cursor {
  readonly execution?: string;
}

/** What a run is told of its scripts. */
export type ScriptTriggers = Readonly<
  Record<'console' | 'exception' | 'assertion', (cursor: Cursor, ...values: unknown[]) => void>
>;

/** One run's use of a sandbox. */
export interface HostUse {
  triggers(): ScriptTriggers;
  readonly iteration: { readonly index: number; readonly count: number };
  /** Milliseconds that a script may take. */
  readonly scriptTimeout: number;
  onSkip(): void;
  /** A script was ended by force: it did not end in time, or its sandbox ended, `byAnother` because of a script of another lane. */
  onEnded(reason: string, byAnother: boolean): void;
}

/** A sandbox for the scripts of one lane: an endless script, or what scripts leave in it, is met by no other lane. */
export interface Sandbox {
  /** A host for one run; it passes everything on to the sandbox, and forgets what the run listened to. */
  hostFor(use: HostUse): Promise<Host>;
  /** Ends the thread; another begins when it is needed. */
  dispose(): void;
}

/** The event by which a script says that its request is not to be sent. */
const skipEvent = 'execution.skipRequest.';

/** A sandbox that boots when the first script needs it. */
export function createSandbox(module: () => SandboxModule): Sandbox {
  let context: Promise<Context> | undefined;
  return {
    hostFor: async (use) => {
      if ((await context?.catch(() => undefined))?.isOver) context = undefined;
      context ??= bootContext(module());
      return (await context).hostFor(use);
    },
    dispose: () => {
      context?.then(
        (booted) => booted.dispose(),
        () => {},
      );
      context = undefined;
    },
  };
}

function bootContext(module: SandboxModule): Promise<Context> {
  return new Promise((resolve, reject) => {
    module.createContext({}, (error, host) => {
      if (error || !host) reject(error ?? new Error('the sandbox did not start'));
      else resolve(new Context(host));
    });
  });
}

interface RunningScript {
  readonly use: HostUse;
  readonly end: (reason: string) => void;
  skipped: boolean;
}

/** A booted sandbox. */
class Context {
  readonly #host: Host;
  /** By the id of the execution. */
  readonly #running = new Map<string, RunningScript>();
  /** Its thread has ended, or is about to. */
  isOver = false;

  constructor(host: Host) {
    this.#host = host;
    const pass =
      (trigger: keyof ScriptTriggers) =>
      (cursor: Cursor, ...values: unknown[]) => {
        const script = this.#running.get(cursor?.execution ?? '');
        if (script && !script.skipped) script.use.triggers()[trigger](cursor, ...values);
      };
    host.on('console', pass('console'));
    host.on('execution.error', pass('exception'));
    host.on('execution.assertion', pass('assertion'));
    host.on('error', (error: Error) => this.#end(endOfThread(error)));
    host.on('exit', () => this.#end('the thread that scripts run in ended'));
  }

  dispose(): void {
    this.isOver = true;
    this.#host.dispose();
  }

  #end(reason: string): void {
    this.isOver = true;
    // Before the sandbox says of each that it was interrupted, which would not say why.
    for (const { end } of [...this.#running.values()]) end(reason);
    this.#host.dispose();
  }

  hostFor(use: HostUse): Host {
    const host = this.#host;
    // What a run listens to for one script; the runtime forgets to take back a part of it, which would retain each run.
    const events = new Set<string>();
    const forget = (execution: string) => {
      this.#running.delete(execution);
      for (const event of events) {
        if (!event.endsWith(execution)) continue;
        host.removeAllListeners(event);
        events.delete(event);
      }
    };
    return {
      execute: (target, options, callback) => this.#execute(target, options, callback, use, forget),
      dispatch: (event, ...values) => {
        if (!this.isOver) host.dispatch(event, ...values);
      },
      on: (event, listener) => {
        events.add(event);
        return host.on(event, (...values: never[]) => {
          const script = event.startsWith(skipEvent) ? this.#running.get(event.slice(skipEvent.length)) : undefined;
          if (script) {
            script.skipped = true;
            use.onSkip();
          }
          listener(...values);
        });
      },
      once: (event, listener) => {
        events.add(event);
        return host.once(event, listener);
      },
      removeAllListeners: (event) => host.removeAllListeners(event),
      // It goes on for the runs that follow.
      dispose: () => {},
    };
  }

  #execute(
    target: unknown,
    options: ExecuteOptions,
    callback: Callback<unknown>,
    use: HostUse,
    forget: (execution: string) => void,
  ): void {
    const { index, count } = use.iteration;
    let isDone = false;
    const done = (error: Error | null, result?: unknown) => {
      if (isDone) return;
      isDone = true;
      callback(error, result);
      forget(options.id);
    };
    const end = (reason: string, result?: unknown, byAnother = false) => {
      if (isDone) return;
      use.onEnded(reason, byAnother);
      done(new Error(reason), result);
    };
    this.#running.set(options.id, { use, end, skipped: false });
    if (this.isOver) {
      end('the thread that scripts run in ended');
      return;
    }
    const cursor = { ...options.cursor, iteration: index, cycles: count };
    const timeout = use.scriptTimeout;
    this.#host.execute(target, { ...options, cursor, timeout }, (error, result) => {
      if (error && /bridge disconnecting/.test(error.message)) return end(endedByAnother, undefined, true);
      const isLate = error && /not responding|execution timeout/.test(error.message);
      if (!isLate) return done(error, result);
      // The sandbox ends the thread of a script that does not answer.
      if (/not responding/.test(error.message)) this.isOver = true;
      end(`it did not end within ${timeout / 1000} seconds (--timeout-script)`, result);
    });
  }
}

const endedByAnother = 'a script of another lane ended the thread that scripts run in';

function endOfThread(error: Error & { readonly code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'it used more memory than a script may'
    : `the thread that scripts run in ended: ${error.message}`;
}

/** The sandbox of the runtime that a package depends on. */
export function sandboxModuleOf(runtime: string): SandboxModule {
  return createRequire(runtime)('postman-sandbox') as SandboxModule;
}
