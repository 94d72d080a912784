import type { Definition } from '../../definition/definition.ts';
import type { HeaderField } from '../result/result.ts';
import type { RequestTimings } from '../transport/transport.ts';
import type { State } from './state.ts';

/** Newman with Postman's sandbox; or directly, without JavaScript. */
export type EngineName = 'newman' | 'direct';

/** Runs requests of a collection, one at a time: what goes in and comes out is data. */
export interface Engine {
  /**
   * A lane for requests that follow one another. Lanes run beside each other; none sees the state of another.
   *
   * @param changed What it runs in place of what the engine was made for.
   */
  lane(changed?: Definition): Lane;
  /** Ends connections and threads. */
  close(): void;
}

/** Runs one request after another. */
export interface Lane {
  /**
   * Runs one request: its pre-request scripts, `beforeSend`, the request, its test scripts. Resolves within the limits, whatever happens;
   * never rejects. A failed check, a refused connection or a script that never ends is in the execution.
   */
  execute(itemId: string, state: State, limits: Limits, hooks?: Hooks): Promise<Execution>;
  /** Gives back what the lane holds; it may be used again by another. */
  release(): void;
}

export interface Limits {
  /** Milliseconds for one request, from its start to the end of its answer. */
  readonly requestTimeout: number;
  /** Milliseconds that a request may wait before it leaves, for its turn. Default: 0. */
  readonly waitTimeout?: number | undefined;
  /** Milliseconds for one script. */
  readonly scriptTimeout: number;
  /** Whether an answer that redirects is followed, as Postman does by default. */
  readonly followRedirects: boolean;
  /** Ends the execution: the request in flight is broken off. */
  readonly signal?: AbortSignal | undefined;
}

/** What a caller may do while a request is executed. */
export interface Hooks {
  /** Called with the request as it will go and the state then; when it rejects, nothing is sent and `refusal` is what it threw. */
  beforeSend?(request: EngineRequest, state: State): Promise<void> | void;
  /** Called with the state after each script: it may hold secrets that nobody sees later. */
  onState?(state: State): void;
}

/** What happened with one request. Holds secrets. */
export interface Execution {
  readonly itemId: string;
  /** What ran it. */
  readonly engine: EngineName;
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
  /** What `beforeSend` threw; then nothing was sent. */
  readonly refusal: unknown;
  /** Each `pm.test` that ran, in order. */
  readonly assertions: readonly { readonly name: string; readonly message: string | undefined }[];
  /** Errors that ended a script. */
  readonly scriptErrors: readonly { readonly listen: string; readonly message: string }[];
  /** What scripts wrote to the console, a line an entry. */
  readonly console: readonly string[];
  /** A script skipped the request (`pm.execution.skipRequest`). */
  readonly skipped: boolean;
  /** Where a script goes on (`pm.execution.setNextRequest`): the id or name of a request, null for nowhere; undefined for the next one. */
  readonly next: { readonly to: string | null } | undefined;
  /** What the next request sees. */
  readonly state: State;
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
  /** Undefined when they were not measured. */
  readonly timings: RequestTimings | undefined;
  /** From sending to the end of the answer, in milliseconds. */
  readonly durationMs: number;
}

/** Value of a header, whose name is compared without case; undefined when there is none. */
export function headerValue(headers: readonly HeaderField[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}
