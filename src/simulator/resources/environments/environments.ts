import { administeredOrganization, environmentReaders, hasRole, ownEnvironment } from '../../authorization/access.ts';
import { grantCreatorRoles, withdrawRoles } from '../../authorization/creator-roles.ts';
import { keepForReaders } from '../../authorization/propagation.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  expansions,
  isDisputed,
  listQuery,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link } from '../../http/origin.ts';
import { inferredMessages } from '../../inferred.ts';
import type { FilterRules, Operator } from '../../lists/filter.ts';
import { orderingOf } from '../../lists/page.ts';
import { type Detail, insufficientPermissions, invalidData, licenseExceeded } from '../../refusal.ts';
import { buildEnvironment } from '../../state/build.ts';
import type { Environment, Organization, World } from '../../state/model.ts';
import { listOf, nameProblems, remember } from '../stored-items.ts';
import { billOfMaterialsOf, replacedBill } from './bill-of-materials.ts';
import { environmentBody, environmentPath } from './environment-body.ts';
import { type EnvironmentInput, environmentInput, environmentInputWithLicense } from './environment-input.ts';
import { mayBeDeleted } from './environment-life.ts';
import { chosenLicense, countEnvironment, licenseProblems, regionProblems } from './license-rules.ts';

/** Environments: create, list, read, replace, delete. For status and type see `environment-life.ts`. */
export const environmentRoutes: readonly Route[] = [
  platformRoute('POST', '/environments', createEnvironment),
  platformRoute('GET', '/environments', listEnvironments, [...listQuery, 'expand', 'order']),
  platformRoute('GET', '/environments/:environmentId', readEnvironment, ['expand']),
  platformRoute('PUT', '/environments/:environmentId', replaceEnvironment),
  platformRoute('DELETE', '/environments/:environmentId', deleteEnvironment),
];

/** Documented sizes of a page. */
const page = { standard: 1000, maximum: 5000 };

function environmentFilter(call: AuthorizedCall): FilterRules<Environment> {
  return {
    attributes: {
      name: { operators: nameOperators(call), value: ({ name }) => name },
      id: { operators: ['eq'], value: ({ id }) => id },
      'organization.id': { operators: ['eq'], value: ({ organizationId }) => organizationId },
      'license.id': { operators: ['eq'], value: ({ licenseId }) => licenseId },
      status: { operators: ['eq'], value: ({ softDeleted }) => (softDeleted ? 'DELETE_PENDING' : 'ACTIVE') },
    },
    joins: ['and', 'or'],
  };
}

/** What a name can be compared by in a filter of environments or populations. */
export function nameOperators(call: AuthorizedCall): readonly Operator[] {
  return isDisputed(call, 'name-sw-only') ? ['sw'] : ['sw', 'eq'];
}

async function createEnvironment(call: AuthorizedCall): Promise<Answer> {
  const { state, uuid } = call.world;
  const organization = administeredOrganization(call, call.actor.home.organizationId);
  const needsLicense = organization.licenses.size > 1 || isDisputed(call, 'license-required');
  const input = await readBody(call, needsLicense ? environmentInputWithLicense : environmentInput);
  const license = chosenLicense(organization, input.license?.id);
  const problems = [
    ...nameProblems(environmentsOf(call.world, organization), input.name),
    ...licenseProblems(license, input.type, call.now),
    ...regionProblems(organization, license, input.region),
  ];
  if (license === undefined || problems.length > 0) throw invalidData(problems);
  if (activeEnvironments(call.world, organization) >= organization.maximumEnvironments) {
    throw licenseExceeded(organization.maximumEnvironments);
  }
  const id = uuid();
  const now = timestamp(call);
  const { name, type, region } = input;
  const environment = buildEnvironment(state, now, {
    id,
    organizationId: organization.id,
    licenseId: license.id,
    name,
    ...optionalFields(input),
    type,
    region,
    billOfMaterials: billOfMaterialsOf(id, now, input.billOfMaterials),
  });
  state.environments.set(id, environment);
  countEnvironment(organization, license.id, 1);
  grantCreatorRoles(call.actor, environment);
  remember(call, 'created', 'environment', environment);
  return created(environmentBody(call, environment, true), link(call.origin, environmentPath(id)).href);
}

function listEnvironments(call: AuthorizedCall): Answer {
  const withBill = wantsBill(call);
  const ordering = orderingOf<Environment>(call, {
    name: ({ name }) => name,
    createdAt: ({ createdAt }) => createdAt,
  });
  const readable = [...call.world.state.environments.values()].filter((environment) =>
    hasRole(call, environment, environmentReaders),
  );
  const render = (environment: Environment) => environmentBody(call, environment, withBill);
  return listOf(call, 'environments', readable, environmentFilter(call), page, render, { ordering });
}

function readEnvironment(call: AuthorizedCall): Answer {
  return ok(environmentBody(call, ownEnvironment(call, environmentReaders), wantsBill(call)));
}

function wantsBill(call: AuthorizedCall): boolean {
  return expansions(call, ['billOfMaterials']).length > 0;
}

async function replaceEnvironment(call: AuthorizedCall): Promise<Answer> {
  const authorized = ownEnvironment(call, ['Organization Admin']);
  const organization = administeredOrganization(call, authorized.organizationId);
  const input = await readBody(call, environmentInput);
  const environment = ownEnvironment(call, ['Organization Admin']);
  const license = chosenLicense(organization, input.license?.id ?? environment.licenseId);
  const moves = license?.id !== environment.licenseId;
  const problems = [
    ...nameProblems(environmentsOf(call.world, organization), input.name, environment.id),
    ...(moves ? licenseProblems(license, input.type, call.now) : []),
    ...unchangedProblems(environment, input),
  ];
  if (license === undefined || problems.length > 0) throw invalidData(problems);
  const { description: _description, icon: _icon, subtype: _subtype, ...kept } = environment;
  const now = timestamp(call);
  const replaced: Environment = {
    ...kept,
    ...optionalFields(input),
    name: input.name,
    licenseId: license.id,
    billOfMaterials:
      input.billOfMaterials === undefined
        ? environment.billOfMaterials
        : replacedBill(environment, now, input.billOfMaterials),
    updatedAt: now,
  };
  if (moves) {
    countEnvironment(organization, environment.licenseId, -1);
    countEnvironment(organization, license.id, 1);
  }
  call.world.state.environments.set(environment.id, replaced);
  return ok(environmentBody(call, replaced));
}

function deleteEnvironment(call: AuthorizedCall): Answer {
  const environment = ownEnvironment(call, ['Organization Admin']);
  const organization = administeredOrganization(call, environment.organizationId);
  // Documented: the identity that deletes an environment lives in another one.
  if (environment.id === call.actor.home.id) throw insufficientPermissions();
  if (!mayBeDeleted(environment, call.now)) {
    throw invalidData([{ code: 'CONSTRAINT_VIOLATION', message: inferredMessages.productionDelete }]);
  }
  // A second DELETE finds nothing, whatever readers still see.
  call.world.state.environments.delete(environment.id);
  keepForReaders(call, environment);
  if (environment.softDeleted === undefined) countEnvironment(organization, environment.licenseId, -1);
  withdrawRoles(call.world.state, environment);
  remember(call, 'deleted', 'environment', environment);
  return noContent;
}

function unchangedProblems(environment: Environment, input: EnvironmentInput): readonly Detail[] {
  return (['type', 'region'] as const)
    .filter((field) => input[field] !== environment[field])
    .map((field) => ({ code: 'INVALID_VALUE', target: field, message: inferredMessages.immutable }));
}

function optionalFields({ description, icon, subtype }: EnvironmentInput) {
  return {
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { icon }),
    ...(subtype === undefined ? {} : { subtype }),
  };
}

function environmentsOf(world: World, organization: Organization): readonly Environment[] {
  return [...world.state.environments.values()].filter(({ organizationId }) => organizationId === organization.id);
}

function activeEnvironments(world: World, organization: Organization): number {
  return environmentsOf(world, organization).filter(({ softDeleted }) => softDeleted === undefined).length;
}
