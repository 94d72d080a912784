import { randomUUID } from 'node:crypto';
import { type AnswerHeaders, type Call, isDisputed } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { invalidRequest, invalidToken, notFound, requestFailed } from '../refusal.ts';
import type { AuthorizationRequest, Environment, Flow, FlowStatus } from '../state/model.ts';

/** Documented: a flow ends after so long without a request that goes on with it. */
const flowLifetimeSeconds = 15 * 60;

/** The cookie that ties the requests of a flow together (documented). */
const cookieName = 'ST';
/** The same without `SameSite`, for browsers that do not know it (documented). */
const otherCookieName = 'ST-NO-SS';
const cookieSeconds = 30 * 24 * 60 * 60;

/** Begins a sign-on, and forgets those that are over. */
export function beginFlow(call: Call, environment: Environment, request: AuthorizationRequest): Flow {
  for (const { id, expiresAt } of environment.flows.values()) {
    if (expiresAt <= call.now.toISOString()) environment.flows.delete(id);
  }
  const flow: Flow = {
    id: call.world.uuid(),
    status: 'USERNAME_PASSWORD_REQUIRED',
    createdAt: call.now.toISOString(),
    expiresAt: flowEnd(call),
    // Not from `uuid`: who can guess it could go on with the flow.
    sessionToken: randomUUID(),
    sessionId: call.world.uuid(),
    request,
    isSpent: false,
  };
  environment.flows.set(flow.id, flow);
  return flow;
}

/** When a flow ends that goes on now. */
export function flowEnd(call: Call): string {
  return new Date(call.now.getTime() + flowLifetimeSeconds * 1000).toISOString();
}

/** The flow of this id, if the request has its cookie. Throws 404 (unknown or over), 401 (no or another cookie) or 400 (finished). */
export function ownFlow(call: Call, environment: Environment, id: string): Flow {
  const flow = environment.flows.get(id);
  if (flow === undefined || flow.expiresAt <= call.now.toISOString()) throw notFound();
  if (!sessionTokensOf(call.request.headers).includes(flow.sessionToken)) {
    throw isDisputed(call, 'flow-cookie-400')
      ? invalidRequest([{ code: 'INVALID_VALUE', target: cookieName, message: inferredMessages.otherSession }])
      : invalidToken();
  }
  if (flow.isSpent) throw endedFlow(inferredMessages.flowSpent);
  return flow;
}

/** 400 of a flow that does not go on. */
export function endedFlow(message: string) {
  return requestFailed({ code: 'CONSTRAINT_VIOLATION', target: 'flow', message });
}

/** The headers that give a client the flow's cookies. `Secure` where a cookie could come back at all. */
export function flowCookies(call: Call, { id }: Environment, { sessionToken }: Flow): AnswerHeaders {
  const isSecure = call.origin.startsWith('https:');
  const expires = new Date(call.now.getTime() + cookieSeconds * 1000).toUTCString();
  const common = `Path=/${id}; Max-Age=${cookieSeconds}; Expires=${expires}; ${isSecure ? 'Secure; ' : ''}HttpOnly`;
  return {
    'Set-Cookie': [
      `${cookieName}=${sessionToken}; ${common}${isSecure ? '; SameSite=None' : ''}`,
      `${otherCookieName}=${sessionToken}; ${common}`,
    ],
  };
}

/** A flow as the API shows it. Its links are at the authorization server, not below `/v1`. */
export function flowBody(call: Call, environment: Environment, flow: Flow): JsonObject {
  const base = `${call.origin}/${environment.id}`;
  const self = { href: `${base}/flows/${flow.id}` };
  return {
    _links: { self, ...Object.fromEntries(linksAt[flow.status].map((name) => [name, self])) },
    _embedded: embedded(environment, flow),
    id: flow.id,
    ...(flow.status === 'COMPLETED' ? { session: { id: flow.sessionId } } : {}),
    environment: { id: environment.id },
    resumeUrl: `${base}/as/resume?flowId=${flow.id}`,
    status: flow.status,
    createdAt: flow.createdAt,
    expiresAt: flow.expiresAt,
    ...(flow.error === undefined ? {} : { error: { ...flow.error } }),
  };
}

/** What can be sent next, by the state of a flow (documented). */
const linksAt: Readonly<Record<FlowStatus, readonly string[]>> = {
  USERNAME_PASSWORD_REQUIRED: ['usernamePassword.check', 'password.forgot', 'session.reset'],
  MUST_CHANGE_PASSWORD: ['password.reset'],
  PASSWORD_EXPIRED: ['password.reset'],
  RECOVERY_CODE_REQUIRED: ['password.recover', 'password.sendRecoveryCode'],
  COMPLETED: [],
  FAILED: [],
};

/** The body of the resume endpoint, which adds the page that a browser would be on (documented). */
export function resumedBody(call: Call, environment: Environment, flow: Flow): JsonObject {
  const { _links, ...rest } = flowBody(call, environment, flow);
  const signOnPage = { href: `${call.origin}/${environment.id}/signon/?flowId=${flow.id}` };
  return { _links: { ...(_links as JsonObject), signOnPage }, ...rest };
}

function embedded(environment: Environment, { request, signedOn }: Flow): JsonObject {
  const application = environment.applications.get(request.applicationId);
  const user = signedOn && environment.users.get(signedOn.userId);
  const { given, family } = user?.attributes.name ?? {};
  const name = { ...(given === undefined ? {} : { given }), ...(family === undefined ? {} : { family }) };
  return {
    ...(application === undefined ? {} : { application: { name: application.name } }),
    ...(user === undefined
      ? {}
      : {
          user: {
            id: user.id,
            username: user.attributes.username,
            ...(Object.keys(name).length === 0 ? {} : { name }),
          },
        }),
  };
}

function sessionTokensOf(headers: Headers): readonly string[] {
  const pairs = (headers.get('cookie') ?? '').split(/[;,]/).map((pair) => pair.trim());
  return [cookieName, otherCookieName].flatMap((name) =>
    pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1)),
  );
}
