import { BlockList, isIP, isIPv4 } from 'node:net';
import { ofLately } from '../definition/per-definition.ts';

/** Addresses of this machine. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A host name as it is compared: lower case, without brackets and final dot, an IPv4 address with four numbers. */
export const comparableHost = ofLately((host: string): string => {
  const bare = host.replace(/^\[|\]$/g, '');
  const address = `http://${isIP(bare) === 6 ? `[${bare}]` : bare}`;
  const written = URL.canParse(address) ? new URL(address).hostname : bare.toLowerCase();
  return written.replace(/^\[|\]$/g, '').replace(/\.$/, '');
});

/** Whether a host is this machine whatever the network says: `localhost`, `*.localhost` (RFC 6761), 127.0.0.0/8 or `::1`. */
export const isLoopbackHost = ofLately((host: string): boolean => {
  const name = comparableHost(host);
  if (isIP(name) !== 0) return loopback.check(name, isIPv4(name) ? 'ipv4' : 'ipv6');
  return name === 'localhost' || name.endsWith('.localhost');
});

/** Whether `http://` to this host is refused: it is another machine, and nobody allowed it by its name. */
export function refusesPlainHttp(host: string, allowedHttpHosts: readonly string[] = []): boolean {
  const name = comparableHost(host);
  return !isLoopbackHost(name) && !allowedHttpHosts.some((allowed) => comparableHost(allowed) === name);
}
