import type { Fault } from '../faults/fault.ts';
import type { FaultLogEntry } from '../faults/injector.ts';
import { policyOf } from '../passwords/change.ts';
import { passwordStatus } from '../passwords/status.ts';
import type { Environment, License, Organization, Population, State, User } from '../state/model.ts';
import { curlOf } from './curl-command.ts';
import type { Exchange } from './exchanges.ts';
import { faultSwitches } from './fault-switches.ts';
import { redacted, secretsOf } from './hide-secrets.ts';

/** What the page shows and `/` gives as JSON: no secrets and no passwords. */
export type Status = ReturnType<typeof statusOf>;
export type OrganizationStatus = Status['organizations'][number];
export type LicenseStatus = OrganizationStatus['licenses'][number];
export type EnvironmentStatus = OrganizationStatus['environments'][number];
export type PopulationStatus = EnvironmentStatus['populations'][number];
export type RequestStatus = Status['requests'][number];
export type FaultStatus = Status['faults'][number];

/** What it is made of. */
export interface Watched {
  readonly state: State;
  readonly now: Date;
  readonly exchanges: readonly Exchange[];
  readonly faults: readonly (Fault & { readonly fired: number })[];
  readonly switchedOn: (fault: Fault) => boolean;
  readonly faultLog: readonly FaultLogEntry[];
  readonly isControlled: boolean;
}

/** How many users of a population, requests and lines of the fault log are given. */
const mostUsers = 100;
const mostRequests = 50;

export function statusOf({ state, now, exchanges, faults, switchedOn, faultLog, isControlled }: Watched) {
  const secrets = secretsOf(state, exchanges);
  return {
    control: isControlled,
    organizations: [...state.organizations.values()].map((organization) =>
      organizationStatus(organization, state, now),
    ),
    faults,
    switches: faultSwitches.map(({ fault, ...each }) => ({ ...each, on: switchedOn(fault) })),
    faultLog: faultLog.slice(-mostRequests),
    requests: exchanges.slice(-mostRequests).map((exchange) => ({
      ...redacted(exchange, secrets),
      curl: curlOf(exchange, secrets),
    })),
  };
}

function organizationStatus({ id, name, region, licenses }: Organization, { environments }: State, now: Date) {
  const own = [...environments.values()].filter(({ organizationId }) => organizationId === id);
  return {
    id,
    name,
    region,
    licenses: [...licenses.values()].map(licenseStatus),
    environments: own.map((environment) => environmentStatus(environment, licenses, now)),
  };
}

function licenseStatus(license: License) {
  const { id, name, package: sort, status, beginsAt, expiresAt, assignedEnvironmentsCount: used } = license;
  const { max, regions } = license.environments;
  return { id, name, package: sort, status, beginsAt, expiresAt, regions, used, max, room: Math.max(0, max - used) };
}

function environmentStatus(environment: Environment, licenses: ReadonlyMap<string, License>, now: Date) {
  const { id, name, type, region, createdAt, licenseId, populations, users, groups, applications, workerApps } =
    environment;
  const all = [...users.values()];
  return {
    id,
    name,
    type,
    region,
    createdAt,
    license: { id: licenseId, name: licenses.get(licenseId)?.name ?? 'unknown' },
    isDeleted: environment.softDeleted !== undefined,
    populations: [...populations.values()].map((population) => populationStatus(population, all, environment, now)),
    groups: [...groups.values()].map(({ id, name }) => ({
      id,
      name,
      userCount: all.filter(({ groupIds }) => groupIds?.includes(id)).length,
    })),
    applications: [
      ...[...workerApps.values()].map(({ id, name, enabled }) => ({ id, name, enabled, type: 'WORKER' })),
      ...[...applications.values()].map(({ id, name, enabled, type }) => ({ id, name, enabled, type })),
    ],
  };
}

function populationStatus(
  { id, name, default: isDefault }: Population,
  users: readonly User[],
  environment: Environment,
  now: Date,
) {
  const own = users.filter(({ populationId }) => populationId === id);
  return {
    id,
    name,
    default: isDefault,
    userCount: own.length,
    users: own.slice(-mostUsers).map((user) => ({
      id: user.id,
      username: user.attributes.username,
      enabled: user.enabled,
      password: passwordStatus(user, policyOf(environment, user).rules, now),
    })),
  };
}
