import type { JsonObject } from '../json.ts';
import type { Environment, WorkerApp, World } from '../state/model.ts';

/** One request on its way through the simulator. */
export interface Call {
  readonly world: World;
  readonly request: Request;
  readonly url: URL;
  /** The values of the path's `:names`, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Scheme and host that links must start with, without a final slash. */
  readonly origin: string;
  readonly correlationId: string;
  /** When the request arrived; every time stamp it causes. */
  readonly now: Date;
}

/** Who makes a platform request: a worker app, its roles looked up at this moment. */
export interface Actor {
  readonly app: WorkerApp;
  /** The environment the app lives in. */
  readonly home: Environment;
}

/** A platform request whose token has been accepted. */
export interface AuthorizedCall extends Call {
  readonly actor: Actor;
}

/** What a handler gives. */
export interface Answer {
  readonly status: number;
  /** Absent: no body, as for 204. */
  readonly body?: JsonObject;
  /** Beside the standard ones; a `Content-Type` here wins over what `Accept` asks. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An endpoint: paths are hono's (`/v1/environments/:environmentId`). */
export type Route =
  | { readonly kind: 'open'; readonly method: Method; readonly path: string; readonly handle: Handler<Call> }
  | {
      readonly kind: 'platform';
      readonly method: Method;
      readonly path: string;
      readonly handle: Handler<AuthorizedCall>;
    };

export type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
type Handler<Given> = (call: Given) => Answer | Promise<Answer>;

/** A route below `/v1` that wants a bearer token. */
export function platformRoute(method: Method, path: string, handle: Handler<AuthorizedCall>): Route {
  return { kind: 'platform', method, path: `/v1${path}`, handle };
}

/** A path parameter; the route's own path guarantees it. */
export function parameter(call: Call, name: string): string {
  const value = call.parameters[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

/** The call's time as PingOne writes time stamps: UTC, milliseconds, `Z`. */
export function timestamp(call: Call): string {
  return call.now.toISOString();
}

/** 200 with a body. */
export function ok(body: JsonObject): Answer {
  return { status: 200, body };
}

/** 201 with a body and a `Location`, which is the body's own `self` link. */
export function created(body: JsonObject, location: string): Answer {
  return { status: 201, body, headers: { Location: location } };
}

/** 204, no body. */
export const noContent: Answer = { status: 204 };
