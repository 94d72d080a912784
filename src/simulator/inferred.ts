/**
 * Everything the simulator says or does that is *inferred*: no public page, test or log of PingOne shows it.
 * Kept in one file so that the first recording of the real service that differs is a change of one line here.
 * What is documented or observed lives in `messages.ts` and beside the rule it belongs to.
 */

/** Texts of `details[].message` (and two top messages) nobody has published. */
export const inferredMessages = {
  required: 'must not be null',
  wrongType: (expected: string) => `must be of type ${expected}`,
  pattern: 'must match the allowed pattern',
  notAllowedValue: 'must be one of the allowed values',
  tooLong: (maximum: number) => `size must be at most ${maximum}`,
  outOfRange: (minimum: number, maximum: number) => `must be between ${minimum} and ${maximum}`,
  malformedUrl: 'must be a valid URL',
  regionNotAllowed: 'The region is not allowed for this environment.',
  productionNotAllowed: 'The license does not allow environments of type PRODUCTION.',
  deletePendingLimit: 'The organization has reached its limit of environments waiting for deletion.',
  productionDelete:
    'An environment of type PRODUCTION must be in status DELETE_PENDING, and its waiting period over, to be deleted.',
  statusNeedsProduction: 'Only an environment of type PRODUCTION can be set to DELETE_PENDING.',
  immutable: 'must not be changed',
  unknownReference: 'The referenced resource does not exist.',
  populationHasUsers: 'The population still contains users.',
  populationIsDefault: 'The default population cannot be deleted.',
  policyIsDefault: 'The default password policy cannot be deleted.',
  policyInUse: 'The password policy is used by a population.',
  lastPopulation: 'The environment must contain at least one population.',
  externalUserPassword: "The user's password is managed by an external identity provider.",
  notSimulated: (what: string) => `The simulator does not simulate ${what}.`,
  invalidFilter: 'The filter is not supported.',
  invalidCursor: 'The cursor is not valid for this request.',
  invalidLimit: 'The limit must be a whole number.',
  invalidOrder: 'The order is not supported.',
  noPassword: 'The user has no password.',
  passwordLocked: 'The password is locked because of too many failed attempts.',
  userDisabled: 'The user is disabled.',
  otherSession: 'Session token cookie value does not match',
  flowSpent: 'The flow is finished.',
  flowNotAt: (action: string) => `The flow does not wait for ${action}.`,
  requestLimited: 'The request could not be completed. There were too many requests in the last time.',
  unexpectedError: 'The request could not be completed. There was an unexpected error.',
  fault: 'The request was refused on request of a fault',
  quotaOfPasscodes: 'Too many wrong passcodes. Ask for a new one.',
  noUsableDevices: 'The user has no device that can be used.',
  deviceNotWaiting: 'The device does not wait for its activation.',
  authenticationNotWaiting: 'The device authentication does not wait for this action.',
  authenticationCompleted: 'The device authentication is completed.',
  alreadyMember: 'The user is already a member of the group.',
  otherPopulation: 'The user is not in the population of the group.',
  memberByFilter: 'The user is a member by the filter of the group.',
  tooManyGroups: 'The environment has reached its limit of groups.',
  passwordTooYoung: 'The password was changed too recently.',
} as const;

/** Texts of `innerError` for password rules whose wording was not found. */
export const inferredPasswordMessages = {
  tooLong: (maximum: number) =>
    `The provided password is longer than the maximum allowed length of ${maximum} characters`,
  excludesProfileData: "The provided password contains data from the user's profile",
  minComplexity: 'The provided password is not complex enough',
  notSimilarToCurrent: 'The provided password is too similar to the current password',
} as const;

/** Reasons of the token endpoint that are documented as refusals but without a text. */
export const inferredTokenReasons = {
  disabled: 'Client is disabled',
  withoutRole: 'Client has no role assigned',
  missingGrantType: 'Missing grant_type parameter',
  repeatedParameter: 'A parameter is included more than once',
  twoAuthenticationMethods: 'More than one client authentication method was used',
  unreadableBody: 'The request body is not readable as UTF-8 text',
  wrongMediaType: 'The request body must be application/x-www-form-urlencoded',
  unsupportedGrantType: 'Unsupported grant type',
  otherGrant: 'Client is not allowed to use this grant type',
} as const;

/** Reasons of the authorization endpoint, and of the token endpoint for codes. */
export const inferredSignOnReasons = {
  missing: (name: string) => `Missing parameter: ${name}`,
  repeated: (name: string) => `The parameter ${name} is included more than once`,
  unknownClient: 'Unknown client_id',
  disabledClient: 'Client is disabled',
  redirectUri: 'Redirect URI mismatch',
  noScope: 'At least one scope must be granted',
  codeChallengeMethod: 'Unsupported code_challenge_method',
  unknownCode: 'The authorization code is invalid, used or expired',
  codeOfAnotherClient: 'The authorization code was issued to another client',
  unknownRefreshToken: 'The refresh token is invalid, used or expired',
  codeVerifier: 'The code_verifier does not match the code_challenge',
} as const;

/** Choices of behaviour. */
export const inferredChoices = {
  /** The `aud` claim of a worker's token. */
  audience: 'https://api.pingone.com',
  /** Charset text of answers. */
  contentTypeParameters: ';charset=UTF-8',
  /** Usernames differing only in case count as the same. */
  usernameIgnoresCase: true,
  /** How long a soft-deleted PRODUCTION environment waits until it may be deleted for good, in days. */
  softDeleteWaitingDays: 30,
  /** Name and description of the population every new environment has. */
  defaultPopulation: { name: 'Default', description: 'Automatically created population.' },
  /** `preferredLanguage` of a population that names none. */
  preferredLanguage: 'en',
  /** `limit` of a list when the request gives none, and the most it may give (environments: documented). */
  populationPage: { standard: 1000, maximum: 1000 },
  applicationPage: { standard: 100, maximum: 1000 },
  userPage: { standard: 1000, maximum: 1000 },
  groupPage: { standard: 100, maximum: 1000 },
  /** What a password policy has that names none. */
  lockout: { failureCount: 5, durationSeconds: 900 },
  /** The address that a user signed on from. */
  remoteIp: '127.0.0.1',
  /** How long an authorization code is good. */
  authorizationCodeSeconds: 300,
  /** How long a device authentication can be gone on with. */
  deviceAuthenticationSeconds: 30 * 60,
  /** `usableStatus.status` of an embedded device. */
  usableStatus: { usable: 'FULL', unusable: 'NOT_USABLE' },
  /** Name of the device authentication policy that every environment has. */
  devicePolicyName: 'Default MFA Policy',
  /** The sign-on policy that every environment has, as `acr` names it. */
  signOnPolicy: 'Single_Factor',
  /** Code of the detail for a blank username. */
  blankCode: 'EMPTY_VALUE',
  /** Target of a policy violation when an administrator sets a password. */
  passwordSetTarget: 'newPassword',
  /** Guesses a second behind `minComplexity`, so that 8 characters of all four classes take just over 7 days. */
  guessesPerSecond: 1e10,
  /** A detail code for a text or list that is too long. */
  tooLongCode: 'SIZE_LIMIT_EXCEEDED',
  /** Largest request body read, in bytes; beyond it the request counts as malformed. */
  maximumBodyBytes: 16 * 1024 * 1024,
} as const;
