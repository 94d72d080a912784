import { insufficientPermissions, invalidToken, notFound, type Refusal } from '../refusal.ts';
import type { HistoryEntry } from '../state/history.ts';
import type { Fault, FaultAction, FaultKind, FaultPlan } from './fault.ts';
import { stepOf } from './fault-steps.ts';
import { isForAttempt, requestMatcher, seededRandom } from './matching.ts';

/** A fault that fired. Holds no header and no body, and so no secret. */
export interface FaultLogEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Place of the fault in the list, from 0. */
  readonly fault: number;
  /** The fault's name, or else its kind. */
  readonly name: string;
  readonly kind: FaultKind;
  readonly method: string;
  readonly path: string;
  /** The step of the tutorial that sends such requests. */
  readonly step?: number;
  /** Which of the requests that this fault counts. */
  readonly attempt: number;
  readonly correlationId: string;
}

/** What a fault looks at. */
export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly correlationId: string;
  readonly now: Date;
  /** Everything created so far. */
  readonly history: readonly HistoryEntry[];
}

/** What happens to one request. */
export interface Firing {
  /** What went to the log. */
  readonly fired: readonly FaultLogEntry[];
  /** Waits before and after the request is carried out. */
  readonly delays: readonly Extract<FaultAction, { kind: 'delay' }>[];
  /** The first other fault that fires. */
  readonly action?: FaultAction;
  /** The refusal, for kinds that refuse under a condition. */
  readonly refusal?: Refusal;
}

/** Decides which faults fire. Same plan and same requests: same decisions. */
export interface FaultInjector {
  faults(): readonly Fault[];
  /** Other faults from now on. Those that stay go on counting. */
  change(faults: readonly Fault[]): void;
  /** How often each fault has fired, in the order of the list. */
  fired(): readonly number[];
  /** Undefined: nothing happens to this request. */
  decide(request: FaultRequest): Firing | undefined;
  log(): readonly FaultLogEntry[];
  /** Counts, generator and log start again. */
  restart(): void;
}

/** What one fault remembers between requests. */
interface Memory {
  readonly matches: (method: string, path: string) => boolean;
  attempts: number;
  fired: number;
  /** Uses by token or requests by id. */
  readonly counts: Map<string, number>;
}

/** An injector for these faults; `onFault` is told of each that fires. */
export function createInjector(plan: FaultPlan, onFault?: (entry: FaultLogEntry) => void): FaultInjector {
  const { seed = 1 } = plan;
  let { faults } = plan;
  let random = seededRandom(seed);
  let memories = faults.map(freshMemory);
  let log: FaultLogEntry[] = [];

  const fires = (fault: Fault, memory: Memory, request: FaultRequest): Refusal | boolean => {
    if (!memory.matches(request.method, request.path)) return false;
    memory.attempts += 1;
    const { attempt, probability } = fault.match ?? {};
    if (!isForAttempt(attempt, memory.attempts)) return false;
    if (probability !== undefined && random() >= probability) return false;
    return conditionOf(fault.do, memory.counts, request);
  };

  const decide = (request: FaultRequest): Firing | undefined => {
    const delays: Extract<FaultAction, { kind: 'delay' }>[] = [];
    const entries: FaultLogEntry[] = [];
    let decided: Pick<Firing, 'action' | 'refusal'> | undefined;
    for (const [index, fault] of faults.entries()) {
      const memory = memories[index] as Memory;
      // Each fault counts each of its requests, also those that another fault takes.
      const fired = fires(fault, memory, request);
      if (fired === false || (decided !== undefined && fault.do.kind !== 'delay')) continue;
      if (fault.do.kind === 'delay') delays.push(fault.do);
      else decided = { action: fault.do, ...(fired === true ? {} : { refusal: fired }) };
      memory.fired += 1;
      const entry = entryOf(fault, index, memory, request);
      log.push(entry);
      entries.push(entry);
      onFault?.(entry);
    }
    return entries.length === 0 ? undefined : { fired: entries, delays, ...decided };
  };

  return {
    faults: () => faults,
    change: (others) => {
      const before = new Map(faults.map((fault, index) => [fault, memories[index]]));
      memories = others.map((fault) => before.get(fault) ?? freshMemory(fault));
      faults = others;
    },
    fired: () => memories.map(({ fired }) => fired),
    decide,
    log: () => [...log],
    restart: () => {
      random = seededRandom(seed);
      memories = faults.map(freshMemory);
      log = [];
    },
  };
}

function freshMemory(fault: Fault): Memory {
  return { matches: requestMatcher(fault), attempts: 0, fired: 0, counts: new Map() };
}

function entryOf(fault: Fault, index: number, memory: Memory, request: FaultRequest): FaultLogEntry {
  const { method, path, correlationId, now } = request;
  const step = stepOf(method, path);
  return {
    at: now.toISOString(),
    fault: index,
    name: fault.name ?? fault.do.kind,
    kind: fault.do.kind,
    method,
    path,
    ...(step === undefined ? {} : { step }),
    attempt: memory.attempts,
    correlationId,
  };
}

/** Whether the fault's own condition holds, and with which refusal; faults without a condition always fire. */
function conditionOf(action: FaultAction, counts: Map<string, number>, request: FaultRequest): Refusal | boolean {
  switch (action.kind) {
    case 'token-expiry':
      return isTokenOver(action, counts, request) && invalidToken();
    case 'not-propagated':
      return isYoung(action, counts, request) && youngRefusal(action.status ?? 403);
    default:
      return true;
  }
}

function isTokenOver(
  { afterSeconds, afterUses }: Extract<FaultAction, { kind: 'token-expiry' }>,
  counts: Map<string, number>,
  { authorization, now }: FaultRequest,
): boolean {
  const token = /^bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return false;
  const uses = counted(counts, token);
  if (afterUses !== undefined && uses > afterUses) return true;
  const issuedAt = issueTimeOf(token);
  return afterSeconds !== undefined && issuedAt !== undefined && now.getTime() >= issuedAt + afterSeconds * 1000;
}

/** When a token was issued, in milliseconds; its signature is not this function's business. */
function issueTimeOf(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      iat?: unknown;
    };
    return typeof claims.iat === 'number' ? claims.iat * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the youngest thing that the path names was created only just now. */
function isYoung(
  { seconds, requests }: Extract<FaultAction, { kind: 'not-propagated' }>,
  counts: Map<string, number>,
  { path, history, now }: FaultRequest,
): boolean {
  const ids = new Set(path.split('/'));
  const youngest = history.findLast(({ action, id }) => action === 'created' && ids.has(id));
  if (youngest === undefined) return false;
  const number = counted(counts, youngest.id);
  if (requests !== undefined && number > requests) return false;
  return seconds === undefined || now.getTime() < new Date(youngest.at).getTime() + seconds * 1000;
}

function youngRefusal(status: 401 | 403 | 404): Refusal {
  if (status === 404) return notFound();
  return status === 401 ? invalidToken() : insufficientPermissions();
}

function counted(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
