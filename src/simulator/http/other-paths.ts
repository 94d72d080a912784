import type { Method } from './call.ts';

/** What PingOne has below an environment and the simulator does not. */
const belowEnvironment = [
  ...['activeIdentityCounts', 'activities', 'agreements', 'alerting', 'apiServers', 'applicationResources'],
  ...['authorizationPolicies', 'authorizationAttributes', 'authorizationConditions', 'authorizationRules', 'branding'],
  ...['capabilities', 'certificates', 'credentialIssuers', 'credentialTypes', 'customAdminRoles', 'customDomains'],
  ...['davinci', 'decisionEndpoints', 'digitalWalletApplications'],
  ...['emailDomains', 'fido2Policies', 'flowDefinitions', 'flowPolicies', 'flows', 'forms', 'gateways', 'groups'],
  ...['identityPropagation', 'identityProviders', 'images', 'integrations', 'keyRotationPolicies', 'keys', 'languages'],
  ...['licenses', 'mfaPushCredentials', 'metrics', 'notificationsPolicies', 'notificationsSettings'],
  ...['passwordPolicies', 'phoneDeliverySettings', 'propagation', 'rateLimitConfiguration', 'recaptchaConfig'],
  ...['resources', 'riskEvaluations', 'riskPolicySets', 'riskPredictors', 'roles', 'schemas', 'sessions'],
  ...['signOnPolicies', 'subscriptions', 'templates', 'themes', 'totalIdentities', 'trustedEmailDomains'],
  ...['userActivities', 'variables', 'verifyPolicies', 'voicePhrases', 'webhooks'],
];
const belowUser = [
  ...['agreementConsents', 'applicationRoleAssignments', 'bypassMFA', 'credentials', 'devices', 'digitalWallets'],
  ...['gateways', 'identityProvider', 'linkedAccounts', 'memberOfGroups', 'mfaEnabled', 'pairingKeys', 'population'],
  ...['resources', 'roleAssignments', 'sessions', 'verifyStatus', 'verifyTransactions'],
];
const belowApplication = [
  ...['attributes', 'flowPolicyAssignments', 'grants', 'keyRotationPolicies', 'permissions', 'pushCredentials'],
  ...['resourceGrants', 'roleAssignments', 'secret', 'signOnPolicyAssignments'],
];
const belowOrganization = ['capabilities', 'environments', 'licenses', 'orgLicenses'];
const atAuthorizationServer = [
  ...['callback', 'device', 'device_authorization', 'introspect', 'idpInit', 'idtoken', 'par', 'revoke', 'session'],
  ...['signoff', 'userinfo', '.well-known'],
];
const besideAuthorizationServer = ['davinci', 'rp', 'saml20', 'signon', 'wsfed'];

const oneOf = (names: readonly string[]) => names.map((name) => name.replace('.', '\\.')).join('|');
const environment = '/v1/environments/[^/]+';

/** Each of these paths, and all below it. */
const elsewhere: readonly RegExp[] = [
  '/v1/(applicationPermissions|capabilities|schemas|templates|regions)',
  `/v1/organizations/[^/]+/(${oneOf(belowOrganization)})`,
  `${environment}/(${oneOf(belowEnvironment)})`,
  `${environment}/users/[^/]+/(${oneOf(belowUser)})`,
  `${environment}/applications/[^/]+/(${oneOf(belowApplication)})`,
  `${environment}/populations/[^/]+/(roleAssignments|defaultIdentityProvider)`,
  `/[^/]+/as/(${oneOf(atAuthorizationServer)})`,
  `/[^/]+/(${oneOf(besideAuthorizationServer)})`,
].map((pattern) => new RegExp(`^${pattern}(/|$)`));

/** Whether PingOne has this path, as far as is known, while the simulator does not. */
export function isElsewhere(path: string): boolean {
  return elsewhere.some((pattern) => pattern.test(path));
}

/** Whether no gateway of the API stands in front of a path: the authorization server's, and the simulator's own. */
export function isBesideGateway(path: string): boolean {
  return /^\/(?!v1\/)[^/]+\/(as|flows|deviceAuthentications)(\/|$)|^\/_simulator(\/|$)/.test(path);
}

/** Methods that PingOne has at paths of which the simulator knows others, by the path of the route. */
export const otherMethods: Readonly<Record<string, readonly Method[]>> = {
  '/v1/environments/:environmentId/applications/:applicationId': ['PUT'],
  '/v1/environments/:environmentId/applications/:applicationId/secret': ['POST'],
  '/v1/environments/:environmentId/deviceAuthenticationPolicies': ['POST'],
  '/v1/environments/:environmentId/deviceAuthenticationPolicies/:policyId': ['PUT', 'DELETE'],
  '/v1/environments/:environmentId/groups/:groupId/memberOfGroups': ['POST'],
  '/v1/environments/:environmentId/users/:userId': ['POST'],
  '/v1/organizations/:organizationId/licenses/:licenseId': ['PUT'],
};
