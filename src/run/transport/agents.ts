import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** Agents that keep connections open, and let requests leave when they may. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** What a request waits for before it leaves; undefined when it may leave now. When it rejects, the request fails with its error. */
export type Hold = () => Promise<unknown> | undefined;

/** Agents for one engine; each request waits for the `holds`, one after the other. */
export function createAgents(holds: readonly Hold[] = []): Agents {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  if (holds.length > 0)
    for (const agent of Object.values(agents) as unknown as QueueingAgent[]) holdRequests(agent, holds);
  return agents;
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

/** What Node calls with each request, to find it a connection; Node's types leave it out. */
interface QueueingAgent {
  addRequest(request: QueuedRequest, ...rest: unknown[]): void;
}

/** What an agent calls when there is no connection for a request. */
type QueuedRequest = ClientRequest & { onSocket(socket: null, error: Error): void };

function holdRequests(agent: QueueingAgent, holds: readonly Hold[]): void {
  const addRequest = agent.addRequest.bind(agent);
  agent.addRequest = (request, ...rest) => {
    const leaveAfter = ([hold, ...others]: readonly Hold[]): void => {
      const held = hold?.();
      if (held)
        held.then(
          () => leaveAfter(others),
          (error: Error) => request.onSocket(null, error),
        );
      else if (hold) leaveAfter(others);
      else addRequest(request, ...rest);
    };
    leaveAfter(holds);
  };
}
