import { parse } from 'yaml';
import { type ConfigProblem, readConfigFile } from '../config-file.ts';
import { buildState } from './build.ts';
import { dumpSchema, restoreState, type StateDump } from './dump.ts';
import type { State, WorkerApp } from './model.ts';
import { isAssignable, roleCatalog } from './role-catalog.ts';
import type { SimulatorSeed } from './seed.ts';
import { seedSchema } from './seed-schema.ts';

/** Reads a seed or a dump (it has a key `dump`) from YAML or JSON. Throws a `SimulatorFileError` that names every problem. */
export function readState(text: string, name: string): SimulatorSeed | StateDump {
  return looksLikeDump(text)
    ? readConfigFile(text, name, dumpSchema)
    : (readConfigFile(text, name, seedSchema, seedProblems) as SimulatorSeed);
}

/** The state a simulator starts with. */
export function stateOf(seed: SimulatorSeed | StateDump): State {
  return 'dump' in seed ? restoreState(seed) : buildState(seed);
}

function looksLikeDump(text: string): boolean {
  try {
    const value: unknown = parse(text, { logLevel: 'silent' });
    return typeof value === 'object' && value !== null && 'dump' in value;
  } catch {
    return false;
  }
}

/** What a schema cannot see: ids that are used twice, and ids that lead nowhere. */
function seedProblems({ organizations }: SimulatorSeed): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  const once = (keys: readonly string[], id: string) => {
    if (seen.has(id)) problems.push({ keys: [...keys, 'id'], message: `the id ${id} is used twice` });
    seen.add(id);
  };
  for (const [index, organization] of organizations.entries()) {
    const path = ['organizations', String(index)];
    once(path, organization.id);
    for (const [at, license] of organization.licenses.entries()) once([...path, 'licenses', String(at)], license.id);
    for (const [at, environment] of organization.environments.entries()) {
      const below = [...path, 'environments', String(at)];
      const { workerApps, populations = [], groups = [], users = [] } = environment;
      once(below, environment.id);
      if (!organization.licenses.some(({ id }) => id === environment.licenseId)) {
        problems.push({ keys: [...below, 'licenseId'], message: `no licence has the id ${environment.licenseId}` });
      }
      for (const [which, app] of workerApps.entries()) {
        const keys = [...below, 'workerApps', String(which)];
        once(keys, app.id);
        problems.push(...roleProblems(app, keys));
      }
      for (const [which, one] of populations.entries()) once([...below, 'populations', String(which)], one.id);
      for (const [which, one] of groups.entries()) once([...below, 'groups', String(which)], one.id);
      for (const [which, { id, populationId, groupIds = [] }] of users.entries()) {
        const keys = [...below, 'users', String(which)];
        once(keys, id);
        for (const [at, groupId] of groupIds.entries()) {
          if (groups.some((one) => one.id === groupId)) continue;
          problems.push({ keys: [...keys, 'groupIds', String(at)], message: `no group has the id ${groupId}` });
        }
        if (populationId === undefined || populations.some((one) => one.id === populationId)) continue;
        problems.push({ keys: [...keys, 'populationId'], message: `no population has the id ${populationId}` });
      }
    }
  }
  return problems;
}

/** Roles where they cannot be assigned. */
function roleProblems({ roles }: WorkerApp, keys: readonly string[]): readonly ConfigProblem[] {
  return roles.flatMap((assignment, index) => {
    if (isAssignable(assignment)) return [];
    const { role, scope } = assignment;
    const allowed = roleCatalog[role].applicableTo.join(' or ');
    const message = `${role} cannot be assigned at ${scope.type}, only at ${allowed}`;
    return [{ keys: [...keys, 'roles', String(index), 'scope', 'type'], message }];
  });
}
