import { BlockList, isIP } from 'node:net';
import { comparableHost, isLoopbackHost } from '../../environment/plain-http.ts';
import { UsageError } from '../../errors.ts';

/** What the OS variables say about proxies. */
export interface ProxySettings {
  /** Proxy for `http://` addresses. May hold credentials. */
  readonly http: URL | undefined;
  /** Proxy for `https://` addresses. May hold credentials. */
  readonly https: URL | undefined;
  /** Entries of `NO_PROXY`. */
  readonly exceptions: readonly string[];
}

/** Where a request goes. */
export interface Target {
  readonly protocol: 'http:' | 'https:';
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, each also in lower case, which goes first. `HTTP_PROXY` is for `https://` too when it is
 * the only one, as in Newman. Throws `UsageError` when one is no address of an HTTP proxy.
 */
export function readProxySettings(osVariables: Readonly<Record<string, string | undefined>>): ProxySettings {
  const http = readProxy(osVariables, 'HTTP_PROXY');
  const noProxy = osVariables.no_proxy || osVariables.NO_PROXY || '';
  return {
    http,
    https: readProxy(osVariables, 'HTTPS_PROXY') ?? http,
    exceptions: noProxy.split(/[\s,]+/).filter((entry) => entry !== ''),
  };
}

function readProxy(osVariables: Readonly<Record<string, string | undefined>>, name: string): URL | undefined {
  const used = osVariables[name.toLowerCase()] ? name.toLowerCase() : name;
  const value = osVariables[used]?.trim() ?? '';
  if (value === '') return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  // The value is not shown: it may hold a password.
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address))
    throw new UsageError(
      `${used} is not the address of an HTTP proxy; expected one like http://proxy.example.com:3128`,
    );
  return new URL(address);
}

/** The proxy that a request goes through; undefined when it goes straight to its host. Loopback is never proxied. */
export function proxyFor(target: Target, { http, https, exceptions }: ProxySettings): URL | undefined {
  const proxy = target.protocol === 'https:' ? https : http;
  if (!proxy || isLoopbackHost(target.host)) return undefined;
  return exceptions.some((entry) => isException(entry, target)) ? undefined : proxy;
}

/** Whether an entry of `NO_PROXY` names the target: `*`, a host with those below it, an address or a range, each also with a port. */
function isException(entry: string, { host, port }: Target): boolean {
  if (entry === '*') return true;
  const [, range = '', bits = ''] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
  const name = comparableHost(host);
  if (isIP(range) !== 0) return isIP(name) === isIP(range) && isInRange(name, range, Number(bits));
  const [, beforePort = entry, portOnly] = isIP(entry) === 6 ? [] : (/^(.*):(\d+)$/.exec(entry) ?? []);
  if (portOnly !== undefined && Number(portOnly) !== port) return false;
  const domain = comparableHost(beforePort.replace(/^\*?\./, ''));
  return name === domain || (isIP(domain) === 0 && name.endsWith(`.${domain}`));
}

function isInRange(address: string, range: string, bits: number): boolean {
  const kind = isIP(range) === 4 ? 'ipv4' : 'ipv6';
  if (bits > (kind === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(range, bits, kind);
  return list.check(address, kind);
}

/** A proxy as it is shown: without its credentials. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** Value of `Proxy-Authorization`; undefined when the proxy's address holds no credentials. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
