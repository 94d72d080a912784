import { Type } from 'typebox';
import { administrators, directoryReaders, parentEnvironment } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import { inferredMessages } from '../../inferred.ts';
import { devicesAllowed, mfaSettingsOf } from '../../mfa/settings.ts';
import { invalidData } from '../../refusal.ts';
import type { Environment, MfaSettings } from '../../state/model.ts';
import { closed } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';

const path = '/environments/:environmentId/mfaSettings';

/** What holds for the MFA of all users of an environment. DELETE brings the defaults back. */
export const mfaSettingsRoutes: readonly Route[] = [
  platformRoute('GET', path, readSettings),
  platformRoute('PUT', path, replaceSettings),
  platformRoute('DELETE', path, resetSettings),
];

const settingsInput = validatorOf(
  Type.Object(
    {
      pairing: Type.Object({ maxAllowedDevices: Type.Integer() }, closed),
      users: Type.Optional(Type.Object({ mfaEnabled: Type.Optional(Type.Boolean()) }, closed)),
      lockout: Type.Optional(
        Type.Object({ failureCount: Type.Integer(), durationSeconds: Type.Optional(Type.Integer()) }, closed),
      ),
    },
    closed,
  ),
);

function readSettings(call: AuthorizedCall): Answer {
  return answer(call, parentEnvironment(call, directoryReaders));
}

async function replaceSettings(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, administrators);
  const { pairing, users, lockout } = await readBody(call, settingsInput);
  const { maxAllowedDevices } = pairing;
  const { maximum } = devicesAllowed;
  if (maxAllowedDevices < 1 || maxAllowedDevices > maximum) {
    const innerError = { rangeMinimumValue: 1, rangeMaximumValue: maximum };
    const message = inferredMessages.outOfRange(1, maximum);
    throw invalidData([{ code: 'OUT_OF_RANGE', target: 'pairing.maxAllowedDevices', message, innerError }]);
  }
  return stored(call, {
    maxAllowedDevices,
    mfaEnabled: users?.mfaEnabled ?? false,
    ...(lockout === undefined ? {} : { lockout }),
    updatedAt: timestamp(call),
  });
}

function resetSettings(call: AuthorizedCall): Answer {
  return stored(call, undefined);
}

function stored(call: AuthorizedCall, settings: MfaSettings | undefined): Answer {
  const { mfaSettings: _before, ...environment } = parentEnvironment(call, administrators);
  const updated = settings === undefined ? environment : { ...environment, mfaSettings: settings };
  call.world.state.environments.set(updated.id, updated);
  return answer(call, updated);
}

function answer(call: AuthorizedCall, environment: Environment): Answer {
  const { maxAllowedDevices, mfaEnabled, lockout, updatedAt } = mfaSettingsOf(environment);
  const parent = environmentPath(environment.id);
  return ok({
    _links: links(call.origin, { self: `${parent}/mfaSettings`, environment: parent }),
    environment: { id: environment.id },
    pairing: { maxAllowedDevices },
    ...(lockout === undefined ? {} : { lockout: { ...lockout } }),
    users: { mfaEnabled },
    updatedAt,
  });
}
