import { randomUUID } from 'node:crypto';
import { app } from './http/app.ts';
import { respond } from './http/respond.ts';
import { invalidRequest } from './refusal.ts';
import { type ListeningSimulator, type ListenOptions, listen } from './server.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { buildState } from './state/build.ts';
import { defaultSeed } from './state/default-seed.ts';
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
}

/** One answered request. Holds no header, query or body, and so no secret. */
export interface RequestLogEntry {
  /** When the request arrived, ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly correlationId: string;
  /** What a person looking for a mistake should know, such as `unknown route`. */
  readonly note?: string;
}

/** A local PingOne. */
export interface Simulator {
  /** Answers a request without any network. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Serves it over HTTP. Rejects with a `ListenError`. */
  listen(options?: ListenOptions): Promise<ListeningSimulator>;
  /** Back to the seed. Tokens stay good, as long as their app is in the seed. */
  reset(): void;
  snapshot(): Snapshot;
}

/** A new simulator. Cheap: the HTTP application and the signing key are shared by all of a process. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { seed = defaultSeed(), now = () => new Date(), uuid = randomUUID, onRequest } = options;
  const world: World = {
    now,
    uuid,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    state: buildState(seed),
  };

  const fetch = async (request: Request): Promise<Response> => {
    const started = performance.now();
    const correlationId = uuid();
    const at = now();
    let note: string | undefined;
    const context = { world, correlationId, now: at, note: (text: string) => (note = text) };
    const response = await app.fetch(request, context);
    onRequest?.({
      at: at.toISOString(),
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      durationMs: performance.now() - started,
      correlationId,
      ...(note === undefined ? {} : { note }),
    });
    return response;
  };

  const malformedRequest = (): Response => {
    const correlationId = uuid();
    const body = invalidRequest().body(correlationId);
    return respond({ status: 400, body }, null, correlationId, now());
  };

  return {
    fetch,
    listen: (listenOptions) => listen(fetch, malformedRequest, listenOptions),
    reset: () => {
      world.state = buildState(seed);
    },
    snapshot: () => snapshotOf(world.state),
  };
}
