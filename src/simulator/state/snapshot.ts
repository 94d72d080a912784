import type { Environment, License, Organization, State } from './model.ts';

/** What exists in a simulator: ids and names, no secrets and no passwords. */
export interface Snapshot {
  readonly organizations: readonly {
    readonly id: string;
    readonly name: string;
    readonly licenses: readonly Pick<License, 'assignedEnvironmentsCount' | 'id' | 'name' | 'status'>[];
  }[];
  readonly environments: readonly {
    readonly id: string;
    readonly name: string;
    readonly organizationId: string;
    readonly type: string;
    readonly populations: readonly { readonly id: string; readonly name: string; readonly default: boolean }[];
    readonly users: readonly { readonly id: string; readonly username: string; readonly populationId: string }[];
    readonly groups: readonly { readonly id: string; readonly name: string }[];
    readonly applications: readonly { readonly id: string; readonly name: string }[];
  }[];
}

/** A copy of what exists, as plain data. */
export function snapshotOf(state: State): Snapshot {
  return {
    organizations: [...state.organizations.values()].map(organizationPart),
    environments: [...state.environments.values()].map(environmentPart),
  };
}

function organizationPart({ id, name, licenses }: Organization) {
  return {
    id,
    name,
    licenses: [...licenses.values()].map(({ id, name, status, assignedEnvironmentsCount }) => ({
      id,
      name,
      status,
      assignedEnvironmentsCount,
    })),
  };
}

function environmentPart(environment: Environment) {
  const { id, name, organizationId, type, populations, users, groups, applications } = environment;
  return {
    id,
    name,
    organizationId,
    type,
    populations: [...populations.values()].map(({ id, name, default: isDefault }) => ({
      id,
      name,
      default: isDefault,
    })),
    users: [...users.values()].map(({ id, attributes, populationId }) => ({
      id,
      username: attributes.username,
      populationId,
    })),
    groups: [...groups.values()].map(({ id, name }) => ({ id, name })),
    applications: [...applications.values()].map(({ id, name }) => ({ id, name })),
  };
}
