import { isVisible } from '../authorization/propagation.ts';
import { type Answer, type Call, ok, timestamp } from '../http/call.ts';
import { inferredMessages } from '../inferred.ts';
import type { JsonObject } from '../json.ts';
import { type FilterRules, filterOf } from '../lists/filter.ts';
import { type ListForm, type PageSize, pageOf } from '../lists/page.ts';
import { messages } from '../messages.ts';
import type { Detail } from '../refusal.ts';
import { nextSequence } from '../state/build.ts';
import type { HistoryEntry } from '../state/history.ts';
import type { Stored } from '../state/model.ts';

/** Writes down a creation or deletion. What goes with an environment or a user is not written down one by one. */
export function remember(
  call: Call,
  action: HistoryEntry['action'],
  type: HistoryEntry['type'],
  { id, name, environmentId }: Pick<HistoryEntry, 'environmentId' | 'id' | 'name'>,
): void {
  call.world.history.push({
    at: call.now.toISOString(),
    action,
    type,
    id,
    name,
    ...(environmentId === undefined ? {} : { environmentId }),
    correlationId: call.correlationId,
  });
}

/** What every new thing begins with. */
export function newlyStored(call: Call): Stored {
  const now = timestamp(call);
  return { id: call.world.uuid(), sequence: nextSequence(call.world.state), createdAt: now, updatedAt: now };
}

/** Puts an item among those of its kind; a default one takes that place from the former (inferred). */
export function storeOneDefault<Item extends { readonly id: string; readonly default: boolean }>(
  items: Map<string, Item>,
  item: Item,
): void {
  if (item.default)
    for (const other of items.values()) if (other.default) items.set(other.id, { ...other, default: false });
  items.set(item.id, item);
}

/** A list of what is visible and passes the filter of the request. */
export function listOf<Item extends Stored>(
  call: Call,
  name: string,
  items: Iterable<Item>,
  rules: FilterRules<Item>,
  size: PageSize,
  render: (item: Item) => JsonObject,
  form: ListForm<Item> = {},
): Answer {
  const matches = filterOf(call.url.searchParams.get('filter'), rules);
  const found = [...items].filter((item) => isVisible(call, item) && matches(item));
  return ok(pageOf(call, name, found, size, render, form));
}

/** A name that another of these things has already; `self` is the one being renamed. */
export function nameProblems(
  others: Iterable<{ readonly id: string; readonly name: string }>,
  name: string,
  self?: string,
): readonly Detail[] {
  return [...others].some((other) => other.name === name && other.id !== self)
    ? [{ code: 'UNIQUENESS_VIOLATION', target: 'name', message: messages.notUnique }]
    : [];
}

/** A reference that leads to nothing. */
export function unknownReference(target: string): Detail {
  return { code: 'INVALID_VALUE', target, message: inferredMessages.unknownReference };
}
