import { Type } from 'typebox';
import { closed } from '../validation/texts.ts';
import { rateLimitGroups, regions } from './model.ts';
import { roleNames } from './role-catalog.ts';

const described = (description: string) => ({ description });
export const id = Type.String({
  pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  ...described('a UUID in lower case'),
});
export const name = Type.String({ minLength: 1, ...described('a text') });
export const timestamp = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
  ...described('a time such as "2026-01-31T00:00:00.000Z"'),
});
export const whole = Type.Integer({ minimum: 0, ...described('a whole number, 0 or more') });
export const yesOrNo = Type.Boolean(described('true or false'));
export const region = Type.Enum([...regions], described(`one of ${regions.join(', ')}`));
const licenseRegions = regions.map((one) => (one === 'NA' ? 'NORTH_AMERICA' : one));
const licenseRegion = Type.Enum(licenseRegions, described(`one of ${licenseRegions.join(', ')}`));
export const environmentType = Type.Enum(['SANDBOX', 'PRODUCTION'], described('SANDBOX or PRODUCTION'));
export const licenseStatus = Type.Enum(
  ['ACTIVE', 'EXPIRED', 'FUTURE', 'TERMINATED'],
  described('ACTIVE, EXPIRED, FUTURE or TERMINATED'),
);
export const identityProvider = Type.Object({ type: name, id: Type.Optional(id) }, closed);

const role = Type.Enum([...roleNames], described(`one of ${roleNames.join(', ')}`));
const scope = Type.Object(
  { type: Type.Enum(['ENVIRONMENT', 'ORGANIZATION'], described('ENVIRONMENT or ORGANIZATION')), id },
  closed,
);

export const tokenEndpointAuthMethod = Type.Enum(
  ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'],
  described('CLIENT_SECRET_BASIC or CLIENT_SECRET_POST'),
);

export const workerApp = Type.Object(
  {
    id,
    name,
    secret: name,
    enabled: yesOrNo,
    tokenEndpointAuthMethod,
    roles: Type.Array(Type.Object({ role, scope }, closed), described('a list of roles')),
  },
  closed,
);

const rateLimit = Type.Object(
  { limit: Type.Integer({ minimum: 1, ...described('a whole number, 1 or more') }) },
  closed,
);
export const rateLimits = Type.Object(
  Object.fromEntries(rateLimitGroups.map((group) => [group, Type.Optional(rateLimit)])),
  closed,
);

const license = Type.Object(
  {
    id,
    name,
    package: Type.Optional(name),
    status: licenseStatus,
    beginsAt: timestamp,
    expiresAt: timestamp,
    terminatesAt: Type.Optional(timestamp),
    assignedEnvironmentsCount: whole,
    maximumEnvironments: whole,
    regions: Type.Array(licenseRegion, described('a list of regions')),
    allowProduction: yesOrNo,
    features: Type.Enum(['full', 'none', 'old'], described('full, none or old')),
    rateLimits: Type.Optional(rateLimits),
  },
  closed,
);

const user = Type.Object(
  {
    id,
    username: name,
    email: Type.Optional(name),
    populationId: Type.Optional(id),
    identityProvider: Type.Optional(identityProvider),
    password: Type.Optional(name),
    groupIds: Type.Optional(Type.Array(id, described('a list of ids of groups'))),
  },
  closed,
);

const population = Type.Object(
  {
    id,
    name,
    passwordPolicy: Type.Optional(
      Type.Enum(['Standard', 'Passphrase', 'Basic'], described('Standard, Passphrase or Basic')),
    ),
  },
  closed,
);

const group = Type.Object({ id, name }, closed);

const environment = Type.Object(
  {
    id,
    name,
    description: Type.Optional(Type.String(described('a text'))),
    type: environmentType,
    licenseId: id,
    workerApps: Type.Array(workerApp, described('a list of worker apps')),
    populations: Type.Optional(Type.Array(population, described('a list of populations'))),
    groups: Type.Optional(Type.Array(group, described('a list of groups'))),
    users: Type.Optional(Type.Array(user, described('a list of users'))),
  },
  closed,
);

/** What a seed file must look like; the same as `SimulatorSeed`. */
export const seedSchema = Type.Object(
  {
    organizations: Type.Array(
      Type.Object(
        {
          id,
          name,
          region,
          maximumEnvironments: Type.Optional(whole),
          licenses: Type.Array(license, described('a list of licences')),
          environments: Type.Array(environment, described('a list of environments')),
        },
        closed,
      ),
      described('a list of organizations'),
    ),
  },
  closed,
);
