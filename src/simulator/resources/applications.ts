import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { applicationIn, applicationRoles, parentEnvironment } from '../authorization/access.ts';
import { isVisible } from '../authorization/propagation.ts';
import { readBody } from '../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../http/call.ts';
import { link, links } from '../http/origin.ts';
import { inferredChoices, inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { type FilterRules, filterOf } from '../lists/filter.ts';
import { pageOf } from '../lists/page.ts';
import { messages } from '../messages.ts';
import { type Detail, invalidData } from '../refusal.ts';
import { nextSequence } from '../state/build.ts';
import type { Application, Environment } from '../state/model.ts';
import { closed, text } from '../validation/texts.ts';
import { validatorOf } from '../validation/validator.ts';
import { environmentPath } from './environments/environment-body.ts';
import { remember } from './remember.ts';

const path = '/environments/:environmentId/applications';

/** Applications that people sign on to, and their secrets. */
export const applicationRoutes: readonly Route[] = [
  platformRoute('POST', path, createApplication),
  platformRoute('GET', path, listApplications),
  platformRoute('GET', `${path}/:applicationId`, readApplication),
  platformRoute('DELETE', `${path}/:applicationId`, deleteApplication),
  platformRoute('GET', `${path}/:applicationId/secret`, readSecret),
];

/** The simulator has applications of one kind; any other value is refused with the ones it knows. */
const schema = Type.Object(
  {
    name: text(256),
    description: Type.Optional(Type.String()),
    enabled: Type.Boolean(),
    type: Type.Enum(['WEB_APP']),
    protocol: Type.Enum(['OPENID_CONNECT']),
    grantTypes: Type.Array(Type.Enum(['AUTHORIZATION_CODE']), { minItems: 1 }),
    responseTypes: Type.Optional(Type.Array(Type.Enum(['CODE']))),
    redirectUris: Type.Optional(Type.Array(Type.String({ format: 'url' }))),
    tokenEndpointAuthMethod: Type.Enum(['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST']),
    pkceEnforcement: Type.Optional(Type.Enum(['OPTIONAL', 'REQUIRED', 'S256_REQUIRED'])),
  },
  closed,
);

const applicationInput = validatorOf(schema);

/** No filter of this list is documented. */
const applicationFilter: FilterRules<Application> = { attributes: {}, joins: [] };

async function createApplication(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, applicationRoles);
  const input = await readBody(call, applicationInput);
  const environment = parentEnvironment(call, applicationRoles);
  const problems = problemsOf(environment, input);
  if (problems.length > 0) throw invalidData(problems);
  const now = timestamp(call);
  const application: Application = {
    id: call.world.uuid(),
    sequence: nextSequence(call.world.state),
    createdAt: now,
    updatedAt: now,
    name: input.name,
    ...(input.description === undefined ? {} : { description: input.description }),
    enabled: input.enabled,
    type: input.type,
    protocol: input.protocol,
    grantTypes: input.grantTypes,
    responseTypes: input.responseTypes ?? ['CODE'],
    redirectUris: input.redirectUris ?? [],
    tokenEndpointAuthMethod: input.tokenEndpointAuthMethod,
    pkceEnforcement: input.pkceEnforcement ?? 'OPTIONAL',
    // Documented: at least 64 characters.
    secret: randomBytes(48).toString('base64url'),
  };
  environment.applications.set(application.id, application);
  remember(call, 'created', 'application', { ...application, environmentId: environment.id });
  const location = link(call.origin, applicationPath(environment, application)).href;
  return created(applicationBody(call.origin, environment, application), location);
}

function listApplications(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  const matches = filterOf(call.url.searchParams.get('filter'), applicationFilter);
  const found = [...environment.applications.values()].filter((one) => isVisible(call, one) && matches(one));
  const render = (application: Application) => applicationBody(call.origin, environment, application);
  return ok(pageOf(call, 'applications', found, inferredChoices.applicationPage, render));
}

function readApplication(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  return ok(applicationBody(call.origin, environment, applicationIn(call, environment)));
}

function deleteApplication(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  const application = applicationIn(call, environment);
  environment.applications.delete(application.id);
  remember(call, 'deleted', 'application', { ...application, environmentId: environment.id });
  return noContent;
}

function readSecret(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, applicationRoles);
  const application = applicationIn(call, environment);
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

function problemsOf(environment: Environment, { name, redirectUris }: Static<typeof schema>): readonly Detail[] {
  const problems: Detail[] = [];
  if ([...environment.applications.values()].some((other) => other.name === name)) {
    problems.push({ code: 'UNIQUENESS_VIOLATION', target: 'name', message: messages.notUnique });
  }
  if (redirectUris === undefined || redirectUris.length === 0) {
    problems.push({ code: 'REQUIRED_VALUE', target: 'redirectUris', message: inferredMessages.required });
  }
  return problems;
}

function applicationPath(environment: Environment, { id }: Application): string {
  return `${environmentPath(environment.id)}/applications/${id}`;
}

function applicationBody(origin: string, environment: Environment, application: Application): JsonObject {
  const self = applicationPath(environment, application);
  return {
    _links: links(origin, { self, environment: environmentPath(environment.id), secret: `${self}/secret` }),
    environment: { id: environment.id },
    id: application.id,
    name: application.name,
    description: application.description,
    enabled: application.enabled,
    type: application.type,
    protocol: application.protocol,
    createdAt: application.createdAt,
    updatedAt: application.updatedAt,
    grantTypes: application.grantTypes,
    responseTypes: application.responseTypes,
    redirectUris: application.redirectUris,
    tokenEndpointAuthMethod: application.tokenEndpointAuthMethod,
    pkceEnforcement: application.pkceEnforcement,
  };
}
