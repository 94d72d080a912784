import type { Actor } from '../http/call.ts';
import { gatewayForbidden, invalidToken } from '../refusal.ts';
import type { World } from '../state/model.ts';
import { actorOf } from './issue-token.ts';

/**
 * The actor behind an `Authorization` header. A missing header, another scheme or a bad token is 401; a header that is no
 * `scheme credentials` pair at all is stopped by the gateway with 403 (observed; where exactly the line runs is inferred).
 */
export async function authenticate(world: World, header: string | null, now: Date): Promise<Actor> {
  if (header === null) throw invalidToken();
  const [scheme, credentials, ...more] = header.split(' ');
  if (!scheme || !credentials || more.length > 0 || !/^[\w-]+$/.test(scheme)) {
    throw gatewayForbidden(header, 'malformed Authorization header');
  }
  if (scheme.toLowerCase() !== 'bearer') throw invalidToken();
  return actorOf(world, credentials, now);
}
