import { type Static, Type } from 'typebox';
import { identityReaders, identityWriters, parentEnvironment } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  ok,
  parameter,
  protectedRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { actionOf, mediaTypeOf } from '../../http/media-type.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import { newPasscode, refusedPasscode } from '../../mfa/passcode.ts';
import { isUsable } from '../../mfa/usable.ts';
import { invalidData, notFound, notSimulated, requestFailed, unsupportedMediaType } from '../../refusal.ts';
import type { DeviceAuthentication, Environment, User } from '../../state/model.ts';
import { closed, reference, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { unknownReference } from '../stored-items.ts';
import { deviceAuthenticationAddress, deviceAuthenticationBody } from './device-authentication-body.ts';
import { passcodeInput, policyProblems } from './device-input.ts';

/** How a user proves a second factor without a sign-on flow. Not below `/v1`. */
export const deviceAuthenticationRoutes: readonly Route[] = [
  protectedRoute('POST', '/deviceAuthentications', start),
  protectedRoute('GET', '/deviceAuthentications/:deviceAuthenticationId', read),
  protectedRoute('POST', '/deviceAuthentications/:deviceAuthenticationId', act),
];

const oneTime = Type.Object(
  {
    type: Type.Enum(['EMAIL']),
    email: Type.String({ format: 'email' }),
    testMode: Type.Optional(Type.Boolean()),
  },
  closed,
);
const startBody = Type.Object(
  {
    user: reference,
    policy: Type.Optional(Type.Object({ id: text() }, closed)),
    selectedDevice: Type.Optional(Type.Object({ id: Type.Optional(text()), oneTime: Type.Optional(oneTime) }, closed)),
  },
  closed,
);
const startInput = validatorOf(startBody);
const selectInput = validatorOf(Type.Object({ device: reference }, closed));
const cancelInput = validatorOf(Type.Object({ reason: Type.Optional(Type.Enum(['CHANGE_DEVICE'])) }, closed));

async function start(call: AuthorizedCall): Promise<Answer> {
  environmentOf(call);
  const input = await readBody(call, startInput);
  const environment = environmentOf(call);
  const user = environment.users.get(input.user.id);
  if (user === undefined || !isVisible(call, user)) throw invalidData([unknownReference('user.id')]);
  const problems = policyProblems(environment, input.policy);
  if (problems.length > 0) throw invalidData(problems);
  if (!user.mfaEnabled) call.note('not simulated: what PingOne answers for a user with MFA disabled');
  const now = timestamp(call);
  forgetEnded(call, environment);
  const authentication: DeviceAuthentication = {
    id: call.world.uuid(),
    status: 'OTP_REQUIRED',
    userId: user.id,
    selected: selectedDevice(user, input.selectedDevice),
    passcode: newPasscode(call.now),
    createdAt: now,
    updatedAt: now,
  };
  environment.deviceAuthentications.set(authentication.id, authentication);
  const address = deviceAuthenticationAddress(call, environment, authentication.id);
  return created(deviceAuthenticationBody(call, environment, authentication, { showsPasscode: true }), address);
}

/** What the request names, else the default device (the policy's DEFAULT_TO_FIRST). */
function selectedDevice(user: User, wanted: Static<typeof startBody>['selectedDevice']) {
  if (wanted?.oneTime !== undefined) return { oneTime: wanted.oneTime };
  const id = wanted?.id ?? [...user.devices.values()].find(isUsable)?.id;
  return usableDevice(user, id, 'selectedDevice.id');
}

function usableDevice(user: User, id: string | undefined, target: string): { readonly deviceId: string } {
  const device = id === undefined ? undefined : user.devices.get(id);
  if (id !== undefined && device === undefined) throw invalidData([unknownReference(target)]);
  if (device === undefined || !isUsable(device)) {
    throw requestFailed({ code: 'NO_USABLE_DEVICES', message: inferredMessages.noUsableDevices });
  }
  return { deviceId: device.id };
}

function read(call: AuthorizedCall): Answer {
  const { environment, authentication } = authenticationOf(call);
  return ok(deviceAuthenticationBody(call, environment, authentication, { showsPasscode: false }));
}

function act(call: AuthorizedCall): Promise<Answer> {
  const { authentication } = authenticationOf(call);
  const action = actionOf(call.request.headers);
  if (action === undefined) throw unsupportedMediaType();
  if (authentication.status === 'COMPLETED') throw notWaiting(inferredMessages.authenticationCompleted);
  if (action === 'otp.check') return checkPasscode(call);
  if (action === 'device.select') return select(call);
  if (action === 'cancel.push.authentication') return cancel(call);
  throw notSimulated(`the action ${action}`);
}

async function checkPasscode(call: AuthorizedCall): Promise<Answer> {
  const { otp } = await readBody(call, passcodeInput, ownMediaType(call));
  const { environment, authentication } = authenticationOf(call);
  if (authentication.status !== 'OTP_REQUIRED') throw notWaiting(inferredMessages.authenticationNotWaiting);
  const refused = refusedPasscode(authentication.passcode, otp, call.now);
  if (refused?.passcode !== undefined) {
    environment.deviceAuthentications.set(authentication.id, { ...authentication, passcode: refused.passcode });
  }
  if (refused !== undefined) throw refused.refusal;
  const { passcode: _used, ...rest } = authentication;
  return changed(call, environment, { ...rest, status: 'COMPLETED' });
}

/** Also how a new passcode is asked for. */
async function select(call: AuthorizedCall): Promise<Answer> {
  const { device } = await readBody(call, selectInput, ownMediaType(call));
  const { environment, authentication } = authenticationOf(call);
  const user = environment.users.get(authentication.userId);
  if (user === undefined) throw notFound();
  const selected = usableDevice(user, device.id, 'device.id');
  const passcode = newPasscode(call.now);
  return changed(call, environment, { ...authentication, status: 'OTP_REQUIRED', selected, passcode });
}

async function cancel(call: AuthorizedCall): Promise<Answer> {
  await readBody(call, cancelInput, ownMediaType(call));
  const { environment, authentication } = authenticationOf(call);
  const { passcode: _void, selected: _before, ...rest } = authentication;
  return changed(call, environment, { ...rest, status: 'DEVICE_SELECTION_REQUIRED' });
}

function changed(call: AuthorizedCall, environment: Environment, authentication: DeviceAuthentication): Answer {
  const updated = { ...authentication, updatedAt: timestamp(call) };
  environment.deviceAuthentications.set(updated.id, updated);
  return ok(deviceAuthenticationBody(call, environment, updated, { showsPasscode: true }));
}

function notWaiting(message: string) {
  return requestFailed({ code: 'CONSTRAINT_VIOLATION', target: 'status', message });
}

function ownMediaType(call: AuthorizedCall): readonly string[] {
  return [mediaTypeOf(call.request.headers) ?? ''];
}

function environmentOf(call: AuthorizedCall): Environment {
  return parentEnvironment(call, call.request.method === 'GET' ? identityReaders(call) : identityWriters(call));
}

/** Throws 404 for one that is unknown or over. */
function authenticationOf(call: AuthorizedCall) {
  const environment = environmentOf(call);
  const authentication = environment.deviceAuthentications.get(parameter(call, 'deviceAuthenticationId'));
  if (authentication === undefined || isOver(call, authentication)) throw notFound();
  return { environment, authentication };
}

function isOver(call: AuthorizedCall, { updatedAt }: DeviceAuthentication): boolean {
  const end = new Date(updatedAt).getTime() + inferredChoices.deviceAuthenticationSeconds * 1000;
  return end <= call.now.getTime();
}

function forgetEnded(call: AuthorizedCall, environment: Environment): void {
  for (const one of environment.deviceAuthentications.values()) {
    if (isOver(call, one)) environment.deviceAuthentications.delete(one.id);
  }
}
