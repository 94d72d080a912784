/** How PingOne answers: as it does today, or as it has announced for 2 March 2027. */
export const dialects = ['today', '2027-03'] as const;
export type Dialect = (typeof dialects)[number];

/** When the announced changes come into force. */
export const announcedChange = new Date('2027-03-02T00:00:00.000Z');

/** The dialect of a moment. */
export function dialectAt(now: Date): Dialect {
  return now < announcedChange ? 'today' : '2027-03';
}

/**
 * Answers about which two sources contradict each other. The simulator gives the better attested one; a name in this table
 * switches to the other.
 */
export const disputedAnswers = {
  'documented-headers': 'the headers of the documentation, beside those that were recorded in 2022',
  'email-required': 'a user needs an email',
  'email-unique': 'no two users of an environment share an email',
  'environment-admin-without-users': 'Environment Admin does not reach users and passwords',
  'flow-cookie-400': 'a flow without its cookie: 400 with the target ST, not 401',
  'flow-invalid-credentials': 'a wrong password in a flow: detail INVALID_CREDENTIALS, not INVALID_VALUE',
  'flow-locked-out-400': 'a locked-out user in a flow: 400 PASSWORD_LOCKED_OUT, not 200 with the status FAILED',
  'force-change-required': 'setting a password needs forceChange',
  'hard-deleted-allowed-at': 'the key hardDeletedAllowedAt, not hardDeleteAllowedAt',
  'license-required': 'an environment needs a license, even in an organization with one',
  'name-sw-only': 'names of environments and populations are filtered by sw, not by eq',
  'population-required': 'a user needs a population',
  'roles-without-count': 'the list of roles has neither count nor size',
  'user-page-200': 'a page of users holds 200 at most, not 1000',
} as const;
export type DisputedAnswer = keyof typeof disputedAnswers;
