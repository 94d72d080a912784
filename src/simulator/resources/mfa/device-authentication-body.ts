import type { Call } from '../../http/call.ts';
import { inferredChoices } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { isUsable } from '../../mfa/usable.ts';
import type { Device, DeviceAuthentication, Environment } from '../../state/model.ts';
import { devicePolicyId } from './device-policies.ts';

/** The address of a device authentication: at the authorization server, not below `/v1`. */
export function deviceAuthenticationAddress(call: Call, environment: Environment, id: string): string {
  return `${call.origin}/${environment.id}/deviceAuthentications/${id}`;
}

/** A device authentication as the API shows it; the passcode of a test device only where it was just made. */
export function deviceAuthenticationBody(
  call: Call,
  environment: Environment,
  authentication: DeviceAuthentication,
  { showsPasscode }: { readonly showsPasscode: boolean },
): JsonObject {
  const { id, status, userId, selected, passcode, createdAt, updatedAt } = authentication;
  const devices = [...(environment.users.get(userId)?.devices.values() ?? [])];
  const self = { href: deviceAuthenticationAddress(call, environment, id) };
  const isOpen = status !== 'COMPLETED';
  const isSelecting = status === 'DEVICE_SELECTION_REQUIRED';
  return {
    _links: {
      self,
      ...(isOpen ? { 'device.select': self } : {}),
      ...(status === 'OTP_REQUIRED' ? { 'otp.check': self } : {}),
    },
    _embedded: {
      devices: devices.filter(isUsable).map(embeddedDevice),
      ...(isSelecting ? { blockedDevices: devices.filter((device) => !isUsable(device)).map(embeddedDevice) } : {}),
    },
    id,
    environment: { id: environment.id },
    status,
    policy: { id: devicePolicyId(environment) },
    ...(selected === undefined ? {} : { selectedDevice: selectedBody(selected) }),
    user: { id: userId },
    ...(isSelecting ? { bypassAllowed: false, userBypassEnabled: false, aggregateFido2Devices: false } : {}),
    createdAt,
    updatedAt,
    ...(showsPasscode && passcode && isTest(devices, selected) ? { test: { otp: passcode.value } } : {}),
  };
}

function selectedBody(selected: NonNullable<DeviceAuthentication['selected']>): JsonObject {
  return 'deviceId' in selected ? { id: selected.deviceId } : { oneTime: { ...selected.oneTime } };
}

function isTest(devices: readonly Device[], selected: DeviceAuthentication['selected']): boolean {
  if (selected === undefined) return false;
  if ('oneTime' in selected) return selected.oneTime.testMode === true;
  return devices.find(({ id }) => id === selected.deviceId)?.testMode === true;
}

function embeddedDevice(device: Device): JsonObject {
  const { usable, unusable } = inferredChoices.usableStatus;
  return {
    id: device.id,
    type: device.type,
    status: device.status ?? 'ACTIVE',
    usableStatus: { status: isUsable(device) ? usable : unusable },
    email: masked(device.email),
  };
}

/** Documented: `ad****@pingidentity.com`. */
function masked(email: string): string {
  return email.replace(/^(.{0,2})[^@]*/, '$1****');
}
