import { type Static, Type } from 'typebox';
import { closed } from '../validation/texts.ts';
import { foldUsername } from './build.ts';
import type { Application, Environment, Group, License, Organization, State, User } from './model.ts';
import {
  environmentType,
  id,
  identityProvider,
  licenseStatus,
  name,
  rateLimits,
  region,
  timestamp,
  tokenEndpointAuthMethod,
  whole,
  workerApp,
  yesOrNo,
} from './seed-schema.ts';

/** The form of dumps; another number means another form. */
const version = 1;

const anything = Type.Object({}, { description: 'an object' });
const stored = { id, sequence: whole, createdAt: timestamp, updatedAt: timestamp };
const hash = Type.Object({ salt: name, digest: name }, closed);

const license = Type.Object({
  id,
  organizationId: id,
  name,
  status: licenseStatus,
  assignedEnvironmentsCount: whole,
  features: anything,
  environments: anything,
  rateLimits: Type.Optional(rateLimits),
});

const organization = Type.Object(
  { id, name, region, maximumEnvironments: whole, createdAt: timestamp, licenses: Type.Array(license) },
  closed,
);

const password = Type.Object(
  {
    current: hash,
    history: Type.Array(Type.Object({ hash, replacedAt: timestamp }, closed)),
    mustChange: yesOrNo,
    lastChangedAt: timestamp,
    failures: Type.Optional(Type.Object({ count: whole, lockedUntil: Type.Optional(timestamp) }, closed)),
  },
  closed,
);

const recoveryCode = Type.Object({ code: name, expiresAt: timestamp, failures: whole }, closed);

const device = Type.Object(
  {
    ...stored,
    type: Type.Literal('EMAIL'),
    email: name,
    status: Type.Optional(Type.Enum(['ACTIVE', 'ACTIVATION_REQUIRED'])),
    nickname: Type.Optional(name),
    testMode: Type.Optional(yesOrNo),
    block: Type.Optional(
      Type.Object({ status: Type.Enum(['BLOCKED', 'UNBLOCKED']), blockedAt: Type.Optional(timestamp) }, closed),
    ),
  },
  closed,
);

const mfaSettings = Type.Object(
  {
    maxAllowedDevices: whole,
    mfaEnabled: yesOrNo,
    lockout: Type.Optional(Type.Object({ failureCount: whole, durationSeconds: Type.Optional(whole) }, closed)),
    updatedAt: timestamp,
  },
  closed,
);

const user = Type.Object(
  {
    ...stored,
    populationId: id,
    identityProvider,
    mfaEnabled: yesOrNo,
    enabled: Type.Optional(yesOrNo),
    attributes: Type.Object({ username: name }),
    password: Type.Optional(password),
    recoveryCode: Type.Optional(recoveryCode),
    lastSignOn: Type.Optional(Type.Object({ at: timestamp, remoteIp: name }, closed)),
    devices: Type.Array(device),
    groupIds: Type.Optional(Type.Array(id)),
  },
  closed,
);

const population = Type.Object({ ...stored, name, default: yesOrNo, preferredLanguage: name, themeId: id });
const policy = Type.Object({ ...stored, name, description: Type.String(), default: yesOrNo, rules: anything });

const group = Type.Object({
  ...stored,
  name,
  description: Type.Optional(Type.String()),
  externalId: Type.Optional(name),
  customData: Type.Optional(anything),
  populationId: Type.Optional(id),
  userFilter: Type.Optional(name),
});

const application = Type.Object({
  ...stored,
  name,
  secret: name,
  enabled: yesOrNo,
  tokenEndpointAuthMethod,
  redirectUris: Type.Array(name),
});

const environment = Type.Object({
  ...stored,
  organizationId: id,
  licenseId: id,
  name,
  type: environmentType,
  region,
  themeId: id,
  billOfMaterials: Type.Object({ products: Type.Array(anything) }),
  populations: Type.Array(population),
  users: Type.Array(user),
  passwordPolicies: Type.Array(policy),
  groups: Type.Optional(Type.Array(group)),
  workerApps: Type.Array(workerApp),
  applications: Type.Optional(Type.Array(application)),
  mfaSettings: Type.Optional(mfaSettings),
});

/** What a dump must look like. */
export const dumpSchema = Type.Object(
  {
    dump: Type.Literal(version, { description: `${version}, the form of dumps this program knows` }),
    sequence: whole,
    organizations: Type.Array(organization),
    environments: Type.Array(environment),
  },
  closed,
);

/**
 * A simulator's state as plain data. It holds all that exists, salted hashes of passwords (no password in clear), and the
 * client secrets of the simulated applications, since a loaded state must let them sign in. Sign-ons under way are left out.
 */
export type StateDump = Static<typeof dumpSchema>;

/** A copy of a state as plain data. Deleted environments that readers still see are left out. */
export function dumpState(state: State): StateDump {
  const dump = {
    dump: version,
    sequence: state.sequence,
    organizations: [...state.organizations.values()].map((one) => ({ ...one, licenses: [...one.licenses.values()] })),
    environments: [...state.environments.values()].map(dumpEnvironment),
  };
  return structuredClone(dump) as unknown as StateDump;
}

function dumpEnvironment(environment: Environment) {
  const { usernames: _index, flows: _flows, codes: _codes, refreshTokens: _tokens, ...rest } = environment;
  const { activationPasscodes: _passcodes, deviceAuthentications: _authentications, ...stored } = rest;
  return {
    ...stored,
    populations: [...environment.populations.values()],
    users: [...environment.users.values()].map((user) => ({ ...user, devices: [...user.devices.values()] })),
    passwordPolicies: [...environment.passwordPolicies.values()],
    groups: [...environment.groups.values()],
    workerApps: [...environment.workerApps.values()],
    applications: [...environment.applications.values()],
  };
}

/** The state that a dump holds. */
export function restoreState(dump: StateDump): State {
  const { sequence, organizations, environments } = structuredClone(dump);
  return {
    sequence,
    deletedEnvironments: new Map(),
    organizations: byId(
      organizations.map((one) => ({ ...one, licenses: byId(one.licenses as unknown as License[]) }) as Organization),
    ),
    environments: byId(environments.map(restoreEnvironment)),
  };
}

function restoreEnvironment(dumped: StateDump['environments'][number]): Environment {
  const users = dumped.users.map(
    (user) => ({ enabled: true, ...user, devices: byId(user.devices) }) as unknown as User,
  );
  return {
    ...(dumped as unknown as Environment),
    populations: byId(dumped.populations),
    users: byId(users),
    usernames: new Map(users.map(({ id, attributes }) => [foldUsername(attributes.username), id])),
    passwordPolicies: byId(
      dumped.passwordPolicies as unknown as { id: string }[],
    ) as unknown as Environment['passwordPolicies'],
    groups: byId((dumped.groups ?? []) as unknown as Group[]),
    workerApps: byId(dumped.workerApps),
    applications: byId((dumped.applications ?? []) as unknown as Application[]),
    flows: new Map(),
    codes: new Map(),
    refreshTokens: new Map(),
    activationPasscodes: new Map(),
    deviceAuthentications: new Map(),
  };
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
