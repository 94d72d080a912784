import { type Call, dialectOf } from '../../http/call.ts';
import { links } from '../../http/origin.ts';
import type { JsonObject } from '../../json.ts';
import type { Application, Environment, Stored, WorkerApp } from '../../state/model.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { type PlatformApplication, platformApplications } from './platform-applications.ts';

/** A worker app as something stored: it is as old as its environment. */
export type StoredWorker = Stored & WorkerApp & { readonly type: 'WORKER' };

/** Whatever an environment lists as an application. */
export type AnyApplication = Application | PlatformApplication | StoredWorker;

/** All applications of an environment in the order of its list: the platform's own, workers, those that people sign on to. */
export function applicationsOf(environment: Environment): readonly AnyApplication[] {
  const { createdAt, updatedAt, workerApps, applications } = environment;
  const workers = [...workerApps.values()].map(
    (app, index): StoredWorker => ({ ...app, type: 'WORKER', sequence: index - workerApps.size, createdAt, updatedAt }),
  );
  return [...platformApplications(environment), ...workers, ...applications.values()];
}

/** The path of an application below `/v1`. */
export function applicationPath(environment: Environment, { id }: { readonly id: string }): string {
  return `${environmentPath(environment.id)}/applications/${id}`;
}

/** An application as the API shows it. */
export function applicationBody(call: Call, environment: Environment, application: AnyApplication): JsonObject {
  const { id, name, enabled, type, createdAt, updatedAt } = application;
  return {
    _links: links(call.origin, relationsOf(environment, application)),
    environment: { id: environment.id },
    id,
    name,
    ...('description' in application ? { description: application.description } : {}),
    enabled,
    type,
    ...(isForAdministrators(application) ? { accessControl: { role: { type: 'ADMIN_USERS_ONLY' } } } : {}),
    ...('icon' in application ? { icon: { ...application.icon } } : {}),
    protocol: 'OPENID_CONNECT',
    createdAt,
    updatedAt,
    ...protocolPart(call, application),
  };
}

function relationsOf(environment: Environment, application: AnyApplication): Readonly<Record<string, string>> {
  const self = applicationPath(environment, application);
  return {
    ...(application.type === 'PING_ONE_ADMIN_CONSOLE' ? {} : { grants: `${self}/grants` }),
    environment: environmentPath(environment.id),
    self,
    ...('secret' in application ? { attributes: `${self}/attributes`, secret: `${self}/secret` } : {}),
    ...(application.type === 'WORKER' ? { roleAssignments: `${self}/roleAssignments` } : {}),
  };
}

function isForAdministrators({ type }: AnyApplication): boolean {
  return type === 'WORKER' || type === 'PING_ONE_ADMIN_CONSOLE';
}

function protocolPart(call: Call, application: AnyApplication): JsonObject {
  if (application.type === 'WORKER') {
    const { tokenEndpointAuthMethod } = application;
    return { grantTypes: ['CLIENT_CREDENTIALS'], tokenEndpointAuthMethod, pkceEnforcement: 'OPTIONAL' };
  }
  if (application.type !== 'WEB_APP') return { pkceEnforcement: 'OPTIONAL', tokenEndpointAuthMethod: 'NONE' };
  return {
    grantTypes: application.grantTypes,
    responseTypes: application.responseTypes,
    redirectUris: application.redirectUris,
    ...(application.allowWildcardInRedirectUris === true ? { allowWildcardInRedirectUris: true } : {}),
    tokenEndpointAuthMethod: application.tokenEndpointAuthMethod,
    pkceEnforcement: application.pkceEnforcement,
    ...refreshPart(call, application),
  };
}

/** From March 2027 on all refresh tokens are opaque, and nothing says so (announced). */
function refreshPart(call: Call, { grantTypes, refreshTokenType = 'OPAQUE_TOKEN' }: Application): JsonObject {
  return grantTypes.includes('REFRESH_TOKEN') && dialectOf(call) === 'today' ? { refreshTokenType } : {};
}
