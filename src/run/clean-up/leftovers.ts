import { setTimeout as sleep } from 'node:timers/promises';
import { type Definition, type Step, setBySteps } from '../../definition/definition.ts';
import { pointerKeys, valueAt } from '../../definition/pointer.ts';
import type { LookUp } from '../../definition/schema.ts';
import { substitute, variablesIn } from '../../definition/variables.ts';
import { valuesOf } from '../engine/state.ts';
import { type Creation, isId, type LedgerContent } from '../ledger/read-ledger.ts';
import type { CleanUpResult } from '../result/result.ts';
import { defaultRetryPolicy } from '../steps/retry.ts';
import {
  type Session,
  type SessionCreation,
  type SessionOptions,
  serviceRequest,
  withSession,
} from '../steps/session.ts';
import { runStep } from '../steps/step-loop.ts';
import { findAll } from '../transport/look-up.ts';
import { cleanUp } from './clean-up.ts';
import { storedValues } from './stored-values.ts';

/** Clean-up without a run: from the ledger of a run that died, or from what the service lists. */

/** Creations of a ledger, as a session tells them; those that are gone, or were not created, too. */
export function creationsOf(content: LedgerContent, definition: Definition): SessionCreation[] {
  const states = { present: 'present', pending: 'pending', absent: 'removed' } as const;
  return content.creations.flatMap((creation: Creation): SessionCreation[] => {
    const step = definition.steps.find(({ id }) => id === creation.step);
    if (!step) return [];
    const { creation: number, name, values, at, id, isLookedUp } = creation;
    const stored = storedValues(definition, values);
    const state = creation.state === 'pending' && isLookedUp ? 'absent' : states[creation.state];
    return [{ creation: number, step, name, values: stored, at: Date.parse(at), id, state }];
  });
}

/** What a ledger leaves to remove: its creations that a clean-up step undoes. */
export function isOpen(content: LedgerContent, definition: Definition): boolean {
  const creations = creationsOf(content, definition);
  return creations.some(({ step, state }) => state !== 'removed' && step.creates?.undo !== undefined);
}

/** What of a ledger is not known, in words: what cannot be read, and what steps created that the collection no longer has. */
export function unknownOf(content: LedgerContent, definition: Definition): string[] {
  return [...content.unknown, ...creationsWithoutStep(content, definition)];
}

/** What steps created that the collection no longer has, in words. */
export function creationsWithoutStep({ creations }: LedgerContent, { steps }: Definition): string[] {
  const foreign = creations.filter(
    (creation) => creation.state !== 'absent' && !steps.some(({ id }) => id === creation.step),
  );
  return foreign.map(({ thing, name, id, step }) => {
    const created = id === undefined ? 'may have created' : 'created';
    return `the collection has no step "${step}", which ${created} the ${thing} "${name}"${id === undefined ? '' : ` (${id})`}`;
  });
}

/** Gets a token, then removes these creations. A token that cannot be had leaves all of them, with the reason. */
export async function removeCreations(
  options: SessionOptions,
  creations: readonly SessionCreation[],
): Promise<CleanUpResult> {
  return withSession(options, async (session) => {
    session.creations.push(...creations);
    const refused = await signOn(session);
    if (refused !== undefined) {
      const items = creations
        .filter(({ step, state }) => state !== 'removed' && step.creates?.undo !== undefined)
        .map(({ step, name, id }) => ({
          kind: step.creates?.kind ?? '',
          name,
          ...(id !== undefined && { id }),
          status: 'left' as const,
          reason: refused,
        }));
      return session.secrets.redactor().data({ items, complete: items.length === 0 });
    }
    return session.secrets.redactor().data(await cleanUp(session));
  });
}

/** Gets a token. Gives the reason, without secrets, when that did not work. */
export async function signOn(session: Session): Promise<string | undefined> {
  if (!session.tokenStep) return undefined;
  const result = await runStep(session, session.tokenStep.step);
  if (result?.status === 'passed') return undefined;
  const answer = result?.response ? `${result.response.status} ${result.response.reason}` : result?.reason;
  const reason = ['no token could be obtained', result?.diagnoses[0]?.cause ?? answer].filter(Boolean).join(': ');
  return session.secrets.redactor().text(reason);
}

/** What a sweep would remove. */
export interface SweepPlan {
  readonly remove: readonly SessionCreation[];
  /** What a person is told of it, without secrets. */
  readonly told: {
    /** How names of the collection's things begin. */
    readonly prefix: string;
    readonly remove: readonly Pick<SessionCreation, 'name' | 'id' | 'at'>[];
    /** What would not be removed, with the reason. */
    readonly keep: readonly { readonly name: string; readonly reason: string }[];
  };
}

export interface SweepLimits {
  /** Milliseconds; what is younger may belong to a run that goes on. */
  readonly olderThan: number;
  /** More than this many are not removed at once. */
  readonly maximum: number;
}

/** A run id as the `runId` generator makes it. */
const runId = /^\d{8}T\d{6}-[0-9a-f]{8}$/;

/** A prefix that is shorter could be the beginning of anything. */
const shortestPrefix = 6;

/** The step that creates what a sweep looks for. */
function sweptStep({ steps }: Definition): Step | undefined {
  return steps.find(({ creates }) => creates?.undo !== undefined && creates.find !== undefined);
}

/** The variable of the run id that a name ends in, and what comes before it; undefined when it does not end so. */
function namingOf({ creates }: Step, { steps }: Definition): { marker: string; beginning: string } | undefined {
  const unique = steps.flatMap(({ generate }) =>
    generate.filter((entry) => entry.runId).map(({ variable }) => variable),
  );
  const [marker] = variablesIn(creates?.name ?? '').filter((name) => unique.includes(name));
  const [beginning, end] = (creates?.name ?? '').split(`{{${marker ?? ''}}}`);
  return marker === undefined || beginning === undefined || end !== '' ? undefined : { marker, beginning };
}

/** The variable that names of the collection begin with, which tells whose they are; undefined when there is none. */
export function prefixVariable(definition: Definition): string | undefined {
  const step = sweptStep(definition);
  const [first] = variablesIn((step && namingOf(step, definition)?.beginning) ?? '');
  return first;
}

/** Whether the collection creates anything that a sweep could find. */
export function canSweep(definition: Definition): boolean {
  const step = sweptStep(definition);
  return step !== undefined && namingOf(step, definition) !== undefined;
}

/**
 * Finds leftovers of the collection: named as its runs name things, old enough, not what a person names in a variable, and not
 * protected by the definition. Gives a sentence instead when the answer is not what it should be.
 */
export async function planSweep(session: Session, limits: SweepLimits): Promise<SweepPlan | string> {
  const plan = await findLeftovers(session, limits);
  const { data, text } = session.secrets.redactor();
  if (typeof plan === 'string') return text(plan);
  const { prefix, remove, keep } = plan;
  return { remove, told: data({ prefix, remove: remove.map(({ name, id, at }) => ({ name, id, at })), keep }) };
}

interface Leftovers extends Pick<SweepPlan['told'], 'prefix' | 'keep'> {
  readonly remove: readonly SessionCreation[];
}

async function findLeftovers(session: Session, limits: SweepLimits): Promise<Leftovers | string> {
  const { definition } = session;
  const values = valuesOf(session.state);
  const step = sweptStep(definition);
  if (!step?.creates?.find) return 'the collection does not say how to find what it creates';
  const { marker, beginning } = namingOf(step, definition) ?? {};
  if (marker === undefined || beginning === undefined) return 'the names of the collection do not end in a run id';
  const prefix = substitute(beginning, (name) => values[name]);
  if (prefix.length < shortestPrefix) return `the prefix "${prefix}" is too short to sweep by`;

  const found = await listAll(session, step.creates.find, { ...values, [marker]: '' });
  if (found.kind !== 'found') return `the list could not be read: ${found.reason}`;
  // The clock of this machine may be wrong.
  if (found.at === undefined) return 'the service does not say its time (Date), so how old things are is not known';
  const things = found.items.map((item) => ({
    item,
    id: valueAt(item, '/id'),
    name: valueAt(item, step.creates?.find?.name ?? ''),
    created: Date.parse(String(valueAt(item, '/createdAt'))),
  }));
  const isNamed = ({ name }: { readonly name: unknown }) => typeof name === 'string' && name.startsWith(prefix);
  // A list that cannot be filtered holds what others made: it is passed by. One that was asked for the names must hold no other.
  const isFiltered = new URL(step.creates.find.url, 'http://x').searchParams.has('filter');
  const foreign = things.find((thing) => !isId(thing.id) || (isFiltered && !isNamed(thing)));
  if (foreign) return `the answer holds "${String(foreign.name)}", which was not asked for; nothing is removed`;

  const keep: Leftovers['keep'][number][] = [];
  const remove: SessionCreation[] = [];
  const protection = protectionOf(step, session);
  for (const { item, id, name, created } of things.filter(isNamed) as {
    item: unknown;
    id: string;
    name: string;
    created: number;
  }[]) {
    // `Date` is in whole seconds.
    const age = Math.max(0, found.at - created);
    const reason = reasonToKeep({ item, name: name.slice(prefix.length), id, age }, protection, limits);
    if (reason !== undefined) keep.push({ name, reason });
    else remove.push({ creation: remove.length + 1, step, name, values, at: created, id, state: 'present' });
  }
  if (remove.length > limits.maximum) {
    return `${remove.length} would be removed, more than --max ${limits.maximum}; look at them first, or raise --max`;
  }
  return { prefix, remove, keep };
}

/** Reads the list, again when that does not work: nothing depends on it but the sweep itself. */
async function listAll(
  session: Session,
  find: LookUp,
  values: Readonly<Record<string, string>>,
): ReturnType<typeof findAll> {
  const { attempts, baseDelay } = { ...defaultRetryPolicy, ...session.policyOverrides };
  for (let attempt = 1; ; attempt += 1) {
    const found = await findAll(find, serviceRequest(session, values));
    if (found.kind === 'found' || attempt === attempts || session.signal.aborted) return found;
    await sleep(baseDelay * 2 ** (attempt - 1), undefined, { signal: session.signal }).catch(() => {});
  }
}

/** What is never removed, whatever it is named. */
interface Protection {
  /** Ids, by the variables that a person gives them in. */
  readonly ids: Readonly<Record<string, string>>;
  /** JSON pointers into an item, with the values that protect it. */
  readonly items: NonNullable<NonNullable<Step['creates']>['protect']>;
}

function protectionOf({ creates }: Step, { definition, state }: Session): Protection {
  const set = setBySteps(definition.steps);
  return {
    ids: Object.fromEntries(Object.entries(valuesOf(state)).filter(([name, value]) => value !== '' && !set.has(name))),
    items: creates?.protect ?? {},
  };
}

/** Why a thing that is named as a leftover is not removed; undefined when nothing speaks against it. */
function reasonToKeep(
  thing: { readonly item: unknown; readonly name: string; readonly id: string; readonly age: number },
  protection: Protection,
  { olderThan }: SweepLimits,
): string | undefined {
  const named = Object.entries(protection.ids).find(([, id]) => id === thing.id)?.[0];
  if (named !== undefined) return `it is what ${named} names`;
  const held = Object.entries(protection.items).find(([pointer, value]) => valueAt(thing.item, pointer) === value);
  if (held) return `its ${pointerKeys(held[0]).join('.')} is ${String(held[1])}`;
  if (!runId.test(thing.name)) return 'its name does not end in a run id';
  if (Number.isNaN(thing.age)) return 'it is not known when it was created';
  return thing.age < olderThan ? 'it is too new: its run may still be going on' : undefined;
}
