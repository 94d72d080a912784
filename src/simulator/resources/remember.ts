import type { Call } from '../http/call.ts';
import type { HistoryEntry } from '../state/history.ts';

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
