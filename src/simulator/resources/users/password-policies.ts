import { type Static, Type } from 'typebox';
import { directoryReaders, parentEnvironment, populationWriters } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  noContent,
  ok,
  parameter,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { invalidData, notFound } from '../../refusal.ts';
import type { Environment, PasswordPolicy } from '../../state/model.ts';
import { closed, description, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { nameProblems, newlyStored, remember, storeOneDefault } from '../stored-items.ts';

/** Password policies. */
export const passwordPolicyRoutes: readonly Route[] = [
  platformRoute('GET', '/environments/:environmentId/passwordPolicies', listPolicies),
  platformRoute('GET', '/environments/:environmentId/passwordPolicies/:policyId', readPolicy),
  platformRoute('POST', '/environments/:environmentId/passwordPolicies', createPolicy),
  platformRoute('PUT', '/environments/:environmentId/passwordPolicies/:policyId', replacePolicy),
  platformRoute('DELETE', '/environments/:environmentId/passwordPolicies/:policyId', deletePolicy),
];

const whole = Type.Integer({ minimum: 0 });
const policySchema = Type.Object(
  {
    name: text(256),
    description,
    default: Type.Optional(Type.Boolean()),
    excludesProfileData: Type.Boolean(),
    notSimilarToCurrent: Type.Boolean(),
    excludesCommonlyUsed: Type.Boolean(),
    minComplexity: Type.Optional(whole),
    maxAgeDays: Type.Optional(whole),
    minAgeDays: Type.Optional(whole),
    maxRepeatedCharacters: Type.Optional(whole),
    minUniqueCharacters: Type.Optional(whole),
    history: Type.Optional(Type.Object({ count: whole, retentionDays: whole }, closed)),
    lockout: Type.Optional(Type.Object({ failureCount: whole, durationSeconds: whole }, closed)),
    length: Type.Optional(Type.Object({ min: whole, max: whole }, closed)),
    minCharacters: Type.Optional(Type.Record(Type.String(), whole)),
  },
  closed,
);
const policyInput = validatorOf(policySchema);

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
  return ok(passwordPolicyBody(call.origin, environment, policyIn(call, environment)));
}

async function createPolicy(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, populationWriters);
  const input = await readBody(call, policyInput);
  const environment = parentEnvironment(call, populationWriters);
  const policy = { ...newlyStored(call), ...fieldsOf(environment, input) };
  storeOneDefault(environment.passwordPolicies, policy);
  remember(call, 'created', 'passwordPolicy', { ...policy, environmentId: environment.id });
  const self = link(call.origin, `${environmentPath(environment.id)}/passwordPolicies/${policy.id}`);
  return created(passwordPolicyBody(call.origin, environment, policy), self.href);
}

async function replacePolicy(call: AuthorizedCall): Promise<Answer> {
  policyIn(call, parentEnvironment(call, populationWriters));
  const input = await readBody(call, policyInput);
  const environment = parentEnvironment(call, populationWriters);
  const before = policyIn(call, environment);
  const { id, sequence, createdAt } = before;
  const fields = fieldsOf(environment, input, id);
  // There is always one default; it ends by making another policy the default.
  const isDefault = before.default || fields.default;
  const policy = { id, sequence, createdAt, updatedAt: timestamp(call), ...fields, default: isDefault };
  storeOneDefault(environment.passwordPolicies, policy);
  return ok(passwordPolicyBody(call.origin, environment, policy));
}

function deletePolicy(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, populationWriters);
  const policy = policyIn(call, environment);
  const isInUse = [...environment.populations.values()].some((one) => one.passwordPolicyId === policy.id);
  const message = policy.default ? inferredMessages.policyIsDefault : inferredMessages.policyInUse;
  if (policy.default || isInUse) throw invalidData([{ code: 'CONSTRAINT_VIOLATION', message }]);
  environment.passwordPolicies.delete(policy.id);
  remember(call, 'deleted', 'passwordPolicy', { ...policy, environmentId: environment.id });
  return noContent;
}

function policyIn(call: AuthorizedCall, environment: Environment): PasswordPolicy {
  const policy = environment.passwordPolicies.get(parameter(call, 'policyId'));
  if (policy === undefined) throw notFound();
  return policy;
}

function fieldsOf(environment: Environment, input: Static<typeof policySchema>, self?: string) {
  const problems = nameProblems(environment.passwordPolicies.values(), input.name, self);
  if (problems.length > 0) throw invalidData(problems);
  const { name, description: given = '', default: isDefault = false, ...rules } = input;
  return {
    name,
    description: given,
    default: isDefault,
    rules: { ...rules, lockout: rules.lockout ?? inferredChoices.lockout },
  };
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
