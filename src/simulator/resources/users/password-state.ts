import { identityWriters, parentEnvironment, userIn } from '../../authorization/access.ts';
import type { AuthorizedCall } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import { inferredMessages } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import { policyOf } from '../../passwords/change.ts';
import { secondsUntilUnlock } from '../../passwords/lockout.ts';
import { passwordStatus } from '../../passwords/status.ts';
import { platformRefusal } from '../../refusal.ts';
import type { Environment, User } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { userPath } from './user-body.ts';

/** The path of a user's password below `/v1`, as routes spell it. */
export const passwordPath = '/environments/:environmentId/users/:userId/password';

/** The user of the path. Throws 400 REQUEST_FAILED for one whose identity provider keeps the password (documented). */
export function internalUser(call: AuthorizedCall): { readonly environment: Environment; readonly user: User } {
  const environment = parentEnvironment(call, identityWriters(call));
  const user = userIn(call, environment);
  if (isExternal(user)) throw platformRefusal(400, 'REQUEST_FAILED', inferredMessages.externalUserPassword);
  return { environment, user };
}

/** A user's password state as the API shows it. */
export function passwordStateBody(call: AuthorizedCall, environment: Environment, user: User): JsonObject {
  const self = `${userPath(environment, user)}/password`;
  const policy = policyOf(environment, user);
  return {
    _links: links(call.origin, {
      self,
      environment: environmentPath(environment.id),
      user: userPath(environment, user),
      passwordPolicy: `${environmentPath(environment.id)}/passwordPolicies/${policy.id}`,
      'password.check': self,
      'password.reset': self,
      'password.set': self,
      'password.recover': self,
    }),
    environment: { id: environment.id },
    user: { id: user.id },
    passwordPolicy: { id: policy.id },
    status: passwordStatus(user, policy.rules, call.now),
    lastChangedAt: user.password?.lastChangedAt,
    secondsUntilUnlock: user.password && secondsUntilUnlock(user.password, call.now),
  };
}

function isExternal(user: User): boolean {
  return user.identityProvider.type !== 'PING_ONE';
}
