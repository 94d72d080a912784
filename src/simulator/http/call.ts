import { type Dialect, type DisputedAnswer, dialectAt } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { Environment, RateLimitGroup, WorkerApp, World } from '../state/model.ts';

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
  /** Takes what the request log should say about the request. */
  readonly note: (text: string) => void;
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
  readonly headers?: AnswerHeaders;
}

/** A list is sent as so many headers of the name. */
export type AnswerHeaders = Readonly<Record<string, string | string[]>>;

interface Endpoint {
  readonly method: Method;
  /** hono's form: `/v1/environments/:environmentId`. */
  readonly path: string;
  /** Query parameters that do something; the log names all others. */
  readonly query: readonly string[];
  /** The group whose rate its requests count for. */
  readonly rateGroup: RateLimitGroup;
}

/** An endpoint. */
export type Route =
  | (Endpoint & { readonly kind: 'open'; readonly handle: Handler<Call> })
  | (Endpoint & { readonly kind: 'platform'; readonly handle: Handler<AuthorizedCall> });

export type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
type Handler<Given> = (call: Given) => Answer | Promise<Answer>;

/** Query parameters of a list. */
export const listQuery: readonly string[] = ['cursor', 'filter', 'limit'];

/** A route below `/v1` that wants a bearer token. */
export function platformRoute(
  method: Method,
  path: string,
  handle: Handler<AuthorizedCall>,
  query: readonly string[] = [],
): Route {
  return { kind: 'platform', method, path: `/v1${path}`, handle, query, rateGroup: platformRateGroup(method, path) };
}

/** A route of the authorization server that wants a bearer token. */
export function protectedRoute(method: Method, path: string, handle: Handler<AuthorizedCall>): Route {
  return { kind: 'platform', method, path: `/:environmentId${path}`, handle, query: [], rateGroup: 'rlgMfaRps' };
}

/** Which endpoint is in which group is inferred; the groups are documented. */
function platformRateGroup(method: Method, path: string): RateLimitGroup {
  if (/\/(devices|mfaEnabled|mfaSettings|deviceAuthenticationPolicies)\b/.test(path)) return 'rlgMfaRps';
  if (!/\/(users|groups)\b/.test(path)) return 'rlgConfigRpm';
  return method === 'GET' ? 'rlgDirAccessRps' : 'rlgDirWriteRps';
}

/** A route of the authorization server, which wants no token. */
export function openRoute(
  method: Method,
  path: string,
  handle: Handler<Call>,
  { query = [], rateGroup = 'rlgAuthnRps' }: Partial<Pick<Endpoint, 'query' | 'rateGroup'>> = {},
): Route {
  return { kind: 'open', method, path: `/:environmentId${path}`, handle, query, rateGroup };
}

/** A path parameter; the route's own path guarantees it. */
export function parameter(call: Call, name: string): string {
  const value = call.parameters[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

/** Whether a disputed answer is to be given the other way. */
export function isDisputed(call: Call, answer: DisputedAnswer): boolean {
  return call.world.disputed.has(answer);
}

/** The dialect of this call. */
export function dialectOf({ world, now }: Call): Dialect {
  return world.dialect ?? dialectAt(now);
}

/** What the `expand` parameter names, among what can be embedded here; the log names the rest. */
export function expansions(call: Call, known: readonly string[]): readonly string[] {
  return namedIn(call, 'expand', known);
}

/** What the `include` parameter names, in the same way. */
export function inclusions(call: Call, known: readonly string[]): readonly string[] {
  return namedIn(call, 'include', known);
}

function namedIn(call: Call, parameter: 'expand' | 'include', known: readonly string[]): readonly string[] {
  const wanted = (call.url.searchParams.get(parameter) ?? '').split(',').map((name) => name.trim());
  const given = wanted.filter((name) => name !== '');
  for (const name of given) if (!known.includes(name)) call.note(`not simulated: ${parameter}=${printable(name)}`);
  return given.filter((name) => known.includes(name));
}

/** A name from a client, short and harmless enough for a log. */
export function printable(name: string): string {
  return /^[\w.:[\]-]{1,40}$/.test(name) ? name : '…';
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
