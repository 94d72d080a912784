import { Type } from 'typebox';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { Environment, User } from '../../state/model.ts';
import { closed } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { userPath } from '../users/user-body.ts';
import { userOf, userRoute } from './user-of-call.ts';

/** Whether a user proves a second factor. */
export const mfaEnabledRoutes: readonly Route[] = [
  platformRoute('GET', `${userRoute}/mfaEnabled`, readMfaEnabled),
  platformRoute('PUT', `${userRoute}/mfaEnabled`, changeMfaEnabled),
];

const mfaEnabledInput = validatorOf(Type.Object({ mfaEnabled: Type.Boolean() }, closed));

function readMfaEnabled(call: AuthorizedCall): Answer {
  const { environment, user } = userOf(call);
  return answer(call, environment, user);
}

async function changeMfaEnabled(call: AuthorizedCall): Promise<Answer> {
  userOf(call);
  const { mfaEnabled } = await readBody(call, mfaEnabledInput);
  const { environment, user } = userOf(call);
  const updated = { ...user, mfaEnabled, updatedAt: timestamp(call) };
  environment.users.set(user.id, updated);
  return answer(call, environment, updated);
}

function answer(call: AuthorizedCall, environment: Environment, user: User): Answer {
  const parent = userPath(environment, user);
  return ok({
    _links: links(call.origin, { self: `${parent}/mfaEnabled`, user: parent }),
    mfaEnabled: user.mfaEnabled,
  });
}
