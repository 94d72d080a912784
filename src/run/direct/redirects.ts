import urlEncoder from 'postman-url-encoder';
import { headerValue } from '../engine/execution.ts';
import type { TransportResponse } from '../transport/transport.ts';
import type { NodeUrl, WireRequest } from './wire-request.ts';

/** Redirects of one request that are followed, at most. */
export const mostRedirects = 10;

/**
 * The request that follows an answer which redirects, as Postman's runtime makes it: with GET and without a body, but for HEAD and for the
 * statuses that keep the method (307, 308); without authorization and cookies when it goes to another origin (another protocol, host or port).
 * Undefined when the answer does not redirect.
 */
export function redirected(request: WireRequest, { status, headers }: TransportResponse): WireRequest | undefined {
  const location = headerValue(headers, 'location');
  if (status < 300 || status > 399 || location === undefined) return undefined;
  const url = /^https?:/.test(location) ? location : urlEncoder.resolveNodeUrl(request.address, location);
  const address = urlEncoder.toNodeUrl(url);
  const keepsMethod = status === 307 || status === 308;
  const left = [
    'host',
    ...(isSameOrigin(address, request.address) ? [] : ['authorization', 'cookie']),
    ...(keepsMethod ? [] : ['content-type', 'content-length']),
  ];
  const kept = request.headers.filter(({ name }) => !left.includes(name.toLowerCase()));
  const referer = { name: 'Referer', value: request.address.href };
  const isReferer = ({ name }: { readonly name: string }) => name.toLowerCase() === 'referer';
  return {
    method: keepsMethod || request.method === 'HEAD' ? request.method : 'GET',
    url,
    address,
    headers: [
      ...kept.map((header) => (isReferer(header) ? referer : header)),
      ...(kept.some(isReferer) ? [] : [referer]),
      { name: 'Host', value: address.host },
    ],
    body: keepsMethod ? request.body : undefined,
    shownBody: keepsMethod ? request.shownBody : undefined,
  };
}

/** Whether two addresses have the same protocol, host and port. */
export function isSameOrigin(one: NodeUrl, other: NodeUrl): boolean {
  return originOf(one) === originOf(other);
}

function originOf({ protocol, hostname, port }: NodeUrl): string {
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
