import { jsonMediaTypes, readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { actionOf, mediaTypeOf } from '../../http/media-type.ts';
import { inferredMessages } from '../../inferred.ts';
import { refusedPasscode } from '../../mfa/passcode.ts';
import { withDevice, withDevices } from '../../mfa/usable.ts';
import { invalidData, notSimulated, requestFailed, unsupportedMediaType } from '../../refusal.ts';
import type { Device } from '../../state/model.ts';
import { unknownReference } from '../stored-items.ts';
import { deviceBody, deviceListBody } from './device-body.ts';
import { orderInput, passcodeInput } from './device-input.ts';
import { createDevice } from './devices.ts';
import { deviceOf, userOf, userRoute } from './user-of-call.ts';

const path = `${userRoute}/devices`;

/** What POST does to devices; the media type names the action. */
export const deviceActionRoutes: readonly Route[] = [
  platformRoute('POST', path, actOnDevices),
  platformRoute('DELETE', path, removeOrder),
  platformRoute('POST', `${path}/:deviceId`, actOnDevice),
];

function actOnDevices(call: AuthorizedCall): Promise<Answer> {
  return actionOf(call.request.headers) === 'devices.reorder' ? reorder(call) : createDevice(call);
}

function actOnDevice(call: AuthorizedCall): Answer | Promise<Answer> {
  deviceOf(call);
  const action = actionOf(call.request.headers);
  switch (action) {
    case 'device.activate':
      return activate(call);
    case 'device.block':
      return changed(call, { block: { status: 'BLOCKED', blockedAt: timestamp(call) } });
    case 'device.unblock':
      return changed(call, { block: { status: 'UNBLOCKED' } });
    case 'device.unlock':
      return unlock(call);
    default:
      throw action === undefined ? unsupportedMediaType() : notSimulated(`the action ${action}`);
  }
}

async function activate(call: AuthorizedCall): Promise<Answer> {
  const { otp } = await readBody(call, passcodeInput, [mediaTypeOf(call.request.headers) ?? '']);
  const { environment, device } = deviceOf(call);
  if (device.status !== 'ACTIVATION_REQUIRED') {
    const message = inferredMessages.deviceNotWaiting;
    throw requestFailed({ code: 'CONSTRAINT_VIOLATION', target: 'status', message });
  }
  const refused = refusedPasscode(environment.activationPasscodes.get(device.id), otp, call.now);
  if (refused?.passcode !== undefined) environment.activationPasscodes.set(device.id, refused.passcode);
  if (refused !== undefined) throw refused.refusal;
  environment.activationPasscodes.delete(device.id);
  return changed(call, { status: 'ACTIVE' });
}

/** With the cool-down of the default policy nothing stays locked; what was counted is forgotten. */
function unlock(call: AuthorizedCall): Answer {
  const { environment, device } = deviceOf(call);
  const passcode = environment.activationPasscodes.get(device.id);
  if (passcode !== undefined) environment.activationPasscodes.set(device.id, { ...passcode, failures: 0 });
  for (const one of environment.deviceAuthentications.values()) {
    if (one.passcode === undefined || !one.selected || !('deviceId' in one.selected)) continue;
    if (one.selected.deviceId !== device.id) continue;
    environment.deviceAuthentications.set(one.id, { ...one, passcode: { ...one.passcode, failures: 0 } });
  }
  return changed(call, { block: device.block ?? { status: 'UNBLOCKED' } });
}

function changed(call: AuthorizedCall, change: Partial<Device>): Answer {
  const { environment, user, device } = deviceOf(call);
  const updated = { ...device, ...change, updatedAt: timestamp(call) };
  environment.users.set(user.id, withDevice(user, updated));
  return ok(deviceBody(call.origin, environment, user, updated));
}

/** The devices that are named, in this order, then the others. */
async function reorder(call: AuthorizedCall): Promise<Answer> {
  userOf(call);
  const { order } = await readBody(call, orderInput, [...jsonMediaTypes, mediaTypeOf(call.request.headers) ?? '']);
  const { environment, user } = userOf(call);
  const named = order.map(({ id }) => user.devices.get(id));
  const problems = named.flatMap((device, index) =>
    device === undefined ? [unknownReference(`order[${index}].id`)] : [],
  );
  if (problems.length > 0) throw invalidData(problems);
  const first = named.filter((device) => device !== undefined);
  const updated = withDevices(user, [...first, ...[...user.devices.values()].filter((one) => !first.includes(one))]);
  environment.users.set(user.id, updated);
  return deviceListBody(call, environment, updated);
}

/** Documented: the custom media type is what makes DELETE remove the order, and not the devices. */
function removeOrder(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  if (actionOf(call.request.headers) !== 'devices.order.remove') throw unsupportedMediaType();
  const devices = [...user.devices.values()].toSorted((one, other) => one.sequence - other.sequence);
  environment.users.set(user.id, withDevices(user, devices));
  return noContent;
}
