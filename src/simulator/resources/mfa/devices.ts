import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link } from '../../http/origin.ts';
import { type FilterRules, filterOf } from '../../lists/filter.ts';
import { messages } from '../../messages.ts';
import { newPasscode } from '../../mfa/passcode.ts';
import { mfaSettingsOf } from '../../mfa/settings.ts';
import { withDevice, withDevices } from '../../mfa/usable.ts';
import { invalidData, requestFailed } from '../../refusal.ts';
import type { Device } from '../../state/model.ts';
import { newlyStored, remember } from '../stored-items.ts';
import { userPath } from '../users/user-body.ts';
import { deviceBody, deviceListBody } from './device-body.ts';
import { deviceInput, nicknameInput, policyProblems } from './device-input.ts';
import { deviceOf, userOf, userRoute } from './user-of-call.ts';

const path = `${userRoute}/devices`;

/** The devices of a user. What POST does to one, and to their order, is in `device-actions.ts`. */
export const deviceRoutes: readonly Route[] = [
  platformRoute('GET', path, listDevices, ['filter']),
  platformRoute('GET', `${path}/:deviceId`, readDevice),
  platformRoute('DELETE', `${path}/:deviceId`, deleteDevice),
  platformRoute('PUT', `${path}/:deviceId/nickname`, changeNickname),
];

const deviceFilter: FilterRules<Device> = {
  attributes: { status: { operators: ['eq'], value: ({ status = 'ACTIVE' }) => status } },
  joins: [],
};

/** POST without a custom media type. */
export async function createDevice(call: AuthorizedCall): Promise<Answer> {
  userOf(call);
  const { policy, status = 'ACTIVE', ...input } = await readBody(call, deviceInput);
  const { environment, user } = userOf(call);
  const problems = policyProblems(environment, policy);
  if (problems.length > 0) throw invalidData(problems);
  const { maxAllowedDevices } = mfaSettingsOf(environment);
  if (user.devices.size >= maxAllowedDevices) {
    const innerError = { maximumAllowed: maxAllowedDevices };
    throw requestFailed({ code: 'LIMIT_EXCEEDED', message: messages.tooManyDevices, innerError });
  }
  const device: Device = { ...newlyStored(call), ...input, status };
  environment.users.set(user.id, withDevice(user, device));
  const passcode = status === 'ACTIVE' ? undefined : newPasscode(call.now);
  if (passcode !== undefined) environment.activationPasscodes.set(device.id, passcode);
  remember(call, 'created', 'device', { id: device.id, name: device.email, environmentId: environment.id });
  const location = link(call.origin, `${userPath(environment, user)}/devices/${device.id}`).href;
  return created(deviceBody(call.origin, environment, user, device, passcode), location);
}

function listDevices(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  const matches = filterOf(call.url.searchParams.get('filter'), deviceFilter);
  return deviceListBody(call, environment, user, [...user.devices.values()].filter(matches));
}

function readDevice(call: AuthorizedCall): Answer {
  const { environment, user, device } = deviceOf(call);
  return ok(deviceBody(call.origin, environment, user, device));
}

function deleteDevice(call: AuthorizedCall): Answer {
  const { environment, user, device } = deviceOf(call);
  const others = [...user.devices.values()].filter(({ id }) => id !== device.id);
  environment.users.set(user.id, withDevices(user, others));
  environment.activationPasscodes.delete(device.id);
  remember(call, 'deleted', 'device', { id: device.id, name: device.email, environmentId: environment.id });
  return noContent;
}

async function changeNickname(call: AuthorizedCall): Promise<Answer> {
  deviceOf(call);
  const { nickname } = await readBody(call, nicknameInput);
  const { environment, user, device } = deviceOf(call);
  const updated = { ...device, nickname, updatedAt: timestamp(call) };
  environment.users.set(user.id, withDevice(user, updated));
  return ok(deviceBody(call.origin, environment, user, updated));
}
