import { administeredOrganization, isOrganizationAdmin, licenseIn } from '../../authorization/access.ts';
import { type Answer, type AuthorizedCall, ok, parameter, platformRoute, type Route } from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import { type FilterRules, filterOf } from '../../lists/filter.ts';
import { orderingOf, selfAddress } from '../../lists/page.ts';
import type { License, Organization } from '../../state/model.ts';

/** Organizations and their licences: read only. */
export const organizationRoutes: readonly Route[] = [
  platformRoute('GET', '/organizations', listOrganizations),
  platformRoute('GET', '/organizations/:organizationId', readOrganization),
  platformRoute('GET', '/organizations/:organizationId/licenses', listLicenses, ['filter', 'order']),
  platformRoute('GET', '/organizations/:organizationId/licenses/:licenseId', readLicense),
];

const licenseFilter: FilterRules<License> = {
  attributes: {
    status: { operators: ['eq'], value: (license) => license.status },
    beginsAt: { operators: ['lt'], value: (license) => license.beginsAt },
  },
  joins: ['and'],
};

function listOrganizations(call: AuthorizedCall): Answer {
  const own = [...call.world.state.organizations.values()].filter(({ id }) => isOrganizationAdmin(call, id));
  return ok({
    _links: links(call.origin, { self: '/organizations' }),
    _embedded: { organizations: own.map((organization) => organizationBody(call.origin, organization)) },
    count: own.length,
    size: own.length,
  });
}

function readOrganization(call: AuthorizedCall): Answer {
  return ok(organizationBody(call.origin, administeredOrganization(call, parameter(call, 'organizationId'))));
}

function listLicenses(call: AuthorizedCall): Answer {
  const organization = administeredOrganization(call, parameter(call, 'organizationId'));
  const matches = filterOf(call.url.searchParams.get('filter'), licenseFilter);
  const ordering = orderingOf<License>(call, { beginsAt: (license) => license.beginsAt });
  const found = [...organization.licenses.values()].filter(matches);
  const { key, descending } = ordering ?? { key: () => '', descending: false };
  const sorted = found.toSorted((one, other) => key(one).localeCompare(key(other)) * (descending ? -1 : 1));
  return ok({
    _links: { self: { href: selfAddress(call) } },
    _embedded: { licenses: sorted.map((license) => licenseBody(call.origin, license)) },
    count: sorted.length,
    size: sorted.length,
  });
}

function readLicense(call: AuthorizedCall): Answer {
  const organization = administeredOrganization(call, parameter(call, 'organizationId'));
  return ok(licenseBody(call.origin, licenseIn(organization, parameter(call, 'licenseId'))));
}

function organizationBody(origin: string, organization: Organization): JsonObject {
  const path = `/organizations/${organization.id}`;
  return {
    _links: links(origin, { self: path, environments: '/environments', licenses: `${path}/licenses` }),
    id: organization.id,
    name: organization.name,
    createdAt: organization.createdAt,
    updatedAt: organization.createdAt,
  };
}

/** Keys in PingOne's order: alphabetical. */
function licenseBody(origin: string, license: License): JsonObject {
  const organization = `/organizations/${license.organizationId}`;
  const body: JsonObject = {
    ...license.features,
    assignedEnvironmentsCount: license.assignedEnvironmentsCount,
    beginsAt: license.beginsAt,
    environments: { ...license.environments },
    expiresAt: license.expiresAt,
    id: license.id,
    name: license.name,
    organization: { id: license.organizationId },
    package: license.package,
    status: license.status,
    terminatesAt: license.terminatesAt,
  };
  return {
    _links: {
      organization: link(origin, organization),
      self: link(origin, `${organization}/licenses/${license.id}`),
    },
    ...sortedByKey(body),
  };
}

function sortedByKey(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
