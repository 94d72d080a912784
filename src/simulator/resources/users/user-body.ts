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
  return { _links: links(origin, relationsOf(environment, user)), ...withoutLinks(environment, user) };
}

/** A user in a list, where PingOne shows fewer links (recorded). */
export function listedUserBody(origin: string, environment: Environment, user: User): JsonObject {
  const relations = relationsOf(environment, user);
  const shown = Object.fromEntries(listedRelations.map((name) => [name, relations[name]]));
  return { _links: links(origin, shown), ...withoutLinks(environment, user) };
}

const listedRelations = [
  ...(['self', 'password', 'password.set', 'password.reset', 'password.check', 'password.recover'] as const),
  ...(['account.sendVerificationCode', 'linkedAccounts'] as const),
];

function relationsOf(environment: Environment, user: User) {
  const environmentLink = environmentPath(environment.id);
  const self = userPath(environment, user);
  const password = `${self}/password`;
  return {
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
  };
}

function withoutLinks(environment: Environment, user: User): JsonObject {
  const rest: JsonObject = {
    ...(user.attributes as JsonObject),
    account: { canAuthenticate: true, status: 'OK' },
    createdAt: user.createdAt,
    enabled: user.enabled,
    identityProvider: { ...user.identityProvider },
    ...(user.lastSignOn === undefined ? {} : { lastSignOn: { ...user.lastSignOn } }),
    lifecycle: { status: 'ACCOUNT_OK' },
    mfaEnabled: user.mfaEnabled,
    population: { id: user.populationId },
    updatedAt: user.updatedAt,
    verifyStatus: 'NOT_INITIATED',
  };
  return {
    id: user.id,
    environment: { id: environment.id },
    ...Object.fromEntries(Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}
