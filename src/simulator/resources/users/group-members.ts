import { type AuthorizedCall, inclusions } from '../../http/call.ts';
import { type FilterRules, filterOf } from '../../lists/filter.ts';
import type { Environment, Group, User } from '../../state/model.ts';
import { userFilter } from './user-filter.ts';

/** How a user belongs to a group: added to it, or matched by its filter (that this is INDIRECT is inferred). */
export interface Membership {
  readonly group: Group;
  readonly type: 'DIRECT' | 'INDIRECT';
}

/** Gives the groups of a user, in the order of lists. A filter of a group is read once. */
export function membershipsIn({ groups }: Environment): (user: User) => readonly Membership[] {
  const all = [...groups.values()].map((group) => ({
    group,
    matches: group.userFilter === undefined ? () => false : filterOf(group.userFilter, userFilter),
  }));
  return (user) =>
    all.flatMap(({ group, matches }): readonly Membership[] => {
      if (user.groupIds?.includes(group.id)) return [{ group, type: 'DIRECT' }];
      return isEligible(group, user) && matches(user) ? [{ group, type: 'INDIRECT' }] : [];
    });
}

/** A group of a population takes users of that population only (documented). */
export function isEligible({ populationId }: Group, user: User): boolean {
  return populationId === undefined || populationId === user.populationId;
}

/** Filters of users, by their groups as well. */
export function userFilterIn(environment: Environment): FilterRules<User> {
  const groupsOf = membershipsIn(environment);
  const values = (user: User) => groupsOf(user).map(({ group, type }) => ({ id: group.id, type }));
  return { ...userFilter, lists: { memberOfGroups: { attributes: ['id', 'type'], values } } };
}

/** What `include` adds to a user: the ids or the names of the groups. */
export function includedGroups(call: AuthorizedCall, environment: Environment, user: User) {
  const wanted = inclusions(call, ['memberOfGroupIDs', 'memberOfGroupNames']);
  if (wanted.length === 0) return {};
  const groups = membershipsIn(environment)(user).map(({ group }) => group);
  return {
    ...(wanted.includes('memberOfGroupIDs') ? { memberOfGroupIDs: groups.map(({ id }) => id) } : {}),
    ...(wanted.includes('memberOfGroupNames') ? { memberOfGroupNames: groups.map(({ name }) => name) } : {}),
  };
}

/** How many members each group has: those added to it, and all. */
export function memberCountsIn(environment: Environment): (group: Group) => { direct: number; total: number } {
  const counts = new Map<string, { direct: number; total: number }>();
  const groupsOf = membershipsIn(environment);
  for (const user of environment.users.values()) {
    for (const { group, type } of groupsOf(user)) {
      const { direct, total } = counts.get(group.id) ?? { direct: 0, total: 0 };
      counts.set(group.id, { direct: direct + Number(type === 'DIRECT'), total: total + 1 });
    }
  }
  return ({ id }) => counts.get(id) ?? { direct: 0, total: 0 };
}
