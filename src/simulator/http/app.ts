import { type Context, Hono } from 'hono';
import { authenticate } from '../authorization/bearer.ts';
import { countRequest } from '../authorization/rate-limits.ts';
import {
  gatewayForbidden,
  methodNotAllowed,
  platformRefusal,
  Refusal,
  routeNotSimulated,
  unknownRoute,
} from '../refusal.ts';
import { routes } from '../routes.ts';
import type { World } from '../state/model.ts';
import { type Answer, type Call, type Method, printable, type Route } from './call.ts';
import { originOf } from './origin.ts';
import { isBesideGateway, isElsewhere, otherMethods } from './other-paths.ts';
import { documentedHeaders, type Reply, replyOf } from './respond.ts';

/** What the app is given with each request. */
export interface RequestContext {
  readonly world: World;
  readonly correlationId: string;
  readonly now: Date;
  /** Takes what the request log should say about the request. */
  readonly note: (text: string) => void;
}

/** Handlers leave their reply here: hono wants a `Response`, which is dear to make and to take apart again. */
interface Slot extends RequestContext {
  reply?: Reply;
}

type Bindings = { Bindings: Slot };

/** The order in which the service lists methods (recorded). */
const methodOrder = ['OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The one HTTP application; it keeps nothing, so that all simulators of a process share it. */
const app = buildApp();

/** What hono is given in place of the reply; it reads nothing of it. */
const placeholder = new Response(null);

/** The reply to a request. Never rejects. */
export async function replyTo(request: Request, context: RequestContext): Promise<Reply> {
  const slot: Slot = { ...context };
  await app.fetch(request, slot);
  return slot.reply ?? replyOf(failed(new Error('no handler replied'), slot), null, slot.correlationId, slot.now);
}

function buildApp(): Hono<Bindings> {
  const hono = new Hono<Bindings>();
  for (const path of new Set(routes.map((route) => route.path))) {
    const own = routes.filter((route) => route.path === path);
    const methods = own.map(({ method }) => method);
    const allowed = sorted([...methods, ...(otherMethods[path] ?? [])]).join(',');
    for (const route of own) {
      hono.on(route.method, path, (context) => answered(context, () => handle(context, route), allowed));
    }
    hono.all(path, (context) => answered(context, () => otherMethod(context, path, methods), allowed));
  }
  hono.notFound((context) => answered(context, () => unknownPath(context)));
  return hono;
}

/** With OPTIONS, which every path takes. */
function sorted(methods: readonly Method[]): readonly string[] {
  const given: readonly string[] = ['OPTIONS', ...methods];
  return methodOrder.filter((method) => given.includes(method));
}

async function handle(context: Context<Bindings>, route: Route): Promise<Answer> {
  const { world, correlationId, now, note } = context.env;
  const request = context.req.raw;
  const url = new URL(request.url);
  const origin = originOf(url, request.headers);
  const call: Call = { world, request, url, parameters: context.req.param(), origin, correlationId, now, note };
  noteOtherParameters(call, route);
  const environment = world.state.environments.get(call.parameters.environmentId ?? '');
  if (route.kind === 'open') {
    countRequest(call, route, environment);
    return route.handle(call);
  }
  const actor = await authenticate(world, request.headers.get('authorization'), now);
  countRequest(call, route, environment ?? actor.home);
  return route.handle({ ...call, actor });
}

/** Names the query parameters that do nothing here. */
function noteOtherParameters({ url, note }: Call, { query }: Route): void {
  const others = new Set([...url.searchParams.keys()].filter((name) => !query.includes(name)));
  for (const name of others) note(`not simulated: query parameter ${printable(name)}`);
}

/** A known path with a method it has no route for: a browser's preflight, one that PingOne has, or 405. */
function otherMethod(context: Context<Bindings>, path: string, methods: readonly Method[]): Answer {
  const { method } = context.req;
  if (otherMethods[path]?.some((other) => other === method)) throw routeNotSimulated(method, context.req.path);
  const allowed = sorted(methods);
  if (method !== 'OPTIONS') throw methodNotAllowed(method, allowed);
  return { status: 204, headers: { Allow: allowed.join(', ') } };
}

function unknownPath({ req: { method, path, raw } }: Context<Bindings>): never {
  if (isElsewhere(path)) throw routeNotSimulated(method, path);
  if (isBesideGateway(path)) throw unknownRoute(method, path);
  throw gatewayForbidden(raw.headers.get('authorization'), 'unknown path: refused by the gateway');
}

async function answered(
  context: Context<Bindings>,
  produce: () => Answer | Promise<Answer>,
  methods?: string,
): Promise<Response> {
  const slot = context.env;
  const accept = context.req.header('accept') ?? null;
  const answer = await settled(slot, produce);
  const headers = {
    ...(methods === undefined ? {} : { 'Access-Control-Allow-Methods': methods }),
    ...(slot.world.disputed.has('documented-headers') ? documentedHeaders : {}),
    ...answer.headers,
  };
  slot.reply = replyOf({ ...answer, headers }, accept, slot.correlationId, slot.now);
  return placeholder;
}

async function settled(context: RequestContext, produce: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await produce();
  } catch (error) {
    return error instanceof Refusal ? refused(error, context) : failed(error, context);
  }
}

function failed(error: unknown, context: RequestContext): Answer {
  const bug = platformRefusal(500, 'UNEXPECTED_ERROR', 'The simulator failed; this is a bug in the simulator.');
  context.note(`bug in the simulator: ${error instanceof Error ? error.stack : String(error)}`);
  return refused(bug, context);
}

function refused(refusal: Refusal, context: RequestContext): Answer {
  const { headers, note } = refusal.extras;
  if (note !== undefined) context.note(note);
  const body = refusal.body(context.correlationId);
  return { status: refusal.status, body, ...(headers === undefined ? {} : { headers }) };
}
