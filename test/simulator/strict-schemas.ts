/**
 * What an answer of the simulator may hold, and nothing else: every key is listed, every key that always comes is
 * required. Written from the documentation, not from the simulator. Draft-07.
 */
type Schema = Readonly<Record<string, unknown>>;

/** An object with exactly these keys; one whose name ends in `?` may be missing. */
function exactly(keys: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(keys).map(([key, schema]) => ({
    key: key.replace(/\?$/, ''),
    schema,
    optional: key.endsWith('?'),
  }));
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.filter(({ optional }) => !optional).map(({ key }) => key),
    properties: Object.fromEntries(entries.map(({ key, schema }) => [key, schema])),
  };
}

const text: Schema = { type: 'string', minLength: 1 };
const anyText: Schema = { type: 'string' };
const whole: Schema = { type: 'integer', minimum: 0 };
const yesOrNo: Schema = { type: 'boolean' };
export const idPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
export const timestampPattern = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$';
const id: Schema = { type: 'string', pattern: idPattern };
const timestamp: Schema = { type: 'string', pattern: timestampPattern };
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const reference = exactly({ id });

const link = exactly({ href: { type: 'string', pattern: '^https?://[^/?#]+/v1/[^#]*$' } });
const links = (...relations: readonly string[]): Schema =>
  exactly(Object.fromEntries(relations.map((one) => [one, link])));

/** A list; paged ones may have `next` and `prev`. */
const list = (name: string, item: Schema): Schema =>
  exactly({
    _links: links('self', 'next?', 'prev?'),
    _embedded: exactly({ [name]: listOf(item) }),
    count: whole,
    size: whole,
  });

/** A list that is written without `count` (recorded). */
const bareList = (name: string, item: Schema): Schema =>
  exactly({
    _links: links('self', 'next?', 'prev?'),
    _embedded: exactly({ [name]: listOf(item) }),
    size: whole,
  });

const flags: Schema = { type: 'object', additionalProperties: { type: ['boolean', 'integer'] } };

const license = exactly({
  _links: links('organization', 'self'),
  advancedServices: exactly({ pingId: exactly({ included: yesOrNo, type: oneOf('NONE', 'FULL') }) }),
  assignedEnvironmentsCount: whole,
  authorize: flags,
  beginsAt: timestamp,
  credentials: flags,
  environments: exactly({
    allowAddResources: yesOrNo,
    allowConnections: yesOrNo,
    allowCustomDomain: yesOrNo,
    allowCustomSchema: yesOrNo,
    allowProduction: yesOrNo,
    max: whole,
    regions: listOf(oneOf('AP', 'AU', 'CA', 'EU', 'NORTH_AMERICA', 'SG')),
  }),
  expiresAt: timestamp,
  fraud: flags,
  gateways: flags,
  id,
  intelligence: flags,
  mfa: flags,
  name: text,
  orchestrate: exactly({ allowOrchestration: yesOrNo, allowAdminAccess: yesOrNo, flowsPerEnvironmentMax: whole }),
  organization: reference,
  package: text,
  status: oneOf('ACTIVE', 'EXPIRED', 'FUTURE', 'TERMINATED'),
  'terminatesAt?': timestamp,
  users: flags,
  verify: flags,
});

const organization = exactly({
  _links: links('self', 'environments', 'licenses'),
  id,
  name: text,
  createdAt: timestamp,
  updatedAt: timestamp,
});

const product = exactly({
  id,
  type: { type: 'string', pattern: '^[A-Z0-9_]+$' },
  description: anyText,
  'console?': exactly({ href: text }),
  'bookmarks?': listOf(exactly({ name: text, href: text })),
  'tags?': listOf(text),
  'deployment?': exactly({ id: text }),
});

const billOfMaterials = {
  'solutionType?': oneOf('CUSTOMER', 'WORKFORCE'),
  products: listOf(product),
  createdAt: timestamp,
  updatedAt: timestamp,
};

const environment = exactly({
  _links: links(
    ...[
      'self',
      'organization',
      'license',
      'populations',
      'users',
      'applications',
      'activities',
      'branding',
      'resources',
    ],
    ...[
      'passwordPolicies',
      'userActivities',
      'signOnPolicies',
      'keys',
      'templates',
      'notificationsSettings',
      'schemas',
    ],
    ...['gateways', 'capabilities', 'activeIdentityCounts', 'propagation/plans', 'propagation/stores'],
    ...['propagation/revisions/id:latest', 'billOfMaterials'],
  ),
  id,
  name: text,
  'description?': anyText,
  organization: reference,
  type: oneOf('PRODUCTION', 'SANDBOX'),
  'subtype?': oneOf('DEV', 'QA', 'STAGING', 'TESTING', 'UAT'),
  'icon?': text,
  region: oneOf('AP', 'AU', 'CA', 'EU', 'NA', 'SG'),
  'status?': oneOf('DELETE_PENDING'),
  'softDeletedAt?': timestamp,
  'hardDeleteAllowedAt?': timestamp,
  'hardDeletedAllowedAt?': timestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
  license: reference,
  'billOfMaterials?': exactly(billOfMaterials),
});

const population = exactly({
  _links: links('self', 'environment', 'theme', 'passwordPolicy?'),
  id,
  environment: reference,
  name: text,
  'description?': anyText,
  userCount: whole,
  createdAt: timestamp,
  updatedAt: timestamp,
  preferredLanguage: text,
  theme: reference,
  default: yesOrNo,
  'passwordPolicy?': reference,
  'alternativeIdentifiers?': listOf(text),
});

/** A list shows fewer links than one user (recorded). */
const listedUserLinks = links(
  ...['self', 'password', 'password.set', 'password.reset', 'password.check', 'password.recover'],
  ...['account.sendVerificationCode', 'linkedAccounts'],
);
const userLinks = links(
  ...['self', 'environment', 'population', 'devices', 'roleAssignments', 'password', 'password.reset'],
  ...['password.set', 'password.check', 'password.recover', 'linkedAccounts', 'account.sendVerificationCode'],
  'memberOfGroups',
);
const userKeys = {
  id,
  environment: reference,
  account: exactly({ canAuthenticate: yesOrNo, status: oneOf('OK', 'LOCKED') }),
  'address?': exactly({
    'countryCode?': { type: 'string', pattern: '^[A-Z]{2}$' },
    'locality?': text,
    'region?': text,
    'streetAddress?': text,
    'postalCode?': text,
  }),
  createdAt: timestamp,
  'email?': text,
  enabled: yesOrNo,
  'externalId?': text,
  identityProvider: exactly({ type: text, 'id?': text }),
  'lastSignOn?': exactly({ at: timestamp, remoteIp: text }),
  lifecycle: exactly({ status: oneOf('ACCOUNT_OK', 'VERIFICATION_REQUIRED') }),
  'locale?': text,
  mfaEnabled: yesOrNo,
  'mobilePhone?': text,
  'name?': exactly({ 'given?': text, 'middle?': text, 'family?': text, 'formatted?': text }),
  'nickname?': text,
  population: reference,
  'primaryPhone?': text,
  'timezone?': text,
  'title?': text,
  'type?': text,
  updatedAt: timestamp,
  username: { type: 'string', minLength: 1, maxLength: 256 },
  verifyStatus: oneOf('NOT_INITIATED', 'ENABLED', 'DISABLED'),
};
const listedUser = exactly({ _links: listedUserLinks, ...userKeys });

const passwordPolicy = exactly({
  _links: links('self', 'environment'),
  id,
  environment: reference,
  name: text,
  description: anyText,
  excludesProfileData: yesOrNo,
  notSimilarToCurrent: yesOrNo,
  excludesCommonlyUsed: yesOrNo,
  'minComplexity?': whole,
  'maxAgeDays?': whole,
  'minAgeDays?': whole,
  'maxRepeatedCharacters?': whole,
  'minUniqueCharacters?': whole,
  'history?': exactly({ count: whole, retentionDays: whole }),
  lockout: exactly({ failureCount: whole, durationSeconds: whole }),
  'length?': exactly({ min: whole, max: whole }),
  'minCharacters?': { type: 'object', additionalProperties: whole },
  populationCount: whole,
  createdAt: timestamp,
  updatedAt: timestamp,
  default: yesOrNo,
});

const passwordState = exactly({
  _links: links(
    ...[
      'self',
      'environment',
      'user',
      'passwordPolicy',
      'password.check',
      'password.reset',
      'password.set',
      'password.recover',
    ],
  ),
  environment: reference,
  user: reference,
  passwordPolicy: reference,
  status: oneOf('OK', 'MUST_CHANGE_PASSWORD', 'PASSWORD_EXPIRED', 'NO_PASSWORD', 'PASSWORD_LOCKED_OUT', 'EXTERNAL'),
  'lastChangedAt?': timestamp,
  'secondsUntilUnlock?': { type: 'integer', minimum: 1 },
  '_embedded?': exactly({ passwordPolicy }),
});

const user = exactly({
  _links: userLinks,
  ...userKeys,
  'memberOfGroupIDs?': listOf(id),
  'memberOfGroupNames?': listOf(text),
  '_embedded?': exactly({ 'population?': population, 'password?': passwordState }),
});

const applicationKeys = {
  environment: reference,
  id,
  name: text,
  'description?': anyText,
  enabled: yesOrNo,
  protocol: oneOf('OPENID_CONNECT'),
  createdAt: timestamp,
  updatedAt: timestamp,
};
const onlyAdministrators = exactly({ role: exactly({ type: oneOf('ADMIN_USERS_ONLY') }) });

const webApplication = exactly({
  _links: links('grants', 'environment', 'self', 'attributes', 'secret'),
  ...applicationKeys,
  type: oneOf('WEB_APP'),
  grantTypes: listOf(oneOf('AUTHORIZATION_CODE', 'REFRESH_TOKEN')),
  responseTypes: listOf(oneOf('CODE')),
  redirectUris: listOf(text),
  'allowWildcardInRedirectUris?': yesOrNo,
  'refreshTokenType?': oneOf('JSON_WEB_TOKEN', 'OPAQUE_TOKEN'),
  tokenEndpointAuthMethod: oneOf('CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'),
  pkceEnforcement: oneOf('OPTIONAL', 'REQUIRED', 'S256_REQUIRED'),
});
const workerApplication = exactly({
  _links: links('grants', 'environment', 'self', 'attributes', 'secret', 'roleAssignments'),
  ...applicationKeys,
  type: oneOf('WORKER'),
  accessControl: onlyAdministrators,
  grantTypes: listOf(oneOf('CLIENT_CREDENTIALS')),
  tokenEndpointAuthMethod: oneOf('CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'),
  pkceEnforcement: oneOf('OPTIONAL'),
});
const platformApplication = exactly({
  _links: links('grants?', 'environment', 'self'),
  ...applicationKeys,
  type: oneOf('PING_ONE_ADMIN_CONSOLE', 'PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE'),
  'accessControl?': onlyAdministrators,
  icon: exactly({ id, href: text }),
  pkceEnforcement: oneOf('OPTIONAL'),
  tokenEndpointAuthMethod: oneOf('NONE'),
});
const application: Schema = { oneOf: [webApplication, workerApplication, platformApplication] };

const role = exactly({
  _links: links('self'),
  id,
  name: text,
  description: text,
  applicableTo: listOf(oneOf('ORGANIZATION', 'ENVIRONMENT', 'POPULATION')),
  permissions: listOf(exactly({ classifier: text, description: text })),
  'canAssign?': listOf(reference),
});

const group = exactly({
  _links: links('self'),
  id,
  environment: reference,
  name: text,
  'description?': text,
  'externalId?': text,
  'population?': reference,
  'userFilter?': text,
  'customData?': { type: 'object' },
  directMemberCounts: exactly({ users: whole, groups: whole }),
  'totalMemberCounts?': exactly({ users: whole, groups: whole }),
  createdAt: timestamp,
  updatedAt: timestamp,
  checkSum: text,
});

const groupMembership = exactly({
  _links: links('self', 'user', 'environment', 'group'),
  '_embedded?': exactly({ group }),
  id,
  environment: reference,
  name: text,
  type: oneOf('DIRECT', 'INDIRECT'),
});

/** The authorization server's addresses are not below `/v1`. */
const flowLink = exactly({ href: { type: 'string', pattern: '^https?://[^/?#]+/[0-9a-f-]{36}/flows/[0-9a-f-]{36}$' } });
const flow = exactly({
  _links: exactly({
    self: flowLink,
    'usernamePassword.check?': flowLink,
    'password.forgot?': flowLink,
    'password.reset?': flowLink,
    'password.recover?': flowLink,
    'password.sendRecoveryCode?': flowLink,
    'session.reset?': flowLink,
    'signOnPage?': exactly({
      href: { type: 'string', pattern: '^https?://[^/?#]+/[0-9a-f-]{36}/signon/\\?flowId=[0-9a-f-]{36}$' },
    }),
  }),
  _embedded: exactly({
    'application?': exactly({ name: text }),
    'user?': exactly({ id, username: text, 'name?': exactly({ 'given?': text, 'family?': text }) }),
  }),
  id,
  'session?': reference,
  environment: reference,
  resumeUrl: { type: 'string', pattern: '^https?://[^/?#]+/[0-9a-f-]{36}/as/resume\\?flowId=[0-9a-f-]{36}$' },
  status: oneOf(
    ...['USERNAME_PASSWORD_REQUIRED', 'MUST_CHANGE_PASSWORD', 'PASSWORD_EXPIRED', 'RECOVERY_CODE_REQUIRED'],
    ...['COMPLETED', 'FAILED'],
  ),
  createdAt: timestamp,
  expiresAt: timestamp,
  'error?': exactly({ code: oneOf('PASSWORD_LOCKED_OUT'), message: text }),
  'authorizeResponse?': exactly({ code: id, 'state?': text }),
});

const jsonWebToken: Schema = { type: 'string', pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$' };

const passcode = exactly({ otp: { type: 'string', pattern: '^\\d{6}$' } });
const device = exactly({
  _links: links('self', 'environment', 'user', 'device.activate?'),
  id,
  environment: reference,
  user: reference,
  type: oneOf('EMAIL'),
  'lock?': exactly({ status: oneOf('UNLOCKED') }),
  'block?': exactly({ status: oneOf('BLOCKED', 'UNBLOCKED'), 'blockedAt?': timestamp }),
  status: oneOf('ACTIVE', 'ACTIVATION_REQUIRED'),
  'nickname?': text,
  createdAt: timestamp,
  updatedAt: timestamp,
  email: text,
  'testMode?': yesOrNo,
  'test?': passcode,
});

const span = exactly({ duration: whole, timeUnit: oneOf('MINUTES', 'SECONDS') });
const deviceAuthenticationPolicy = exactly({
  _links: links('self', 'environment'),
  id,
  environment: reference,
  name: text,
  authentication: exactly({ deviceSelection: oneOf('DEFAULT_TO_FIRST') }),
  email: exactly({
    enabled: yesOrNo,
    otp: exactly({ lifeTime: span, failure: exactly({ coolDown: span, count: whole }), otpLength: whole }),
  }),
  sms: exactly({ enabled: yesOrNo }),
  voice: exactly({ enabled: yesOrNo }),
  default: yesOrNo,
  updatedAt: timestamp,
});

const deviceAuthenticationLink = exactly({
  href: { type: 'string', pattern: '^https?://[^/?#]+/[0-9a-f-]{36}/deviceAuthentications/[0-9a-f-]{36}$' },
});
const embeddedDevice = exactly({
  id,
  type: oneOf('EMAIL'),
  status: oneOf('ACTIVE', 'ACTIVATION_REQUIRED'),
  usableStatus: exactly({ status: oneOf('FULL', 'NOT_USABLE'), 'reason?': text }),
  email: { type: 'string', pattern: '^.{0,2}\\*{4}@' },
});
const deviceAuthentication = exactly({
  _links: exactly({
    self: deviceAuthenticationLink,
    'device.select?': deviceAuthenticationLink,
    'otp.check?': deviceAuthenticationLink,
  }),
  _embedded: exactly({ devices: listOf(embeddedDevice), 'blockedDevices?': listOf(embeddedDevice) }),
  id,
  environment: reference,
  status: oneOf('OTP_REQUIRED', 'DEVICE_SELECTION_REQUIRED', 'COMPLETED'),
  policy: reference,
  'selectedDevice?': exactly({
    'id?': id,
    'oneTime?': exactly({ type: oneOf('EMAIL'), email: text, 'testMode?': yesOrNo }),
  }),
  user: reference,
  'bypassAllowed?': yesOrNo,
  'userBypassEnabled?': yesOrNo,
  'aggregateFido2Devices?': yesOrNo,
  createdAt: timestamp,
  updatedAt: timestamp,
  'test?': passcode,
});

/** Detail codes that are documented for a status (P1-OAS). */
const detailCodes: Readonly<Record<number, readonly string[]>> = {
  400: [
    ...[
      'ACCOUNT_NOT_USABLE',
      'CONSTRAINT_VIOLATION',
      'EMPTY_VALUE',
      'INVALID_CREDENTIALS',
      'INVALID_FILTER',
      'INVALID_OTP',
      'INVALID_PARAMETER',
      'INVALID_VALUE',
    ],
    ...['LIMIT_EXCEEDED', 'NO_USABLE_DEVICES', 'PASSWORD_LOCKED_OUT', 'PASSWORD_TOO_YOUNG', 'QUOTA_EXCEEDED'],
    ...['NO_PASSWORD', 'OUT_OF_RANGE', 'REQUIRED_VALUE', 'SIZE_LIMIT_EXCEEDED', 'UNIQUENESS_VIOLATION'],
  ],
  401: ['INVALID_TOKEN', 'INSUFFICIENT_PERMISSIONS'],
  403: ['INSUFFICIENT_PERMISSIONS', 'LICENSE_EXCEEDED'],
  429: ['LIMIT_EXCEEDED', 'QUOTA_EXCEEDED'],
};

const codes: Readonly<Record<number, readonly string[]>> = {
  400: ['INVALID_DATA', 'INVALID_REQUEST', 'PASSWORD_LOCKED_OUT', 'REQUEST_FAILED'],
  401: ['ACCESS_FAILED'],
  403: ['ACCESS_FAILED'],
  404: ['NOT_FOUND'],
  405: ['INVALID_REQUEST'],
  408: ['REQUEST_FAILED'],
  409: ['REQUEST_FAILED'],
  415: ['INVALID_REQUEST'],
  429: ['REQUEST_LIMITED'],
  500: ['UNEXPECTED_ERROR'],
};

const innerError = exactly({
  'allowedPattern?': text,
  'allowedValues?': { type: 'array' },
  'coolDownExpiresAt?': whole,
  'maximumAllowed?': whole,
  'maximumValue?': whole,
  'quotaLimit?': whole,
  'quotaResetTime?': timestamp,
  'retryAfter?': timestamp,
  'failuresRemaining?': whole,
  'secondsUntilUnlock?': whole,
  'rangeMaximumValue?': whole,
  'rangeMinimumValue?': whole,
  'supportedAttributes?': listOf(text),
  'supportedOperators?': listOf(text),
  'unsatisfiedRequirements?': listOf(text),
  ...Object.fromEntries(
    [
      'length',
      'minCharacters',
      'maxRepeatedCharacters',
      'minUniqueCharacters',
      'excludesCommonlyUsed',
      'history',
      'excludesProfileData',
      'minComplexity',
      'notSimilarToCurrent',
    ].map((key) => [`${key}?`, text]),
  ),
});

/** The error of the platform form for a status. */
function platformError(status: number): Schema {
  const detail = exactly({
    code: oneOf(...(detailCodes[status] ?? [])),
    'target?': text,
    message: text,
    'innerError?': innerError,
  });
  const hasDetails = detailCodes[status] !== undefined;
  return exactly({
    id,
    code: oneOf(...(codes[status] ?? [])),
    message: text,
    ...(hasDetails ? { 'details?': { type: 'array', minItems: 1, items: detail } } : {}),
  });
}

const oauthError = exactly({
  error: oneOf(
    ...['invalid_client', 'invalid_grant', 'invalid_request', 'invalid_scope', 'unauthorized_client'],
    ...['unsupported_grant_type', 'unsupported_response_type'],
  ),
  error_description: { type: 'string', pattern: '^Request denied: .+ \\(Correlation ID: [0-9a-f-]{36}\\)$' },
});

/** All schemas, by name. */
export const strictSchemas = {
  token: exactly({
    access_token: jsonWebToken,
    token_type: oneOf('Bearer'),
    expires_in: whole,
    'scope?': { type: 'string', pattern: '^openid( (profile|email|address|phone|offline_access))*$' },
    'refresh_token?': text,
    'id_token?': jsonWebToken,
  }),
  openidConfiguration: exactly({
    issuer: text,
    authorization_endpoint: text,
    token_endpoint: text,
    jwks_uri: text,
    ...Object.fromEntries(
      [
        ...['response_types', 'response_modes', 'grant_types', 'scopes', 'subject_types', 'claims'],
        ...['id_token_signing_alg_values', 'token_endpoint_auth_methods', 'code_challenge_methods'],
      ].map((name) => [`${name}_supported`, listOf(text)]),
    ),
  }),
  application,
  applications: bareList('applications', application),
  applicationSecret: exactly({
    _links: links('self', 'environment', 'application'),
    environment: reference,
    secret: text,
  }),
  flow,
  keys: exactly({
    keys: listOf(exactly({ kty: oneOf('RSA'), n: text, e: text, kid: text, use: oneOf('sig'), alg: oneOf('RS256') })),
  }),
  organization,
  organizations: list('organizations', organization),
  license,
  licenses: list('licenses', license),
  environment,
  billOfMaterials: exactly({ _links: links('self', 'environment'), ...billOfMaterials }),
  environments: list('environments', environment),
  population,
  populations: list('populations', population),
  user,
  users: list('users', listedUser),
  group,
  groups: list('groups', group),
  groupMembership,
  groupMemberships: list('groupMemberships', groupMembership),
  role,
  roles: exactly({
    _links: links('self'),
    _embedded: exactly({ roles: listOf(role) }),
    'count?': whole,
    'size?': whole,
  }),
  roleAssignments: list(
    'roleAssignments',
    exactly({
      id,
      environment: reference,
      readOnly: yesOrNo,
      role: reference,
      scope: exactly({ id, type: oneOf('ORGANIZATION', 'ENVIRONMENT') }),
    }),
  ),
  passwordState,
  passwordPolicy,
  passwordPolicies: list('passwordPolicies', passwordPolicy),
  userEnabled: exactly({ _links: links('self', 'user'), enabled: yesOrNo }),
  mfaEnabled: exactly({ _links: links('self', 'user'), mfaEnabled: yesOrNo }),
  device,
  devices: exactly({
    _links: links('self', 'devices.reorder'),
    _embedded: exactly({ devices: listOf(device) }),
    count: whole,
    size: whole,
  }),
  mfaSettings: exactly({
    _links: links('self', 'environment'),
    environment: reference,
    pairing: exactly({ maxAllowedDevices: whole }),
    'lockout?': exactly({ failureCount: whole, 'durationSeconds?': whole }),
    users: exactly({ mfaEnabled: yesOrNo }),
    updatedAt: timestamp,
  }),
  deviceAuthenticationPolicy,
  deviceAuthenticationPolicies: list('deviceAuthenticationPolicies', deviceAuthenticationPolicy),
  deviceAuthentication,
  oauthError,
  gatewayError: exactly({ message: text }),
  error400: platformError(400),
  error401: platformError(401),
  error403: platformError(403),
  error404: platformError(404),
  error405: platformError(405),
  error408: platformError(408),
  error409: platformError(409),
  error415: platformError(415),
  error429: platformError(429),
  error500: platformError(500),
} as const satisfies Readonly<Record<string, Schema>>;

export type StrictSchemaName = keyof typeof strictSchemas;

/** The keys of an answer in the order in which the documentation has them. Which must be there, `complaintsAbout` judges. */
export function inDocumentedOrder(schema: StrictSchemaName, body: object): readonly string[] {
  const { properties = {} }: { readonly properties?: object } = strictSchemas[schema];
  return Object.keys(properties).filter((key) => key in body);
}
