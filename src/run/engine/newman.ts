import { createRequire } from 'node:module';
import type { PostmanCollection } from '../../compile/collection.ts';
import { IncompleteError, messageOf } from '../../errors.ts';
import type { HeaderField } from '../result/result.ts';
import { responseTooLarge } from '../transport/connection-fault.ts';
import type { Transport } from '../transport/transport.ts';
import {
  createSandbox,
  letRunsShareSandbox,
  type RuntimeModule,
  type SandboxOptions,
  scriptTimeout,
} from './sandbox-host.ts';

/**
 * Newman behind one door: the only file that knows it. What comes out is plain data, one execution for each item that
 * Newman reached, built from its events (its summary leaves out and doubles things).
 */

/**
 * Newman with what its runs share: the collection, the connections, and the thread that scripts run in. Several runs may go
 * on at once; none sees the variables of another.
 */
export interface Engine {
  /**
   * Runs items of the collection. Resolves with the variables at the end; rejects with `IncompleteError` when Newman itself
   * fails. A failed check or a refused connection is no rejection: it is in the executions.
   */
  runItems(options: ItemsOptions): Promise<Record<string, string>>;
  /** Ends connections and thread. */
  close(): void;
}

/** What to run, and with what. */
export interface ItemsOptions {
  /** Ids of the items to run, in the order of the collection. */
  readonly items: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** Cookies to begin with; those of the responses are added. */
  readonly cookies: Cookies;
  /** Milliseconds for one request, from its start to the end of its answer. */
  readonly requestTimeout: number;
  /** Ends the run: the request in flight is broken off, nothing more is sent. */
  readonly signal?: AbortSignal | undefined;
  onStart(itemId: string): void;
  /** Called with the variables after each script. */
  onValues?(values: Readonly<Record<string, string>>): void;
  /** Called with the variables when the pre-request scripts have run; `false` ends the run before anything is sent. */
  onReady?(itemId: string, values: Readonly<Record<string, string>>): boolean;
  /** Called when an item is done; `false` ends the run before the next one. */
  onDone(execution: Execution): boolean;
}

/** The cookies of a run. Newman wants them in the class it has itself, which comes without types. */
export interface Cookies {
  readonly getCookies: unknown;
}

/** A run's cookies, to be handed to each of its `runItems`. */
export function createCookies(): Cookies {
  const { CookieJar } = createRequire(import.meta.url)('@postman/tough-cookie') as { CookieJar: new () => Cookies };
  return new CookieJar();
}

/** What happened with one item. Holds secrets. */
export interface Execution {
  readonly itemId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Scripts and request together, in milliseconds. */
  readonly durationMs: number;
  /** Undefined when nothing was sent. */
  readonly request: EngineRequest | undefined;
  /** Undefined when there was no (whole) answer. */
  readonly response: EngineResponse | undefined;
  /** Why there is no answer. */
  readonly error: { readonly code: string | undefined; readonly message: string } | undefined;
  /** Each `pm.test` that ran, in order. */
  readonly assertions: readonly { readonly name: string; readonly message: string | undefined }[];
  /** Errors that ended a script. */
  readonly scriptErrors: readonly { readonly listen: string; readonly message: string }[];
  /** What scripts wrote to the console, a line an entry. */
  readonly console: readonly string[];
  /** Every variable and its value after the item. */
  readonly values: Readonly<Record<string, string>>;
}

export interface EngineRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderField[];
  readonly body: string | undefined;
}

export interface EngineResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderField[];
  readonly body: string;
  /** Undefined when the runtime did not measure them. */
  readonly timings: EngineTimings | undefined;
  /** From sending to the end of the answer, in milliseconds. */
  readonly durationMs: number;
}

/** Moments of a request, in milliseconds from its start; a negative or missing one did not happen. */
export interface EngineTimings {
  readonly socket?: number;
  readonly lookup?: number;
  readonly connect?: number;
  readonly secureConnect?: number;
  readonly response?: number;
  readonly end?: number;
}

/** Value of a header, whose name is compared without case; undefined when there is none. */
export function headerValue(headers: readonly HeaderField[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}

/** The part of Newman that is used here. */
export interface NewmanModule {
  run(options: object, callback: (error: Error | null) => void): NewmanEmitter;
}

interface NewmanEmitter {
  on(event: string, listener: (error: NewmanError | null, data: NewmanEvent) => void): unknown;
}

type NewmanError = Error & { code?: string };

interface NewmanEvent {
  readonly run?: { abort(): void };
  readonly item?: { id: string };
  readonly assertion?: string;
  readonly error?: { message?: string };
  readonly messages?: readonly unknown[];
  readonly event?: { listen: string };
  readonly execution?: ScriptExecution;
  readonly request?: NewmanRequest;
  readonly response?: {
    code: number;
    status: string;
    responseTime: number;
    headers: NewmanHeaders;
    text(): string;
  };
  readonly history?: { execution?: { data?: readonly { timings?: { offset?: EngineTimings } }[] } };
}

interface NewmanRequest {
  readonly method: string;
  readonly url: { toString(): string };
  readonly headers: NewmanHeaders;
  readonly body?: { isEmpty(): boolean; toString(): string };
}

interface NewmanHeaders {
  each(visit: (header: { key: string; value: string; disabled?: boolean }) => void): void;
}

interface ScriptExecution {
  readonly environment?: NewmanScope;
  readonly collectionVariables?: NewmanScope;
  /** Both, where the sandbox tells them at once. */
  readonly plain?: Readonly<Record<string, unknown>>;
}

/** A VariableScope of Postman's SDK. */
interface NewmanScope {
  toObject(excludeDisabled: boolean): Readonly<Record<string, unknown>>;
}

type Draft = { -readonly [Key in keyof Execution]: Execution[Key] } & {
  assertions: { name: string; message: string | undefined }[];
  scriptErrors: { listen: string; message: string }[];
  console: string[];
};

export interface EngineOptions extends SandboxOptions {
  readonly collection: PostmanCollection;
  /** Newman's package to use. Default: `newman`. */
  readonly newman?: NewmanModule | undefined;
  /** The way out for its requests. */
  readonly transport: Transport;
}

export function createEngine({ collection, newman, transport, ...options }: EngineOptions): Engine {
  const sandbox = createSandbox(transport.agents.http, {
    ...options,
    runOptions: { ignoreProxyEnvironmentVariables: true },
    requesterOptions: { maxResponseSize: transport.maxResponseSize },
  });
  return {
    runItems: (items) => runItems(newman ?? loadNewman(), collection, items, transport),
    close: () => {
      transport.close();
      sandbox.dispose();
    },
  };
}

async function runItems(
  newman: NewmanModule,
  collection: PostmanCollection,
  options: ItemsOptions,
  transport: Transport,
): Promise<Record<string, string>> {
  let values: Record<string, string> = { ...options.values };
  let current: Draft | undefined;
  let abort = () => {};
  const stop = () => {
    abort();
    // Newman lets the request in flight finish. Closing its socket is what ends it now.
    transport.close();
  };
  options.signal?.addEventListener('abort', stop);
  const finish = (): boolean => {
    if (!current) return true;
    const done: Execution = { ...current, values, durationMs: Date.now() - current.startedAt };
    current = undefined;
    return options.onDone(done);
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const emitter = newman.run(newmanOptions(collection, options, values, transport.agents), (error) => {
        if (error)
          reject(new IncompleteError(`Newman could not run the collection: ${error.message}`, { cause: error }));
        else resolve();
      });
      emitter.on('start', (_error, { run }) => {
        abort = () => run?.abort();
        if (options.signal?.aborted) abort();
      });
      emitter.on('beforeItem', (_error, { item }) => {
        if (!item) return;
        current = newExecution(item.id, values);
        options.onStart(item.id);
      });
      emitter.on('script', (error, { event, execution }) => {
        const after = execution && variablesAfter(execution);
        if (after) {
          values = after;
          options.onValues?.(values);
        }
        if (error && current) current.scriptErrors.push({ listen: event?.listen ?? 'script', message: error.message });
      });
      emitter.on('prerequest', (_error, { item }) => {
        const failed = current?.assertions.some(({ message }) => message !== undefined);
        if (item && !failed && options.onReady?.(item.id, values) === false) {
          current = undefined;
          abort();
        }
      });
      emitter.on('console', (_error, { messages }) =>
        current?.console.push((messages ?? []).map(consoleText).join(' ')),
      );
      emitter.on('assertion', (error, { assertion }) => {
        current?.assertions.push({ name: assertion ?? '', message: error ? error.message : undefined });
      });
      emitter.on('beforeRequest', (_error, { request }) => {
        if (current && request) current.request = toRequest(request);
      });
      emitter.on('request', (error, { request, response, history }) => {
        if (!current) return;
        if (request) current.request = toRequest(request);
        const timings = history?.execution?.data?.at(-1)?.timings?.offset;
        current.response = response && !error ? toResponse(response, timings, transport.hasHolds) : undefined;
        current.error = error ? toEngineError(error, transport) : undefined;
      });
      emitter.on('item', () => {
        if (!finish()) abort();
      });
    });
    // After an abort Newman forgets the item that was under way.
    finish();
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
  return values;
}

const require = createRequire(import.meta.url);

/**
 * Newman with the runtime and the SDK that this package depends on, and that its tests run, in place of the older ones that
 * Newman asks for. In this project `overrides` sees to it; npm heeds neither that nor a lock file of a package that others
 * install, so for them it is done here, before Newman is loaded.
 */
function loadNewman(): NewmanModule {
  if (loaded) return loaded;
  const asNewman = createRequire(require.resolve('newman'));
  for (const name of ['postman-collection', 'postman-runtime']) {
    const asked = asNewman.resolve(name);
    const ours = require.resolve(name);
    if (asked === ours) continue;
    require(ours);
    require.cache[asked] = require.cache[ours];
  }
  letRunsShareSandbox(require('postman-runtime') as RuntimeModule);
  // What a person has for Newman in general (.newmanrc) is not meant for these runs: reporters, iterations, folders.
  const rcFile = require('newman/lib/config/rc-file') as {
    load: (done: (error: null, options: object) => void) => void;
  };
  rcFile.load = (done) => done(null, {});
  loaded = require('newman') as NewmanModule;
  return loaded;
}

let loaded: NewmanModule | undefined;

function newmanOptions(
  collection: PostmanCollection,
  options: ItemsOptions,
  values: Readonly<Record<string, string>>,
  agents: object,
): object {
  return {
    collection,
    // An empty value would hide the collection's own value of that name.
    environment: {
      values: Object.entries(values)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => ({ key, value, type: 'any', enabled: true })),
    },
    folder: [...options.items],
    reporters: [],
    timeoutRequest: options.requestTimeout,
    timeoutScript: scriptTimeout,
    requestAgents: agents,
    cookieJar: options.cookies,
    ignoreRedirects: true,
    // Nothing is written because of it; it makes the runtime measure the parts of a request.
    verbose: true,
  };
}

function newExecution(itemId: string, values: Readonly<Record<string, string>>): Draft {
  return {
    itemId,
    startedAt: Date.now(),
    durationMs: 0,
    request: undefined,
    response: undefined,
    error: undefined,
    assertions: [],
    scriptErrors: [],
    console: [],
    values,
  };
}

/** Newman tells of it before it is sent, and once more with the headers that were added for sending. */
function toRequest({ method, url, headers, body }: NewmanRequest): EngineRequest {
  return {
    method,
    url: url.toString(),
    headers: toHeaders(headers),
    body: body && !body.isEmpty() ? body.toString() : undefined,
  };
}

function toHeaders(headers: NewmanHeaders): HeaderField[] {
  const fields: HeaderField[] = [];
  headers.each(({ key, value, disabled }) => {
    if (!disabled) fields.push({ name: key, value });
  });
  return fields;
}

/** The runtime says nothing but that there is a limit. */
function toEngineError(
  { code, message }: NewmanError,
  { maxResponseSize }: Transport,
): NonNullable<Execution['error']> {
  return message === 'Maximum response size reached' ? responseTooLarge(maxResponseSize) : { code, message };
}

function toResponse(
  response: NonNullable<NewmanEvent['response']>,
  timings: EngineTimings | undefined,
  mayWait: boolean,
): EngineResponse {
  // Newman's clock runs while a request waits until it may leave.
  const waited = mayWait ? Math.max(0, timings?.socket ?? 0) : 0;
  return {
    status: response.code,
    reason: response.status,
    headers: toHeaders(response.headers),
    body: response.text(),
    timings,
    durationMs: Math.max(0, response.responseTime - waited),
  };
}

/** Undefined when the script has changed nothing. */
function variablesAfter({
  plain,
  environment,
  collectionVariables,
}: ScriptExecution): Record<string, string> | undefined {
  const variables = plain ?? (environment && { ...collectionVariables?.toObject(true), ...environment.toObject(true) });
  return variables && Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function consoleText(part: unknown): string {
  return typeof part === 'string' ? part : messageOf(JSON.stringify(part));
}
