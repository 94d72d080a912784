import type { Role, RoleAssignment } from './model.ts';

/** A role of the service. Its id is the same in every tenant. */
export interface RoleEntry {
  readonly id: string;
  /** Kinds of scope in which it can be assigned. */
  readonly applicableTo: readonly ('ENVIRONMENT' | 'ORGANIZATION' | 'POPULATION')[];
  /** The service lists many more. */
  readonly permissions: readonly { readonly classifier: string; readonly description: string }[];
  /** Roles that its holders may assign, where the service says so. */
  readonly canAssign?: readonly Role[];
}

/** The roles of the service as they were recorded, in its order. */
export const roleCatalog: Readonly<Record<Role, RoleEntry>> = {
  'Organization Admin': {
    id: '1813bc13-8d13-4e88-a825-d40bfe82777b',
    applicableTo: ['ORGANIZATION'],
    permissions: [permission('config', 'Retrieve PingOne Advanced Services customer configuration')],
  },
  'Environment Admin': {
    id: '29ddce68-cd7f-4b2a-b6fc-f7a19553b496',
    applicableTo: ['ORGANIZATION', 'ENVIRONMENT'],
    permissions: [permission('population', 'Create populations')],
    canAssign: ['Configuration Read Only'],
  },
  'Identity Data Admin': {
    id: '0bd9c966-7664-4ac1-b059-0ff9293908e2',
    applicableTo: ['POPULATION', 'ENVIRONMENT'],
    permissions: [permission('user', 'Update users'), permission('user', 'Read users')],
    canAssign: ['Identity Data Read Only'],
  },
  'Client Application Developer': {
    id: 'b5057d0d-7281-47f6-9398-8a7e4cb71397',
    applicableTo: ['ENVIRONMENT'],
    permissions: [permission('resource', 'Create resources on an environment')],
  },
  'Identity Data Read Only': {
    id: 'ce00e15f-f845-4df1-abf3-fdc4ff4e176c',
    applicableTo: ['POPULATION', 'ENVIRONMENT'],
    permissions: [permission('user', 'Read users')],
  },
  'Configuration Read Only': {
    id: '7aba580c-5ec7-4b26-987d-85f462767455',
    applicableTo: ['ENVIRONMENT', 'ORGANIZATION'],
    permissions: [permission('notificationsPolicy', 'Retrieve notifications policy')],
  },
};

export const roleNames = Object.keys(roleCatalog) as readonly Role[];

/** Whether the role can be assigned in this kind of scope. An assignment elsewhere gives no access. */
export function isAssignable({ role, scope }: RoleAssignment): boolean {
  return roleCatalog[role].applicableTo.includes(scope.type);
}

function permission(classifier: string, description: string) {
  return { classifier, description };
}
