import { createRequire } from 'node:module';
import type { Transport } from '../../src/run/transport/transport.ts';

/** What Newman says of one request. */
export interface NewmanAnswer {
  readonly status: number | undefined;
  readonly body: string | undefined;
  readonly error: { readonly code: string | undefined; readonly message: string } | undefined;
}

interface Emitter {
  on(event: string, listener: (error: (Error & { code?: string }) | null, data: NewmanData) => void): void;
}

interface NewmanData {
  readonly response?: { readonly code: number; text(): string };
}

interface Runtime {
  Runner: new (...args: unknown[]) => { run(collection: unknown, options: object, done: unknown): void };
}

const require = createRequire(import.meta.url);
let current: Transport | undefined;

/** Newman with its runtime, which gets the options that Newman does not pass on. */
function loadNewman(name: 'newman' | 'newman-stock'): { run(options: object, done: () => void): Emitter } {
  const ofNewman = createRequire(require.resolve(name));
  const runtime = ofNewman('postman-runtime') as Runtime & { changed?: boolean };
  if (!runtime.changed) {
    const { Runner } = runtime;
    runtime.changed = true;
    runtime.Runner = class extends Runner {
      override run(collection: unknown, options: { requester?: object }, done: unknown): void {
        const maxResponseSize = current?.maxResponseSize;
        const requester = { ...options.requester, maxResponseSize };
        super.run(collection, { ...options, ignoreProxyEnvironmentVariables: true, requester }, done);
      }
    };
  }
  return require(name) as ReturnType<typeof loadNewman>;
}

/** Sends requests with Newman through a transport, one after the other; `script`: a test script of the first. */
export async function runNewman(
  transport: Transport,
  requests: readonly (string | object)[],
  name: 'newman' | 'newman-stock' = 'newman',
  script?: string,
): Promise<NewmanAnswer[]> {
  const answers: NewmanAnswer[] = [];
  current = transport;
  const newman = loadNewman(name);
  const item = requests.map((request, index) => ({
    name: `${index}`,
    request: typeof request === 'string' ? { method: 'GET', url: request } : request,
    event: script && index === 0 ? [{ listen: 'test', script: { exec: [script] } }] : [],
  }));
  await new Promise<void>((resolve) => {
    const emitter = newman.run(
      {
        collection: { info: { name: 'c' }, item },
        reporters: [],
        requestAgents: transport.agents,
        ignoreRedirects: true,
      },
      () => resolve(),
    );
    emitter.on('request', (error, { response }) =>
      answers.push({
        status: response?.code,
        body: response?.text(),
        error: error ? { code: error.code, message: error.message } : undefined,
      }),
    );
  });
  return answers;
}
