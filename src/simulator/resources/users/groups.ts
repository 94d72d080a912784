import { directoryReaders, parentEnvironment } from '../../authorization/access.ts';
import { type Answer, type AuthorizedCall, listQuery, ok, platformRoute, type Route } from '../../http/call.ts';
import { inferredChoices } from '../../inferred.ts';
import { pageOf } from '../../lists/page.ts';

/** Groups: clients ask for them together with users. The simulator has none, and says so with an empty list. */
export const groupRoutes: readonly Route[] = [
  platformRoute('GET', '/environments/:environmentId/groups', listGroups, listQuery),
];

function listGroups(call: AuthorizedCall): Answer {
  parentEnvironment(call, directoryReaders);
  return ok(pageOf(call, 'groups', [], inferredChoices.userPage, () => ({}), { query: 'sorted' }));
}
