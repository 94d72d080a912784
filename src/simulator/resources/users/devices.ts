import { Type } from 'typebox';
import { identityReaders, identityWriters, parentEnvironment, userIn } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  ok,
  parameter,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import { messages } from '../../messages.ts';
import { notFound, requestFailed } from '../../refusal.ts';
import type { Device, Environment, User } from '../../state/model.ts';
import { closed } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { newlyStored, remember } from '../stored-items.ts';
import { userPath } from './user-body.ts';

const user = '/environments/:environmentId/users/:userId';

/** What steps 7 and 8 of the newest tutorial pages need: turning MFA on, and e-mail devices. */
export const deviceRoutes: readonly Route[] = [
  platformRoute('GET', `${user}/mfaEnabled`, readMfaEnabled),
  platformRoute('PUT', `${user}/mfaEnabled`, changeMfaEnabled),
  platformRoute('POST', `${user}/devices`, createDevice),
  platformRoute('GET', `${user}/devices`, listDevices),
  platformRoute('GET', `${user}/devices/:deviceId`, readDevice),
];

/** Documented default of the MFA settings. */
const maximumDevices = 5;

const mfaEnabledInput = validatorOf(Type.Object({ mfaEnabled: Type.Boolean() }, closed));
/** The simulator has devices of one type. */
const deviceInput = validatorOf(
  Type.Object({ type: Type.Enum(['EMAIL']), email: Type.String({ format: 'email' }) }, closed),
);

function readMfaEnabled(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  return ok(mfaEnabledBody(call.origin, environment, user));
}

async function changeMfaEnabled(call: AuthorizedCall): Promise<Answer> {
  userOf(call);
  const { mfaEnabled } = await readBody(call, mfaEnabledInput);
  const { environment, user } = userOf(call);
  const updated = { ...user, mfaEnabled, updatedAt: timestamp(call) };
  environment.users.set(user.id, updated);
  return ok(mfaEnabledBody(call.origin, environment, updated));
}

async function createDevice(call: AuthorizedCall): Promise<Answer> {
  userOf(call);
  const { type, email } = await readBody(call, deviceInput);
  const { environment, user } = userOf(call);
  if (user.devices.size >= maximumDevices) {
    const innerError = { maximumAllowed: maximumDevices };
    throw requestFailed({ code: 'LIMIT_EXCEEDED', message: messages.tooManyDevices, innerError });
  }
  const device: Device = { ...newlyStored(call), type, email };
  environment.users.set(user.id, { ...user, devices: new Map([...user.devices, [device.id, device]]) });
  remember(call, 'created', 'device', { id: device.id, name: email, environmentId: environment.id });
  const location = link(call.origin, `${userPath(environment, user)}/devices/${device.id}`).href;
  return created(deviceBody(call.origin, environment, user, device), location);
}

function listDevices(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  const devices = [...user.devices.values()];
  return ok({
    _links: links(call.origin, { self: `${userPath(environment, user)}/devices` }),
    _embedded: { devices: devices.map((device) => deviceBody(call.origin, environment, user, device)) },
    count: devices.length,
    size: devices.length,
  });
}

function readDevice(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  const device = user.devices.get(parameter(call, 'deviceId'));
  if (device === undefined) throw notFound();
  return ok(deviceBody(call.origin, environment, user, device));
}

function userOf(call: AuthorizedCall): { readonly environment: Environment; readonly user: User } {
  const isReading = call.request.method === 'GET';
  const environment = parentEnvironment(call, isReading ? identityReaders(call) : identityWriters(call));
  return { environment, user: userIn(call, environment) };
}

function mfaEnabledBody(origin: string, environment: Environment, user: User): JsonObject {
  const parent = userPath(environment, user);
  return { _links: links(origin, { self: `${parent}/mfaEnabled`, user: parent }), mfaEnabled: user.mfaEnabled };
}

function deviceBody(origin: string, environment: Environment, user: User, device: Device): JsonObject {
  const parent = userPath(environment, user);
  return {
    _links: links(origin, {
      self: `${parent}/devices/${device.id}`,
      environment: environmentPath(environment.id),
      user: parent,
    }),
    id: device.id,
    environment: { id: environment.id },
    user: { id: user.id },
    type: device.type,
    status: 'ACTIVE',
    createdAt: device.createdAt,
    updatedAt: device.updatedAt,
    email: device.email,
  };
}
