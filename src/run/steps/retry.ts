import type { ConnectionFault } from '../transport/connection-fault.ts';

/** How often and how long to wait. Times in milliseconds. */
export interface RetryPolicy {
  /** Attempts for one step, the first included. */
  readonly attempts: number;
  /** Attempts beyond the first for all steps of a run together. */
  readonly budget: number;
  /** The first wait; it doubles with each further attempt. */
  readonly baseDelay: number;
  /** No wait is longer, whatever the server asks for. */
  readonly maximumDelay: number;
  /** How long after a creation 401, 403 and 404 may mean that it is not known everywhere yet, and lists may lack it. */
  readonly propagation: number;
  /** Codes of errors after which nothing is tried again. */
  readonly final: readonly string[];
  /** Beginnings of messages of errors after which nothing is tried again. */
  readonly finalMessages: readonly string[];
  /** Codes of errors that mean that the name is taken. */
  readonly nameTaken: readonly string[];
}

/** Five tries, from one second, doubled, with jitter: what services of this kind advise. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 5,
  budget: 30,
  baseDelay: 1000,
  maximumDelay: 60_000,
  propagation: 60_000,
  final: [],
  finalMessages: [],
  nameTaken: [],
};

/** Added to each wait, at most: so that many clients do not come back at the same moment. */
const jitter = 100;

/** Statuses that may be gone at the next attempt. */
const retriedStatuses: readonly number[] = [408, 429, 500, 501, 502, 503, 504];

/** Faults that may be gone at the next attempt. A certificate or an unknown host will not be. */
const retriedFaults: readonly ConnectionFault[] = ['refused', 'timeout', 'interrupted'];

export function isRetriedStatus(status: number): boolean {
  return retriedStatuses.includes(status);
}

export function isRetriedFault(fault: ConnectionFault): boolean {
  return retriedFaults.includes(fault);
}

/**
 * Whether the server may have carried the request out although no success was seen: after it was sent, anything but an
 * answer that says otherwise.
 */
export function mayHaveBeenProcessed(fault: ConnectionFault | undefined, status: number | undefined): boolean {
  if (status !== undefined) return status === 408 || status >= 500;
  return fault === undefined || fault === 'timeout' || fault === 'interrupted' || fault === 'other';
}

/** A wait before the next attempt, and where its length comes from. */
export interface Wait {
  readonly milliseconds: number;
  readonly from: 'backoff' | 'retry-after';
}

/**
 * The wait before attempt `attempt + 1`. `Retry-After` counts when it is longer than the back-off; neither is ever longer
 * than `maximumDelay`, nor negative. `random` is from 0 up to 1.
 */
export function waitAfter(
  attempt: number,
  policy: Pick<RetryPolicy, 'baseDelay' | 'maximumDelay'>,
  retryAfter: number | undefined,
  random: number,
): Wait {
  const backoff = policy.baseDelay * 2 ** Math.min(attempt - 1, 30) + random * jitter;
  const asked = retryAfter !== undefined && retryAfter > backoff;
  const wanted = asked ? retryAfter : backoff;
  return {
    milliseconds: Math.round(Math.min(Math.max(0, wanted), policy.maximumDelay)),
    from: asked ? 'retry-after' : 'backoff',
  };
}

/**
 * Milliseconds that a `Retry-After` header asks to wait (RFC 9110, section 10.2.3): seconds, or an HTTP date. A body may have an ISO
 * date. Undefined when there is none, or when it is neither.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^([A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}|\d{4}-\d\d-\d\dT.*Z$)/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
