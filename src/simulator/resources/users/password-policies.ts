import { directoryReaders, parentEnvironment } from '../../authorization/access.ts';
import { type Answer, type AuthorizedCall, ok, parameter, platformRoute, type Route } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import { notFound } from '../../refusal.ts';
import type { Environment, PasswordPolicy } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';

/** Password policies: read only. */
export const passwordPolicyRoutes: readonly Route[] = [
  platformRoute('GET', '/environments/:environmentId/passwordPolicies', listPolicies),
  platformRoute('GET', '/environments/:environmentId/passwordPolicies/:policyId', readPolicy),
];

function listPolicies(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  const policies = [...environment.passwordPolicies.values()];
  return ok({
    _links: links(call.origin, { self: `${environmentPath(environment.id)}/passwordPolicies` }),
    _embedded: { passwordPolicies: policies.map((policy) => passwordPolicyBody(call.origin, environment, policy)) },
    count: policies.length,
    size: policies.length,
  });
}

function readPolicy(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  const policy = environment.passwordPolicies.get(parameter(call, 'policyId'));
  if (policy === undefined) throw notFound();
  return ok(passwordPolicyBody(call.origin, environment, policy));
}

/** A policy as the API shows it. `populationCount` counts the populations that name it. */
export function passwordPolicyBody(origin: string, environment: Environment, policy: PasswordPolicy): JsonObject {
  const parent = environmentPath(environment.id);
  const populations = [...environment.populations.values()];
  return {
    _links: links(origin, { self: `${parent}/passwordPolicies/${policy.id}`, environment: parent }),
    id: policy.id,
    environment: { id: environment.id },
    name: policy.name,
    description: policy.description,
    ...(policy.rules as unknown as JsonObject),
    populationCount: populations.filter(({ passwordPolicyId }) => passwordPolicyId === policy.id).length,
    createdAt: policy.createdAt,
    updatedAt: policy.updatedAt,
    default: policy.default,
  };
}
