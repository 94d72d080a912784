import type { JsonObject } from '../json.ts';

const flags = {
  environments: ['allowAddResources', 'allowConnections', 'allowCustomDomain', 'allowCustomSchema'],
  authorize: ['allowApiAccessManagement', 'allowDynamicAuthorization', 'allowApplicationPermissions'],
  credentials: ['allowCredentials', 'allowPushNotifications'],
  fraud: [
    'allowBotMaliciousDeviceDetection',
    'allowAccountProtection',
    'allowAccountTakeoverDetection',
    'allowNewAccountFraudDetection',
    'allowCredentialSharingDetection',
    'allowDataEnrichment',
  ],
  gateways: ['allowLdapGateway', 'allowKerberosGateway', 'allowRadiusGateway'],
  intelligence: [
    'allowReputation',
    'allowGeoVelocity',
    'allowAnonymousNetworkDetection',
    'allowDataConsent',
    'allowRisk',
    'allowAdvancedPredictors',
    'allowIntelligenceProtect',
    'allowIntelligenceNewDevicePredictor',
  ],
  mfa: [
    'allowPushNotification',
    'allowNotificationOutsideWhitelist',
    'allowFido2Devices',
    'allowVoiceOtp',
    'allowEmailOtp',
    'allowSmsOtp',
    'allowTotp',
    'allowPingIDApp',
    'allowOATHToken',
    'allowYubikey',
    'allowWinLogin',
    'allowEditNotificationTemplate',
    'allowPingSmsAccount',
    'allowWhatsAppOtp',
    'allowIntelligenceTrustDevicePredictor',
    'allowPingIdDesktop',
    'allowPingIdDesktopGen2',
  ],
  orchestrate: ['allowOrchestration', 'allowAdminAccess'],
  users: [
    'allowPasswordPolicy',
    'allowPasswordManagementNotifications',
    'allowVerificationFlow',
    'allowIdentityProviders',
    'allowMyAccount',
    'allowProvisioning',
    'allowInboundProvisioning',
    'allowRoleAssignment',
    'allowPasswordOnlyAuthentication',
    'allowUpdateSelf',
    'allowUniversalDeviceId',
    'entitledToSupport',
  ],
  verify: [
    'allowPushNotifications',
    'allowDocumentMatch',
    'allowFaceMatch',
    'allowManualIdInspection',
    'allowAamva',
    'allowVoice',
    'allowDigitalVerifications',
    'allowManualIDStepUpInspection',
    'allowUniversalCapture',
    'allowAccountOwnership',
    'allowAadhaar',
  ],
} as const;

const verifyQuotas = [
  'numberOfManualIDStepUpInspection',
  'numberOfDigitalVerifications',
  'numberOfUniversalCapture',
  'numberOfAAMVA',
  'numberOfVoiceBiometrics',
  'numberOfFaceVerifications',
  'numberOfManualIdInspections',
  'numberOfDocumentMatches',
  'numberOfAccountOwnership',
  'numberOfAadhaar',
  'numberOfDataVerifications',
  'numberOfLiveAgent',
  'numberOfDeviceReputationScoring',
  'numberOfGlobalWatchlist',
  'numberOfDataVerificationGroup1',
  'numberOfDataVerificationGroup2',
  'numberOfDataVerificationGroup3',
  'numberOfDataVerificationGroup4',
  'numberOfDataVerificationGroup5',
] as const;

/** Flags that the documented list shows on some licences and not on others. */
const newerMfaFlags: readonly string[] = ['allowWhatsAppOtp', 'allowIntelligenceTrustDevicePredictor'];

/**
 * The feature sections of a licence's body (all but `environments`): everything on (`full`), everything off (`none`),
 * or off and without the flags that only newer licences carry (`old`).
 */
export function licenseFeatures(features: 'full' | 'none' | 'old'): Record<string, JsonObject> {
  const on = features === 'full';
  const mfa = flags.mfa.filter((flag) => features !== 'old' || !newerMfaFlags.includes(flag));
  return {
    advancedServices: { pingId: { included: on, type: on ? 'FULL' : 'NONE' } },
    authorize: all(flags.authorize, on),
    credentials: all(flags.credentials, on),
    fraud: all(flags.fraud, on),
    gateways: all(flags.gateways, on),
    intelligence: { ...all(flags.intelligence, on), numberOfProtectTransactions: 0 },
    mfa: all(mfa, on),
    orchestrate: { ...all(flags.orchestrate, on), flowsPerEnvironmentMax: on ? 100 : 0 },
    users: {
      max: on ? 50_000_000 : 1_000_000,
      hardLimitMax: on ? 50_000_000 : 1_100_000,
      annualActiveIncluded: on ? 10_000_000 : 1000,
      ...all(flags.users, on),
    },
    verify: { ...all(flags.verify, on), ...all(verifyQuotas, on ? 500 : 0) },
  };
}

/** The flags of the `environments` section, beside `allowProduction`, `max` and `regions`. */
export function environmentFlags(features: 'full' | 'none' | 'old'): Record<string, boolean> {
  return all(flags.environments, features === 'full');
}

function all<Value extends boolean | number>(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
