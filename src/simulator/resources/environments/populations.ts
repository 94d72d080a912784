import { type Static, Type } from 'typebox';
import { directoryReaders, parentEnvironment, populationIn, populationWriters } from '../../authorization/access.ts';
import { readBody } from '../../http/body.ts';
import {
  type Answer,
  type AuthorizedCall,
  created,
  listQuery,
  noContent,
  ok,
  platformRoute,
  type Route,
  timestamp,
} from '../../http/call.ts';
import { link, links } from '../../http/origin.ts';
import { inferredChoices, inferredMessages } from '../../inferred.ts';
import type { JsonObject } from '../../json.ts';
import type { FilterRules } from '../../lists/filter.ts';
import { type Detail, invalidData } from '../../refusal.ts';
import type { Environment, Population } from '../../state/model.ts';
import { closed, description, languageTag, reference, text } from '../../validation/texts.ts';
import { validatorOf } from '../../validation/validator.ts';
import { listOf, nameProblems, newlyStored, remember, storeOneDefault, unknownReference } from '../stored-items.ts';
import { environmentPath } from './environment-body.ts';
import { nameOperators } from './environments.ts';

/** Populations of an environment. */
export const populationRoutes: readonly Route[] = [
  platformRoute('POST', '/environments/:environmentId/populations', createPopulation),
  platformRoute('GET', '/environments/:environmentId/populations', listPopulations, listQuery),
  platformRoute('GET', '/environments/:environmentId/populations/:populationId', readPopulation),
  platformRoute('PUT', '/environments/:environmentId/populations/:populationId', replacePopulation),
  platformRoute('DELETE', '/environments/:environmentId/populations/:populationId', deletePopulation),
];

const schema = Type.Object(
  {
    name: text(),
    description,
    default: Type.Optional(Type.Boolean()),
    preferredLanguage: Type.Optional(languageTag),
    passwordPolicy: Type.Optional(reference),
    theme: Type.Optional(reference),
    alternativeIdentifiers: Type.Optional(Type.Array(text())),
  },
  closed,
);

type PopulationInput = Static<typeof schema>;
const populationInput = validatorOf(schema);

function populationFilter(call: AuthorizedCall): FilterRules<Population> {
  return {
    attributes: {
      name: { operators: nameOperators(call), value: ({ name }) => name },
      id: { operators: ['eq'], value: ({ id }) => id },
    },
    joins: ['and', 'or'],
  };
}

async function createPopulation(call: AuthorizedCall): Promise<Answer> {
  parentEnvironment(call, populationWriters);
  const input = await readBody(call, populationInput);
  const environment = parentEnvironment(call, populationWriters);
  refuseProblems(environment, input);
  const population: Population = {
    ...newlyStored(call),
    ...fieldsOf(environment, input),
    default: input.default ?? false,
  };
  storeOneDefault(environment.populations, population);
  remember(call, 'created', 'population', { ...population, environmentId: environment.id });
  return created(populationBody(call.origin, environment, population), selfLink(call, environment, population).href);
}

function listPopulations(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  const render = (population: Population) => populationBody(call.origin, environment, population);
  const populations = environment.populations.values();
  return listOf(call, 'populations', populations, populationFilter(call), inferredChoices.populationPage, render);
}

function readPopulation(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, directoryReaders);
  return ok(populationBody(call.origin, environment, populationIn(call, environment)));
}

async function replacePopulation(call: AuthorizedCall): Promise<Answer> {
  populationIn(call, parentEnvironment(call, populationWriters));
  const input = await readBody(call, populationInput);
  const environment = parentEnvironment(call, populationWriters);
  const { id, sequence, createdAt, default: wasDefault } = populationIn(call, environment);
  refuseProblems(environment, input, id);
  const population: Population = {
    id,
    sequence,
    createdAt,
    updatedAt: timestamp(call),
    ...fieldsOf(environment, input),
    // There is always one default; it ends by making another population the default.
    default: wasDefault || (input.default ?? false),
  };
  storeOneDefault(environment.populations, population);
  return ok(populationBody(call.origin, environment, population));
}

function deletePopulation(call: AuthorizedCall): Answer {
  const environment = parentEnvironment(call, populationWriters);
  const population = populationIn(call, environment);
  const message = reasonToKeep(environment, population);
  if (message !== undefined) throw invalidData([{ code: 'CONSTRAINT_VIOLATION', message }]);
  environment.populations.delete(population.id);
  for (const group of environment.groups.values()) {
    if (group.populationId === population.id) environment.groups.delete(group.id);
  }
  remember(call, 'deleted', 'population', { ...population, environmentId: environment.id });
  return noContent;
}

/** Only an empty population that is not the default may go (documented). */
function reasonToKeep(environment: Environment, population: Population): string | undefined {
  if (environment.populations.size === 1) return inferredMessages.lastPopulation;
  if (population.default) return inferredMessages.populationIsDefault;
  return userCount(environment, population) > 0 ? inferredMessages.populationHasUsers : undefined;
}

function refuseProblems(environment: Environment, input: PopulationInput, self?: string): void {
  const { name, passwordPolicy, theme } = input;
  const problems: Detail[] = [...nameProblems(environment.populations.values(), name, self)];
  if (passwordPolicy !== undefined && !environment.passwordPolicies.has(passwordPolicy.id)) {
    problems.push(unknownReference('passwordPolicy.id'));
  }
  if (theme !== undefined && theme.id !== environment.themeId) problems.push(unknownReference('theme.id'));
  if (problems.length > 0) throw invalidData(problems);
}

function fieldsOf(environment: Environment, input: PopulationInput) {
  const { name, description, preferredLanguage, passwordPolicy, alternativeIdentifiers } = input;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    preferredLanguage: preferredLanguage ?? inferredChoices.preferredLanguage,
    themeId: environment.themeId,
    ...(passwordPolicy === undefined ? {} : { passwordPolicyId: passwordPolicy.id }),
    ...(alternativeIdentifiers === undefined ? {} : { alternativeIdentifiers }),
  };
}

function userCount(environment: Environment, population: Population): number {
  return [...environment.users.values()].filter(({ populationId }) => populationId === population.id).length;
}

function selfLink(call: AuthorizedCall, environment: Environment, population: Population) {
  return link(call.origin, `${environmentPath(environment.id)}/populations/${population.id}`);
}

/** A population as the API shows it. */
export function populationBody(origin: string, environment: Environment, population: Population): JsonObject {
  const parent = environmentPath(environment.id);
  const { passwordPolicyId } = population;
  return {
    _links: links(origin, {
      self: `${parent}/populations/${population.id}`,
      environment: parent,
      theme: `${parent}/themes/${population.themeId}`,
      ...(passwordPolicyId === undefined ? {} : { passwordPolicy: `${parent}/passwordPolicies/${passwordPolicyId}` }),
    }),
    id: population.id,
    environment: { id: environment.id },
    name: population.name,
    description: population.description,
    userCount: userCount(environment, population),
    createdAt: population.createdAt,
    updatedAt: population.updatedAt,
    preferredLanguage: population.preferredLanguage,
    theme: { id: population.themeId },
    default: population.default,
    ...(passwordPolicyId === undefined ? {} : { passwordPolicy: { id: passwordPolicyId } }),
    alternativeIdentifiers: population.alternativeIdentifiers,
  };
}
