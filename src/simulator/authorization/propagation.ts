import type { Call } from '../http/call.ts';
import type { Environment, Stored } from '../state/model.ts';

/** Whether a thing has been around long enough to be seen. */
export function isVisible(call: Call, { createdAt }: Stored): boolean {
  return isPast(call, createdAt, call.world.delays.visibilitySeconds);
}

/** Whether the roles on an environment hold already. */
export function rolesHold(call: Call, { createdAt }: Environment): boolean {
  return isPast(call, createdAt, call.world.delays.rolesSeconds);
}

/** The environment of this id, also a deleted one that readers still see. */
export function seenEnvironment(call: Call, id: string): Environment | undefined {
  const { state, delays } = call.world;
  const environment = state.environments.get(id);
  if (environment !== undefined || call.request.method !== 'GET') return environment;
  const gone = state.deletedEnvironments.get(id);
  return gone === undefined || isPast(call, gone.deletedAt, delays.deletionSeconds) ? undefined : gone.environment;
}

/** Keeps a deleted environment for readers that have not heard of it; only when the simulator was asked for that. */
export function keepForReaders(call: Call, environment: Environment): void {
  if (!call.world.delays.deletionSeconds) return;
  call.world.state.deletedEnvironments.set(environment.id, { environment, deletedAt: call.now.toISOString() });
}

function isPast(call: Call, time: string, seconds = 0): boolean {
  return seconds === 0 || call.now.getTime() >= new Date(time).getTime() + seconds * 1000;
}
