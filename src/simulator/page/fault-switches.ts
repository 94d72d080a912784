import type { Fault } from '../faults/fault.ts';

/** A common fault that can be switched on and off on the page. */
export interface FaultSwitch {
  /** Name of the fault, and of the switch at the control endpoint. */
  readonly name: string;
  readonly label: string;
  /** What a client then sees. */
  readonly effect: string;
  readonly fault: Fault;
}

/** Names differ from the kinds of faults, which are the names of faults without one. */
export const faultSwitches: readonly FaultSwitch[] = (
  [
    {
      name: 'slow answers',
      label: 'Slow answers',
      effect: 'Every answer comes two seconds late.',
      fault: { do: { kind: 'delay', milliseconds: 2000 } },
    },
    {
      name: 'busy',
      label: 'Too many requests',
      effect: 'The next two requests get 429 with Retry-After: 1.',
      fault: { match: { attempt: { from: 1, to: 2 } }, do: { kind: 'status', status: 429, retryAfter: 1 } },
    },
    {
      name: 'unavailable',
      label: 'Service unavailable',
      effect: 'The next two requests get 503.',
      fault: { match: { attempt: { from: 1, to: 2 } }, do: { kind: 'status', status: 503 } },
    },
    {
      name: 'lost answer',
      label: 'Lost answer',
      effect: 'The next environment is created, but the connection breaks before the answer.',
      fault: { match: { step: 3, attempt: 1 }, do: { kind: 'reset-after-processing' } },
    },
    {
      name: 'broken connection',
      label: 'Broken connection',
      effect: 'The connection of the next request breaks before it is read.',
      fault: { match: { attempt: 1 }, do: { kind: 'reset-before-reading' } },
    },
    {
      name: 'short tokens',
      label: 'Short-lived tokens',
      effect: 'An access token is refused with 401 after three uses; a new one is good.',
      fault: { do: { kind: 'token-expiry', afterUses: 3 } },
    },
    {
      name: 'slow roles',
      label: 'Slow propagation',
      effect: 'For five seconds, what was just created answers 403.',
      fault: { do: { kind: 'not-propagated', seconds: 5 } },
    },
    {
      name: 'cut body',
      label: 'Cut body',
      effect: 'The next answer ends in the middle of its JSON.',
      fault: { match: { attempt: 1 }, do: { kind: 'truncated-json' } },
    },
  ] as const
).map((each) => ({ ...each, fault: { name: each.name, ...each.fault } }));

/** The faults with one switched on or off. A switch that is on is that very fault. */
export function withSwitch(faults: readonly Fault[], name: string, on: boolean): readonly Fault[] | undefined {
  const found = faultSwitches.find((each) => each.name === name);
  if (found === undefined) return undefined;
  const others = faults.filter((fault) => fault !== found.fault);
  return on ? [...others, found.fault] : others;
}
