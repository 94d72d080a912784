import { identityReaders, identityWriters, parentEnvironment, userIn } from '../../authorization/access.ts';
import { type AuthorizedCall, parameter } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import type { Device, Environment, User } from '../../state/model.ts';

/** The path of a user below `/v1`, as routes spell it. */
export const userRoute = '/environments/:environmentId/users/:userId';

/** The user of the path, for whoever may read or change it. Throws 403 or 404. */
export function userOf(call: AuthorizedCall): { readonly environment: Environment; readonly user: User } {
  const isReading = call.request.method === 'GET';
  const environment = parentEnvironment(call, isReading ? identityReaders(call) : identityWriters(call));
  return { environment, user: userIn(call, environment) };
}

/** The same with the device of the path. Throws 404. */
export function deviceOf(call: AuthorizedCall) {
  const { environment, user } = userOf(call);
  const device: Device | undefined = user.devices.get(parameter(call, 'deviceId'));
  if (device === undefined) throw notFound();
  return { environment, user, device };
}
