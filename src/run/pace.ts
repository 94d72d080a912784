import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Agents that keep connections open, and let requests leave at a pace. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Agents for one engine; `rate` is how many requests may leave in a second, all together. Default: no limit. */
export function createAgents(rate?: number): Agents {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  if (rate !== undefined) {
    const pace = createPace(rate);
    for (const agent of Object.values(agents) as unknown as QueueingAgent[]) delayRequests(agent, pace);
  }
  return agents;
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
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

function delayRequests(agent: QueueingAgent, pace: () => number): void {
  const addRequest = agent.addRequest.bind(agent);
  agent.addRequest = (request, ...rest) => {
    const wait = pace();
    if (wait <= 0) addRequest(request, ...rest);
    else setTimeout(() => addRequest(request, ...rest), wait);
  };
}
