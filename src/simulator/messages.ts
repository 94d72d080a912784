/** Server texts that were documented or observed, word for word; clients of PingOne match on some of them. */
export const messages = {
  invalidData: 'The request could not be completed. One or more validation errors were in the request.',
  invalidRequest: 'The request could not be completed. The request was malformed or invalid.',
  accessFailed: 'The request could not be completed. You do not have access to this resource.',
  invalidToken: 'The authorization token is either missing or invalid, or it has expired.',
  insufficientPermissions: 'The actor attempting to perform the request is not authorized.',
  environmentNotFound: (id: string) => `Unable to find environment with ID: '${id}'`,
  notFound: 'The request could not be completed. The requested resource was not found.',
  unsupportedMediaType:
    'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.',
  notUnique: 'is unique but a non-unique value is provided',
  empty: 'must not be empty',
  blank: 'must not be blank',
  malformedEmail: 'must be a well-formed email address',
  licenseFull: 'License specified to be assigned to this environment cannot be assigned to additional environments.',
  wrongPassword: 'The provided password did not match provisioned password',
  wrongRecoveryCode: 'The provided password recovery code was invalid or expired',
  recoveryFailures: 'Maximum password recovery failures exceeded',
  wrongCurrentPassword: 'The current password provided for the user is invalid',
  requestFailed: 'The request could not be completed. There was an issue processing the request.',
  licenseExceeded: 'The request exceeded your license limit',
  wrongPasscode: 'Invalid OTP',
  policyReference: "policy must contain either 'id' or 'type'. valid 'type'=[DEFAULT]",
  tooManyDevices: 'Maximum allowed devices has been reached',
  description: 'must contain only Unicode letters, marks, numbers, spaces, or punctuation except $ + < = > ^ ` | ~',
  wildcardRedirect: 'Wildcards are not allowed in redirect URIs.',
  gatewayWithoutToken: 'Missing Authentication Token',
  gatewayForbidden: (hash: string) =>
    `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
  applicationNotFound: (id: string, environmentId: string) =>
    `Unable to find Application with ID: '${id}' in Environment ${environmentId}`,
  passwordOnSet: 'New password did not satisfy password policy requirements',
  passwordOnCreate: 'User password did not satisfy password policy requirements',
} as const;

/** Texts of `innerError` of a password refused by its policy. */
export const passwordMessages = {
  length: (minimum: number) =>
    `The provided password is shorter than the minimum required length of ${minimum} characters`,
  /** `characters` is the class as the policy spells it; PingOne prints it in reverse, with two spaces after the stop. */
  minCharacters: (characters: string, minimum: number) =>
    `The provided password did not contain enough characters from the character set '${[...characters].reverse().join('')}'.  The minimum number of characters from that set that must be present in user passwords is ${minimum}`,
  maxRepeatedCharacters: (maximum: number) =>
    `The provided password is not acceptable because it contains a character repeated more than ${maximum} times in a row`,
  minUniqueCharacters: (minimum: number) =>
    `The provided password does not contain enough unique characters.  The minimum number of unique characters that may appear in a user password is ${minimum}`,
  excludesCommonlyUsed:
    'The provided password (or a variant of that password) was found in a list of prohibited passwords',
  history:
    'The provided new password cannot be the same as the current password or any password in the password history.',
} as const;
