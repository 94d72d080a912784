import type {
  EnvironmentType,
  IdentityProvider,
  LicenseRegion,
  LicenseStatus,
  RateLimits,
  Region,
  WorkerApp,
} from './model.ts';

/** What a simulator starts with, and returns to on `reset()`. */
export interface SimulatorSeed {
  readonly organizations: readonly SeedOrganization[];
}

export interface SeedOrganization {
  readonly id: string;
  readonly name: string;
  readonly region: Region;
  /** Default 500, as documented. */
  readonly maximumEnvironments?: number;
  /** In the order in which the API lists them. */
  readonly licenses: readonly SeedLicense[];
  readonly environments: readonly SeedEnvironment[];
}

export interface SeedLicense {
  readonly id: string;
  readonly name: string;
  /** Default: the name. */
  readonly package?: string;
  readonly status: LicenseStatus;
  /** Time stamps: ISO 8601, UTC, with milliseconds. */
  readonly beginsAt: string;
  readonly expiresAt: string;
  readonly terminatesAt?: string;
  /** Counts environments that this seed does not list, too; the listed ones are *not* added to it. */
  readonly assignedEnvironmentsCount: number;
  readonly maximumEnvironments: number;
  readonly regions: readonly LicenseRegion[];
  readonly allowProduction: boolean;
  /** All other flags on, off, or off with some missing. */
  readonly features: 'full' | 'none' | 'old';
  /** Requests a second or minute, by group. Default: no limit. */
  readonly rateLimits?: RateLimits;
}

export interface SeedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly type: EnvironmentType;
  readonly licenseId: string;
  readonly workerApps: readonly WorkerApp[];
  readonly populations?: readonly SeedPopulation[];
  readonly groups?: readonly SeedGroup[];
  readonly users?: readonly SeedUser[];
}

export interface SeedPopulation {
  readonly id: string;
  readonly name: string;
  /** Default: the environment's, Standard. With Basic, passwords do not expire. */
  readonly passwordPolicy?: 'Basic' | 'Passphrase' | 'Standard';
}

export interface SeedGroup {
  readonly id: string;
  readonly name: string;
}

export interface SeedUser {
  readonly id: string;
  readonly username: string;
  readonly email?: string;
  /** Default: the environment's default population. */
  readonly populationId?: string;
  /** Default: PING_ONE. Any other makes the password external. */
  readonly identityProvider?: IdentityProvider;
  /** In clear, as a seed is written by hand; set at the seed's time. No policy checks it. Default: none. */
  readonly password?: string;
  /** Groups of the environment to which the user belongs. */
  readonly groupIds?: readonly string[];
}
