import { isIP } from 'node:net';
import type { JsonObject } from '../json.ts';

const hostForm = /^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;

/**
 * The origin a client used: the request's own, unless a proxy in front says otherwise with `X-Forwarded-Proto` and
 * `X-Forwarded-Host` (the first entry of each). Values that are no scheme or host are ignored, so that a link can hold
 * nothing else.
 */
export function originOf(url: URL, headers: Headers): string {
  const forwardedScheme = firstOf(headers.get('x-forwarded-proto'));
  const forwardedHost = firstOf(headers.get('x-forwarded-host'));
  const scheme =
    forwardedScheme === 'http' || forwardedScheme === 'https' ? forwardedScheme : url.protocol.slice(0, -1);
  const host = forwardedHost !== undefined && hostForm.test(forwardedHost) ? forwardedHost : url.host;
  return `${scheme}://${host}`;
}

/**
 * Whether the simulator is asked for by an address, as `localhost`, or by a name that is no domain, as containers have: not by the name of
 * somebody else's page that leads here (DNS rebinding).
 */
export function isOwnName({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 || !hostname.includes('.') || hostname.endsWith('.localhost');
}

function firstOf(list: string | null): string | undefined {
  return list?.split(',')[0]?.trim().toLowerCase();
}

/** HAL links from relation names to paths below `/v1`. */
export function links(origin: string, paths: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(paths).map(([relation, path]) => [relation, link(origin, path)]));
}

/** One HAL link to a path below `/v1`. */
export function link(origin: string, path: string): { readonly href: string } {
  return { href: `${origin}/v1${path}` };
}
