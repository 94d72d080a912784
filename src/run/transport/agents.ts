import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparableHost, refusesPlainHttp } from '../../environment/plain-http.ts';
import { connectionError } from './connection-fault.ts';
import { guardRequest, type RequestGuard } from './guard.ts';
import { type ProxySettings, proxyFor, type Target } from './proxy.ts';
import { addressProxy, createForwardingAgent, createTunnelAgent } from './proxy-agents.ts';

/** Agents that keep connections open, and let requests leave when they may. `destroy()` also ends the requests in flight. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** What a request waits for before it leaves; undefined when it may leave now. When it rejects, the request fails with its error. */
export type Hold = () => Promise<unknown> | undefined;

export interface AgentOptions {
  /** Each request waits for them, one after the other. */
  readonly holds: readonly Hold[];
  readonly proxies: ProxySettings;
  /** Milliseconds from when a request may leave to the last byte of its answer. */
  readonly requestTimeout: number;
  /** Other machines that `http://` is allowed to. */
  readonly allowedHttpHosts: readonly string[];
}

/** Agents, and how a request of them is ended. */
export interface GuardedAgents extends Agents {
  /** Ends a request that is under way with an error, wherever it is: held, connecting, sent or answered in part. */
  end(request: ClientRequest, error: Error): void;
}

/** What Node calls with each request, to find it a connection; Node's types leave it out. */
interface QueueingAgent {
  addRequest(request: ClientRequest, options: RequestOptions): void;
}

interface RequestOptions {
  readonly host?: string | null;
  readonly port?: number | string | null;
  readonly socketPath?: string | null;
}

/** Agents for one engine and for requests of the runner's own. */
export function createAgents(options: AgentOptions): GuardedAgents {
  const guards = new Map<ClientRequest, RequestGuard>();
  return {
    http: guardAgent(new HttpAgent({ keepAlive: true }), 'http:', options, guards),
    https: guardAgent(new HttpsAgent({ keepAlive: true }), 'https:', options, guards),
    end: (request, error) => guards.get(request)?.end(error),
  };
}

function guardAgent<A extends HttpAgent>(
  agent: A,
  protocol: Target['protocol'],
  { holds, proxies, requestTimeout, allowedHttpHosts }: AgentOptions,
  all: Map<ClientRequest, RequestGuard>,
): A {
  const queue = agent as unknown as QueueingAgent;
  const addRequest = queue.addRequest.bind(agent);
  const routes = createRoutes(protocol);
  const own = new Map<ClientRequest, RequestGuard>();
  queue.addRequest = (request, options) => {
    const guard = guardRequest(request, requestTimeout);
    for (const guards of [all, own]) guards.set(request, guard);
    request.once('close', () => {
      for (const guards of [all, own]) guards.delete(request);
    });
    const target = targetOf(options, protocol);
    if (target && protocol === 'http:' && refusesPlainHttp(target.host, allowedHttpHosts)) {
      guard.end(httpRefused(target.host));
      return;
    }
    const proxy = target && proxyFor(target, proxies);
    if (proxy && target && protocol === 'http:') addressProxy(request, proxy, target);
    leaveAfter(holds, guard, () => {
      guard.startDeadline();
      if (!proxy) addRequest(request, options);
      else routes.add(request, options, proxy, guard);
    });
  };
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    for (const guard of own.values()) guard.close();
    routes.destroy();
    destroy();
  };
  return agent;
}

/** Undefined for a socket of this machine (`unix:`). */
function targetOf({ host, port, socketPath }: RequestOptions, protocol: Target['protocol']): Target | undefined {
  if (socketPath) return undefined;
  return { protocol, host: host || 'localhost', port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

function httpRefused(host: string): Error {
  const name = comparableHost(host);
  const shown = name.includes(':') ? `[${name}]` : name;
  return connectionError(
    'EHTTPREFUSED',
    `http://${shown} is not encrypted; use https://, or allow it with --allow-http ${name}`,
  );
}

function leaveAfter([hold, ...others]: readonly Hold[], guard: RequestGuard, leave: () => void): void {
  if (guard.isOver()) return;
  if (!hold) {
    leave();
    return;
  }
  const held = hold();
  if (!held) {
    leaveAfter(others, guard, leave);
    return;
  }
  held.then(
    () => leaveAfter(others, guard, leave),
    // Nothing has left: what cannot be recorded is not sent.
    (error: Error) => guard.end(connectionError('ENOTSENT', error.message)),
  );
}

/** Agents of the proxies of one protocol. */
function createRoutes(protocol: Target['protocol']) {
  const agents = new Map<string, Promise<HttpAgent>>();
  const agentOf = (proxy: URL) => {
    const present = agents.get(proxy.href);
    if (present) return present;
    const made = protocol === 'https:' ? createTunnelAgent(proxy) : Promise.resolve(createForwardingAgent(proxy));
    agents.set(proxy.href, made);
    return made;
  };
  return {
    add(request: ClientRequest, options: RequestOptions, proxy: URL, guard: RequestGuard): void {
      agentOf(proxy).then(
        (agent) => {
          if (guard.isOver()) return;
          const queue = agent as unknown as QueueingAgent;
          queue.addRequest(request, { ...options, ...(protocol === 'https:' && { secureEndpoint: true }) });
        },
        (error: Error) => guard.end(error),
      );
    },
    destroy(): void {
      for (const agent of agents.values()) void agent.then((made) => made.destroy());
    },
  };
}

/** Lets so many requests leave in a second, all together. */
export function holdForPace(rate: number): Hold {
  const pace = createPace(rate);
  return () => {
    const wait = pace();
    return wait <= 0 ? undefined : sleep(wait);
  };
}

/** Says how many milliseconds from now a request may leave, and counts it. Requests leave evenly, without bursts. */
export function createPace(rate: number, now: () => number = Date.now): () => number {
  let next = 0;
  return () => {
    const at = Math.max(now(), next);
    next = at + 1000 / rate;
    return at - now();
  };
}
