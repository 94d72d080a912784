import { type Simulator, seedApps, signOnCredentials } from '../../src/simulator/index.ts';
import { signIn } from '../simulator/support.ts';
import { type Answer, type Edits, elsewhere, type Provoked } from './provoked-failures.ts';

const { envID, sharedUserID } = signOnCredentials;
const user = `/v1/environments/${envID}/users/${sharedUserID}`;

const mfaEnabled = /\/mfaEnabled$/;
const devices = /\/devices$/;
const device = /\/devices\/[^/]+$/;
const policies = /\/deviceAuthenticationPolicies$/;
const start = /\/deviceAuthentications$/;

const answer = (
  at: RegExp,
  status: number,
  body: unknown,
  method?: string,
): { readonly answers: readonly Answer[] } => ({
  answers: [{ at, status, body, ...(method && { method }) }],
});
const error = (status: number, code: string, detail?: object, message = 'On request.') =>
  [status, { id: elsewhere, code, message, ...(detail && { details: [{ message: '', ...detail }] }) }] as const;
const forbidden = error(403, 'ACCESS_FAILED', { code: 'INSUFFICIENT_PERMISSIONS' });
const notLicensed = error(
  403,
  'ACCESS_FAILED',
  undefined,
  'You do not have permissions or are not licensed to make this request.',
);
const notEnabled = error(400, 'REQUEST_FAILED', undefined, 'Organization does not have PingOne MFA enabled');
const stored = { id: elsewhere, type: 'EMAIL', email: 'a@example.com', status: 'ACTIVE' };
/** A device authentication in this state. */
const authentication = (status: string, more: object = {}) => ({
  id: elsewhere,
  status,
  test: { otp: '123456' },
  ...more,
});

const administrator = (simulator: Simulator) => signIn(simulator, seedApps.administrator);
/** The user has as many devices as the settings allow. */
const withDevices = async (simulator: Simulator) => {
  const client = await administrator(simulator);
  for (let n = 0; n < 5; n += 1)
    await client.send('POST', `${user}/devices`, { body: { type: 'EMAIL', email: 'a@example.com' } });
};
/** The step's pre-request script also empties this variable. */
const without = (variable: string): Edits => ({
  '2-enable-user-mfa.yaml': [
    '\nexpect:\n',
    `\nscripts:\n  prerequest: pm.environment.unset('${variable}');\nexpect:\n`,
  ],
});

const noMfa = 'PingOne MFA is not in the environment or not in its license';
const noService = 'The organization or the environment does not have PingOne MFA';
const noUser = 'The user does not exist in this environment';

/** Failures of the steps of "Enable MFA for a user". */
export const provokedMfa: readonly Provoked[] = [
  {
    step: 1,
    what: 'a wrong client secret',
    values: { adminAppSecret: 'wrong' },
    cause: 'adminAppID or adminAppSecret',
  },
  { step: 2, what: 'no user', edits: without('sharedUserID'), cause: 'The user is not known, as nothing has set' },
  { step: 2, what: 'no environment', edits: without('envID'), cause: 'The environment is not known, as nothing has' },
  { step: 2, what: 'a user who is not there', values: { sharedUserID: elsewhere }, cause: noUser },
  {
    step: 2,
    what: 'an environment that is not there',
    values: { envID: elsewhere },
    cause: 'The Worker application may not change users in this environment, or envID is no environment',
  },
  { step: 2, what: 'a license without MFA', ...answer(mfaEnabled, ...notLicensed), cause: noMfa },
  { step: 2, what: 'an environment without MFA', ...answer(mfaEnabled, ...notEnabled), cause: noService },
  {
    step: 2,
    what: 'a token that is refused',
    ...answer(mfaEnabled, ...error(401, 'ACCESS_FAILED', { code: 'INVALID_TOKEN' })),
    cause: 'PingOne refuses the access token although its time is not over',
  },
  {
    step: 2,
    what: 'a text in the place of true',
    edits: { '2-enable-user-mfa.yaml': ['mfaEnabled: true\nexpect', 'mfaEnabled: "true"\nexpect'] },
    cause: 'mfaEnabled is missing, or is neither true nor false',
  },
  {
    step: 2,
    what: 'MFA that stays disabled',
    ...answer(mfaEnabled, 200, { mfaEnabled: false }),
    cause: 'PingOne accepted the request, but MFA is still disabled',
  },
  { step: 3, what: 'too many devices', before: withDevices, cause: 'The user has as many devices as the MFA settings' },
  {
    step: 3,
    what: 'no e-mail address',
    values: { deviceEmail: 'nobody' },
    cause: 'The value of deviceEmail is not an',
  },
  {
    step: 3,
    what: 'a type that the policy has off',
    edits: { '3-set-user-device-email.yaml': ['type: EMAIL\n      email', 'type: SMS\n      email'] },
    cause: 'The type is not EMAIL, or the device authentication policy',
  },
  {
    step: 3,
    what: 'devices that may not be created',
    ...answer(devices, ...forbidden),
    cause: 'The Worker application may not create devices',
  },
  {
    step: 3,
    what: 'a device that waits for its activation',
    edits: {
      '3-set-user-device-email.yaml': [
        'type: EMAIL\n      email',
        'type: EMAIL\n      status: ACTIVATION_REQUIRED\n      email',
      ],
    },
    cause: 'The device waits for its activation',
  },
  { step: 3, what: 'a license without MFA', ...answer(devices, ...notLicensed), cause: noMfa },
];

const passcodeFile = '12-check-passcode.yaml';

/** Failures of the steps of "Sign on with a one-time passcode". */
export const provokedPasscodes: readonly Provoked[] = [
  {
    step: 1,
    what: 'a disabled application',
    values: appOf(seedApps.disabled),
    cause: 'The Worker application is disabled',
  },
  { step: 2, what: 'a user who is not there', values: { sharedUserID: elsewhere }, cause: noUser },
  {
    step: 3,
    what: 'policies that may not be read',
    ...answer(policies, ...forbidden),
    cause: 'The Worker application may not read the device policies',
  },
  { step: 3, what: 'policies of an environment without MFA', ...answer(policies, ...notEnabled), cause: noService },
  { step: 4, what: 'too many devices', before: withDevices, cause: 'The user has as many devices as the MFA settings' },
  {
    step: 4,
    what: 'no e-mail address',
    values: { testDeviceEmail: 'x' },
    cause: 'The value of testDeviceEmail is not',
  },
  {
    step: 4,
    what: 'a device that is no test device',
    edits: { '4-create-test-device.yaml': ['testMode: true\n      status', 'testMode: false\n      status'] },
    cause: 'The answer shows no passcode, so this is no test device',
  },
  {
    step: 4,
    what: 'a type that the policy has off',
    edits: { '4-create-test-device.yaml': ['type: EMAIL\n      email', 'type: VOICE\n      email'] },
    cause: 'The type is not EMAIL, or the device authentication policy',
  },
  {
    step: 4,
    what: 'a status in small letters',
    edits: {
      '4-create-test-device.yaml': ['status: ACTIVATION_REQUIRED\ngenerate', 'status: activation_required\ngenerate'],
    },
    cause: 'PingOne does not take this status',
  },
  { step: 4, what: 'a license without MFA', ...answer(devices, ...notLicensed), cause: noMfa },
  {
    step: 5,
    what: 'a wrong passcode',
    edits: { '5-activate-device.yaml': ['otp: "{{activationPasscode}}"', 'otp: "000000"'] },
    cause: 'The passcode is wrong, or it is older than half an hour',
  },
  {
    step: 5,
    what: 'no passcode',
    edits: { '5-activate-device.yaml': ['otp: "{{activationPasscode}}"', 'otp: ""'] },
    cause: 'The passcode is missing, wrong, or older',
  },
  {
    step: 5,
    what: 'too many wrong passcodes',
    ...answer(device, ...error(400, 'REQUEST_FAILED', { code: 'QUOTA_EXCEEDED' }), 'POST'),
    cause: 'There were too many wrong passcodes',
  },
  {
    step: 5,
    what: 'a device that is gone',
    edits: { '5-activate-device.yaml': ['devices/{{testDeviceID}}"', `devices/${elsewhere}"`] },
    cause: 'The user has no such device',
  },
  {
    step: 5,
    what: 'another content type',
    edits: {
      '5-activate-device.yaml': ['value: application/vnd.pingidentity.device.activate+json', 'value: application/json'],
    },
    cause: 'The Content-Type header is not the one that activates a device',
  },
  {
    step: 5,
    what: 'a device that stays inactive',
    ...answer(device, 200, { ...stored, status: 'ACTIVATION_REQUIRED' }, 'POST'),
    cause: 'PingOne accepted the passcode, but the device is still not active',
  },
  {
    step: 6,
    what: 'a device that was blocked',
    ...answer(start, ...error(400, 'REQUEST_FAILED', { code: 'NO_USABLE_DEVICES' })),
    cause: 'The device is not active, blocked or locked',
  },
  {
    step: 6,
    what: 'a device that was blocked, told with 201',
    ...answer(start, 201, authentication('FAILED', { error: { code: 'NO_USABLE_DEVICES', message: 'None.' } })),
    cause: 'The device is not active, blocked or locked',
  },
  {
    step: 6,
    what: 'a device of the user that does not show its passcode',
    ...answer(start, 201, { id: elsewhere, status: 'OTP_REQUIRED' }),
    cause: 'The answer shows no passcode, so the selected device is no test device',
  },
  {
    step: 6,
    what: 'a device that is to be selected',
    ...answer(start, 201, authentication('DEVICE_SELECTION_REQUIRED')),
    cause: 'PingOne asks which device to use',
  },
  {
    step: 6,
    what: 'an app that is asked for a confirmation',
    ...answer(start, 201, authentication('PUSH_CONFIRMATION_REQUIRED')),
    cause: 'PingOne asks for something else than a passcode',
  },
  {
    step: 6,
    what: 'a device that is gone',
    edits: { '6-start-device-authentication.yaml': ['id: "{{testDeviceID}}"', `id: ${elsewhere}`] },
    cause: 'The user has no such device',
  },
  {
    step: 6,
    what: 'a user who is gone',
    edits: { '6-start-device-authentication.yaml': ['id: "{{sharedUserID}}"', `id: ${elsewhere}`] },
    cause: 'The user does not exist in this environment',
  },
  {
    step: 6,
    what: 'too many passcodes sent',
    ...answer(start, ...error(400, 'REQUEST_FAILED', { code: 'LIMIT_EXCEEDED' })),
    cause: 'PingOne has sent too many passcodes',
  },
  { step: 6, what: 'an environment without MFA', ...answer(start, ...notEnabled), cause: noService },
  {
    step: 7,
    what: 'a wrong passcode that is the right one',
    edits: { '7-send-wrong-passcode.yaml': ['otp: "{{wrongPasscode}}"', 'otp: "{{passcode}}"'] },
    cause: 'PingOne took the passcode although it should have been refused',
  },
  {
    step: 7,
    what: 'a device authentication that is over',
    edits: { '7-send-wrong-passcode.yaml': ['{{deviceAuthID}}"\n', `${elsewhere}"\n`] },
    cause: 'PingOne does not know the device authentication (any more)',
  },
  {
    step: 10,
    what: 'a policy that allows more wrong passcodes',
    edits: { '10-check-refused-passcode.yaml': ['method: POST\n', 'method: GET\n'] },
    cause: 'PingOne took the passcode although it should have been refused',
  },
  {
    step: 11,
    what: 'a device that is gone',
    edits: { '11-ask-for-new-passcode.yaml': ['id: "{{testDeviceID}}"', `id: ${elsewhere}`] },
    cause: 'The user has no such device',
  },
  {
    step: 11,
    what: 'another content type',
    edits: {
      '11-ask-for-new-passcode.yaml': [
        'value: application/vnd.pingidentity.device.select+json',
        'value: application/json',
      ],
    },
    cause: 'The Content-Type header is not the one that selects a device',
  },
  {
    step: 12,
    what: 'a wrong passcode',
    edits: { [passcodeFile]: ['otp: "{{passcode}}"', 'otp: "{{wrongPasscode}}"'] },
    cause: 'The passcode is wrong, or it is older than half an hour',
  },
  {
    step: 12,
    what: 'another content type',
    edits: { [passcodeFile]: ['value: application/vnd.pingidentity.otp.check+json', 'value: application/json'] },
    cause: 'The Content-Type header is not the one that checks a passcode',
  },
  {
    step: 12,
    what: 'a device authentication that is over',
    edits: { [passcodeFile]: ['{{deviceAuthID}}"\n', `${elsewhere}"\n`] },
    cause: 'PingOne does not know the device authentication (any more)',
  },
];

function appOf({ clientId, secret }: { readonly clientId: string; readonly secret: string }) {
  return { adminAppID: clientId, adminAppSecret: secret };
}
