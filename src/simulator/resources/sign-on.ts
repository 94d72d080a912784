import { issuerOf } from '../authorization/issue-token.ts';
import { type Answer, type Call, ok, openRoute, parameter, type Route } from '../http/call.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import { inferredChoices, inferredMessages } from '../inferred.ts';
import { invalidRequest } from '../refusal.ts';
import { issueCode } from '../sign-on/code.ts';
import { beginFlow, endedFlow, flowBody, flowCookies, flowEnd, ownFlow, resumedBody } from '../sign-on/flow.ts';
import { flowActionOf } from '../sign-on/flow-actions.ts';
import { authorizationParameters, authorizationRequestOf, supported } from '../sign-on/sign-on-request.ts';
import type { Environment, Flow } from '../state/model.ts';
import { environmentOf } from './token-endpoint.ts';

/** How a person signs on without a browser's redirects: authorize, check the password, resume. Not below `/v1`. */
export const signOnRoutes: readonly Route[] = [
  openRoute('GET', '/as/authorize', authorize, { query: authorizationParameters, rateGroup: 'rlgAuthnStartRps' }),
  openRoute('GET', '/flows/:flowId', readFlow),
  openRoute('POST', '/flows/:flowId', act),
  openRoute('GET', '/as/resume', resume, { query: ['flowId'] }),
  openRoute('GET', '/as/.well-known/openid-configuration', readConfiguration, { rateGroup: 'rlgCatchAllRps' }),
];

function authorize(call: Call): Answer {
  const environment = environmentOf(call);
  const flow = beginFlow(call, environment, authorizationRequestOf(call, environment));
  return { ...ok(flowBody(call, environment, flow)), headers: flowCookies(call, environment, flow) };
}

function readFlow(call: Call): Answer {
  const environment = environmentOf(call);
  return ok(flowBody(call, environment, ownFlow(call, environment, parameter(call, 'flowId'))));
}

/** The media type names the action (documented). */
async function act(call: Call): Promise<Answer> {
  const environment = environmentOf(call);
  ownFlow(call, environment, parameter(call, 'flowId'));
  const action = flowActionOf(mediaTypeOf(call.request.headers));
  const input = await action.read(call);
  const flow = ownFlow(call, environmentOf(call), parameter(call, 'flowId'));
  if (!action.at.includes(flow.status)) throw endedFlow(inferredMessages.flowNotAt(action.name));
  const active = { ...flow, expiresAt: flowEnd(call) };
  environment.flows.set(flow.id, active);
  const next: Flow = { ...active, ...action.carryOut(call, environment, active, input) };
  environment.flows.set(next.id, next);
  if (next.status === 'COMPLETED' && next.signedOn) rememberSignOn(environment, next.signedOn.userId, next.signedOn.at);
  return { ...ok(flowBody(call, environment, next)), headers: flowCookies(call, environment, next) };
}

function rememberSignOn(environment: Environment, userId: string, at: string): void {
  const user = environment.users.get(userId);
  if (user === undefined) return;
  environment.users.set(userId, { ...user, lastSignOn: { at, remoteIp: inferredChoices.remoteIp } });
}

/** A flow that is not completed is shown as it is (inferred). */
function resume(call: Call): Answer {
  const environment = environmentOf(call);
  const id = call.url.searchParams.get('flowId');
  if (!id) {
    throw invalidRequest([{ code: 'INVALID_PARAMETER', target: 'flowId', message: inferredMessages.required }]);
  }
  const flow = ownFlow(call, environment, id);
  const body = resumedBody(call, environment, flow);
  if (flow.status !== 'COMPLETED' || flow.signedOn === undefined) return ok(body);
  const code = issueCode(call, environment, flow, flow.signedOn);
  environment.flows.set(id, { ...flow, isSpent: true });
  const { state } = flow.request;
  return ok({ ...body, authorizeResponse: { code, ...(state === undefined ? {} : { state }) } });
}

/** Says what the simulator has, which is less than PingOne. */
function readConfiguration(call: Call): Answer {
  const issuer = issuerOf(call, environmentOf(call));
  return ok({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: supported.responseTypes,
    response_modes_supported: supported.responseModes,
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    scopes_supported: supported.scopes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: supported.codeChallengeMethods,
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'auth_time', 'acr', 'amr', 'at_hash', 'nonce', 'sid'],
  });
}
