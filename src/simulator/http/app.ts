import { type Context, Hono } from 'hono';
import { authenticate } from '../authorization/bearer.ts';
import { methodNotAllowed, platformRefusal, Refusal, unknownRoute } from '../refusal.ts';
import { routes } from '../routes.ts';
import type { World } from '../state/model.ts';
import type { Answer, Call, Route } from './call.ts';
import { originOf } from './origin.ts';
import { type Reply, replyOf } from './respond.ts';

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
  for (const route of routes) {
    hono.on(route.method, route.path, (context) => answered(context, () => handle(context, route)));
  }
  for (const [path, methods] of methodsByPath()) {
    hono.all(path, (context) => answered(context, () => otherMethod(context, methods)));
  }
  hono.notFound((context) =>
    answered(context, () => {
      throw unknownRoute(context.req.method, context.req.path);
    }),
  );
  return hono;
}

async function handle(context: Context<Bindings>, route: Route): Promise<Answer> {
  const { world, correlationId, now } = context.env;
  const request = context.req.raw;
  const url = new URL(request.url);
  const origin = originOf(url, request.headers);
  const call: Call = { world, request, url, parameters: context.req.param(), origin, correlationId, now };
  if (route.kind === 'open') return route.handle(call);
  const actor = await authenticate(world, request.headers.get('authorization'), now);
  return route.handle({ ...call, actor });
}

/** A known path with a method it has no route for: a browser's preflight, or 405. */
function otherMethod(context: Context<Bindings>, methods: readonly string[]): Answer {
  const allowed = [...methods, 'OPTIONS'];
  if (context.req.method !== 'OPTIONS') throw methodNotAllowed(context.req.method, allowed);
  const list = allowed.join(', ');
  return {
    status: 204,
    headers: {
      Allow: list,
      'Access-Control-Allow-Methods': list,
      'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type',
    },
  };
}

async function answered(context: Context<Bindings>, produce: () => Answer | Promise<Answer>): Promise<Response> {
  const slot = context.env;
  const accept = context.req.header('accept') ?? null;
  slot.reply = replyOf(await settled(slot, produce), accept, slot.correlationId, slot.now);
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

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}
