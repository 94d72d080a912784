import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { applicationReaders, applicationRoles, parentEnvironment } from '../../authorization/access.ts';
import { isVisible } from '../../authorization/propagation.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  dialectOf,
  listQuery,
  noContent,
  ok,
  parameter,
  platformRoute,
  type Route,
} from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import type { FilterRules } from '../../lists/filter.ts';
import { messages } from '../../messages.ts';
import { applicationNotFound, type Detail, invalidData, notFound, notSimulated } from '../../refusal.ts';
import type { Application, Environment } from '../../state/model.ts';
import { closed, description, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { environmentPath } from '../environments/environment-body.ts';
import { listOf, nameProblems, newlyStored, remember } from '../stored-items.ts';
import { type AnyApplication, applicationBody, applicationPath, applicationsOf } from './application-body.ts';

const path = '/environments/:environmentId/applications';

/** Applications, and their secrets. Those that people sign on to can be created and deleted. */
export const applicationRoutes: readonly Route[] = [
  platformRoute('POST', path, createApplication),
  platformRoute('GET', path, listApplications, listQuery),
  platformRoute('GET', `${path}/:applicationId`, readApplication),
  platformRoute('DELETE', `${path}/:applicationId`, deleteApplication),
  platformRoute('GET', `${path}/:applicationId/secret`, readSecret),
];

/** The simulator creates applications of one kind; any other value is refused with the ones it knows. */
const schema = Type.Object(
  {
    name: text(256),
    description,
    enabled: Type.Boolean(),
    type: Type.Enum(['WEB_APP']),
    protocol: Type.Enum(['OPENID_CONNECT']),
    grantTypes: Type.Array(Type.Enum(['AUTHORIZATION_CODE', 'REFRESH_TOKEN']), { minItems: 1 }),
    responseTypes: Type.Optional(Type.Array(Type.Enum(['CODE']))),
    redirectUris: Type.Optional(Type.Array(Type.String({ format: 'url' }))),
    allowWildcardInRedirectUris: Type.Optional(Type.Boolean()),
    refreshTokenType: Type.Optional(Type.Enum(['JSON_WEB_TOKEN', 'OPAQUE_TOKEN'])),
    tokenEndpointAuthMethod: Type.Enum(['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST']),
    pkceEnforcement: Type.Optional(Type.Enum(['OPTIONAL', 'REQUIRED', 'S256_REQUIRED'])),
  },
  closed,
);

type ApplicationInput = Static<typeof schema>;
const applicationInput = validatorOf(schema);

/** No filter of this list is documented. */
const applicationFilter: FilterRules<AnyApplication> = { attributes: {}, joins: [] };

async function createApplication(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, applicationRoles);
  const input = await readBody(call, applicationInput);
  const environment = parentEnvironment(call, applicationRoles);
  refuseWildcards(input);
  const problems = problemsOf(environment, input);
  if (problems.length > 0) throw invalidData(problems);
  const { refreshTokenType, ...given } = input;
  const application: Application = {
    ...newlyStored(call),
    ...given,
    ...(refreshTokenType === undefined || dialectOf(call) !== 'today' ? {} : { refreshTokenType }),
    responseTypes: input.responseTypes ?? ['CODE'],
    redirectUris: input.redirectUris ?? [],
    pkceEnforcement: input.pkceEnforcement ?? 'OPTIONAL',
    // Documented: at least 64 characters.
    secret: randomBytes(48).toString('base64url'),
  };
  environment.applications.set(application.id, application);
  remember(call, 'created', 'application', { ...application, environmentId: environment.id });
  const location = link(call.origin, applicationPath(environment, application)).href;
  return created(applicationBody(call, environment, application), location);
}

/** Recorded: no `count`, and `self` without the query. */
function listApplications(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationReaders);
  const render = (application: AnyApplication) => applicationBody(call, environment, application);
  return listOf(
    call,
    'applications',
    applicationsOf(environment),
    applicationFilter,
    inferredChoices.applicationPage,
    render,
    { query: 'none', hasCount: false },
  );
}

function readApplication(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationReaders);
  return ok(applicationBody(call, environment, applicationIn(call, environment)));
}

function deleteApplication(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  const application = applicationIn(call, environment);
  if (application.type !== 'WEB_APP') throw notSimulated(`deleting an application of the type ${application.type}`);
  environment.applications.delete(application.id);
  remember(call, 'deleted', 'application', { ...application, environmentId: environment.id });
  return noContent;
}

function readSecret(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  const application = applicationIn(call, environment);
  if (!('secret' in application)) throw notFound();
  const self = applicationPath(environment, application);
  return ok({
    _links: links(call.origin, {
      self: `${self}/secret`,
      environment: environmentPath(environment.id),
      application: self,
    }),
    environment: { id: environment.id },
    secret: application.secret,
  });
}

/** The application of the path. Throws 404. */
function applicationIn(call: AuthorizedCall, environment: Environment): AnyApplication {
  const id = parameter(call, 'applicationId');
  const application = applicationsOf(environment).find((one) => one.id === id);
  if (application === undefined || !isVisible(call, application)) throw applicationNotFound(id, environment.id);
  return application;
}

/** Observed as a message of its own, above the details. */
function refuseWildcards({ redirectUris = [], allowWildcardInRedirectUris }: ApplicationInput): void {
  if (allowWildcardInRedirectUris === true || !redirectUris.some((uri) => uri.includes('*'))) return;
  const message = messages.wildcardRedirect;
  throw invalidData([{ code: 'INVALID_VALUE', target: 'redirectUris', message }], message);
}

function problemsOf(environment: Environment, { name, redirectUris = [] }: ApplicationInput): readonly Detail[] {
  const missing: Detail = { code: 'REQUIRED_VALUE', target: 'redirectUris', message: inferredMessages.required };
  return [...nameProblems(applicationsOf(environment), name), ...(redirectUris.length === 0 ? [missing] : [])];
}
