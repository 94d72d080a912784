import type { Device, User } from '../state/model.ts';

/** Whether a device is active and not blocked. */
export function isUsable({ status = 'ACTIVE', block }: Device): boolean {
  return status === 'ACTIVE' && block?.status !== 'BLOCKED';
}

/** The user with this device in place of the one of its id, or as the last. */
export function withDevice(user: User, device: Device): User {
  return { ...user, devices: new Map([...user.devices, [device.id, device]]) };
}

/** The user with these devices in this order; the first is the default one. */
export function withDevices(user: User, devices: readonly Device[]): User {
  return { ...user, devices: new Map(devices.map((device) => [device.id, device])) };
}
