import { administeredOrganization, ownEnvironment } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { invalidData } from '../../refusal.ts';
import type { Environment } from '../../state/model.ts';
import { environmentBody } from './environment-body.ts';
import { statusInput, typeInput } from './environment-input.ts';
import { countEnvironment, licenseProblems } from './license-rules.ts';

/** Soft deletion, restoring, and the change between SANDBOX and PRODUCTION. */
export const environmentLifeRoutes: readonly Route[] = [
  platformRoute('PUT', '/environments/:environmentId/status', changeStatus),
  platformRoute('PUT', '/environments/:environmentId/type', changeType),
];

/** Documented: at most this many environments of an organization may wait for deletion. */
const maximumDeletePending = 100;

/** Whether DELETE may remove it: a SANDBOX at once, a PRODUCTION after its waiting period. */
export function mayBeDeleted(environment: Environment, now: Date): boolean {
  if (environment.type === 'SANDBOX') return true;
  const allowedAt = environment.softDeleted?.hardDeleteAllowedAt;
  return allowedAt !== undefined && allowedAt <= now.toISOString();
}

async function changeStatus(call: AuthorizedCall): Promise<Answer> {
  ownEnvironment(call, ['Organization Admin']);
  const input = await readBody(call, statusInput);
  const environment = ownEnvironment(call, ['Organization Admin']);
  if (input.status === 'ACTIVE') return ok(restored(call, environment, input.license?.id));
  return ok(softDeleted(call, environment));
}

function softDeleted(call: AuthorizedCall, environment: Environment) {
  const organization = administeredOrganization(call, environment.organizationId);
  if (environment.type !== 'PRODUCTION') {
    throw invalidData([{ code: 'INVALID_VALUE', target: 'status', message: inferredMessages.statusNeedsProduction }]);
  }
  if (environment.softDeleted !== undefined) return environmentBody(call, environment);
  const waiting = [...call.world.state.environments.values()].filter(
    (other) => other.organizationId === organization.id && other.softDeleted !== undefined,
  );
  if (waiting.length >= maximumDeletePending) {
    throw invalidData([
      { code: 'CONSTRAINT_VIOLATION', target: 'status', message: inferredMessages.deletePendingLimit },
    ]);
  }
  const allowedAt = new Date(call.now.getTime() + inferredChoices.softDeleteWaitingDays * 24 * 60 * 60 * 1000);
  countEnvironment(organization, environment.licenseId, -1);
  return stored(call, {
    ...environment,
    softDeleted: { softDeletedAt: timestamp(call), hardDeleteAllowedAt: allowedAt.toISOString() },
  });
}

function restored(call: AuthorizedCall, environment: Environment, licenseId = environment.licenseId) {
  if (environment.softDeleted === undefined) return environmentBody(call, environment);
  const organization = administeredOrganization(call, environment.organizationId);
  const problems = licenseProblems(organization.licenses.get(licenseId), environment.type, call.now);
  if (problems.length > 0) throw invalidData(problems);
  const { softDeleted: _over, ...active } = environment;
  countEnvironment(organization, licenseId, 1);
  return stored(call, { ...active, licenseId });
}

async function changeType(call: AuthorizedCall): Promise<Answer> {
  ownEnvironment(call, ['Organization Admin']);
  const { type } = await readBody(call, typeInput);
  const environment = ownEnvironment(call, ['Organization Admin']);
  const organization = administeredOrganization(call, environment.organizationId);
  const license = organization.licenses.get(environment.licenseId);
  if (type === 'PRODUCTION' && license?.environments.allowProduction !== true) {
    throw invalidData([{ code: 'INVALID_VALUE', target: 'type', message: inferredMessages.productionNotAllowed }]);
  }
  return ok(stored(call, { ...environment, type }));
}

function stored(call: AuthorizedCall, environment: Environment) {
  const updated = { ...environment, updatedAt: timestamp(call) };
  call.world.state.environments.set(updated.id, updated);
  return environmentBody(call, updated);
}
