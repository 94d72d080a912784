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

/** An environment as the API shows it. */
export function environmentBody(origin: string, environment: Environment): JsonObject {
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
    ...(environment.softDeleted === undefined ? {} : { status: 'DELETE_PENDING', ...environment.softDeleted }),
    createdAt: environment.createdAt,
    updatedAt: environment.updatedAt,
    license: { id: environment.licenseId },
    billOfMaterials: billOfMaterialsBody(environment.billOfMaterials),
  };
}

function billOfMaterialsBody({ solutionType, products, createdAt, updatedAt }: BillOfMaterials): JsonObject {
  return { solutionType, products, createdAt, updatedAt };
}
