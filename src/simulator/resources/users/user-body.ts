import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import type { Environment, User } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';

/** The path of a user below `/v1`. */
export function userPath(environment: Environment, user: User): string {
  return `${environmentPath(environment.id)}/users/${user.id}`;
}

/** A user as the API shows it: after links, id and environment, keys are sorted. */
export function userBody(origin: string, environment: Environment, user: User): JsonObject {
  const environmentLink = environmentPath(environment.id);
  const self = userPath(environment, user);
  const password = `${self}/password`;
  const rest: JsonObject = {
    ...(user.attributes as JsonObject),
    account: { canAuthenticate: true, status: 'OK' },
    createdAt: user.createdAt,
    enabled: user.enabled,
    identityProvider: { ...user.identityProvider },
    lifecycle: { status: 'ACCOUNT_OK' },
    mfaEnabled: user.mfaEnabled,
    population: { id: user.populationId },
    updatedAt: user.updatedAt,
    verifyStatus: 'NOT_INITIATED',
  };
  return {
    _links: links(origin, {
      self,
      environment: environmentLink,
      population: `${environmentLink}/populations/${user.populationId}`,
      devices: `${self}/devices`,
      roleAssignments: `${self}/roleAssignments`,
      password,
      'password.reset': password,
      'password.set': password,
      'password.check': password,
      'password.recover': password,
      linkedAccounts: `${self}/linkedAccounts`,
      'account.sendVerificationCode': self,
      memberOfGroups: `${self}/memberOfGroups`,
    }),
    id: user.id,
    environment: { id: environment.id },
    ...Object.fromEntries(Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}
