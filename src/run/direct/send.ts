import type { Cookies } from '../engine/cookies.ts';
import { headerValue, type Limits } from '../engine/execution.ts';
import type { Transport, TransportResult } from '../transport/transport.ts';
import { isSameOrigin, mostRedirects, redirected } from './redirects.ts';
import { groupByName, type WireRequest } from './wire-request.ts';

/** What came of a request, redirects followed. */
export interface Sent {
  /** The first request, with its cookies. */
  readonly sent: WireRequest;
  readonly result: TransportResult;
}

/** Sends a request with the cookies that there are, takes those that answers set, and follows redirects where that is asked for. */
export function send(
  request: WireRequest,
  transport: Transport,
  limits: Pick<Limits, 'signal' | 'followRedirects'>,
  cookies: Cookies,
): Promise<Sent> {
  return sendFrom(request, { transport, limits, cookies, own: ownCookies(request) }, 0);
}

interface Sending {
  readonly transport: Transport;
  readonly limits: Pick<Limits, 'signal' | 'followRedirects'>;
  readonly cookies: Cookies;
  /** The cookies that the step itself sends; undefined after a redirect to another origin. */
  readonly own: string | undefined;
}

async function sendFrom(request: WireRequest, sending: Sending, redirects: number): Promise<Sent> {
  const { transport, limits, cookies, own } = sending;
  const asked = { ...request, headers: withCookies(request, cookies, own) };
  const sent = { ...asked, headers: withLength(asked) };
  const { method, address, headers, body } = sent;
  const { href: url, path } = address;
  const grouped = groupByName(headers.map(({ name, value }) => [name, value]));
  const result = await transport.send(
    { method, url, path, headers: grouped, body },
    { signal: limits.signal, repeatsStale: false },
  );
  for (const { name, value } of result.response?.headers ?? [])
    if (name.toLowerCase() === 'set-cookie') cookies.jar().setCookieSync(value, address, { ignoreError: true });
  const next = limits.followRedirects && result.response ? redirected(sent, result.response) : undefined;
  if (!next) return { sent, result };
  if (redirects >= mostRedirects) {
    const message = `Exceeded maxRedirects. Probably stuck in a redirect loop ${url}`;
    return { sent, result: { error: { message } } };
  }
  // What the step sends is not for another origin, nor for those after it.
  const ownThere = isSameOrigin(address, next.address) ? own : undefined;
  const last = await sendFrom(next, { ...sending, own: ownThere }, redirects + 1);
  return { sent, result: last.result };
}

/** The headers with the cookies for the address, after those that the step itself sends (`own`). */
function withCookies(
  { headers, address }: WireRequest,
  cookies: Cookies,
  own: string | undefined,
): WireRequest['headers'] {
  const stored = cookies.isUsed ? cookies.jar().getCookieStringSync(address) : '';
  if (stored === '') return headers;
  const value = own ? `${own}; ${stored}` : stored;
  const first = headers.findIndex(isCookie);
  if (first < 0) return [...headers, { name: 'Cookie', value }];
  return headers.with(first, { name: 'Cookie', value }).filter((header, index) => index === first || !isCookie(header));
}

function ownCookies({ headers }: WireRequest): string | undefined {
  const own = headers.filter(isCookie).map(({ value }) => value);
  return own.length > 1 ? own.join('; ') : own[0];
}

/** Methods that have a body, as a rule, say that there is none. Node would add it, too. */
function withLength({ method, headers, body }: WireRequest): WireRequest['headers'] {
  const isSaid = (body ?? '') !== '' || headerValue(headers, 'content-length') !== undefined;
  const hasNone = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method);
  return isSaid || hasNone ? headers : [...headers, { name: 'Content-Length', value: '0' }];
}

function isCookie({ name }: { readonly name: string }): boolean {
  return name.toLowerCase() === 'cookie';
}
