import { Type } from 'typebox';
import { identityReaders, identityWriters, parentEnvironment, userIn } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import { type Answer, type AuthorizedCall, ok, platformRoute, type Route, timestamp } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { Environment, User } from '../../state/model.ts';
import { closed } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { userPath } from './user-body.ts';

const path = '/environments/:environmentId/users/:userId/enabled';

/** Whether a user may sign on. */
export const userEnabledRoutes: readonly Route[] = [
  platformRoute('GET', path, readEnabled),
  platformRoute('PUT', path, changeEnabled),
];

const enabledInput = validatorOf(Type.Object({ enabled: Type.Boolean() }, closed));

function readEnabled(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, identityReaders(call));
  return answer(call, environment, userIn(call, environment));
}

async function changeEnabled(call: AuthorizedCall): Promise<Answer> {
  userIn(call, parentEnvironment(call, identityWriters(call)));
  const { enabled } = await readBody(call, enabledInput);
  const environment = parentEnvironment(call, identityWriters(call));
  const user = { ...userIn(call, environment), enabled, updatedAt: timestamp(call) };
  environment.users.set(user.id, user);
  return answer(call, environment, user);
}

function answer(call: AuthorizedCall, environment: Environment, user: User): Answer {
  const parent = userPath(environment, user);
  return ok({ _links: links(call.origin, { self: `${parent}/enabled`, user: parent }), enabled: user.enabled });
}
