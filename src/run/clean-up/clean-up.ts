import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../definition/definition.ts';
import { variablesIn } from '../../definition/variables.ts';
import { valuesOf } from '../engine/state.ts';
import { isId } from '../ledger/read-ledger.ts';
import type { CleanUpItem, CleanUpResult, Outcome, StepResult } from '../result/result.ts';
import { lookForCreation } from '../steps/adopt-existing.ts';
import { announceWait, freshFor, isFresh, nameOf, secretsOf, settleCreation, valuesAt } from '../steps/creations.ts';
import { policyOf, type Session, type SessionCreation, serviceRequest } from '../steps/session.ts';
import { withValues } from '../steps/start-state.ts';
import { renewToken, runStep } from '../steps/step-loop.ts';
import { readService } from '../transport/look-up.ts';

/** How long a deletion may take to show, in milliseconds. */
const confirmationTime = 30_000;

/**
 * Removes what the session created, last created first: tries every item, collects what goes wrong, and believes a deletion
 * only when the thing is gone. What may exist because an answer was lost is looked up by its name first.
 */
export async function cleanUp(session: Session): Promise<CleanUpResult> {
  const items: CleanUpItem[] = [];
  const present = session.creations.filter(({ state }) => state !== 'refused' && state !== 'removed');
  for (const creation of present.toReversed()) {
    // What is part of another thing goes with it.
    if (creation.step.creates?.undo === undefined) continue;
    const item = await removeCreation(session, creation);
    items.push(item);
    session.emit({ kind: 'cleaned-up', item });
    if (item.status !== 'left') forget(session, creation);
  }
  return { items, complete: items.every(({ status }) => status !== 'left') };
}

async function removeCreation(session: Session, creation: SessionCreation): Promise<CleanUpItem> {
  const { step, name } = creation;
  const base = { kind: step.creates?.kind ?? '', name };
  const left = (reason: string): CleanUpItem => ({
    ...base,
    ...(creation.id !== undefined && { id: creation.id }),
    status: 'left',
    reason,
  });
  try {
    if (creation.id === undefined) {
      const found = await lookUp(session, creation);
      if (found === 'absent') return { ...base, status: 'absent' };
      if (found !== undefined) return left(found);
    }
    const undo = session.definition.cleanUp.steps.find(({ id }) => id === step.creates?.undo);
    if (!undo || !step.creates) return left('the collection has no clean-up step for it');
    session.state = withValues(session.state, session.definition, {
      ...creation.values,
      ...secretsOf(session),
      [step.creates.id]: creation.id ?? '',
      ...askedFor(session),
    });
    const values = valuesOf(session.state);
    const result = await runUndo(session, creation, undo);
    if (result?.status !== 'passed') return left(reasonOf(result));
    const gone = undo.gone === undefined || (await isGone(session, creation, undo.gone, values));
    if (!gone) return left('its deletion was accepted, but it is still there');
    const wasGone = isNotThere(result) && result.attempts.length === 0;
    return { ...base, id: creation.id ?? '', status: wasGone ? 'absent' : 'removed' };
  } catch (error) {
    return left(error instanceof Error ? error.message : String(error));
  }
}

/** Runs the step that removes it. Shortly after a creation a server may not know it yet: then that it is not there is not believed. */
async function runUndo(session: Session, creation: SessionCreation, undo: Step): Promise<StepResult | undefined> {
  const before = session.state;
  const policy = policyOf(session, creation.step);
  const announce = announceWait(session, creation);
  for (let wait = 500; ; wait = Math.min(wait * 2, 4000)) {
    const result = await runStep(session, undo);
    const isBelieved = result?.status !== 'passed' || !isNotThere(result) || !isFresh(creation, policy);
    if (isBelieved || session.signal.aborted) return result;
    announce('not known there yet', freshFor(creation, policy));
    await pause(wait, session.signal);
    session.state = before;
  }
}

function isNotThere({ response }: StepResult): boolean {
  return response?.status === 404 || response?.status === 410;
}

/** Finds the id of what may exist: undefined when found, else `absent`, or why it is not known. */
async function lookUp(session: Session, creation: SessionCreation): Promise<string | undefined> {
  const { find, id } = creation.step.creates ?? {};
  if (!find || id === undefined) return 'the collection does not say how to look it up';
  const missing = variablesIn(nameOf(creation, valuesAt(session, creation)));
  if (missing.length > 0) return `its name is not known without ${missing.join(' and ')}`;
  // A list may lag behind an answer that was lost a moment ago.
  const patience = { ...patient, isBelieved: creation.state !== 'pending' };
  const found = await lookForCreation(session, creation, find, patience, renewToken);
  if (found.kind === 'unknown') return `it could not be looked up: ${found.reason}`;
  if (found.kind === 'found') {
    const value = (found.item as { id?: unknown }).id;
    if (!isId(value)) return 'it was found without an id that can be part of an address';
    settleCreation(session, creation, { state: 'present', id: value });
    return undefined;
  }
  const isBelieved = patience.isBelieved || !isFresh(creation, policyOf(session, creation.step));
  return isBelieved ? 'absent' : 'its answer was lost, and there was no time to see whether the list shows it later';
}

/** How often a look-up may go wrong, and the milliseconds between two. */
const patient = { attempts: 5, firstWait: 1000, longestWait: 8000 };

function reasonOf(result: StepResult | undefined): string {
  const { response, reason, diagnoses } = result ?? {};
  const answer = response ? `${response.status} ${response.reason}` : 'it was not tried';
  return [reason ?? answer, diagnoses?.[0]?.cause].filter(Boolean).join(': ');
}

/** Reads the address until it answers 404. Directly after a deletion a server may still answer 200 or 403. */
async function isGone(
  session: Session,
  creation: SessionCreation,
  address: string,
  values: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { signal } = session;
  const announce = announceWait(session, creation);
  const until = Date.now() + confirmationTime;
  for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
    const answer = await readService(address, serviceRequest(session, { ...values, ...secretsOf(session) }));
    if (answer.status === 404) return true;
    if (Date.now() + wait > until || signal.aborted) return false;
    announce('still there', until - Date.now());
    await pause(wait, signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}

function askedFor({ definition }: Session): Record<string, string> {
  return definition.cleanUp.askedBy === undefined ? {} : { [definition.cleanUp.askedBy]: 'true' };
}

/** The thing is gone, and with it what was created in it. */
function forget(session: Session, removed: SessionCreation): void {
  settleCreation(session, removed, { state: 'removed' });
  const kind = removed.step.creates?.kind;
  for (const creation of session.creations) {
    const inside = creation.step.creates?.within === kind && creation.creation > removed.creation;
    if (inside && creation.state !== 'refused' && creation.state !== 'removed')
      settleCreation(session, creation, { state: 'removed' });
  }
}

/** When a run removes what it created. */
export type CleanUpMode = 'always' | 'on-failure' | 'never';

/** Milliseconds that clean-up may take after the run has ended. */
export const cleanUpTimeout = 300_000;

export function wantsCleanUp(mode: CleanUpMode, outcome: Outcome): boolean {
  return mode === 'always' || (mode === 'on-failure' && outcome !== 'passed');
}

/** Clean-up has a time of its own, so that it runs also after the run was ended. */
export async function cleanUpAfter(session: Session): Promise<CleanUpResult> {
  session.signal = AbortSignal.timeout(cleanUpTimeout);
  return cleanUp(session);
}
