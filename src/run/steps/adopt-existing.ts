import { setTimeout as sleep } from 'node:timers/promises';
import { variableNamed } from '../../compile/scripts/planned-checks.ts';
import type { Step } from '../../definition/definition.ts';
import type { LookUp } from '../../definition/schema.ts';
import { variablesIn } from '../../definition/variables.ts';
import { valueText } from '../../environment/scope.ts';
import { adopt } from '../judge/adopt.ts';
import { diagnose, noEvidence } from '../judge/diagnose.ts';
import type { StepResult } from '../result/result.ts';
import { type Found, findByName } from '../transport/look-up.ts';
import { isFromGateway, isNameTaken } from './attempts.ts';
import { announceWait, creationOf, freshFor, isFresh, nameOf, settleCreation, valuesAt } from './creations.ts';
import { learnState, policyOf, type Session, type SessionCreation, serviceRequest } from './session.ts';
import { withValues } from './start-state.ts';

/**
 * Looks for what a lost answer may have created, and adopts it. `lost` is the result of the last attempt. That the list lacks it is believed at
 * once where asking again does no harm: the service itself said that it failed, or would not take the same name twice. Else it is
 * looked for as long as lists may lag. `renew` gets a new token, once, when the look-up is refused.
 */
export async function adoptExisting(
  session: Session,
  step: Step,
  lost: StepResult,
  renew: Renew,
): Promise<StepResult | 'absent' | 'unknown'> {
  const creation = creationOf(session, step);
  const { find } = step.creates ?? {};
  if (!creation || !find) return 'unknown';
  const policy = policyOf(session, step);
  const isTaken = isNameTaken(lost.response, policy);
  const isLost = !lost.response || isFromGateway(lost.response.status);
  const isLookedUp = creation.state === 'absent';
  const isBelieved = !isTaken && (isLookedUp || !isLost || (policy.nameTaken.length > 0 && hasSameName(step)));
  const patience = { isBelieved, attempts: policy.attempts, firstWait: policy.baseDelay, longestWait };
  const found = await lookForCreation(session, creation, find, patience, renew);
  if (found.kind === 'found') return adoptItem(session, step, lost, found.item, valuesAt(session, creation));
  if (found.kind === 'unknown' || isTaken) return 'unknown';
  if (!isLost || !isFresh(creation, policy)) settleCreation(session, creation, { state: 'absent' });
  return 'absent';
}

/** Gets a new token for a session; says whether that worked. */
type Renew = (session: Session, because: string) => Promise<boolean>;

interface Patience {
  /** That the list lacks it is believed at once; else when lists have had time to show it. */
  readonly isBelieved: boolean;
  /** Look-ups that may go wrong. */
  readonly attempts: number;
  /** Milliseconds from the first look-up to the second; they double with each, up to `longestWait`. */
  readonly firstWait: number;
  readonly longestWait: number;
}

/** Looks for a creation until it is found or that it is not there can be believed. `absent` is not, when the session was ended first. */
export async function lookForCreation(
  session: Session,
  creation: SessionCreation,
  find: LookUp,
  { isBelieved, attempts, firstWait, longestWait: longest }: Patience,
  renew: Renew,
): Promise<Found> {
  const policy = policyOf(session, creation.step);
  let unread = 0;
  let isRenewed = false;
  const announce = announceWait(session, creation);
  for (let wait = firstWait; ; wait = Math.min(wait * 2, longest)) {
    const values = valuesAt(session, creation);
    const found = await findByName(find, nameOf(creation, values), serviceRequest(session, values));
    if (found.kind === 'found') return found;
    if (found.kind === 'absent' && (isBelieved || !isFresh(creation, policy))) return found;
    if (found.kind === 'unknown' && found.isUnauthorized && !isRenewed) {
      isRenewed = true;
      if (await renew(session, 'the token was refused')) continue;
    }
    if (found.kind === 'unknown') unread += 1;
    if (unread >= attempts || session.signal.aborted) return found;
    announce(
      found.kind === 'absent' ? 'not in the list yet' : `not known: ${found.reason}`,
      Math.max(wait, freshFor(creation, policy)),
    );
    await sleep(wait, undefined, { signal: session.signal }).catch(() => {});
  }
}

/** Whether what the step creates has the same name when it is asked for again: no part of it is made afresh. */
function hasSameName({ creates, generate }: Step): boolean {
  const made = generate.map(({ variable }) => variable);
  return !variablesIn(creates?.name ?? '').some((name) => made.includes(name));
}

/** Milliseconds between two look-ups, at most. */
const longestWait = 5000;

function adoptItem(
  session: Session,
  step: Step,
  lost: StepResult,
  item: unknown,
  values: Readonly<Record<string, string>>,
): StepResult {
  const { definition } = session;
  const adopted = adopt(step, definition, item, withValues(session.state, definition, values));
  session.state = adopted.state;
  learnState(session, session.state);
  const creation = creationOf(session, step);
  const id = adopted.captures.find(({ variable }) => variable === step.creates?.id)?.value;
  if (creation) settleCreation(session, creation, { state: 'present', id: valueText(id) });
  const captures = adopted.captures.map(({ variable, value }) => {
    const isSecret = variableNamed(definition, variable)?.secret === true;
    return { variable, ...(!isSecret && { value: valueText(value) }) };
  });
  const { reason: _, response: __, ...base } = lost;
  const passed = adopted.checks.every((check) => check.status === 'passed');
  return {
    ...base,
    status: passed ? 'passed' : 'failed',
    checks: adopted.checks,
    captures,
    notes: [...lost.notes, 'response lost; found it by its name and adopted it'],
    diagnoses: passed ? [] : diagnose(step, definition, { ...noEvidence, checks: adopted.checks }),
    adopted: true,
  };
}
