import { randomBytes } from 'node:crypto';
import type { Call } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { invalidRequest, notFound, platformRefusal } from '../refusal.ts';
import type { AuthorizationRequest, Environment, Flow } from '../state/model.ts';

/** Documented: so long a flow can be gone on with. */
const flowLifetimeSeconds = 15 * 60;

/** The cookie that ties the requests of a flow together (documented). */
const cookieName = 'ST';

/** Begins a sign-on, and forgets those that are over. */
export function beginFlow(call: Call, environment: Environment, request: AuthorizationRequest): Flow {
  for (const { id, expiresAt } of environment.flows.values()) {
    if (expiresAt <= call.now.toISOString()) environment.flows.delete(id);
  }
  const flow: Flow = {
    id: call.world.uuid(),
    status: 'USERNAME_PASSWORD_REQUIRED',
    createdAt: call.now.toISOString(),
    expiresAt: new Date(call.now.getTime() + flowLifetimeSeconds * 1000).toISOString(),
    sessionToken: randomBytes(32).toString('base64url'),
    request,
    isSpent: false,
  };
  environment.flows.set(flow.id, flow);
  return flow;
}

/** The flow of this id, if the request has its cookie. Throws 404 (unknown) or 400 (no or another cookie, or it is over). */
export function ownFlow(call: Call, environment: Environment, id: string): Flow {
  const flow = environment.flows.get(id);
  if (flow === undefined) throw notFound();
  if (!sessionTokensOf(call.request.headers).includes(flow.sessionToken)) {
    throw invalidRequest([{ code: 'INVALID_VALUE', target: cookieName, message: inferredMessages.otherSession }]);
  }
  if (flow.expiresAt <= call.now.toISOString()) throw endedFlow(inferredMessages.flowExpired);
  if (flow.isSpent) throw endedFlow(inferredMessages.flowSpent);
  return flow;
}

/** 400 of a flow that does not go on. */
export function endedFlow(message: string) {
  return platformRefusal(400, 'REQUEST_FAILED', inferredMessages.requestFailed, [
    { code: 'CONSTRAINT_VIOLATION', target: 'flow', message },
  ]);
}

/** The header that gives a client the flow's cookie. `Secure` where the cookie could come back at all. */
export function flowCookie(call: Call, { sessionToken }: Flow): Readonly<Record<string, string>> {
  const secure = call.origin.startsWith('https:') ? '; Secure; SameSite=None' : '';
  return { 'Set-Cookie': `${cookieName}=${sessionToken}; Path=/; HttpOnly${secure}` };
}

/** A flow as the API shows it. Its links are at the authorization server, not below `/v1`. */
export function flowBody(call: Call, environment: Environment, flow: Flow): JsonObject {
  const base = `${call.origin}/${environment.id}`;
  const self = { href: `${base}/flows/${flow.id}` };
  const application = environment.applications.get(flow.request.applicationId);
  const user = flow.signedOn && environment.users.get(flow.signedOn.userId);
  return {
    _links: {
      self,
      ...(flow.status === 'USERNAME_PASSWORD_REQUIRED' ? { 'usernamePassword.check': self } : {}),
    },
    _embedded: {
      ...(application === undefined ? {} : { application: { name: application.name } }),
      ...(user === undefined ? {} : { user: { id: user.id, username: user.attributes.username } }),
    },
    id: flow.id,
    environment: { id: environment.id },
    resumeUrl: `${base}/as/resume?flowId=${flow.id}`,
    status: flow.status,
    createdAt: flow.createdAt,
    expiresAt: flow.expiresAt,
  };
}

function sessionTokensOf(headers: Headers): readonly string[] {
  const pairs = (headers.get('cookie') ?? '').split(/[;,]/).map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${cookieName}=`)).map((pair) => pair.slice(cookieName.length + 1));
}
