import { createRequire } from 'node:module';

/**
 * Sandboxes that runs in this process have given up are kept for the next run: booting one takes longer than all that most tests do
 * in it. One that was broken off, or did not answer in time, is ended as always. Runs in a process of their own boot theirs.
 */

interface Context {
  readonly hasTimedOut: boolean;
  readonly _executing: Readonly<Record<string, unknown>>;
  dispose(): void;
  eventNames(): (string | symbol)[];
  rawListeners(event: string | symbol): ((...values: unknown[]) => void)[];
  removeAllListeners(): unknown;
  on(event: string | symbol, listener: (...values: unknown[]) => void): unknown;
}

type Created = (error: Error | null, context?: Context) => void;

const require = createRequire(import.meta.url);
const sandbox = createRequire(require.resolve('postman-runtime'))('postman-sandbox') as {
  createContext(options: object, callback: Created): void;
};
const { createContext } = sandbox;
const idle = new Map<string, Context[]>();

sandbox.createContext = (options, callback) => {
  const kind = JSON.stringify(options);
  const kept = idle.get(kind)?.pop();
  if (kept) {
    setImmediate(callback, null, kept);
    return;
  }
  createContext(options, (error, context) => {
    if (context) keepInsteadOfDisposing(context, kind);
    callback(error, context);
  });
};

function keepInsteadOfDisposing(context: Context, kind: string): void {
  let hasEnded = false;
  context.on('exit', () => {
    hasEnded = true;
  });
  const own = context.eventNames().map((event) => [event, context.rawListeners(event)] as const);
  const dispose = context.dispose.bind(context);
  context.dispose = () => {
    if (hasEnded || context.hasTimedOut || Object.keys(context._executing).length > 0) {
      dispose();
      return;
    }
    context.removeAllListeners();
    for (const [event, listeners] of own) for (const listener of listeners) context.on(event, listener);
    idle.set(kind, [...(idle.get(kind) ?? []), context]);
  };
}
