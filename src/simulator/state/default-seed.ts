import type { RoleAssignment, TokenEndpointAuthMethod, WorkerApp } from './model.ts';
import type { SeedLicense, SeedOrganization, SimulatorSeed } from './seed.ts';

/** What a person puts into the tutorial's variables; fixed, so that a committed Postman environment can hold it. */
export const defaultCredentials = {
  orgID: '6b1f3c52-8f0a-4c55-9a57-0d8a3c1e7f01',
  adminEnvID: 'a4c7e1b0-52d3-4f8e-8b6a-91f2d0c3e502',
  adminAppID: 'c9d2f6a4-7b31-4e0d-a5c8-3e6f1b2a4d03',
  adminAppSecret: 'simulator-client-secret',
  licenseID: 'd0a8b5c6-1e42-4f97-b3d6-58c7a9e0f104',
  region: 'NA',
} as const;

/** A second organization, to which the tutorial's worker has no access. */
export const otherOrganization = {
  orgID: '0f4b8a13-6d27-4c9e-8a51-b7e2c6d90f01',
  adminEnvID: '1a5c9b24-7e38-4daf-9b62-c8f3d7ea1002',
  licenseID: '2b6dac35-8f49-4eb0-8c73-d904e8fb2103',
} as const;

/** An environment with a user who can sign on, for the tutorial's second part without its first. */
export const signOnCredentials = {
  envID: 'b7d3e5f1-4a62-4c09-9e8d-2f1a6b3c5d10',
  sharedPopID: 'd9f50713-6c84-4e2b-90af-413c8d5e7f12',
  sharedUserID: 'c8e4f602-5b73-4d1a-8f9e-302b7c4d6e11',
  sharedUsername: 'sharedTestUser',
  userPassword: 'Simulator-password-1',
} as const;

/** Ids of the default organization's licences, in the order of the list. */
export const seedLicenses = {
  terminated: '3c7ebd46-905a-4fc1-9d84-ea15f90c3204',
  full: '4d8fce57-a16b-40d2-8e95-fb260a1d4305',
  future: '5e90df68-b27c-41e3-9fa6-0c371b2e5406',
  europe: '6fa1e079-c38d-42f4-80b7-1d482c3f6507',
  expired: '70b2f18a-d49e-4305-91c8-2e593d407608',
  internal: defaultCredentials.licenseID,
} as const;

/** A worker app of the seed: where its token endpoint is, and how it signs in. */
export interface SeedApp {
  readonly environmentId: string;
  readonly clientId: string;
  readonly secret: string;
}

/** Worker apps for trying refusals; `administrator` is the one of the tutorial. */
export const seedApps = {
  administrator: appOf(defaultCredentials.adminEnvID, defaultCredentials.adminAppID, defaultCredentials.adminAppSecret),
  disabled: appOf(defaultCredentials.adminEnvID, '81c3029b-e5af-4416-82d9-3f6a4e518701', 'disabled-app-secret'),
  withoutRoles: appOf(defaultCredentials.adminEnvID, '92d413ac-f6b0-4527-93ea-407b5f629802', 'roleless-app-secret'),
  identityDataAdmin: appOf(
    defaultCredentials.adminEnvID,
    'a3e524bd-07c1-4638-84fb-518c6073a903',
    'identity-app-secret',
  ),
  environmentAdmin: appOf(
    defaultCredentials.adminEnvID,
    'b4f635ce-18d2-4749-950c-629d7184ba04',
    'environment-app-secret',
  ),
  secretPost: appOf(defaultCredentials.adminEnvID, 'c50746df-29e3-485a-861d-73ae8295cb05', 'post-app-secret'),
  /** Its secret holds what a client must percent-encode (RFC 6749, 2.3.1). */
  oddSecret: appOf(defaultCredentials.adminEnvID, 'd61857e0-3af4-496b-972e-84bf93a6dc06', 'odd:secret+100% ~é'),
  otherOrganization: appOf(otherOrganization.adminEnvID, 'e72968f1-4b05-4a7c-883f-95c0a4b7ed07', 'other-app-secret'),
  otherOrganizationReader: appOf(
    otherOrganization.adminEnvID,
    'f83a7902-5c16-4b8d-9940-a6d1b5c8fe08',
    'other-reader-secret',
  ),
} as const satisfies Record<string, SeedApp>;

/** The seed used when none is given: two organizations, licenses of every status and region, worker apps of every kind. */
export function defaultSeed(): SimulatorSeed {
  return { organizations: [tutorialOrganization(), secondOrganization()] };
}

function tutorialOrganization(): SeedOrganization {
  return {
    id: defaultCredentials.orgID,
    name: 'Simulated Organization',
    region: 'NA',
    licenses,
    environments: [
      {
        id: defaultCredentials.adminEnvID,
        ...administrators,
        licenseId: defaultCredentials.licenseID,
        workerApps: tutorialWorkers(),
      },
      {
        id: signOnCredentials.envID,
        name: 'Sign-on test',
        description: 'With a user who has a password',
        type: 'SANDBOX',
        licenseId: defaultCredentials.licenseID,
        workerApps: [],
        populations: [
          { id: signOnCredentials.sharedPopID, name: 'Shared-Test-User-Population', passwordPolicy: 'Basic' },
        ],
        users: [
          {
            id: signOnCredentials.sharedUserID,
            username: signOnCredentials.sharedUsername,
            email: 'sharedTestUser@example.com',
            populationId: signOnCredentials.sharedPopID,
            password: signOnCredentials.userPassword,
          },
        ],
      },
    ],
  };
}

/** The environment that comes with an organization (recorded). */
const administrators = {
  name: 'Administrators',
  description: 'This is the administrator environment created when the organization was provisioned.',
  type: 'PRODUCTION',
} as const;

function tutorialWorkers(): readonly WorkerApp[] {
  const { orgID, adminEnvID } = defaultCredentials;
  const organizationWide: RoleAssignment['scope'] = { type: 'ORGANIZATION', id: orgID };
  const environmentWide = (id: string): RoleAssignment['scope'] => ({ type: 'ENVIRONMENT', id });
  const administrator: readonly RoleAssignment[] = [
    { role: 'Organization Admin', scope: organizationWide },
    { role: 'Environment Admin', scope: organizationWide },
    { role: 'Identity Data Admin', scope: environmentWide(adminEnvID) },
    { role: 'Identity Data Admin', scope: environmentWide(signOnCredentials.envID) },
  ];
  return [
    workerApp('Tutorial worker', seedApps.administrator, administrator),
    { ...workerApp('Disabled worker', seedApps.disabled, administrator), enabled: false },
    workerApp('Worker without roles', seedApps.withoutRoles, []),
    workerApp('Identity worker', seedApps.identityDataAdmin, [
      { role: 'Identity Data Admin', scope: environmentWide(adminEnvID) },
      { role: 'Identity Data Admin', scope: environmentWide(signOnCredentials.envID) },
    ]),
    workerApp('Environment worker', seedApps.environmentAdmin, [
      { role: 'Environment Admin', scope: environmentWide(adminEnvID) },
    ]),
    workerApp('Worker with secret in the body', seedApps.secretPost, administrator, 'CLIENT_SECRET_POST'),
    workerApp('Worker with an odd secret', seedApps.oddSecret, administrator),
  ];
}

function secondOrganization(): SeedOrganization {
  const { orgID, adminEnvID, licenseID } = otherOrganization;
  const organizationWide: RoleAssignment['scope'] = { type: 'ORGANIZATION', id: orgID };
  return {
    id: orgID,
    name: 'Other Organization',
    region: 'NA',
    licenses: [activeLicense(licenseID, 'ADMIN', 10, 1)],
    environments: [
      {
        id: adminEnvID,
        ...administrators,
        licenseId: licenseID,
        workerApps: [
          workerApp('Other worker', seedApps.otherOrganization, [
            { role: 'Organization Admin', scope: organizationWide },
            { role: 'Environment Admin', scope: organizationWide },
          ]),
          workerApp('Other reader', seedApps.otherOrganizationReader, [
            { role: 'Identity Data Admin', scope: { type: 'ENVIRONMENT', id: adminEnvID } },
          ]),
        ],
      },
    ],
  };
}

/** Unsorted, with the usable one last, as in the documented list: picking the first must not work. */
const licenses: readonly SeedLicense[] = [
  {
    id: seedLicenses.terminated,
    name: 'MFA TRIAL',
    status: 'TERMINATED',
    beginsAt: '2020-09-30T00:00:00.000Z',
    expiresAt: '2020-10-30T00:00:00.000Z',
    terminatesAt: '2020-10-30T00:00:00.000Z',
    assignedEnvironmentsCount: 0,
    maximumEnvironments: 5,
    regions: ['NORTH_AMERICA'],
    allowProduction: false,
    features: 'none',
  },
  { ...activeLicense(seedLicenses.full, 'ADMIN', 1, 1), allowProduction: false, features: 'old' },
  {
    ...activeLicense(seedLicenses.future, 'NEXT TERM', 20, 0),
    status: 'FUTURE',
    beginsAt: '2099-01-01T00:00:00.000Z',
  },
  { ...activeLicense(seedLicenses.europe, 'EUROPE', 10, 2), regions: ['EU'] },
  {
    ...activeLicense(seedLicenses.expired, 'WORKFORCE TRIAL', 5, 0),
    status: 'EXPIRED',
    beginsAt: '2022-03-01T00:00:00.000Z',
    expiresAt: '2022-03-31T00:00:00.000Z',
    allowProduction: false,
    features: 'none',
  },
  {
    ...activeLicense(seedLicenses.internal, 'INTERNAL', 50, 7),
    beginsAt: '2020-07-08T19:15:57.324Z',
    expiresAt: '2100-01-31T00:00:00.324Z',
    regions: ['AP', 'NORTH_AMERICA', 'EU'],
  },
];

function activeLicense(id: string, name: string, maximum: number, assigned: number): SeedLicense {
  return {
    id,
    name,
    status: 'ACTIVE',
    beginsAt: '2021-05-01T00:00:00.000Z',
    expiresAt: '2100-01-31T00:00:00.000Z',
    assignedEnvironmentsCount: assigned,
    maximumEnvironments: maximum,
    regions: ['NORTH_AMERICA'],
    allowProduction: true,
    features: 'full',
  };
}

function appOf(environmentId: string, clientId: string, secret: string): SeedApp {
  return { environmentId, clientId, secret };
}

function workerApp(
  name: string,
  app: SeedApp,
  roles: readonly RoleAssignment[],
  tokenEndpointAuthMethod: TokenEndpointAuthMethod = 'CLIENT_SECRET_BASIC',
): WorkerApp {
  return { id: app.clientId, name, secret: app.secret, enabled: true, tokenEndpointAuthMethod, roles };
}
