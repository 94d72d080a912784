import type { Dialect, DisputedAnswer } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { PasswordHash } from '../passwords/hash.ts';
import type { PropagationDelays } from './delays.ts';
import type { HistoryEntry } from './history.ts';

/** Region codes of environments and organizations; licences spell `NA` as `NORTH_AMERICA`. */
export const regions = ['AP', 'AU', 'CA', 'EU', 'NA', 'SG'] as const;
export type Region = (typeof regions)[number];
export type LicenseRegion = Exclude<Region, 'NA'> | 'NORTH_AMERICA';

export type EnvironmentType = 'PRODUCTION' | 'SANDBOX';
export type LicenseStatus = 'ACTIVE' | 'EXPIRED' | 'FUTURE' | 'TERMINATED';
export type TokenEndpointAuthMethod = 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST';
export type Role =
  | 'Client Application Developer'
  | 'Configuration Read Only'
  | 'Environment Admin'
  | 'Identity Data Admin'
  | 'Identity Data Read Only'
  | 'Organization Admin';

/** A role and where it holds: in one environment, or in a whole organization. */
export interface RoleAssignment {
  readonly role: Role;
  readonly scope: { readonly type: 'ENVIRONMENT' | 'ORGANIZATION'; readonly id: string };
}

/** What signs itself on at the token endpoint. */
export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod;
}

/** An application that gets tokens by client credentials. */
export interface WorkerApp extends OAuthClient {
  readonly name: string;
  readonly roles: readonly RoleAssignment[];
}

/** What every stored thing has. `sequence` grows with each creation and orders lists. */
export interface Stored {
  readonly id: string;
  readonly sequence: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly region: Region;
  /** Most environments it may have; documented as 500 (5 in a trial). */
  readonly maximumEnvironments: number;
  readonly createdAt: string;
  readonly licenses: Map<string, License>;
}

/** Groups of requests that share a rate, as PingOne names them: `Rps` counts by the second, `Rpm` by the minute. */
export const rateLimitGroups = [
  ...['rlgAnalyticsRpm', 'rlgAppRegRpm', 'rlgAuditRps', 'rlgAuthnRps', 'rlgAuthnStartRps', 'rlgAuthzRps'],
  ...['rlgAuthzBulkRps', 'rlgCatchAllRps', 'rlgConfigRpm', 'rlgCredRpm', 'rlgDirAccessRps', 'rlgDirBulkRps'],
  ...['rlgDirFixedRps', 'rlgDirWriteRps', 'rlgMfaRps', 'rlgMfaFixedRps', 'rlgMfaPollingRps', 'rlgPrivilegeRps'],
  ...['rlgRiskEvalsRps', 'rlgTokenCheckRps', 'rlgVerifyRpm'],
] as const;
export type RateLimitGroup = (typeof rateLimitGroups)[number];
/** How many requests of a group a license allows; a group that is not named has no limit. */
export type RateLimits = Readonly<Partial<Record<RateLimitGroup, { readonly limit: number }>>>;

export interface License {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly package: string;
  readonly status: LicenseStatus;
  readonly beginsAt: string;
  readonly expiresAt: string;
  readonly terminatesAt?: string;
  readonly assignedEnvironmentsCount: number;
  readonly environments: {
    readonly allowProduction: boolean;
    readonly max: number;
    readonly regions: readonly LicenseRegion[];
    readonly [flag: string]: boolean | number | readonly LicenseRegion[];
  };
  /** All other sections of the body, by name. */
  readonly features: Readonly<Record<string, JsonObject>>;
  /** Shared by its environments. Absent: none. */
  readonly rateLimits?: RateLimits;
}

export interface BillOfMaterials {
  readonly products: readonly JsonObject[];
  readonly solutionType?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Environment extends Stored {
  readonly organizationId: string;
  readonly licenseId: string;
  readonly name: string;
  readonly description?: string;
  readonly icon?: string;
  readonly subtype?: string;
  readonly type: EnvironmentType;
  readonly region: Region;
  /** Set while a PRODUCTION environment waits for its deletion. */
  readonly softDeleted?: { readonly softDeletedAt: string; readonly hardDeleteAllowedAt: string };
  readonly billOfMaterials: BillOfMaterials;
  /** The theme that its populations show; themes themselves are not simulated. */
  readonly themeId: string;
  readonly populations: Map<string, Population>;
  readonly users: Map<string, User>;
  /** User id by folded username, so that uniqueness costs the same with one user and a million. */
  readonly usernames: Map<string, string>;
  readonly passwordPolicies: Map<string, PasswordPolicy>;
  readonly groups: Map<string, Group>;
  readonly workerApps: Map<string, WorkerApp>;
  /** Applications that people sign on to; worker apps are not among them. */
  readonly applications: Map<string, Application>;
  /** Sign-ons under way. Not in dumps. */
  readonly flows: Map<string, Flow>;
  /** Authorization codes that have not been used. Not in dumps. */
  readonly codes: Map<string, AuthorizationCode>;
  /** Refresh tokens that are good. Not in dumps. */
  readonly refreshTokens: Map<string, RefreshGrant>;
  /** Absent: the defaults. */
  readonly mfaSettings?: MfaSettings;
  /** Passcodes that devices are activated with, by id of the device. Not in dumps. */
  readonly activationPasscodes: Map<string, Passcode>;
  /** Not in dumps. */
  readonly deviceAuthentications: Map<string, DeviceAuthentication>;
}

/** A web application that signs people on by OpenID Connect. */
export interface Application extends OAuthClient, Stored {
  readonly name: string;
  readonly description?: string;
  readonly type: 'WEB_APP';
  readonly protocol: 'OPENID_CONNECT';
  readonly grantTypes: readonly ('AUTHORIZATION_CODE' | 'REFRESH_TOKEN')[];
  readonly responseTypes: readonly 'CODE'[];
  readonly redirectUris: readonly string[];
  /** Absent in dumps of earlier versions: no. */
  readonly allowWildcardInRedirectUris?: boolean;
  /** Absent: opaque. */
  readonly refreshTokenType?: RefreshTokenType;
  readonly pkceEnforcement: PkceEnforcement;
}

export type RefreshTokenType = 'JSON_WEB_TOKEN' | 'OPAQUE_TOKEN';
export type PkceEnforcement = 'OPTIONAL' | 'REQUIRED' | 'S256_REQUIRED';

/** What a client asked for at the authorization endpoint. */
export interface AuthorizationRequest {
  readonly applicationId: string;
  /** Documented: may be left out with `pi.flow`. */
  readonly redirectUri?: string;
  readonly scope: string;
  readonly state?: string;
  readonly nonce?: string;
  readonly codeChallenge?: { readonly method: 'S256' | 'plain'; readonly value: string };
}

export type FlowStatus =
  | 'COMPLETED'
  | 'FAILED'
  | 'MUST_CHANGE_PASSWORD'
  | 'PASSWORD_EXPIRED'
  | 'RECOVERY_CODE_REQUIRED'
  | 'USERNAME_PASSWORD_REQUIRED';

/** A sign-on under way. */
export interface Flow {
  readonly id: string;
  readonly status: FlowStatus;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Value of the cookie that whoever goes on with the flow must send. */
  readonly sessionToken: string;
  /** The session that the sign-on begins. */
  readonly sessionId: string;
  readonly request: AuthorizationRequest;
  /** Who signed on, and when; from the password check on. */
  readonly signedOn?: SignedOn;
  /** Who has forgotten the password; absent when nobody has this name. */
  readonly recovering?: string;
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string };
  /** It has given its code. */
  readonly isSpent: boolean;
}

export interface SignedOn {
  readonly userId: string;
  readonly at: string;
}

/** What an authorization code stands for. */
export interface AuthorizationCode {
  readonly request: AuthorizationRequest;
  readonly signedOn: SignedOn;
  readonly sessionId: string;
  readonly expiresAt: string;
}

/** What a refresh token stands for. */
export type RefreshGrant = AuthorizationCode;

export interface Population extends Stored {
  readonly name: string;
  readonly description?: string;
  readonly default: boolean;
  readonly preferredLanguage: string;
  readonly themeId: string;
  readonly passwordPolicyId?: string;
  readonly alternativeIdentifiers?: readonly string[];
}

/** Users who are grouped, by hand or by a filter. */
export interface Group extends Stored {
  readonly name: string;
  readonly description?: string;
  readonly externalId?: string;
  readonly customData?: JsonObject;
  /** Only users of this population can be members. Absent: of the whole environment. */
  readonly populationId?: string;
  /** Whom it matches is a member, as long as it does. */
  readonly userFilter?: string;
}

export interface IdentityProvider {
  readonly type: string;
  /** Absent for PING_ONE. */
  readonly id?: string;
}

export interface User extends Stored {
  readonly populationId: string;
  readonly identityProvider: IdentityProvider;
  readonly mfaEnabled: boolean;
  /** A user who is not enabled cannot sign on. */
  readonly enabled: boolean;
  /** What clients may write: username, email, name, … */
  readonly attributes: UserAttributes;
  readonly password?: Password;
  /** What was sent by e-mail to get a new password with. */
  readonly recoveryCode?: RecoveryCode;
  /** The last sign-on that was completed. */
  readonly lastSignOn?: { readonly at: string; readonly remoteIp: string };
  readonly devices: ReadonlyMap<string, Device>;
  /** Groups to which the user was added directly. Absent: none. */
  readonly groupIds?: readonly string[];
}

export interface RecoveryCode {
  readonly code: string;
  readonly expiresAt: string;
  /** Wrong tries. */
  readonly failures: number;
}

export interface UserAttributes {
  readonly username: string;
  readonly email?: string;
  readonly name?: Readonly<Record<string, string>>;
  readonly [attribute: string]: unknown;
}

/** A user's password as kept: salted hashes only. See `passwords/hash.ts` for what else is remembered. */
export interface Password {
  readonly current: PasswordHash;
  readonly history: readonly { readonly hash: PasswordHash; readonly replacedAt: string }[];
  readonly mustChange: boolean;
  /** Wrong tries in a row, and until when that locks the password. */
  readonly failures?: { readonly count: number; readonly lockedUntil?: string };
  readonly lastChangedAt: string;
}

export interface Device extends Stored {
  readonly type: 'EMAIL';
  readonly email: string;
  /** Absent in dumps of earlier versions: ACTIVE. */
  readonly status?: 'ACTIVATION_REQUIRED' | 'ACTIVE';
  readonly nickname?: string;
  /** Passcodes for it are in the answers, and sent nowhere. */
  readonly testMode?: boolean;
  /** Absent: no administrator has blocked, unblocked or unlocked it. */
  readonly block?: { readonly status: 'BLOCKED' | 'UNBLOCKED'; readonly blockedAt?: string };
}

/** A one-time passcode that somebody is asked for. */
export interface Passcode {
  readonly value: string;
  readonly expiresAt: string;
  /** Wrong ones that were given in its place. */
  readonly failures: number;
}

export type DeviceAuthenticationStatus = 'COMPLETED' | 'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED';

/** A proof of a second factor under way. */
export interface DeviceAuthentication {
  readonly id: string;
  readonly status: DeviceAuthenticationStatus;
  readonly userId: string;
  /** A device of the user, or an address that is used once; undefined while one is to be selected. */
  readonly selected?: { readonly deviceId: string } | { readonly oneTime: OneTimeDevice };
  readonly passcode?: Passcode;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A device that the service does not store. */
export interface OneTimeDevice {
  readonly type: 'EMAIL';
  readonly email: string;
  readonly testMode?: boolean;
}

/** What an environment has set for multi-factor authentication. */
export interface MfaSettings {
  readonly maxAllowedDevices: number;
  /** Whether MFA is enabled for new users. */
  readonly mfaEnabled: boolean;
  /** After so many wrong passcodes an account is locked. Stored, not applied. */
  readonly lockout?: { readonly failureCount: number; readonly durationSeconds?: number };
  readonly updatedAt: string;
}

/** A policy as the API shows it, without ids and links. Absent rules are not checked. */
export interface PasswordPolicy extends Stored {
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
  readonly rules: PasswordRules;
}

export interface PasswordRules {
  readonly excludesProfileData: boolean;
  readonly notSimilarToCurrent: boolean;
  readonly excludesCommonlyUsed: boolean;
  /** Days a brute-force search must take. */
  readonly minComplexity?: number;
  readonly maxAgeDays?: number;
  readonly minAgeDays?: number;
  readonly maxRepeatedCharacters?: number;
  readonly minUniqueCharacters?: number;
  readonly history?: { readonly count: number; readonly retentionDays: number };
  readonly lockout: { readonly failureCount: number; readonly durationSeconds: number };
  readonly length?: { readonly min: number; readonly max: number };
  readonly minCharacters?: Readonly<Record<string, number>>;
}

/** All that a simulator remembers. Records are replaced, never changed in place. */
export interface State {
  readonly organizations: Map<string, Organization>;
  readonly environments: Map<string, Environment>;
  /** Deleted ones that readers may still see; empty unless `PropagationDelays` ask for it. */
  readonly deletedEnvironments: Map<string, { readonly environment: Environment; readonly deletedAt: string }>;
  /** The next `sequence`. */
  sequence: number;
}

/** A simulator's state with its clock and its source of ids. */
export interface World {
  readonly now: () => Date;
  readonly uuid: () => string;
  readonly tokenLifetimeSeconds: number;
  readonly delays: PropagationDelays;
  /** Undefined: that of the clock. */
  readonly dialect: Dialect | undefined;
  /** What is answered in the other of two contradicting ways. */
  readonly disputed: ReadonlySet<DisputedAnswer>;
  /** For licenses that have none of their own. */
  readonly rateLimits: RateLimits;
  /** Requests in the current second or minute, by license and group. */
  readonly rates: Map<string, { readonly window: number; readonly count: number }>;
  state: State;
  /** All creations and deletions since the start or the last reset. */
  history: HistoryEntry[];
}
