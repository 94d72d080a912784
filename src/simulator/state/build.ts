import { createHash } from 'node:crypto';
import { inferredChoices } from '../inferred.ts';
import { hashPassword } from '../passwords/hash.ts';
import { standardPolicies } from '../passwords/policies.ts';
import { environmentFlags, licenseFeatures } from './license-features.ts';
import type { Environment, License, Organization, Password, PasswordPolicy, Population, State, User } from './model.ts';
import type { SeedEnvironment, SeedLicense, SeedOrganization, SeedUser, SimulatorSeed } from './seed.ts';

/** Creation time of everything in a seed; fixed, so that the seed looks the same whenever it is used. */
const seedTime = '2024-01-15T09:00:00.000Z';

/** A fresh state holding what the seed says. */
export function buildState(seed: SimulatorSeed): State {
  const state: State = {
    organizations: new Map(),
    environments: new Map(),
    deletedEnvironments: new Map(),
    sequence: 1,
  };
  for (const organization of seed.organizations) {
    state.organizations.set(organization.id, buildOrganization(organization));
    for (const environment of organization.environments) {
      state.environments.set(environment.id, buildSeedEnvironment(state, organization, environment));
    }
  }
  return state;
}

/** Gives the next place in lists. */
export function nextSequence(state: State): number {
  const sequence = state.sequence;
  state.sequence += 1;
  return sequence;
}

/** The fields of an environment that its creator decides. */
export type EnvironmentFields = Omit<
  Environment,
  | 'sequence'
  | 'createdAt'
  | 'updatedAt'
  | 'themeId'
  | 'populations'
  | 'users'
  | 'usernames'
  | 'passwordPolicies'
  | 'groups'
  | 'workerApps'
  | 'applications'
  | 'flows'
  | 'codes'
  | 'refreshTokens'
  | 'mfaSettings'
  | 'activationPasscodes'
  | 'deviceAuthentications'
>;

/** A new environment with what PingOne makes in it: the default population and the three password policies. */
export function buildEnvironment(state: State, createdAt: string, fields: EnvironmentFields): Environment {
  const stored = () => ({ sequence: nextSequence(state), createdAt, updatedAt: createdAt });
  const environment = stored();
  const themeId = derivedId(fields.id, 'theme');
  const population: Population = {
    id: derivedId(fields.id, 'population'),
    ...stored(),
    ...inferredChoices.defaultPopulation,
    default: true,
    preferredLanguage: inferredChoices.preferredLanguage,
    themeId,
  };
  const policies = standardPolicies.map(
    (policy): PasswordPolicy => ({ id: derivedId(fields.id, `policy ${policy.name}`), ...stored(), ...policy }),
  );
  return {
    ...fields,
    ...environment,
    themeId,
    populations: new Map([[population.id, population]]),
    users: new Map(),
    usernames: new Map(),
    passwordPolicies: new Map(policies.map((policy) => [policy.id, policy])),
    groups: new Map(),
    workerApps: new Map(),
    applications: new Map(),
    flows: new Map(),
    codes: new Map(),
    refreshTokens: new Map(),
    activationPasscodes: new Map(),
    deviceAuthentications: new Map(),
  };
}

/**
 * An id for something made together with an environment, computed from the environment's id, so that a seed always
 * looks the same. It has the form of a version 4 UUID.
 */
export function derivedId(environmentId: string, what: string): string {
  const hex = createHash('sha256').update(`${environmentId} ${what}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The form in which usernames are compared. */
export function foldUsername(username: string): string {
  return inferredChoices.usernameIgnoresCase ? username.toLowerCase() : username;
}

function buildOrganization(seed: SeedOrganization): Organization {
  return {
    id: seed.id,
    name: seed.name,
    region: seed.region,
    maximumEnvironments: seed.maximumEnvironments ?? 500,
    createdAt: seedTime,
    licenses: new Map(seed.licenses.map((license) => [license.id, buildLicense(seed.id, license)])),
  };
}

function buildLicense(organizationId: string, seed: SeedLicense): License {
  return {
    id: seed.id,
    organizationId,
    name: seed.name,
    package: seed.package ?? seed.name,
    status: seed.status,
    beginsAt: seed.beginsAt,
    expiresAt: seed.expiresAt,
    ...(seed.terminatesAt === undefined ? {} : { terminatesAt: seed.terminatesAt }),
    assignedEnvironmentsCount: seed.assignedEnvironmentsCount,
    environments: {
      ...environmentFlags(seed.features),
      allowProduction: seed.allowProduction,
      max: seed.maximumEnvironments,
      regions: seed.regions,
    },
    features: licenseFeatures(seed.features),
    ...(seed.rateLimits === undefined ? {} : { rateLimits: seed.rateLimits }),
  };
}

function buildSeedEnvironment(state: State, organization: SeedOrganization, seed: SeedEnvironment): Environment {
  const { workerApps, populations = [], groups = [], users = [], ...fields } = seed;
  const environment = buildEnvironment(state, seedTime, {
    ...fields,
    organizationId: organization.id,
    region: organization.region,
    billOfMaterials: { products: [], createdAt: seedTime, updatedAt: seedTime },
  });
  for (const app of workerApps) environment.workerApps.set(app.id, app);
  for (const { id, name, passwordPolicy } of populations) {
    environment.populations.set(id, {
      id,
      name,
      sequence: nextSequence(state),
      createdAt: seedTime,
      updatedAt: seedTime,
      default: false,
      preferredLanguage: inferredChoices.preferredLanguage,
      themeId: environment.themeId,
      ...(passwordPolicy === undefined
        ? {}
        : { passwordPolicyId: derivedId(environment.id, `policy ${passwordPolicy}`) }),
    });
  }
  for (const group of groups) {
    environment.groups.set(group.id, {
      ...group,
      sequence: nextSequence(state),
      createdAt: seedTime,
      updatedAt: seedTime,
    });
  }
  for (const user of users) addSeedUser(state, environment, user);
  return environment;
}

function addSeedUser(state: State, environment: Environment, seed: SeedUser): void {
  const user: User = {
    id: seed.id,
    sequence: nextSequence(state),
    createdAt: seedTime,
    updatedAt: seedTime,
    populationId: seed.populationId ?? derivedId(environment.id, 'population'),
    identityProvider: seed.identityProvider ?? { type: 'PING_ONE' },
    mfaEnabled: false,
    enabled: true,
    attributes: { username: seed.username, ...(seed.email === undefined ? {} : { email: seed.email }) },
    devices: new Map(),
    ...(seed.groupIds === undefined ? {} : { groupIds: seed.groupIds }),
  };
  const { password } = seed;
  environment.users.set(user.id, password === undefined ? user : { ...user, password: seedPassword(user, password) });
  environment.usernames.set(foldUsername(seed.username), user.id);
}

/** Salted by the user's id: a seed always looks the same. */
function seedPassword({ id }: User, value: string): Password {
  return {
    current: hashPassword(value, derivedId(id, 'salt')),
    history: [],
    mustChange: false,
    lastChangedAt: seedTime,
  };
}
