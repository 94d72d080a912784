import { directoryReaders, parentEnvironment } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { type Answer, type AuthorizedCall, ok, parameter, platformRoute, type Route } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import { inferredChoices } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { emailPasscodes } from '../../mfa/settings.ts';
import { notFound } from '../../refusal.ts';
import { derivedId } from '../../state/build.ts';
import type { Environment } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';

const path = '/environments/:environmentId/deviceAuthenticationPolicies';

/** How devices prove a second factor: each environment has the default policy, which can be read only. */
export const devicePolicyRoutes: readonly Route[] = [
  platformRoute('GET', path, listPolicies),
  platformRoute('GET', `${path}/:policyId`, readPolicy),
];

/** Id of the default device authentication policy of an environment. */
export function devicePolicyId(environment: Environment): string {
  return derivedId(environment.id, 'device authentication policy');
}

function listPolicies(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  const policies = isThere(call, environment) ? [policyBody(call.origin, environment)] : [];
  return ok({
    _links: links(call.origin, { self: `${environmentPath(environment.id)}/deviceAuthenticationPolicies` }),
    _embedded: { deviceAuthenticationPolicies: policies },
    count: policies.length,
    size: policies.length,
  });
}

function readPolicy(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  const isKnown = parameter(call, 'policyId') === devicePolicyId(environment);
  if (!isKnown || !isThere(call, environment)) throw notFound();
  return ok(policyBody(call.origin, environment));
}

/** Observed: the policy comes later than its environment. Here it takes the same delay once more. */
function isThere(call: AuthorizedCall, environment: Environment): boolean {
  const delay = (call.world.delays.visibilitySeconds ?? 0) * 1000;
  const createdAt = new Date(new Date(environment.createdAt).getTime() + delay).toISOString();
  return isVisible(call, { ...environment, createdAt });
}

function policyBody(origin: string, environment: Environment): JsonObject {
  const parent = environmentPath(environment.id);
  const id = devicePolicyId(environment);
  const { digits, lifetimeMinutes, failureCount, coolDownMinutes } = emailPasscodes;
  const failure = { coolDown: { duration: coolDownMinutes, timeUnit: 'MINUTES' }, count: failureCount };
  const otp = { lifeTime: { duration: lifetimeMinutes, timeUnit: 'MINUTES' }, failure, otpLength: digits };
  return {
    _links: links(origin, { self: `${parent}/deviceAuthenticationPolicies/${id}`, environment: parent }),
    id,
    environment: { id: environment.id },
    name: inferredChoices.devicePolicyName,
    authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
    email: { enabled: true, otp },
    sms: { enabled: false },
    voice: { enabled: false },
    default: true,
    updatedAt: environment.createdAt,
  };
}
