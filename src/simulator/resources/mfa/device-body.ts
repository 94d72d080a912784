import { type AuthorizedCall, ok } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import type { Device, Environment, Passcode, User } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { userPath } from '../users/user-body.ts';

/** A device as the API shows it; the passcode of a test device only where it was just made. */
export function deviceBody(
  origin: string,
  environment: Environment,
  user: User,
  device: Device,
  passcode?: Passcode,
): JsonObject {
  const parent = userPath(environment, user);
  const self = `${parent}/devices/${device.id}`;
  const { status = 'ACTIVE', nickname, block, testMode } = device;
  return {
    _links: links(origin, {
      self,
      environment: environmentPath(environment.id),
      user: parent,
      ...(status === 'ACTIVE' ? {} : { 'device.activate': self }),
    }),
    id: device.id,
    environment: { id: environment.id },
    user: { id: user.id },
    type: device.type,
    ...(block === undefined ? {} : { lock: { status: 'UNLOCKED' }, block: { ...block } }),
    status,
    ...(nickname === undefined ? {} : { nickname }),
    createdAt: device.createdAt,
    updatedAt: device.updatedAt,
    email: device.email,
    ...(testMode ? { testMode } : {}),
    ...(testMode && passcode ? { test: { otp: passcode.value } } : {}),
  };
}

/** The devices of a user, the default one first. */
export function deviceListBody(
  call: AuthorizedCall,
  environment: Environment,
  user: User,
  devices: readonly Device[] = [...user.devices.values()],
) {
  const self = `${userPath(environment, user)}/devices`;
  return ok({
    _links: links(call.origin, { self, 'devices.reorder': self }),
    _embedded: { devices: devices.map((device) => deviceBody(call.origin, environment, user, device)) },
    count: devices.length,
    size: devices.length,
  });
}
