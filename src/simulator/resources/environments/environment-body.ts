import { type Call, isDisputed } from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import type { BillOfMaterials, Environment } from '../../state/model.ts';

/** Relations of an environment below its own path, in PingOne's order. Most lead to what the simulator does not have. */
const relations = [
  'populations',
  'users',
  'applications',
  'activities',
  'branding',
  'resources',
  'passwordPolicies',
  'userActivities',
  'signOnPolicies',
  'keys',
  'templates',
  'notificationsSettings',
  'schemas',
  'gateways',
  'capabilities',
  'activeIdentityCounts',
  'propagation/plans',
  'propagation/stores',
  'propagation/revisions/id:latest',
  'billOfMaterials',
] as const;

/** The path of an environment below `/v1`. */
export function environmentPath(id: string): string {
  return `/environments/${id}`;
}

/** An environment as the API shows it. Recorded: its bill of materials is a resource of its own, shown when it is asked for. */
export function environmentBody(call: Call, environment: Environment, withBill = false): JsonObject {
  const { origin } = call;
  const self = environmentPath(environment.id);
  const organization = `/organizations/${environment.organizationId}`;
  return {
    _links: {
      self: link(origin, self),
      organization: link(origin, organization),
      license: link(origin, `${organization}/licenses/${environment.licenseId}`),
      ...links(origin, Object.fromEntries(relations.map((relation) => [relation, `${self}/${relation}`]))),
    },
    id: environment.id,
    name: environment.name,
    description: environment.description,
    organization: { id: environment.organizationId },
    type: environment.type,
    subtype: environment.subtype,
    icon: environment.icon,
    region: environment.region,
    // A new environment has no `status`; PingOne's example has none either.
    ...softDeletionPart(call, environment),
    createdAt: environment.createdAt,
    updatedAt: environment.updatedAt,
    license: { id: environment.licenseId },
    ...(withBill ? { billOfMaterials: billOfMaterialsBody(environment.billOfMaterials) } : {}),
  };
}

function softDeletionPart(call: Call, { softDeleted }: Environment): JsonObject {
  if (softDeleted === undefined) return {};
  const { softDeletedAt, hardDeleteAllowedAt } = softDeleted;
  const key = isDisputed(call, 'hard-deleted-allowed-at') ? 'hardDeletedAllowedAt' : 'hardDeleteAllowedAt';
  return { status: 'DELETE_PENDING', softDeletedAt, [key]: hardDeleteAllowedAt };
}

/** A bill of materials as the API shows it. */
export function billOfMaterialsBody({ solutionType, products, createdAt, updatedAt }: BillOfMaterials): JsonObject {
  return { solutionType, products, createdAt, updatedAt };
}
